"""The virus scanner: a real clamd, and scanners that hang, drip, lie and break off."""

import hashlib
import io
import os
import signal
import socket
import threading
import zipfile

import pytest

from devstack.eicar import EICAR
from devstack.ports import find_port
from devstack.samples import sample_document
from filestore import MAX_SIZE, ScannerUnavailable, ScanState, scan, scanner_is_up
from filestore.clamd import Address, Clamd
from filestore.errors import FileEncrypted, FileIsBomb, VirusFound
from tests.filestore.hostile.pdf_making import flate, pdf
from tests.filestore.scripted_scanner import answers, read_whole_file, scripted

FOUND = "Serve.Test.EICAR.UNOFFICIAL"


@pytest.fixture
def impatient(settings):
    """Short limits: a scanner that hangs must not hold up the suite."""
    settings.CLAMD_CONNECT_SECONDS, settings.CLAMD_READ_SECONDS = 0.5, 0.2
    settings.CLAMD_TOTAL_SECONDS = 0.5
    return settings


def zipped(content, name="letter.txt"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def inside_word(content):
    file = io.BytesIO(sample_document("docx"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/media/picture1.png", content)
    return file.getvalue()


# --- A real one -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        EICAR,
        zipped(EICAR),
        zipped(zipped(b"first lines\n" * 500 + EICAR)),
        inside_word(EICAR),
        sample_document("pdf") + EICAR,
        bytes(200_000) + EICAR + bytes(200_000),
        pdf(more=[flate(EICAR)]),
    ],
    ids=[
        "plain",
        "zipped",
        "zipped twice",
        "inside a docx",
        "after a pdf",
        "across chunks",
        "packed in a pdf",
    ],
)
def test_a_real_scanner_finds_the_test_virus_wherever_it_is(real_clamd, content):
    found = scan(io.BytesIO(content))
    assert (found.state, found.finding) == (ScanState.INFECTED, FOUND)
    assert isinstance(found.refusal, VirusFound)


@pytest.mark.parametrize("kind", ["pdf", "jpg", "png", "tiff", "doc", "docx"])
def test_a_real_scanner_finds_nothing_in_a_clean_file(real_clamd, kind):
    content = sample_document(kind)
    file = io.BytesIO(content)
    file.seek(3)
    found = scan(file)
    assert (found.state, found.finding, file.tell()) == (ScanState.CLEAN, "", 0)
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_the_largest_document_is_scanned_to_its_last_byte(real_clamd):
    content = bytes(MAX_SIZE - len(EICAR))
    assert scan(io.BytesIO(content)).state is ScanState.CLEAN
    assert scan(io.BytesIO(content + EICAR)).state is ScanState.INFECTED


def test_more_than_a_real_scanner_takes_is_not_clean(real_clamd):
    with pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(bytes(52 * 1024 * 1024)))


class Meanwhile(io.BytesIO):
    """A file during whose reading something happens."""

    def __init__(self, content, happens):
        super().__init__(content)
        self.happens = happens

    def read(self, size=-1):
        if self.tell() > 1_000_000 and self.happens:
            self.happens, happens = None, self.happens
            happens()
        return super().read(size)


def test_a_scanner_killed_in_mid_stream_has_not_said_clean_and_is_back_after_a_restart(real_clamd):
    with pytest.raises(ScannerUnavailable):
        scan(Meanwhile(bytes(2_000_000), real_clamd.kill))
    assert not scanner_is_up()
    with pytest.raises(ScannerUnavailable, match="ConnectionRefusedError"):
        scan(io.BytesIO(b"clean"))
    real_clamd.start()
    assert scanner_is_up()
    assert scan(io.BytesIO(b"clean")).state is ScanState.CLEAN


def test_a_scanner_that_is_frozen_has_not_said_clean(real_clamd, impatient):
    os.kill(real_clamd.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ScannerUnavailable, match="TimeoutError"):
            scan(io.BytesIO(b"clean"))
        assert not Clamd.from_settings().is_up()
    finally:
        os.kill(real_clamd.pid, signal.SIGCONT)


def test_a_real_scanner_tells_its_version(real_clamd):
    assert Clamd.from_settings().version().startswith("ClamAV ")


def test_many_files_at_once_each_get_their_own_answer(real_clamd):
    contents = [EICAR if number % 3 == 0 else b"clean" for number in range(24)]
    states = [None] * len(contents)

    def ask(place):
        states[place] = scan(io.BytesIO(contents[place])).state

    threads = [threading.Thread(target=ask, args=[place]) for place in range(len(contents))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states == [
        ScanState.INFECTED if content == EICAR else ScanState.CLEAN for content in contents
    ]


# --- What is no answer ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"OK\0",
        b"stream: OK",
        b"stream: O",
        b"stream: ok\0",
        b"stream: OK\n",
        b"stream: OK\0\0",
        b"stream: OK \0",
        b" stream: OK\0",
        b"stream: OK\0stream: OK\0",
        b"stream: OK\0stream: Eicar FOUND\0",
        b"1: stream: OK\0",
        b"stream: FOUND\0",
        b"stream: Eicar FOUND",
        b"stream: two words FOUND\0",
        b"stream: \xff\xfe FOUND\0",
        b"PONG\0",
        b"UNKNOWN COMMAND\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0",
        b"stream: OK" + bytes(2000),
        bytes(range(256)),
    ],
)
def test_an_odd_or_cut_answer_is_never_clean(settings, answer):
    with scripted(answers(answer)) as settings.CLAMD_URL, pytest.raises(ScannerUnavailable):
        scan(io.BytesIO(b"a file"))


def test_the_exact_answer_is_clean(settings):
    """The counterpart of the test above: the script itself is no reason for its refusals."""
    with scripted(answers(b"stream: OK\0")) as settings.CLAMD_URL:
        assert scan(io.BytesIO(b"a file")).state is ScanState.CLEAN


def test_what_was_said_before_the_file_was_whole_is_not_about_the_file(settings):
    is_said = threading.Event()

    def hasty(connection):
        connection.sendall(b"stream: OK\0")
        is_said.set()
        read_whole_file(connection)

    content = Meanwhile(bytes(2_000_000), is_said.wait)
    with (
        scripted(hasty) as settings.CLAMD_URL,
        pytest.raises(ScannerUnavailable, match="before the file was whole"),
    ):
        scan(content)


def test_a_scanner_that_drips_is_given_up_when_the_total_time_is_up(impatient):
    ended = threading.Event()

    def drip(connection):
        read_whole_file(connection)
        while not ended.wait(0.05):
            connection.sendall(b"s")

    with scripted(drip) as impatient.CLAMD_URL:
        with pytest.raises(ScannerUnavailable, match="TimeoutError"):
            scan(io.BytesIO(b"a file"))
        ended.set()


def test_a_scanner_that_takes_nothing_in_is_given_up(impatient):
    ended = threading.Event()
    with scripted(lambda connection: ended.wait(10)) as impatient.CLAMD_URL:
        with pytest.raises(ScannerUnavailable, match="TimeoutError"):
            scan(io.BytesIO(bytes(20_000_000)))
        ended.set()


def test_a_scanner_that_hangs_up_at_once_has_not_said_clean(settings):
    with scripted(lambda connection: None) as settings.CLAMD_URL:
        with pytest.raises(ScannerUnavailable):
            scan(io.BytesIO(b"a file"))
        assert not scanner_is_up()


@pytest.mark.parametrize("url", ["", "nonsense", "http://127.0.0.1:3310", "tcp://", "tcp://h:x"])
def test_without_a_scanner_nothing_is_clean(settings, url):
    settings.CLAMD_URL = url
    with pytest.raises(ScannerUnavailable, match="names no scanner"):
        scan(io.BytesIO(b"a file"))
    assert not scanner_is_up()


def test_nobody_at_the_address_is_not_clean(settings):
    settings.CLAMD_URL = f"tcp://127.0.0.1:{find_port(avoid=set())}"
    with pytest.raises(ScannerUnavailable, match="ConnectionRefusedError"):
        scan(io.BytesIO(b"a file"))


def test_a_finding_that_is_no_virus_has_words_of_its_own(settings):
    answer = b"stream: Heuristics.%b FOUND\0"
    for name, kind in (
        (b"Limits.Exceeded.MaxScanSize", FileIsBomb),
        (b"Encrypted.PDF", FileEncrypted),
    ):
        with scripted(answers(answer % name)) as settings.CLAMD_URL:
            found = scan(io.BytesIO(b"a file"))
        assert found.state is ScanState.INFECTED
        assert type(found.refusal) is kind


@pytest.mark.enable_socket
def test_a_unix_socket_serves_as_well(settings, tmp_path):
    got = []

    def script(connection: socket.socket):
        got.append(read_whole_file(connection))
        connection.sendall(b"stream: OK\0")

    with scripted(script, path=str(tmp_path / "clamd.ctl")) as settings.CLAMD_URL:
        assert scan(io.BytesIO(b"a" * 200_000)).state is ScanState.CLEAN
    assert got == [b"a" * 200_000]


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("unix:///run/clamav/clamd.ctl", True),
        ("tcp://127.0.0.1:3310", True),
        ("tcp://10.0.3.9", True),
        ("tcp://[fd00::7]:3310", True),
        ("tcp://clamd:3310", True),
        ("tcp://clamd.serve.internal:3310", True),
        ("tcp://8.8.8.8:3310", False),
        ("tcp://scanner.example.com:3310", False),
    ],
)
def test_an_address_tells_whether_it_is_inside(url, is_private):
    assert Address.read(url).is_private is is_private


@pytest.mark.parametrize(
    "url", ["", "tcp:", "tcp://host:0", "tcp://a@host", "tcp://host/x", "unix://host/x", "unix:x"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        Address.read(url)
