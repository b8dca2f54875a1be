"""Repetition without a way back, in patterns that run over megabytes."""


def repeated(each: bytes, times: bytes = b"*") -> bytes:
    """The pattern `(?:each)*+`, with an atomic group within.

    Without it Python before 3.11.5, which Debian 12 has, ends such a repetition in the middle of
    what did not fit (CPython issue 106052): every PDF is broken then, and an old Word file's field
    unseen.
    """
    return rb"(?:(?>" + each + rb"))" + times + b"+"
