"""Reads pages as a person does: by headings, labels, links and buttons."""

import re

from bs4 import BeautifulSoup


class Reader:
    """One answer of the test client."""

    def __init__(self, response) -> None:
        self.response = response
        self.soup = BeautifulSoup(response.content, "html.parser")

    @property
    def heading(self) -> str:
        [heading] = self.soup.find_all("h1")
        return words_of(heading)

    @property
    def title(self) -> str:
        return words_of(self.soup.title)

    @property
    def main(self) -> str:
        return words_of(self.soup.main)

    @property
    def errors(self) -> list[str]:
        """The error summary; each line's link must lead to something on the page."""
        lines = self.soup.select(".govuk-error-summary__list li")
        for link in self.soup.select(".govuk-error-summary__list a"):
            assert self.soup.find(id=link["href"].removeprefix("#")), link
        return [words_of(line) for line in lines]

    @property
    def banners(self) -> list[str]:
        return [words_of(one) for one in self.soup.select(".govuk-notification-banner__content")]

    @property
    def tags(self) -> list[str]:
        return [words_of(tag) for tag in self.soup.select("main .govuk-tag")]

    @property
    def buttons(self) -> list[str]:
        return [words_of(button) for button in self.soup.main.find_all("button")]

    @property
    def columns(self) -> list[str]:
        return [words_of(cell) for cell in self.soup.select("main thead th")]

    @property
    def rows(self) -> list[list[str]]:
        return [
            [words_of(cell) for cell in row.find_all("td")]
            for row in self.soup.select("main tbody tr")
        ]

    @property
    def links(self) -> dict[str, str]:
        return {words_of(link): link["href"] for link in self.soup.main.find_all("a")}

    def follow(self, text: str) -> str:
        return self.links[text]

    def labelled(self, text: str):
        """The input that a label of exactly these words belongs to."""
        [label] = [one for one in self.soup.find_all("label") if words_of(one) == text]
        return self.soup.find(id=label["for"])

    def group(self, legend: str):
        """The fieldset of a question."""
        [found] = [one for one in self.soup.find_all("fieldset") if words_of(one.legend) == legend]
        return found

    def answers(self, legend: str) -> list[str]:
        return [words_of(label) for label in self.group(legend).find_all("label")]

    def chosen(self, legend: str) -> list[str]:
        return [one["value"] for one in self.group(legend).find_all("input", checked=True)]

    def value(self, label: str) -> str:
        return self.labelled(label).get("value", "")

    def row(self, key: str) -> list[str]:
        """The values of every summary row with this key."""
        keys = [one for one in self.soup.find_all("dt") if words_of(one) == key]
        return [words_of(one.find_next_sibling("dd")) for one in keys]

    @property
    def hidden(self) -> dict[str, str]:
        return {
            one["name"]: one.get("value", "")
            for one in self.soup.main.find_all("input", type="hidden")
        }


def words_of(tag) -> str:
    """As they are read: an element inside a sentence leaves no gap before its full stop."""
    return re.sub(r"\s+([.,])(?=\s|$)|\s+", lambda gap: gap[1] or " ", tag.get_text(" ")).strip()
