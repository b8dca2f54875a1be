"""The disk is full: under the database, under the store, and under uploads. Then there is room.

On small real file systems (tmpfs), which only root may mount.
"""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from devstack.samples import sample_document
from orders.models import Document, Order
from orders.services.orders import register_orders
from tests.harness.stage import in_full_size, staged
from tests.orders.words import new_order

pytestmark = pytest.mark.harness


@pytest.fixture
def pending_order(sam, now):
    """One order of which nothing is answered yet."""

    def make() -> Order:
        register_orders(rows=[new_order()], by=sam, now=now)
        return Order.objects.get()

    return make


@contextlib.contextmanager
def small_disk(place: Path, *, megabytes: int):
    """A file system of so many megabytes at `place`; skips where none can be made."""
    place.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=1777"
    mount = ["mount", "-t", "tmpfs", "-o", options, "serve-opg-tests", str(place)]
    try:
        made = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("NO SMALL DISK: there is no mount on this machine")
    if made.returncode:
        pytest.skip(f"NO SMALL DISK: a tmpfs needs root on Linux ({made.stderr.strip()})")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path) -> Path:
    """Until not one byte more goes in."""
    ballast = place / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for piece in (1024 * 1024, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(piece))
    return ballast


@in_full_size
@pytest.mark.parametrize("which", ["bucket", "postgres"])
def test_disk_of_store_or_database_is_full_and_freed(which, figures):
    with (
        tempfile.TemporaryDirectory(prefix="serve-opg-disk-", ignore_cleanup_errors=True) as home,
        contextlib.ExitStack() as after,
    ):
        Path(home).chmod(0o755)
        state = Path(home) / "state"
        # PostgreSQL begins with some 60 MB.
        megabytes = 24 if which == "bucket" else 220
        after.enter_context(small_disk(state / which, megabytes=megabytes))
        with staged(home=state) as stage:
            stage.hire()
            place = state / which
            stage.serve(2, "while there is room")
            assert stage.watcher.drain(stage.ours)
            trials = stage.trials(40, f"the disk of {which} is full")
            orders = stage.ask("make", trials)
            if which == "bucket":
                ballast = fill(place)
                stage.note(trials, orders, stage.ask("declare", trials, ids=orders))
                storage = "SELECT count(*) FROM orders_attempt WHERE reason = 'storage'"
                assert stage.wait_until(lambda: stage.ask_database(storage)[0][0] > 0)
                told = {row.state for row in stage.rows()[2:]}
                assert told <= {"QUEUED", "PREPARING"}, told
            else:
                stage.note(trials, orders, stage.ask("declare", trials, ids=orders))
                ballast = fill(place)
            ballast.unlink()
            if which == "postgres":
                # It may have gone down for want of room; a service manager would bring it back.
                stage.infrastructure.postgres.restart()
            ends = stage.end(f"disk of {which} full", figures)
            assert set(ends) <= {"ACCEPTED", "HELD unconfirmed"}


@pytest.mark.parametrize("script", [False, True], ids=["a form", "the page's script"])
def test_upload_onto_a_full_disk_says_so_and_leaves_nothing_half(
    pending_order, signed_in, settings, tmp_path, script
):
    order = pending_order()
    content = sample_document("pdf", words="words") + bytes(100_000)
    address = reverse("document-add", args=[order.pk, "COP3"])
    accepts = {"HTTP_ACCEPT": "application/json"} if script else {}
    with small_disk(tmp_path / "uploads", megabytes=1) as place:
        settings.FILE_UPLOAD_TEMP_DIR = str(place)
        ballast = fill(place)
        chosen = SimpleUploadedFile("order.pdf", content, "application/pdf")
        answer = signed_in.post(address, {"files": chosen}, **accepts)
        assert answer.status_code == 400
        assert "could not be stored" in answer.content.decode()
        assert not Document.objects.filter(order=order).exists()
        ballast.unlink()
        assert os.listdir(place) == []
        assert signed_in.get(address).status_code == 200
