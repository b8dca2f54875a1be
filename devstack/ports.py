"""Loopback ports: is one free, and finding one. Which server uses which is in state.py."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below every system's range for outgoing connections: there, a client that keeps dialling a server
# which is down can end up connected to itself, and the server then finds its port taken.
_LOWEST, _HIGHEST = 20_000, 32_000


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
    """A port that is free and not in `avoid`."""
    while True:
        port = random.randrange(_LOWEST, _HIGHEST)
        if port not in avoid and is_free(port):
            return port


def answers(host: str, port: int, *, seconds: float = 1.0) -> bool:
    """Whether anything accepts a connection there."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False
