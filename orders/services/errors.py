"""What the services refuse, each by its name; `str(error)` is a sentence for a person."""

from orders.models import Deputy, Document
from orders.rules import DocumentType, document_words


class Refused(Exception):
    """Something the rules don't allow now; nothing was changed."""


class OrderNotEditable(Refused):
    """The order is being served or was served."""


class OrderNotReady(Refused):
    """Something is still missing; `missing` says what."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("This order is not ready to be served: " + "; ".join(missing))
        self.missing = missing


class OrderChanged(Refused):
    """The order is no longer what the person who serves or changes it was shown."""


class AlreadyBeingServed(Refused):
    """Another order of this case and type is on its way to OPG."""


class DocumentsWouldGo(Refused):
    """The new answers make documents unneeded; ask before they are removed."""

    def __init__(self, documents: list[Document]) -> None:
        super().__init__("Some documents no longer apply to an interim order")
        self.documents = documents


class DocumentRequired(Refused):
    """The order needs this document as what it is."""


class AnotherDocumentStands(Refused):
    """Since the page was shown, a document was added that nobody said would be replaced."""

    def __init__(self, document: Document) -> None:
        kind = document_words(DocumentType(document.document_type))
        super().__init__(
            f"{document.uploaded_by.full_name} added {document.name} as the {kind} while this page"
            " was open. Upload your file again to replace it"
        )
        self.document = document


class CaseNumberDiffers(Refused):
    """A court order names another case than the order's (behaviour, 5: these words)."""

    def __init__(self) -> None:
        super().__init__(
            "The case number in the document does not match the case number for this order."
            " Please check the file and try again."
        )


class TooManyDocuments(Refused):
    """The order carries as many documents as it may."""


class MoveNotAllowed(Refused):
    """The submission stands where this can't be done to it."""


class SecondOperatorNeeded(Refused):
    """Another operator than the one who proposed it must approve."""


class DeputyAlreadyThere(Refused):
    """The order has a deputy with just these answers: `deputy`."""

    def __init__(self, deputy: Deputy) -> None:
        super().__init__("This deputy is on the order already")
        self.deputy = deputy


class DeputyChanged(Refused):
    """Somebody changed the deputy since the person was shown it; `deputy` is as it stands now."""

    def __init__(self, deputy: Deputy) -> None:
        super().__init__("Somebody changed this deputy after you opened this page")
        self.deputy = deputy


class DeputiesChanged(Refused):
    """Deputies that were chosen from another order are not there any more, or not as shown."""
