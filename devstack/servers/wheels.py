"""Where the programs that wheels carry lie on this machine, and the sentence for a missing one."""

import importlib.util
from pathlib import Path

from devstack.errors import StackTrouble


def wheel_folder(module: str, *, wheel: str) -> Path:
    """The folder of an installed wheel's package, found without importing it.

    Raises `StackTrouble` where the wheel is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise StackTrouble(
            f"The wheel {wheel} is not installed in this Python: `make run` installs it, and so "
            "does `python -m pip install -r requirements/local.txt`."
        )
    return Path(spec.origin).parent
