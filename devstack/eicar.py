"""The EICAR test file, which every virus scanner knows and which harms nobody; in pieces.

Written out, it would make this file itself one that scanners refuse.
"""

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE_NAME = "Serve.Test.EICAR"


def signature() -> str:
    """A line of ClamAV's .ndb: these bytes anywhere, in a file of any kind or inside one."""
    return f"{SIGNATURE_NAME}:0:*:{EICAR.hex()}\n"
