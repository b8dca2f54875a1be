"""`make words`: the page of every message that staff can see, docs/messages.md."""

import sys

from devstack.words.page import PAGE, write

if __name__ == "__main__":
    lines = write()
    sys.stdout.write(f"{lines} lines in {PAGE}\n")
