"""Harmless names of files, as people call their orders."""

from tests.filestore.making import real_pdf


def files():
    for name in (
        "Order 1.2.2026.pdf",
        "Zoë O'Brien (copy).pdf",
        "Order [sealed] v1.2 final.pdf",
        "ORDER.PDF",
        "Court%20order.pdf",
        "50% share.pdf",
        "100%25.pdf",
        "Order – P’s property & affairs.pdf",
        "王小明 order.pdf",
        "Order_93559316_HW.pdf",
        "a.pdf",
        "Smith & Co. Ltd.pdf",
        "£21,000 bond.pdf",
        "Re smith.com.pdf",
        "Mr. Z. Smith.pdf",
        "exe.pdf",
        "Order #4; 1=2.pdf",
        "cafe\u0301.pdf",
        "Łukasz Żółć.pdf",
        "Order…final.pdf",
        "console.pdf",
        "Conrad.pdf",
        "COM10.pdf",
        "nullity.pdf",
        "Order 10.30 am.pdf",
        "-order.pdf",
        "~order.pdf",
        "Order\u202fof\u00a0court.pdf",
        "e.g. order.pdf",
        "a" * 251 + ".pdf",
        "{draft}.pdf",
        "order+annex.pdf",
        "Order @ court.pdf",
        "'order'.pdf",
    ):
        yield f"name {ascii(name)[:60]}", name, real_pdf()
