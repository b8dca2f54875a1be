"""A database of the gallery's own, filled, and a web server. No worker: states stay as they are."""

import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from devstack.infrastructure import Infrastructure
from devstack.stack import Stack

DATABASE = "gallery"


class Stage:
    """`.url`; `.path("/order/{ready}/summary")`; `.sessions`: role to cookie."""

    def __init__(self, infrastructure: Infrastructure) -> None:
        own = {
            "DATABASE_URL": infrastructure.postgres.ensure_database(DATABASE),
            "SUBMISSION_SETTLE_SECONDS": "36000",
        }
        self._stack = Stack(
            infrastructure, port=infrastructure.state.port("gallery"), environment=own
        )
        self.places: dict[str, int | str] = {}
        self.sessions: dict[str, str] = {}

    @property
    def url(self) -> str:
        return self._stack.url

    def path(self, template: str) -> str:
        """The address of a scene: names in braces become the ids of what stands in that state."""
        return template.format_map(self.places)

    def __enter__(self) -> Self:
        try:
            self._stack.migrate()
            self._fill()
            self._stack.web.launch()
            self._stack.web.wait_until_ready()
        except BaseException:
            self._stack.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.stop()

    def _fill(self) -> None:
        with tempfile.TemporaryDirectory(prefix="serve-opg-gallery-") as folder:
            file = Path(folder) / "written.json"
            self._stack.manage("seed_gallery", "--to", str(file))
            written = json.loads(file.read_text())
        self.places, self.sessions = written["places"], written["sessions"]
