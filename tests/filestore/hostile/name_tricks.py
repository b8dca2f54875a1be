"""Names that hide an ending behind many percent signs, joiners, times of day and middle parts."""

from filestore.errors import (
    DoubleExtension,
    NameHidesSomething,
    NameIsPath,
    NameOfStream,
    NameTooLong,
)
from tests.filestore.hostile.kinds import named, names

family = names
for times in (2, 3, 7, 60):
    named(f"order%{'25' * times}2eexe.pdf", DoubleExtension)
    named(f"..%{'25' * times}2forder.pdf", NameIsPath)
named("order%" + "25" * 5_000 + "2eexe.pdf", NameTooLong)
for hidden in (
    *("order.e\u200dxe.pdf", "\u200dorder.pdf", "order\u200d.pdf", "a\u200c\u0645.pdf"),
    *("\u0645\u200d\u200d\u0645.pdf", "\u0645\u200d.pdf", "\u0645\u200b\u0645.pdf"),
):
    named(hidden, NameHidesSomething)
for stream in ("order.30x: a.pdf", "12.30:tool.exe", "order.pdf: tool.pdf", "1.123: a.pdf"):
    named(stream, NameOfStream)
for middle in ("Mr.Reg.pdf", "Bob.Zip.pdf", "Re.Zip.exe.pdf", "a.exe.Smith.pdf", "a.docm.b.pdf"):
    named(middle, DoubleExtension)
for program in ("msix", "msixbundle", "appxbundle", "appinstaller", "search-ms", "vsto", "xht"):
    named(f"order.{program}.pdf", DoubleExtension)
for fetching in ("iqy", "oqy", "dqy", "rqy", "slk"):
    named(f"order.{fetching}.pdf", DoubleExtension)
