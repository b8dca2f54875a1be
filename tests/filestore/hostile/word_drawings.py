"""Word .docx files with a drawing in SVG that runs, fetches, or is none."""

from filestore.errors import DefinesEntities, FetchesFromOutside, FileIsBomb, ProgramHidden
from tests.filestore.hostile.words import family
from tests.filestore.making import changed_docx

SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink' {}>{}</svg>"


def add(title, content, refusal):
    content = content if isinstance(content, bytes) else content.encode()
    family.add(f"drawing {title}", changed_docx(add={"word/media/a.svg": content}), refusal)


def drawn(inside="", attributes=""):
    return SVG.format(attributes, inside)


for title, content in {
    "with a script": drawn("<script>alert(1)</script>"),
    "with a script of another name space": drawn("<h:script xmlns:h='a'>alert(1)</h:script>"),
    "without a name space": "<svg><script>alert(1)</script></svg>",
    "that runs when loaded": drawn(attributes="onload='alert(1)'"),
    "that runs when loaded, in two-byte letters": drawn(attributes="onload='alert(1)'").encode(
        "utf-16"
    ),
    "that runs when clicked": drawn("<a x:href='javascript:alert(1)'><path/></a>"),
    "that runs, spelled by numbers": drawn("<a x:href='&#106;ava&#9;script:alert(1)'/>"),
    "whose animation runs": drawn("<set attributeName='onclick' to='alert(1)'/>"),
    "whose animation leads to a script": drawn("<animate values='a;javascript:alert(1)'/>"),
    "with a page in it": drawn("<foreignObject><p>a</p></foreignObject>"),
    "with a frame in it": drawn("<h:iframe xmlns:h='http://www.w3.org/1999/xhtml' />"),
    "with a style that runs": drawn("<rect style='width:expression(alert(1))'/>"),
    "that is a page": "<html xmlns='http://www.w3.org/1999/xhtml'/>",
    "that does not end": "<svg xmlns='http://www.w3.org/2000/svg'>",
    "with more behind its end": drawn() + "<svg/>",
}.items():
    add(title, content, ProgramHidden)

for title, content in {
    "that fetches": drawn("<image href='https://x.example/a'/>"),
    "that fetches by the old word": drawn("<image x:href='//x.example/a'/>"),
    "that fetches, in two-byte letters": drawn("<image href='http://x.example/a'/>")
    .encode("utf-16-le")
    .join([b"\xff\xfe", b""]),
    "that fetches, spelled by numbers": drawn("<image href='&#104;ttp://x.example/a'/>"),
    "that fetches from beside": drawn("<use href='b.svg#c'/>"),
    "that holds another drawing": drawn("<image href='data:image/svg+xml;base64,AAAA'/>"),
    "that fetches a filler": drawn("<rect fill='url(https://x.example/a#b)'/>"),
    "that fetches in a style": drawn("<rect style='fill: url( \"//x.example/a\" )'/>"),
    "that fetches a style": drawn("<style>@import '//x.example/a'</style>"),
    "that fetches a style, spelled by numbers": drawn("<style>@\\69mport '//x'</style>"),
    "that fetches a letter's shape": drawn("<style>@font-face{src:u\\rl(//x/a)}</style>"),
    "that fetches behind a comment": drawn("<style>a{b:url/**/(//x)} c{d:url(//y)}</style>"),
    "that lies elsewhere": drawn(attributes="xml:base='https://x.example/'"),
    "with a style sheet": "<?xml-stylesheet href='https://x.example/a.css'?>" + drawn(),
    "whose animation fetches": drawn("<image><set attributeName='x:href' to='//x'/></image>"),
}.items():
    add(title, content, FetchesFromOutside)

add("with entities", "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + drawn("&a;"), DefinesEntities)
add("of many pieces", drawn("<g/>" * 200_001), FileIsBomb)
MANY = " ".join(f"a{number}=''" for number in range(200_000))
add("of many attributes", drawn(attributes=MANY), FileIsBomb)
add("of many spelled letters", drawn("<style>" + "\\61 " * 200_001 + "</style>"), FileIsBomb)
add("of many words", drawn("<text>" + "order " * 1_500_000 + "</text>"), FileIsBomb)
family.add(
    "drawings that are many together",
    lambda: changed_docx(
        add={
            f"word/media/{number}.svg": drawn(f"<g id='{number}'/>" * 60_000).encode()
            for number in range(2)
        }
    ),
    FileIsBomb,
)
add("of many depths", drawn("<g>" * 200 + "</g>" * 200), FileIsBomb)
