# One word each. Every target does its own set-up: a virtual environment in .venv with the locked
# packages, made again only when the lock changed. PYTHON chooses another interpreter (3.11 or later).

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
T ?=
COVERAGE_FLOOR := 97
# Each process has servers of its own; a file's tests stay together, and the long files come first.
# One more than there are cores, for each waits a third of its time; four at most, for the memory.
CORES := $(shell getconf _NPROCESSORS_ONLN)
PROCESSES := $(shell test $(CORES) -lt 4 && echo $$(($(CORES) + 1)) || echo 4)
ON_EVERY_CORE := -n $(PROCESSES) --dist loadscope --no-loadscope-reorder

.PHONY: run demo screenshots words test trust lint fix lock clean help
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 8

run: $(VENV)/local.stamp ## the whole service on this machine, with demo data; Ctrl-C ends it
	@$(PY) -m devstack run

demo: $(VENV)/local.stamp ## the whole main job by itself, from a spreadsheet to 20 served orders
	@$(PY) -m devstack demo

screenshots: $(VENV)/dev.stamp ## every page in every state as a picture, in screenshots/
	@$(PY) -m devstack browser
	@$(PY) -m devstack.gallery

words: $(VENV)/dev.stamp ## every message that staff can see on one page, docs/messages.md
	@$(PY) -m devstack.words

test: $(VENV)/dev.stamp ## every test, or those of T=path
	@$(PY) -m devstack browser
	@$(PY) -m devstack scanner
	@$(PY) -m pytest $(if $(T),$(T),$(ON_EVERY_CORE) --cov --cov-fail-under=$(COVERAGE_FLOOR))

trust: $(VENV)/dev.stamp ## the long trials in full size, with a report (hours; TRUST_SEED=n repeats one)
	@$(PY) -m devstack browser
	@$(PY) -m devstack scanner
	@TRIALS=full $(PY) -m pytest $(if $(T),$(T),-m trust)

lint: $(VENV)/dev.stamp ## style, types, who may import whom, and missing migrations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --skip-checks

bench: $(VENV)/dev.stamp ## how fast the list is at a million orders; whether time tells who has an account
	@$(PY) -m bench.search
	@$(PY) -m bench.sign_in

fix: $(VENV)/dev.stamp ## put right what the linters can
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: $(VENV)/dev.stamp ## lock the newest versions that pyproject.toml allows, with hashes
	@$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --quiet --upgrade --extra dev -o requirements/dev.txt
	@for extra in "--extra local -o requirements/local.txt" "-o requirements/runtime.txt"; do \
		$(VENV)/bin/uv pip compile pyproject.toml --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --quiet -c requirements/dev.txt $$extra; done

clean: ## forget the installed packages, data and caches of this checkout
	rm -rf $(VENV) .state .pytest_cache .mypy_cache .ruff_cache .coverage

# The tests' packages include those of `make run`.
$(VENV)/local.stamp: requirements/local.txt
	@$(MAKE) --no-print-directory _install FOR=local

$(VENV)/dev.stamp: requirements/dev.txt
	@$(MAKE) --no-print-directory _install FOR=dev

.PHONY: _install
_install:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "Python's venv module is missing: on Debian, apt install python3-venv." >&2; exit 1; }
	@echo "Installing the packages of requirements/$(FOR).txt (once; about a minute)."
	@$(PY) -m pip install --disable-pip-version-check --quiet --require-hashes \
		--only-binary=:all: -r requirements/$(FOR).txt \
		|| { echo "The packages could not be installed: the lines above say why." >&2; exit 1; }
	@touch $(VENV)/$(FOR).stamp
	@if [ $(FOR) = dev ]; then touch $(VENV)/local.stamp; fi
