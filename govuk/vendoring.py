"""How a released GOV.UK Frontend becomes the copy under static/govuk/. No request ever runs this.

    npm pack govuk-frontend@6.6.0 && tar xzf govuk-frontend-6.6.0.tgz
    python -m govuk.vendoring package

writes `govuk/static/govuk/frontend-<version>/`; then point templates/base.html and
static/govuk/serve.js at it and remove the older folder. The version stands in the folder's name,
so a browser never mixes two releases.
"""

import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static" / "govuk"

LICENCE = """\
GOV.UK Frontend {version}, https://github.com/alphagov/govuk-frontend,
changed as govuk/vendoring.py says.

The MIT License (MIT)

Copyright (C) 2011 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


def adapt_css(css: str) -> str:
    """The released style sheet without what we may not or cannot serve.

    * The GDS Transport font may be used only on the service.gov.uk domain: its faces and its name
      go, Arial stays.
    * The crest is the Crown's: its picture goes.
    * The source map is not vendored, and the manifest storage refuses to name a missing file.
    """
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,", "")
    css = re.sub(r"url\(/assets/images/govuk-crest\.svg\)", "none", css)
    return _without_source_map(css)


def adapt_javascript(javascript: str) -> str:
    """The released script without the pointer to its source map."""
    return _without_source_map(javascript)


def _without_source_map(text: str) -> str:
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", text)
    return re.sub(r"//# sourceMappingURL=\S*", "", text).rstrip() + "\n"


def vendor(package: Path, static: Path = STATIC) -> Path:
    """Copy what we use of an unpacked release; returns the folder written."""
    version = json.loads((package / "package.json").read_text())["version"]
    released = package / "dist" / "govuk"
    folder = static / f"frontend-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    css = (released / "govuk-frontend.min.css").read_text()
    javascript = (released / "govuk-frontend.min.js").read_text()
    (folder / "govuk-frontend.min.css").write_text(adapt_css(css))
    (folder / "govuk-frontend.min.js").write_text(adapt_javascript(javascript))
    (folder / "LICENCE.txt").write_text(LICENCE.format(version=version))
    return folder


if __name__ == "__main__":
    sys.stdout.write(f"{vendor(Path(sys.argv[1]))}\n")
