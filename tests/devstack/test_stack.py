"""The application's processes on the session's servers: ready, killed with their forks, again."""

import psycopg
import pytest

from devstack import Infrastructure, Stack, StackTrouble
from devstack.asking import ask
from devstack.children import group_lives
from devstack.servers.server import Cancelled
from devstack.stack import web_port


@pytest.fixture
def stack(infrastructure: Infrastructure) -> Stack:
    """Not started; on a database of its own."""
    url = infrastructure.postgres.ensure_database("stack")
    return Stack(infrastructure, environment={"DATABASE_URL": url})


def test_a_killed_worker_takes_its_forks_along_and_starts_again(stack):
    with stack:
        assert b"Sign in" in ask(f"{stack.url}/login")
        assert roles_at_work(stack) == {"serve_opg_app"}
        killed = stack.worker.pid
        assert group_lives(killed)
        stack.worker.kill()
        assert not stack.worker.is_alive
        assert not group_lives(killed)
        stack.worker.start()
        assert stack.worker.is_ready()
    assert [server.is_alive for server in stack.servers] == [False, False, False]


def roles_at_work(stack):
    """As whom web, worker and beat are connected."""
    query = "SELECT usename FROM pg_stat_activity WHERE datname = 'stack' AND pid <> %s"
    with psycopg.connect(stack.owner_url) as connection:
        return {row[0] for row in connection.execute(query, [connection.info.backend_pid])}


def test_a_command_that_fails_is_named_with_its_last_words(stack):
    with pytest.raises(StackTrouble, match=r"manage\.py no_such failed \(exit 1\): Type"):
        stack.manage("no_such")


def test_a_command_under_way_ends_when_the_start_is_called_off(state_folder):
    off = Infrastructure(state_folder, durable=False, given={})
    off.open()
    stack = Stack(off)
    off.site.cancelled.set()
    with pytest.raises(Cancelled):
        stack.migrate()
    off.stop()


def test_a_port_asked_for_must_be_free(taken_port):
    with pytest.raises(StackTrouble, match=f"Port {taken_port} is taken"):
        web_port(taken_port)
