"""PDF files that run something: scripts, wherever they can stand, and actions."""
# ruff: noqa: E501

import base64
import zlib

from filestore.errors import ActionInside, CannotBeChecked, ScriptInside
from tests.filestore.hostile.case import Family
from tests.filestore.hostile.pdf_making import (
    flate,
    object_stream,
    packed_pdf,
    pdf,
    stream,
    updated,
)

family = Family("pdf", "order.pdf")
add = family.add
JS = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def hexed(name, every=1):
    return b"".join(b"#%02x" % c if at % every == 0 else bytes([c]) for at, c in enumerate(name))


# --- JavaScript, wherever it can stand
PLACES = {
    "when opened": {"catalog": b"/OpenAction " + JS},
    "when opened, by reference": {"catalog": b"/OpenAction 5 0 R", "more": [JS]},
    "in the tree of names": {
        "catalog": b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>",
        "more": [JS],
    },
    "when the document closes": {"catalog": b"/AA << /WC " + JS + b" >>"},
    "when a page opens": {"page": b"/AA << /O " + JS + b" >>"},
    "behind a link": {"page": b"/Annots [<< /Type /Annot /Subtype /Link /A " + JS + b" >>]"},
    "in a field": {
        "catalog": b"/AcroForm << /Fields [5 0 R] >>",
        "more": [b"<< /FT /Tx /T (a) /AA << /K " + JS + b" >> >>"],
    },
    "after another action": {
        "catalog": b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next " + JS + b" >>"
    },
    "in a bookmark": {
        "catalog": b"/Outlines 5 0 R",
        "more": [b"<< /First 6 0 R >>", b"<< /Title (a) /A " + JS + b" >>"],
    },
    "as a stream": {"more": [b"<< /S /JavaScript /JS 6 0 R >>", stream(b"app.alert(1)")]},
    "as a packed stream": {"more": [b"<< /S /JavaScript /JS 6 0 R >>", flate(b"app.alert(1)")]},
    "as a hexadecimal string": {"more": [b"<< /S /JavaScript /JS <6170702e616c657274> >>"]},
    "without its kind": {"more": [b"<< /JS (app.alert\\(1\\)) >>"]},
    "in a rendition": {"more": [b"<< /JS (app.alert\\(1\\)) /S /Rendition >>"]},
    "in an object nothing leads to": {"more": [JS]},
    "without spaces": {"more": [b"<</S/JavaScript/JS(app.alert\\(1\\))>>"]},
    "with comments between": {"more": [b"<< /S%x\n/JavaScript%y\r/JS%(\n(a) >>"]},
    "with nulls for spaces": {"more": [b"<<\x00/S\x00/JavaScript\x00/JS\x00(a)\x00>>"]},
    "behind a string full of brackets": {
        "more": [b"<< /T " + b"(" * 9 + b")" * 9 + b" /S /JavaScript >>"]
    },
    "behind an escaped bracket": {"more": [b"<< /T (\\() /S /JavaScript /JS (x) >>"]},
    "behind a bracket of the wrong kind": {"more": [b"<< /T (>>endobj) /S /JavaScript /JS (x) >>"]},
    "behind a word like endobj": {"more": [b"<< /T /endobjx /S /JavaScript /JS (x) >>"]},
    "behind a string with an object in it": {
        "more": [b"<< /T (7 0 obj \\() /S /JavaScript /JS (x) >>"]
    },
    "inside a comment that a table points into": {"tail": b"%9 0 obj " + JS + b" endobj\n"},
    "inside a string that a table points into": {
        "more": [b"<< /T (9 0 obj <</S/JavaScript/JS 6 0 R>> endobj) >>"]
    },
    "inside a stream that a table points into": {"more": [stream(b"9 0 obj " + JS + b" endobj")]},
    "inside a picture that a table points into": {
        "more": [stream(b"\x00\xff9 0 obj" + JS + b"endobj", b"/Subtype /Image")]
    },
    "with a comment in its heading": {"tail": b"9%\n0%\nobj" + JS + b"endobj\n"},
    "without the end of its object": {"tail": b"9 0 obj " + JS + b"\n"},
}
for title, parts in PLACES.items():
    add(f"JavaScript {title}", pdf(**parts), ScriptInside)
for every in (1, 2, 3, 5):
    name = hexed(b"JavaScript", every)
    add(
        f"JavaScript with every letter of {every} in hex",
        pdf(more=[b"<< /S /" + name + b" /#4aS (a) >>"]),
        ScriptInside,
    )
add(
    "JavaScript with one letter in hex",
    pdf(more=[b"<< /S /J#61vaScript /J#53 (a) >>"]),
    ScriptInside,
)
add(
    "JavaScript in capital hex",
    pdf(more=[b"<< /#53 /J#61v#61#53cript /#4A#53 (a) >>"]),
    ScriptInside,
)
add("JavaScript in a stream of objects", packed_pdf(JS), ScriptInside)
add(
    "JavaScript in the last of many packed objects",
    packed_pdf(*[b"<< /A 1 >>"] * 50, JS),
    ScriptInside,
)
add(
    "JavaScript in a stream of objects, hex",
    packed_pdf(b"<< /S /J#61vaScript /J#53 (x) >>"),
    ScriptInside,
)
add("JavaScript in an unpacked stream of objects", packed_pdf(JS, pack=False), ScriptInside)
add("JavaScript in a stream of objects without its kind", packed_pdf(JS, kind=b""), ScriptInside)
add(
    "JavaScript in a stream of objects of false kind",
    packed_pdf(JS, kind=b"/Type /Metadata"),
    ScriptInside,
)
add(
    "JavaScript in a stream of objects of kind in hex",
    packed_pdf(JS, kind=b"/Type /Obj#53tm"),
    ScriptInside,
)
add(
    "JavaScript in a catalogue that is packed",
    packed_pdf(catalog=b"/OpenAction " + JS),
    ScriptInside,
)
FILTERS = {
    "in hexadecimal": (b"/ASCIIHexDecode", lambda b: b.hex().encode() + b">"),
    "in short hexadecimal": (b"/AHx", lambda b: b.hex().encode() + b">"),
    "in base 85": (b"/ASCII85Decode", lambda b: base64.a85encode(b) + b"~>"),
    "packed, in hexadecimal": (
        b"[/ASCIIHexDecode /FlateDecode]",
        lambda b: zlib.compress(b).hex().encode() + b">",
    ),
    "packed, in base 85": (b"[/A85 /Fl]", lambda b: base64.a85encode(zlib.compress(b)) + b"~>"),
    "packed twice": (b"[/FlateDecode /FlateDecode]", lambda b: zlib.compress(zlib.compress(b))),
    "packed three times": (
        b"[/Fl /Fl /Fl]",
        lambda b: zlib.compress(zlib.compress(zlib.compress(b))),
    ),
    "packed, filter in hex": (b"/Fl#61teDecode", zlib.compress),
    "packed at no level": (b"/FlateDecode", lambda b: zlib.compress(b, 0)),
}
for title, filters in FILTERS.items():
    add(f"JavaScript in a stream of objects {title}", packed_pdf(JS, filters=filters), ScriptInside)
UNREADABLE = {
    "LZW": (b"/LZWDecode", bytes),
    "run lengths": (b"/RunLengthDecode", lambda b: b"".join(bytes([0, c]) for c in b) + b"\x80"),
    "a filter nobody knows": (b"/Rot13Decode", bytes),
    "JPEG": (b"/DCTDecode", bytes),
    "a lock of its own": (b"/Crypt", bytes),
    "seven filters": (b"[" + b"/Fl " * 7 + b"]", bytes),
    "broken packing": (b"/FlateDecode", bytes),
}
for title, filters in UNREADABLE.items():
    add(f"stream of objects by {title}", packed_pdf(JS, filters=filters), CannotBeChecked)
add(
    "stream of objects with a predictor",
    packed_pdf(JS, extra=b"/DecodeParms << /Predictor 12 /Columns 4 >>"),
    CannotBeChecked,
)
add(
    "filter of a stream of objects by reference",
    pdf(
        more=[
            b"/FlateDecode",
            object_stream([JS]).replace(b"/Filter /FlateDecode", b"/Filter 5 0 R"),
        ]
    ),
    ScriptInside,
)
add(
    "packed object inside the string of another",
    pdf(more=[flate(b"20 0 21 3 (a (<</S/JavaScript>>) ", b"/Type /ObjStm /N 2 /First 10")]),
    CannotBeChecked,
)
add(
    "stream of objects that begins beyond its end",
    pdf(more=[flate(b"20 0 " + JS, b"/Type /ObjStm /N 1 /First 9999")]),
    CannotBeChecked,
)
add(
    "packed object beyond the end",
    pdf(more=[flate(b"20 9999 " + JS, b"/Type /ObjStm /N 1 /First 8")]),
    CannotBeChecked,
)
add("script in a later revision", updated(pdf(), 4, JS), ScriptInside)
add("script in an earlier revision", updated(pdf(more=[JS]), 5, b"<< >>"), ScriptInside)
add(
    "form of Adobe's own language (XFA)",
    pdf(b"/AcroForm << /Fields [] /XFA 5 0 R >>", more=[stream(b"<xdp/>")]),
    ScriptInside,
)
add(
    "form of Adobe's own language, hex",
    pdf(b"/AcroForm << /#58FA [(a) 5 0 R] >>", more=[stream(b"<xdp/>")]),
    ScriptInside,
)
add("drawing in PostScript", pdf(more=[stream(b"%!PS (x) run", b"/Subtype /PS")]), ScriptInside)
add(
    "stream of objects with a short length",
    pdf(
        more=[
            b"<< /Type /ObjStm /N 1 /First 5 /Filter /Fl /Length 4 >>\nstream\n"
            + zlib.compress(b"20 0 " + JS)
            + b"\nendstream"
        ]
    ),
    ScriptInside,
)
add(
    "stream of objects that breaks off",
    pdf(
        more=[
            stream(
                zlib.compress(b"20 0 " + JS + b" " * 500)[:-6],
                b"/Type /ObjStm /N 1 /First 5 /Filter /Fl",
            )
        ]
    ),
    ScriptInside,
)
add(
    "stream of objects behind a second line end",
    pdf(
        more=[
            b"<< /Type /ObjStm /N 1 /First 5 /Filter /Fl >>\nstream\n\n"
            + zlib.compress(b"20 0 " + JS)
            + b"\nendstream"
        ]
    ),
    CannotBeChecked,
)
add(
    "packed objects counted by reference",
    pdf(
        more=[
            b"1",
            b"5",
            stream(
                zlib.compress(b"20 0 " + JS), b"/Type /ObjStm /Filter /Fl /N 5 0 R /First 6 0 R"
            ),
        ]
    ),
    ScriptInside,
)
add(
    "second stream of objects that extends a first",
    pdf(more=[object_stream([b"1"], extra=b"/Extends 6 0 R"), object_stream([JS], number=30)]),
    ScriptInside,
)

# --- Actions
ACTIONS = {
    "starts a program": b"<< /S /Launch /F (cmd.exe) >>",
    "starts a program of Windows with words": b"<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>",
    "starts a program, hex": b"<< /S /L#61unch /F (cmd.exe) >>",
    "starts a program, comment between": b"<< /S %hidden\n/Launch /F (cmd.exe) >>",
    "opens an attached file": b"<< /S /GoToE /T << /R /C /N (a) >> >>",
    "sends what is typed": b"<< /S /SubmitForm /F << /FS /URL /F (https://x.example) >> >>",
    "reads values from a file": b"<< /S /ImportData /F (values.fdf) >>",
}
for title, action in ACTIONS.items():
    add(
        f"link that {title}",
        pdf(page=b"/Annots [<< /Subtype /Link /A 5 0 R >>]", more=[action]),
        ActionInside,
    )
    add(f"opening that {title}", pdf(b"/OpenAction 5 0 R", more=[action]), ActionInside)
    add(f"packed object that {title}", packed_pdf(action), ActionInside)
URI = b"<< /S /URI /URI (https://evil.example/) >>"
for title, parts in {
    "when opened": {"catalog": b"/OpenAction " + URI},
    "when opened, by reference": {"catalog": b"/OpenAction 5 0 R", "more": [URI]},
    "when opened, by two references": {
        "catalog": b"/OpenAction 5 0 R",
        "more": [b"<< /S /Named /N /NextPage /Next 6 0 R >>", URI],
    },
    "when opened, its kind by reference": {
        "catalog": b"/OpenAction 5 0 R",
        "more": [b"<< /S 6 0 R /URI (https://x.example) >>", b"/URI"],
    },
    "when opened, in a list": {
        "catalog": b"/OpenAction << /S /Named /N /NextPage /Next [" + URI + b"] >>"
    },
    "when a page opens": {"page": b"/AA << /O " + URI + b" >>"},
    "when a page closes, by reference": {"page": b"/AA 5 0 R", "more": [b"<< /C 6 0 R >>", URI]},
    "when a field is entered": {"more": [b"<< /FT /Tx /AA << /Fo " + URI + b" >> >>"]},
    "when opened, key in hex": {"catalog": b"/Open#41ction " + URI},
    "of another file when opened": {
        "catalog": b"/OpenAction << /S /GoToR /F (b.pdf) /D [0 /Fit] >>"
    },
}.items():
    add(f"goes to an address {title}", pdf(**parts), ActionInside)
add(
    "goes to an address when opened, packed",
    packed_pdf(URI, catalog=b"/OpenAction 20 0 R"),
    ActionInside,
)
for word, refusal in (
    ("JavaScript", ScriptInside),
    ("Launch", ActionInside),
    ("SubmitForm", ActionInside),
):
    add(
        f"action whose kind {word} is an object of its own",
        pdf(more=[b"<< /S 6 0 R /F (a.pdf) >>", b"/" + word.encode()]),
        refusal,
    )
