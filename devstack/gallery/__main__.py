"""`make screenshots`: every page in every state as a picture, in a folder that git ignores."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from devstack.errors import StackTrouble
from devstack.gallery.camera import Visitors, a_browser, photograph
from devstack.gallery.catalogue import SCENES
from devstack.gallery.stage import Stage
from devstack.infrastructure import Infrastructure
from devstack.servers.server import CHECKOUT

FOLDER = CHECKOUT / "screenshots"


def main(only: list[str]) -> int:
    """Take the pictures of all scenes, or of those whose names begin with one of `only`."""
    scenes = [scene for scene in SCENES if not only or scene.name.startswith(tuple(only))]
    if not only:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    servers = Path(tempfile.mkdtemp(prefix="serve-opg-gallery-"))
    try:
        with (
            Infrastructure(servers, durable=False, throwaway=True, given={}) as infrastructure,
            Stage(infrastructure) as stage,
            a_browser() as browser,
        ):
            visitors = Visitors(browser, stage)
            for scene in scenes:
                page = visitors.open(scene)
                photograph(page, scene, folder=FOLDER)
                visitors.leave(scene, page)
            visitors.close()
    except StackTrouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    sys.stdout.write(f"{len(scenes)} scenes, wide and narrow, in {os.path.relpath(FOLDER)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
