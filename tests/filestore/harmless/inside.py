"""What stands inside files of several kinds: a photograph's bytes and Adobe's notes (XMP)."""

import random

PHOTO = random.Random(4).randbytes(300_000)
XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description/>'
    b"</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)
