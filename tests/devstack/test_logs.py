"""Where children's output goes: prefixed on one stream, or a file each."""

import io
import subprocess
import sys

from devstack.logs import FileLogs, Logs, PrefixedLogs


def _write(logs: Logs, name: str, words: str) -> None:
    with logs.writer(name) as output:
        subprocess.run(
            [sys.executable, "-c", f"print({words!r})"], stdout=output, check=True, cwd="/"
        )


def test_each_line_on_the_stream_follows_the_name_of_who_wrote_it():
    stream = io.StringIO()
    logs = PrefixedLogs(stream)
    _write(logs, "web", "first\n\nsecond")
    assert logs.tail("web") == ["first", "second"]
    assert stream.getvalue() == "web     | first\nweb     | second\n"


def test_the_last_words_are_known_as_soon_as_the_program_has_ended():
    logs = PrefixedLogs(io.StringIO())
    words = "\n".join(f"line {number}" for number in range(3000))
    _write(logs, "worker", words)
    assert logs.tail("worker")[-1] == "line 2999"


def test_a_reader_who_left_disturbs_nobody():
    stream = io.StringIO()
    logs = PrefixedLogs(stream)
    stream.close()
    _write(logs, "web", "unheard")
    assert logs.tail("web") == ["unheard"]


def test_with_files_each_program_has_one_of_its_own(tmp_path):
    logs = FileLogs(tmp_path / "logs")
    assert logs.tail("web") == []
    _write(logs, "web", "from the web")
    _write(logs, "beat", "from beat")
    logs.say("web", "and from us")
    assert (tmp_path / "logs" / "web.log").read_text() == "from the web\nand from us\n"
    assert logs.tail("web") == ["from the web", "and from us"]
