"""What people do every day, with canaries for details: taken or refused, no log may tell of it."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.services import second_factor
from orders.services.deputies import fingerprint_of
from tests.csv_ingest.files import GOOD, csv_of, row_of
from tests.factories import PASSWORD, UserFactory, code_of
from tests.house.canaries import DEPUTY, PEOPLE
from tests.orders.court_orders import word_file

FORENAME, SURNAME = PEOPLE["client's forename"], PEOPLE["client's surname"]
STREET = PEOPLE["deputy's street"]
BORN = DEPUTY["date_of_birth"]
TYPED = {
    **{name: answer for name, answer in DEPUTY.items() if name != "date_of_birth"},
    "date_of_birth-day": str(BORN.day),
    "date_of_birth-month": str(BORN.month),
    "date_of_birth-year": str(BORN.year),
}
USER = {
    "first_name": "Nell",
    "last_name": PEOPLE["new user's surname"],
    "email": PEOPLE["new user's email"],
    "role": "CASE_MANAGER",
}


class Everyday:
    """Trials of forms and files that are not broken: each once refused and once taken.

    `browser`: of staff. `ursula`: a canary, with an authenticator app; `hers`: her browser, in
    which she is signed in. `pending`: an order that may be changed.
    """

    def __init__(self, *, browser, ursula, hers, pending):
        self.browser, self.ursula, self.hers = browser, ursula, hers
        self.pending, self.address = pending, f"/order/{pending.pk}"
        # What was typed and is too short for a canary.
        self.codes = set()

    def codes_of_apps(self):
        right = code_of(self.ursula)
        wrong = f"{(int(right) + 1) % 10**second_factor.DIGITS:06d}"
        self.codes |= {right, wrong}
        half_way = Client()
        half_way.post("/login", {"email": self.ursula.email, "password": PASSWORD})
        yield _answered(200, half_way.post("/login/code", {"code": wrong}))
        yield _answered(302, half_way.post("/login/code", {"code": right}))

    def recovery_codes(self):
        user, key, now = UserFactory(administrator=True), second_factor.new_key(), timezone.now()
        shown = second_factor.code_at(key=key, now=now)
        first, second, *_ = second_factor.set_up(user=user, key=key, code=shown, now=now)
        wrong = first[:8] + second[8:]
        self.codes |= {key, first, wrong}
        half_way = Client()
        half_way.post("/login", {"email": user.email, "password": PASSWORD})
        yield _answered(200, half_way.post("/login/recovery-code", {"code": wrong.lower()}))
        yield _answered(302, half_way.post("/login/recovery-code", {"code": first.lower()}))

    def deputies(self):
        add = f"{self.address}/deputy/add?deputyType=LAY"
        wrong = {**TYPED, "date_of_birth-month": "13"}
        yield _answered(200, self.browser.post(add, wrong))
        yield _answered(302, self.browser.post(add, TYPED))
        deputy = self.pending.deputies.get()
        edit = f"/case{self.address}/deputy/edit/{deputy.pk}"
        seen = {"seen": fingerprint_of(deputy), "county": "Elsewhere"}
        yield _answered(200, self.browser.post(edit, {**wrong, **seen}))
        yield _answered(302, self.browser.post(edit, {**TYPED, **seen}))

    def court_orders(self):
        heading = f"ORDER APPOINTING A DEPUTY FOR {FORENAME} {SURNAME}"
        for number, status in (("33370455", 200), (self.pending.case.case_number, 302)):
            name = "Order about Zebedee canary.docx"
            file = word_file(name, number=f"No. {number}", heading=heading)
            yield _answered(status, self.browser.post(f"{self.address}/upload", {"file": file}))

    def rows_of_files(self):
        bad = row_of(case=SURNAME, forename=FORENAME, made_date=PEOPLE["deputy's town"])
        removals = csv_of(
            f"{self.pending.case.case_number},1,{SURNAME}",
            f"{STREET},1,{FORENAME}",
            headings="Case number,Court order,Client Name",
        )
        for page, rows in (
            ("/upload-csv", csv_of(GOOD, bad)),
            ("/multiple-case-removal", removals),
        ):
            file = SimpleUploadedFile(PEOPLE["document's name"], rows)
            yield _answered(302, self.browser.post(page, {"file": file}))

    def new_users(self):
        for wrong in ({"role": ""}, {"email": self.ursula.email}):
            yield _answered(200, self.hers.post("/users/add", {**USER, **wrong}))
        yield _answered(302, self.hers.post("/users/add", USER))


def _answered(status, answer):
    """The answer, which was this one: or else nothing was tried."""
    assert answer.status_code == status, answer.content[:2000]
    return answer
