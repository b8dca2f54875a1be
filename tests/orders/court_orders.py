"""Court orders in Word, as the court might write them."""

import io

import docx
from django.core.files.uploadedfile import SimpleUploadedFile

BOND = "The deputy must obtain security in the sum of {} in accordance with the rules."


def word_order(
    number: str = "No. 93559316",
    heading: str = "ORDER APPOINTING A DEPUTY",
    bond: str = "£21,000.00",
) -> bytes:
    """A court order with these words; what is "" is not in it."""
    document = docx.Document()
    document.add_heading("COURT OF PROTECTION")
    for words in (number, heading, "IT IS ORDERED that", bond and BOND.format(bond)):
        if words:
            document.add_paragraph(words)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def word_file(name: str = "order.docx", **words: str) -> SimpleUploadedFile:
    """The same as a browser sends it."""
    return SimpleUploadedFile(name, word_order(**words))
