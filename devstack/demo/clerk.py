"""A case manager's work, page by page, by the labels that staff see."""

import re
from collections.abc import Iterable

from devstack.demo.page import Answer, File, UnexpectedPage
from devstack.demo.plan import Deputy, Document, Order
from devstack.demo.visitor import Visitor

SHOWN_TYPES = {"PF": "PFA", "HW": "HW"}
SEARCH = "Search by case number or client name"


class Clerk:
    """Does with a `Visitor` what a person does. Raises `UnexpectedPage` where a page differs."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def sign_in(self, email: str, password: str) -> None:
        self._visitor.open("/")
        self._visitor.expect("Sign in to Serve OPG")
        self._visitor.press("Sign in", {"Email address": email, "Password": password})
        self._visitor.expect("Orders")

    def upload(self, export: File) -> str:
        """Upload an export without problems; what the list of orders then says about it."""
        self._visitor.open("/case")
        self._visitor.follow("Upload orders")
        self._visitor.expect("Upload orders")
        self._visitor.press("Upload", {"Upload a CSV or XLSX file": [export]})
        page = self._visitor.expect("Orders")
        said = re.search(r"Processed [0-9]+ orders?", page.words)
        if said is None:
            raise UnexpectedPage(f"{page.name} does not say how many orders were processed.")
        return said[0]

    def counts(self) -> tuple[int, int]:
        """The numbers on the tabs: to do, and served."""
        links = " ".join(self._visitor.open("/case").link_words())
        to_do = re.search(r"To do \(([0-9]+)\)", links)
        served = re.search(r"Served \(([0-9]+)\)", links)
        if to_do is None or served is None:
            raise UnexpectedPage(f"{self._visitor.page.name} has no tabs with counts.")
        return int(to_do[1]), int(served[1])

    def complete(self, order: Order) -> None:
        """Find the order by its case number and answer, type and upload everything."""
        self._find(order)
        self._visitor.expect("Order details")
        self._visitor.press("Save and continue", self._details(order))
        self._expect_summary(order)
        self._add_deputies(order)
        if order.mistaken:
            self._attach("Add court order", [order.mistaken])
        self._attach_all(order)
        self._expect_summary(order)

    def serve(self, order: Order) -> str:
        """From the summary to the progress page, whose path it gives back."""
        self._visitor.follow("Serve order")
        page = self._visitor.expect("Serve order")
        shown = [order.case_number, order.surname, *(each.last_name for each in order.deputies)]
        shown += [each.file.name for each in order.documents]
        hidden = [words for words in shown if words not in page.words]
        if hidden or (order.mistaken and order.mistaken.file.name in page.words):
            raise UnexpectedPage(f"{page.name} does not show exactly what will be sent: {hidden}.")
        path = self._visitor.press("Serve order").path
        if not path.endswith("/progress"):
            raise UnexpectedPage(f"{self._visitor.page.name} came instead of the progress page.")
        return path

    def served_reference(self, progress: str) -> int | None:
        """OPG's reference on a progress page, None while it is on its way.

        Raises `UnexpectedPage` where it will not be served without somebody's help.
        """
        page = self._visitor.open(progress)
        if page.heading == "Sending to OPG":
            return None
        self._visitor.expect("Order served to OPG")
        said = re.search(r"OPG reference ([0-9]+)", page.words)
        if said is None:
            raise UnexpectedPage(f"{page.name} shows no OPG reference.")
        return int(said[1])

    def _find(self, order: Order) -> None:
        self._visitor.open("/case")
        page = self._visitor.press("Search", {SEARCH: order.case_number.lower()})
        found = [
            row[""]
            for row in page.rows()
            if (row["Case number"], row["Order type"], row["Order number"])
            == (order.case_number, SHOWN_TYPES[order.order_type], order.order_number)
        ]
        if len(found) != 1:
            raise UnexpectedPage(f"The search finds {len(found)} orders for {order.name}.")
        self._visitor.open(found[0])

    def _details(self, order: Order) -> dict[str, Answer]:
        answers: dict[str, Answer] = {
            "Order subtype": order.subtype,
            "Appointment type": order.appointment,
        }
        if order.is_bond_high is not None:
            answers["Is the bond over £21,000?"] = "Yes" if order.is_bond_high else "No"
        return answers

    def _expect_summary(self, order: Order) -> None:
        self._visitor.expect(f"{SHOWN_TYPES[order.order_type]} order summary")

    def _add_deputies(self, order: Order) -> None:
        self._visitor.follow("Add a deputy")
        for deputy in order.deputies:
            self._visitor.expect("What type of deputy?")
            self._visitor.press("Continue", {"What type of deputy?": deputy.kind})
            self._visitor.expect("Add a deputy")
            is_last = deputy is order.deputies[-1]
            button = "Save and continue" if is_last else "Save and add another"
            self._visitor.press(button, _typed(deputy))
        self._expect_summary(order)

    def _attach_all(self, order: Order) -> None:
        """One upload for each required document, and one drop for all the additional ones."""
        additional = [each for each in order.documents if each.kind == "Additional document"]
        for document in order.documents:
            if document not in additional:
                is_there = order.mistaken and document.kind == order.mistaken.kind
                words = _within_a_sentence(document.kind)
                self._attach(f"{'Replace' if is_there else 'Add'} {words}", [document])
        if additional:
            self._attach("Add additional document", additional)

    def _attach(self, link: str, documents: Iterable[Document]) -> None:
        self._visitor.follow(link)
        self._visitor.expect(link.replace("Replace", "Add", 1))
        files = [each.file for each in documents]
        field = "Select files" if "additional" in link else "Select a file"
        self._visitor.press("Upload", {field: files})
        if not self._visitor.page.heading.endswith(" order summary"):
            self._visitor.expect("the order summary")


def _typed(deputy: Deputy) -> dict[str, Answer]:
    answers: dict[str, Answer] = {
        "First name": deputy.first_name,
        "Last name": deputy.last_name,
        **deputy.details,
    }
    if deputy.born:
        answers["Date of birth"] = {
            "Day": str(deputy.born.day),
            "Month": str(deputy.born.month),
            "Year": str(deputy.born.year),
        }
    return answers


def _within_a_sentence(kind: str) -> str:
    """A document kind as links have it: "court order", "COP 3"."""
    return kind if kind.startswith("COP") else kind.lower()
