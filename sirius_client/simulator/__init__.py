"""A Sirius of our own, as a process: the contract's calls, strictly kept, and every fault a real
one may have.

Run it with `python -m sirius_client.simulator --port N --state FOLDER`. It never runs in production
and the client does not import it. What it takes and how it errs is asked and set under `/control/`
(see `control.py`).
"""
