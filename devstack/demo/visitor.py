"""A person at a browser without a window, who opens, follows, fills and presses."""

from collections.abc import Mapping
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests

from devstack.demo.page import Answer, Page, UnexpectedPage

_SECONDS = 60.0


class Visitor:
    """One session with the service. `page` is the one in view.

    Every method raises `UnexpectedPage` where the service does not answer as its pages promise.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._session = requests.Session()
        # Whatever proxy this machine uses, the service is not behind it.
        self._session.trust_env = False
        self.page = Page(url=site, html="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def another_tab(self) -> "Visitor":
        """A second window of the same browser: the same cookies, as they are now."""
        tab = Visitor(self._site)
        tab._session.cookies.update(self._session.cookies)
        return tab

    def open(self, path: str) -> Page:
        """Type an address."""
        return self._ask("GET", urljoin(self._site, path))

    def follow(self, words: str) -> Page:
        """Click the link with these words."""
        return self._ask("GET", urljoin(self.page.url, self.page.link(words)))

    def press(self, button: str, answers: Mapping[str, Answer] | None = None) -> Page:
        """Answer by label in the form with this button, and press it."""
        form = self.page.form(button)
        for label, answer in (answers or {}).items():
            form.fill(label, answer)
        url = urljoin(self.page.url, form.action)
        values = form.values(button)
        if form.method == "get":
            return self._ask("GET", url.partition("?")[0], params=values)
        return self._ask(
            "POST",
            url,
            data=values,
            files=[(name, (file.name, file.content)) for name, file in form.files()],
        )

    def expect(self, heading: str) -> Page:
        """The page in view, which must have this heading."""
        if self.page.heading != heading:
            said = "".join(f" It says: {problem}." for problem in self.page.problems)
            raise UnexpectedPage(f"{self.page.name} came instead of “{heading}”.{said}")
        return self.page

    def _ask(
        self,
        method: str,
        url: str,
        *,
        params: list[tuple[str, str]] | None = None,
        data: list[tuple[str, str]] | None = None,
        files: list[tuple[str, tuple[str, bytes]]] | None = None,
    ) -> Page:
        try:
            answer = self._session.request(
                method, url, params=params, data=data, files=files, timeout=_SECONDS
            )
        except requests.RequestException as error:
            raise UnexpectedPage(f"{url} was not answered: {type(error).__name__}.") from error
        page = Page(url=answer.url, html=answer.text)
        if not answer.ok:
            raise UnexpectedPage(f"{page.name} answered {answer.status_code}.")
        self.page = page
        return page
