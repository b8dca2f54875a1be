"""The forms of a court order that is read: its upload, and what could not be read."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from govuk.forms import RadioField
from orders.forms.documents import Upload
from orders.forms.orders import OrderDetails
from orders.models import Order
from orders.readings import NO, YES, Question, as_code
from orders.rules import DocumentType

UPLOAD_HINT = (
    "The details are read from a Word document (.docx). A PDF, JPG, PNG, TIFF or DOC is kept, but"
    " not read. Up to 20MB"
)


class CourtOrderUpload(Upload):
    """One file, sent with the page."""

    def __init__(self, data: Any, files: Any, *, order: Order) -> None:
        super().__init__(data, files, order=order, kind=DocumentType.COURT_ORDER)
        self.fields["file"].help_text = UPLOAD_HINT
        # Where a script sends it to is another page, which reads nothing.
        self.fields["file"].widget.attrs.pop("data-send-to", None)

    @property
    def file(self) -> "UploadedFile[bytes]":
        """The file of a valid form."""
        return self.chosen[0].file

    @property
    def instead_of(self) -> int | None:
        """The document that the page said would be replaced."""
        return self.chosen[0].instead_of


class ConfirmOrderDetails(OrderDetails):
    """The questions that the court order does not answer; `ask_all` asks every one.

    Of a held file it is asked first whether it is this order's.
    """

    is_this_order = RadioField(
        label="Is this the court order for this case?",
        choices=((YES, "Yes, keep it"), (NO, "No, remove it")),
        size="m",
        missing="Select yes if this is the court order for this case",
    )
    field_order = ("is_this_order",)

    def __init__(
        self,
        data: Any,
        *,
        order: Order,
        questions: Sequence[Question],
        is_held: bool,
        ask_all: bool,
    ) -> None:
        known = {question.name: question.known for question in questions if question.known}
        super().__init__(data, initial=known, order_type=order.order_type)
        self._known: dict[str, Any] = {}
        for question in questions:
            if question.known and not ask_all:
                self._known[question.name] = self.fields.pop(question.name).clean(question.known)
            else:
                self.fields[question.name].help_text = _why_asked(question)
        number = order.case.case_number
        self.fields["is_this_order"].label = f"Is this the court order for case {number}?"
        if not is_held:
            del self.fields["is_this_order"]
        elif self.data.get("is_this_order") == NO:
            # Whoever removes the file need not answer for it.
            for name in self.fields:
                self.fields[name].required = name == "is_this_order"

    @property
    def is_of_another_order(self) -> bool:
        """Whether staff say that the held file does not belong here."""
        return bool(self.cleaned_data.get("is_this_order") == NO)

    @property
    def answers(self) -> dict[str, Any]:
        """Every answer, those that were not asked too: the keywords of `answer_order`."""
        answers = {**self.cleaned_data, **self._known}
        answers.pop("is_this_order", None)
        return answers

    @property
    def codes(self) -> dict[str, str]:
        """The same as they stand in a form: codes, yes and no."""
        codes = {name: as_code(answer) for name, answer in self.answers.items()}
        return {name: code for name, code in codes.items() if code}


def _why_asked(question: Question) -> str:
    """Why the page asks what the document might have told."""
    quoted = " and ".join(f"“{words}”" for words in question.words)
    if question.differs:
        return (
            f"Answered before: {question.answered_label}. "
            f"The document says: {question.read_label}, in the words {quoted}"
        )
    if question.read or not question.was_sought:
        return ""
    if quoted:
        return f"The document does not say it clearly: {quoted}"
    return "This was not found in the document"
