"""The simulator as a process: what survives a kill, what is one step, what it looks for."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
import requests
from botocore.config import Config

from sirius_client import (
    DuplicateOrder,
    InvalidOrder,
    OutcomeUnknown,
    Receipt,
    SessionEnded,
    SiriusError,
)
from tests.sirius_client.running import RunningSirius, body, payload


@pytest.fixture
def own(tmp_path):
    """Starts simulators of this test's own; all are killed at its end."""
    started = []

    def start(*options, **more):
        started.append(RunningSirius(tmp_path / "state", *options, **more))
        return started[-1]

    yield start
    for running in started:
        running.kill()


def post(sirius, **changes):
    with sirius.client() as client:
        client.sign_in()
        try:
            return client.post_order(body(**changes), request_id="r")
        except SiriusError as error:
            return type(error)


def test_what_was_accepted_survives_a_kill(own):
    sirius = own()
    receipt = post(sirius)
    sirius.fault("drop-after")
    assert post(sirius, type="HW", assetLevel=None) is OutcomeUnknown
    before = sirius.control("GET", "received")
    sirius.kill()
    sirius.start()

    assert sirius.control("GET", "received") == before
    assert post(sirius) is DuplicateOrder
    assert post(sirius, type="HW", assetLevel=None) is DuplicateOrder
    assert post(sirius, courtReference="61429461").order_id > receipt.order_id


def test_a_kill_in_the_middle_of_a_line_costs_only_what_was_never_answered(own):
    sirius = own()
    post(sirius)
    sirius.kill()
    journal = sirius.state / "journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"kind": "accepted", "record": {"refer')
    sirius.start()

    assert len(sirius.accepted) == 1
    assert isinstance(post(sirius, courtReference="61429461"), Receipt)
    sirius.kill()
    sirius.start()
    assert len(sirius.accepted) == 2


def test_one_of_many_posts_at_the_same_moment_is_taken(sirius):
    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(lambda _: post(sirius), range(16)))

    assert len(sirius.accepted) == 1
    assert sum(isinstance(outcome, Receipt) for outcome in outcomes) == 1
    assert outcomes.count(DuplicateOrder) == 15


def test_a_racy_sirius_takes_an_order_twice(sirius):
    sirius.control("POST", "settings", {"racy": True})
    start = threading.Barrier(2)

    def racer(_):
        start.wait()
        return post(sirius)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(racer, range(2)))
    assert len(sirius.accepted) == 2
    assert post(sirius) is DuplicateOrder


def test_ids_are_all_different(sirius):
    for reference in ("93559316", "61429461", "33370455"):
        post(sirius, courtReference=reference, deputies=payload()["deputies"] * 3)

    ids = []
    for record in sirius.accepted:
        answer = record["ids"]
        ids += [answer["id"], answer["client"]["id"]]
        ids += [part["id"] for part in answer["deputies"] + answer["documents"]]
    assert len(ids) == len(set(ids)) == 3 * (2 + 3 + 1)


def test_the_checksum_can_be_switched_off(own):
    sirius = own("--no-checksum")

    assert isinstance(post(sirius, courtReference="50000001"), Receipt)
    sirius.control("POST", "settings", {"checksum": True})
    assert post(sirius, courtReference="50000002") is InvalidOrder


@pytest.mark.parametrize("option", ["--session-seconds", "--csrf-seconds"])
def test_sessions_and_tokens_end_by_themselves(own, option):
    sirius = own(option, "0")

    assert post(sirius) is SessionEnded


@pytest.fixture
def bucket():
    """The session's Sirius bucket: `put(name, content)`."""
    client = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT"],
        region_name="eu-west-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    name = os.environ.get("SIRIUS_BUCKET", "sirius-documents")
    return lambda key, content: client.put_object(Bucket=name, Key=key, Body=content)


def test_each_named_document_must_stand_in_the_bucket(own, bucket):
    sirius = own(documents=True)
    there, missing = (f"dc_doc_1_{uuid.uuid4().int}.pdf" for _ in range(2))
    content = os.urandom(3_000_000)
    bucket(there, content)
    named = [{"type": "COURT_ORDER", "filename": name} for name in (there, missing)]

    with sirius.client() as client:
        client.sign_in()
        with pytest.raises(InvalidOrder) as caught:
            client.post_order(body(documents=named), request_id="r")
        assert list(caught.value.errors) == ["documents.1.filename"]
        assert sirius.accepted == []

        client.post_order(body(documents=named[:1]), request_id="r")
    (record,) = sirius.accepted
    digest = hashlib.sha256(content).hexdigest()
    assert record["documents"] == [{"filename": there, "size": 3_000_000, "sha256": digest}]
    assert sirius.control("GET", "health")["documents_checked"]


def test_a_bucket_that_does_not_answer_is_a_500(own):
    sirius = own()
    sirius.kill()
    sirius.environment["S3_ENDPOINT"] = "http://127.0.0.1:9"
    sirius.start()

    assert post(sirius) is OutcomeUnknown
    assert sirius.accepted == []


def test_without_an_account_it_says_so_and_does_not_start(tmp_path):
    environment = {**os.environ, "SIRIUS_EMAIL": "", "SIRIUS_PASSWORD": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "sirius_client.simulator", "--port", "0", "--state", tmp_path],
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 2
    assert "SIRIUS_PASSWORD" in ended.stderr


def test_a_taken_port_is_one_clear_sentence(sirius, tmp_path):
    port = sirius.url.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "sirius_client.simulator", "--port", port, "--state", tmp_path],
        env={**os.environ, **sirius.environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Cannot listen on port {port}")


def test_it_stops_cleanly_when_told(own):
    sirius = own()
    sirius.process.terminate()

    assert sirius.process.wait(timeout=5) == 0


def test_a_path_that_is_none_is_404(sirius):
    assert requests.get(f"{sirius.url}/api/public/v1/orders", timeout=5).status_code == 404
    assert requests.get(f"{sirius.url}/control/nonsense", timeout=5).status_code == 404


def test_a_racy_sirius_that_is_late_looks_before_it_waits(sirius):
    sirius.control("POST", "settings", {"racy": True})
    sirius.control("POST", "faults", {"queue": [{"kind": "apply-late", "seconds": 0.4}]})
    with ThreadPoolExecutor(2) as pool:
        late = pool.submit(post, sirius)
        while not sirius.attempts:
            time.sleep(0.01)
        assert isinstance(post(sirius), Receipt)
        assert isinstance(late.result(), Receipt)
    assert len(sirius.accepted) == 2
