"""Court staff with a keyboard and no mouse: the focus goes where Tab takes it, and nowhere else."""

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.journeys.staff import SHOWN_TYPES, File, Staff

# More than any page of one order has.
MOST_STOPS = 150
HAS_FOCUS = "one => document.activeElement === one"
ASKS_FOR_FILES = """field => field.addEventListener('click', (event) => {
    event.preventDefault()
    field.dataset.asked = 'yes'
}, { once: true })"""
IS_IN_GROUP = "one => document.activeElement?.name === one.name"


def open_by_key(field: Locator) -> None:
    """Enter, on the file field that has the focus, asks the system for its window of files.

    The window itself is the system's: the field is told not to open it, and the test goes on.
    """
    field.evaluate(ASKS_FOR_FILES)
    field.page.keyboard.press("Enter")
    expect(field).to_have_attribute("data-asked", "yes")


@dataclass
class KeyboardStaff(Staff):
    """Does everything that `Staff` does, by Tab, Enter, Space, arrows and typing."""

    def tabs_to(self, wanted: Locator, *, until: str = HAS_FOCUS) -> None:
        """As a person does: on from where they are, once round the page at most."""
        wanted.first.wait_for()
        for _ in range(MOST_STOPS):
            if wanted.first.evaluate(until):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def follows(self, link: str) -> None:
        self.tabs_to(self.page.get_by_role("link", name=link, exact=True))
        self.page.keyboard.press("Enter")

    def presses(self, button: str) -> None:
        self.tabs_to(self.page.get_by_role("button", name=button, exact=True))
        self.page.keyboard.press("Enter")

    def types(self, label: str, text: str) -> None:
        self.tabs_to(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def chooses(self, label: str, *, of: str) -> None:
        """One stop a group: arrows move inside it."""
        wanted = self.page.get_by_role("group", name=of).get_by_label(label, exact=True)
        self.tabs_to(wanted, until=IS_IN_GROUP)
        self.page.keyboard.press("Space")
        while not wanted.is_checked():
            self.page.keyboard.press("ArrowDown")

    def attaches(self, label: str, *files: File) -> None:
        field = self.page.get_by_label(label, exact=True)
        self.tabs_to(field)
        open_by_key(field)
        field.set_input_files([self.as_payload(file) for file in files])

    def opens_order(self, case_number: str, order_type: str) -> None:
        self.searches(case_number)
        cell = self.page.get_by_role("cell", name=SHOWN_TYPES[order_type], exact=True)
        row = self.row_of(case_number).filter(has=cell)
        self.tabs_to(row.get_by_role("link", name=case_number))
        self.page.keyboard.press("Enter")
