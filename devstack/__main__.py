"""`python -m devstack`: the first thing that runs, also where packages are missing."""

import sys

try:
    from devstack.command_line import main
except ModuleNotFoundError as error:
    sys.stderr.write(
        f"The Python package {error.name} is not installed: `make run` installs everything, and so "
        "does `python -m pip install -r requirements/local.txt`.\n"
    )
    sys.exit(1)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
