"""How much work a PDF may make: never more than in proportion to its size, and within a limit."""

import base64
import contextlib
import io
import random
import time
import tracemalloc

import pytest

from filestore import inspect_document
from filestore.errors import FileRejected
from filestore.pdf_streams import from_base_85
from filestore.pdf_syntax import Broken, TooComplex, Work
from tests.filestore.hostile.pdf_bombs import NOTHING, packed_in_each_other, twice
from tests.filestore.hostile.pdf_making import flate, packed_pdf, pdf, stream
from tests.fuzzing import longest_seconds

MOST_MEMORY = 160 * 1024 * 1024
EMPTY = b"<< /Length 0 >>\nstream\nendobj"
# From how many of a thing a file is made of it. Each was once slow, by the square of its number,
# or could be: with this many, that would be minutes.
MADE_OF = {
    "comments on one line": lambda n: pdf(tail=b"%\n%" + b"1%" * n + b"\n"),
    "catalogues in one comment": lambda n: pdf(head=b"%PDF-1.7\n%" + b"/Root%" * n + b"\nx\n"),
    "names in one comment": lambda n: pdf(more=[b"<< /A 1 %" + b"/F%/JS%" * n + b"\n>>"]),
    "headings in one comment": lambda n: pdf(tail=b"%" + b"6 0%" * n + b"\nobj 1 endobj\n"),
    "spaces": lambda n: pdf(more=[b"<< /F" + b" " * (10 * n) + b"4 >>"]),
    "spaces before names": lambda n: pdf(more=[b"[" + (b" " * 100 + b"/F") * (n // 10) + b"]"]),
    "numbers": lambda n: pdf(tail=b"1 " * (5 * n) + b"\n"),
    "digits": lambda n: pdf(tail=b"1" * (10 * n) + b"\n"),
    "objects in each other": lambda n: pdf(more=[b"1 0 obj (" * n]),
    "strings that do not end": lambda n: pdf(more=[b"(a" * n]),
    "strings in strings": lambda n: pdf(more=[(b"(" * 12 + b")" * 12) * (n // 10)]),
    "lists": lambda n: pdf(more=[b"[" + b"[]" * n + b"]"]),
    "lists in lists": lambda n: pdf(more=[(b"[" * 59 + b"]" * 59) * (n // 20)]),
    "lists that do not end": lambda n: pdf(more=[(b"[" * 99 + b"0 ") * (n // 20)]),
    "hexadecimal strings that do not end": lambda n: pdf(more=[b"<41 " * n]),
    "pages that do not end": lambda n: pdf(more=[b"<< " + b"/Kids[ 0 1 0 R " * n + b">>"]),
    "references": lambda n: pdf(more=[b"<< /Kids [" + b"9 0 R " * n + b"] >>"]),
    "streams with a far end": lambda n: pdf(more=[EMPTY] * (n // 20), tail=b"endstream\n" * n),
    "streams with an own end": lambda n: pdf(more=[stream(b"x")] * (n // 10)),
    "streams of one length, a list": lambda n: pdf(
        more=[b"[" + b"1 " * 19_000 + b"]"] + [b"<</Length 5 0 R>>stream\nx\nendstream"] * (n // 20)
    ),
    "packed streams in each other": lambda n: packed_in_each_other(400, NOTHING * (n // 20)),
    "streams packed twice": lambda n: pdf(more=[twice(24_000_000)] * (n // 500)),
    "streams in hexadecimal": lambda n: pdf(
        more=[stream(b">", b"/Filter /AHx")] * (n // 20), tail=b"%" + b"x" * (20 * n) + b"\n"
    ),
    "pages in base 85": lambda n: pdf(
        more=[stream(base64.a85encode(b"x" * (n // 10)), b"/Filter /A85")] * 100
    ),
    "references to one object of many": lambda n: pdf(
        more=[b"<< /A << /URI 5 0 R >> >>"] * (n // 20), tail=b"5 0 obj (x) endobj\n" * (n // 20)
    ),
    "things that open by themselves": lambda n: pdf(
        more=[b"<< /AA << /O 5 0 R /C 6 0 R >> >>"] * (n // 20)
        + [b"[" + b"<< /S /GoTo >> " * 1_000 + b"]"]
    ),
    "packed objects": lambda n: packed_pdf(*[b"<< /S /P >>"] * (n // 10)),
    "packed names": lambda n: packed_pdf(b"[" + b"/F (a) /JS " * n + b"]"),
    "trailers": lambda n: pdf(tail=b"trailer <<>>\n" * (n // 10)),
    "objects, as many as are read": lambda n: pdf(
        tail=b"9 0 obj <</S/P/K[1]>> endobj\n" * min(100_000, n)
    ),
    "small objects": lambda n: pdf(tail=b"9 0 obj 1 endobj\n" * n),
}


def seconds_for(content):
    start = time.process_time()
    with contextlib.suppress(FileRejected):
        inspect_document(io.BytesIO(content), name="order.pdf")
    return time.process_time() - start


@pytest.mark.parametrize("title", MADE_OF)
def test_no_pdf_takes_longer_than_its_size_allows(title, size):
    # The small number is enough for what goes by the square, also where lines are counted.
    content = MADE_OF[title](size(small=20_000, full=200_000))
    assert len(content) <= 20 * 1024 * 1024
    assert seconds_for(content) < longest_seconds()


@pytest.mark.parametrize(
    "part",
    [b"/A ", b"[]", b"<</A/B>>", b"()", b"<41>", b"%\n", b"eso ", b"[ ", b"obj ", b"1 1 1 x obj "],
)
def test_much_of_one_thing_is_read_in_time(part, size):
    length = size(small=4_000_000, full=19_900_000)
    assert seconds_for(pdf(more=[part * (length // len(part))])) < longest_seconds()


def test_many_pages_in_base_85_are_read_in_time(size):
    page = base64.a85encode(random.Random(7).randbytes(30_000))
    pages = [stream(page + b"~>", b"/Filter [/ASCII85Decode /LZWDecode]")] * size(
        small=80, full=400
    )
    content = pdf(more=pages)
    inspect_document(io.BytesIO(content), name="order.pdf")
    assert seconds_for(content) < longest_seconds()


@pytest.mark.parametrize("filters", [b"/A85", b"[/A85 /Fl]", b"/A85 /Type /ObjStm /N 1 /First 0"])
def test_letters_that_stand_for_four_nulls_each_fill_no_memory(filters, size):
    letters = b"z" * size(small=5_000_000, full=19_900_000)
    content = pdf(more=[stream(letters, b"/Filter " + filters)])
    assert seconds_for(content) < longest_seconds()
    tracemalloc.start()
    seconds_for(content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < MOST_MEMORY


def test_work_beyond_the_limit_and_brackets_that_do_not_pair_are_told():
    work = Work(10)
    work.spend(10)
    with pytest.raises(TooComplex):
        work.spend(1)
    work.pair_up(b"<< /A [1 (]) <41>] % ] \n>>", 0, 26)
    for broken in (b"[", b"]", b"<< [ >> ]", b"<", b"(", b"<4x>", b"% no line end"):
        with pytest.raises(Broken):
            work.pair_up(broken, 0, len(broken))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 1_000, 40_961, 200_002])
def test_base_85_is_what_the_standard_library_says(size, seed):
    content = random.Random(seed).randbytes(size) + b"\x00" * (size % 13)
    packed = base64.a85encode(content, wrapcol=72)
    assert from_base_85(packed + b"~>") == content
    assert from_base_85(b"<~" + packed.replace(b"\n", b" \r\x00") + b"~>more") == content


def test_what_begins_with_a_closing_mark_is_not_empty():
    assert from_base_85(b"<~>Q=~>") == b"\\\x00"


@pytest.mark.parametrize("broken", [b"!", b"abcde!", b"vvvvv", b"abcd{", b"uuuuu", b"ab\xffcd"])
def test_what_is_not_base_85_is_told(broken):
    with pytest.raises(ValueError, match="base 85"):
        from_base_85(broken)


def test_a_small_pdf_in_base_85_and_flate_is_weighed():
    with pytest.raises(FileRejected, match="unpacks to far more"):
        inspect_document(io.BytesIO(pdf(more=[_bomb()])), name="order.pdf")


def _bomb():
    body = flate(b"\x00" * 60_000_000).partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return stream(base64.a85encode(body) + b"~>", b"/Filter [/ASCII85Decode /FlateDecode]")
