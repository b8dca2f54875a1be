"""Court staff at a real browser: what they do, by the labels, buttons and headings they see."""

import re
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FilePayload, Locator, Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# What is as it should be need not be told in full: that would take half as long again.
RULES = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
SHOWN_TYPES = {"PF": "PFA", "HW": "HW"}
# What may look different on a page with the same heading.
STATES = ".govuk-error-message, .govuk-notification-banner, .govuk-warning-text, .govuk-inset-text"
# Pages in the states that were held to the accessibility rules: once a session is enough.
inspected: set[tuple[str, int]] = set()


def keeps_the_accessibility_rules(page: Page) -> None:
    """Raises AssertionError with what axe found against WCAG 2.2 AA."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


@dataclass(frozen=True)
class File:
    """A file on the person's desk."""

    name: str
    content: bytes


@dataclass
class Staff:
    """A person and their tab. The pages they arrive at are held to the accessibility rules."""

    page: Page
    has_javascript: bool = True

    def opens(self, path: str) -> None:
        self.page.goto(path)

    def arrives_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        # Scripts make fields anew: what is looked at, or has the focus, must be what stays.
        self.page.wait_for_load_state()
        state = (heading, self.page.locator(STATES).count())
        if self.has_javascript and state not in inspected:
            inspected.add(state)
            keeps_the_accessibility_rules(self.page)

    def follows(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).click()

    def presses(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def chooses(self, label: str, *, of: str) -> None:
        self.page.get_by_role("group", name=of).get_by_label(label, exact=True).check()

    def attaches(self, label: str, *files: File) -> None:
        payloads = [self.as_payload(file) for file in files]
        self.page.get_by_label(label, exact=True).set_input_files(payloads)

    @staticmethod
    def as_payload(file: File) -> FilePayload:
        """A file as the browser's driver takes it."""
        return {
            "name": file.name,
            "mimeType": "application/octet-stream",
            "buffer": file.content,
        }

    def sees(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def is_told_of_a_problem(self, words: str) -> None:
        """The error summary says it, and its link leads to the field."""
        summary = self.page.get_by_role("alert").filter(has_text="There is a problem")
        link = summary.get_by_role("link", name=words)
        expect(link).to_be_visible()
        target = link.get_attribute("href") or ""
        expect(self.page.locator(target)).to_be_visible()

    # Whole pieces of work -----------------------------------------------------------------------

    def signs_in(self, email: str, password: str) -> None:
        self.opens("/")
        self.arrives_at("Sign in to Serve OPG")
        self.types("Email address", email)
        self.types("Password", password)
        self.presses("Sign in")
        self.arrives_at("Orders")

    def uploads_orders(self, file: File) -> None:
        self.follows("Upload orders")
        self.arrives_at("Upload orders")
        self.attaches("Upload a CSV or XLSX file", file)
        self.presses("Upload")

    def row_of(self, case_number: str) -> Locator:
        return self.page.get_by_role("row").filter(has_text=case_number)

    def searches(self, words: str) -> None:
        self.opens("/case")
        self.arrives_at("Orders")
        self.types("Search by case number or client name", words)
        self.presses("Search")

    def opens_order(self, case_number: str, order_type: str) -> None:
        self.searches(case_number.lower())
        row = self.row_of(case_number).filter(
            has=self.page.get_by_role("cell", name=SHOWN_TYPES[order_type], exact=True)
        )
        row.get_by_role("link", name=case_number).click()

    def answers_order(self, *, subtype: str, appointment: str, bond: str = "") -> None:
        self.arrives_at("Order details")
        if bond:
            self.chooses(bond, of="Is the bond over £21,000?")
        self.chooses(subtype, of="Order subtype")
        self.chooses(appointment, of="Appointment type")
        self.presses("Save and continue")

    def adds_deputy(self, kind: str, *, first_name: str, last_name: str, **more: str) -> None:
        self.follows("Add a deputy")
        self.arrives_at("What type of deputy?")
        self.chooses(kind, of="What type of deputy?")
        self.presses("Continue")
        self.arrives_at("Add a deputy")
        self.types("First name", first_name)
        self.types("Last name", last_name)
        for label, text in more.items():
            self.types(label.replace("_", " "), text)
        self.presses("Save and continue")

    def attaches_document(self, link: str, *files: File) -> None:
        self.follows(link)
        self.arrives_at(link)
        self.attaches("Select files" if "additional" in link else "Select a file", *files)
        self.presses("Upload")

    def serves(self) -> None:
        self.follows("Serve order")
        self.arrives_at("Serve order")
        self.presses("Serve order")
        expect(self.page).to_have_url(re.compile(r"/order/[0-9]+/progress$"))

    def waits_until_served(self) -> int:
        """Watch the progress page; the OPG reference that it ends with."""
        served = self.page.get_by_role("heading", level=1, name="Order served to OPG", exact=True)
        refresh = self.page.get_by_role("link", name="Check again")
        if not self.has_javascript:
            while not served.is_visible():
                refresh.click()
        expect(served).to_be_visible()
        self.arrives_at("Order served to OPG")
        said = re.search(r"OPG reference ([0-9]+)", self.page.get_by_role("main").inner_text())
        assert said is not None
        return int(said[1])
