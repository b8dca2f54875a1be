"""Loopback ports: finding one, keeping others from it. Which server uses which is in state.py."""

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below every system's range for outgoing connections: there, a client that keeps dialling a server
# which is down can end up connected to itself, and the server then finds its port taken.
_LOWEST, _HIGHEST = 20_000, 32_000

# Between the choice of a port and its server's listening, migrations may run for seconds: until
# then this process's datagram socket of the same number says that the port is spoken for.
_claimed: set[int] = set()


def claim(port: int) -> bool:
    """Speak for the port as long as this process lives; False where another process has."""
    if port in _claimed:
        return True
    sign = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sign.bind((LOOPBACK, port))
    except OSError:
        sign.close()
        return False
    # Never closed: the system does that when the process ends, however it ends.
    sign.detach()
    _claimed.add(port)
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen on the port of the loopback address right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
    return True


def find_port(*, avoid: set[int]) -> int:
    """A port that is free, not in `avoid` and spoken for by nobody: claimed for this process."""
    while True:
        # Not by `random`: where tests have seeded it, every process would try the same ones.
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if port not in avoid | _claimed and is_free(port) and claim(port):
            return port


def answers(host: str, port: int, *, seconds: float = 1.0) -> bool:
    """Whether anything accepts a connection there."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False
