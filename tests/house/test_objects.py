"""Rows of others: ids that do not belong together, served orders, and what operations may touch."""

import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import SecondFactor, User
from devstack.samples import sample_document
from orders.models import Deputy, Document, Order, Submission
from tests.factories import SecondFactorFactory
from tests.house.access import rows_written

pytestmark = pytest.mark.django_db

ODD_IDS = ("0", "-1", "2147483648", "9223372036854775808", "9" * 5000, "1e3", "0x1", "١", "1%00")
DEPUTY = {"first_name": "Changed", "last_name": "Changed", "deputy_type": "LAY", "seen": ""}
# Every page that changes an order or a part of it, with what a browser would send.
EDITS = {
    "/order/{order}/edit": {"order_subtype": "INTERIM_ORDER", "appointment_type": "JOINT"},
    "/order/{order}/upload": {},
    "/order/{order}/confirm-order-details": {"order_subtype": "INTERIM_ORDER"},
    "/order/{order}/deputy/add/deputy-type": {"deputyType": "LAY"},
    "/order/{order}/deputy/add?deputyType=LAY": DEPUTY,
    "/order/{order}/deputy/copy": {"deputies": "1"},
    "/case/order/{order}/deputy/edit/{deputy}": DEPUTY,
    "/case/order/{order}/deputy/delete/{deputy}": {},
    "/order/{order}/document/court_order/add": {},
    "/order/{order}/document/other/add": {},
    "/order/{order}/documents/add": {},
    "/order/{order}/document/{document}/remove": {},
    "/order/{order}/document/{document}/keep": {},
    "/order/{order}/served-by-email": {"evidence": "words", "reason": "words"},
}
PARTS = [page for page in EDITS if "{deputy}" in page or "{document}" in page]
OF_TABLES = {"orders_order", "orders_deputy", "orders_document", "orders_submission", "audit_entry"}


@pytest.fixture
def staff(world):
    return world.actors["case manager"].browser()


@pytest.fixture
def admin(world):
    return world.actors["administrator"].browser()


def address(page, parts, *, deputy=None, document=None):
    """The page of an order, with parts of another where given."""
    return page.format(
        order=parts.order.pk,
        deputy=(deputy or parts).deputy.pk,
        document=(document or parts).document.pk,
    )


def sent(browser, page, fields):
    """The answer to a form, with a file where the page takes one; and whether an order changed."""
    file = SimpleUploadedFile("order.pdf", sample_document("pdf"))
    before = rows_written()
    answer = browser.post(page, {**fields, "file": file})
    after = rows_written()
    return answer, {one for one in OF_TABLES if after.get(one, 0) != before.get(one, 0)}


# --- Parts of another order ---
@pytest.mark.parametrize("page", [*PARTS, "/order/{order}/document/{document}"])
def test_a_part_of_another_order_is_not_there(world, staff, page):
    """Each order with each other one's deputy and document; a stranger's order tells nothing."""
    everything = (world.pending, world.another, world.sending, world.served)
    for one, other in itertools.permutations(everything, 2):
        wrong = address(page, one, deputy=other, document=other)
        is_open = one in (world.pending, world.another) or page in READ
        for answer, written in (
            sent(staff, wrong, EDITS.get(page, {})),
            (staff.get(wrong), set()),
        ):
            refused = {404, 405} if is_open else {403, 405}
            assert answer.status_code in refused, f"{wrong}: {answer.status_code}"
            assert written == set(), wrong
            assert b"Dana" not in answer.content


READ = ("/order/{order}/document/{document}",)


@pytest.mark.parametrize("page", [*PARTS, *READ])
def test_a_row_of_another_kind_is_no_part(world, staff, page):
    """An id that exists, but of a user, an upload, a submission, an order."""
    kinds = (world.sam, world.upload, world.removal, world.submission, world.another.order)
    real = {
        *Deputy.objects.values_list("pk", flat=True),
        *Document.objects.values_list("pk", flat=True),
    }
    for row in kinds:
        number = row.pk if row.pk not in real else row.pk + 10_000
        wrong = page.format(order=world.pending.order.pk, deputy=number, document=number)
        answer, written = sent(staff, wrong, EDITS.get(page, {}))
        assert answer.status_code in {404, 405}
        assert written == set()


@pytest.mark.parametrize("number", ODD_IDS)
def test_an_odd_number_is_a_page_that_is_not_there(world, staff, admin, number):
    pages = [
        *EDITS,
        "/order/{order}/summary",
        "/order/{order}/progress",
        "/order/{order}/declaration",
    ]
    pages += ["/order/{order}/summary-served", *READ]
    pages = [page.format(order=number, deputy=number, document=number) for page in pages]
    pages += [f"/upload-csv/{number}", f"/upload-csv/{number}/update-orders"]
    pages += [f"/multiple-case-removal/{number}", f"/multiple-case-removal/{number}/rows"]
    pages += [f"/users/{number}/{word}" for word in ("view", "edit", "delete", "disable")]
    parts = [
        address(page, world.pending).replace(f"/{part}", f"/{number}")
        for page in (*PARTS, *READ)
        for part in (world.pending.deputy.pk, world.pending.document.pk)
        if address(page, world.pending).count(f"/{part}") == 1 and part != world.pending.order.pk
    ]
    for page in (*pages, *parts):
        assert admin.get(page).status_code in (404, 405), page
        answer, written = sent(admin, page, {})
        assert answer.status_code in (404, 405), page
        assert written == set(), page


# --- Orders that may not be changed any more ---
@pytest.mark.parametrize("stage", ["served", "sending"])
@pytest.mark.parametrize("page", EDITS)
def test_nothing_of_an_order_on_its_way_or_served_can_be_changed(world, admin, stage, page):
    """By an administrator, who may do most; the page says why."""
    parts = getattr(world, stage)
    shown = admin.get(address(page, parts))
    answer, written = sent(admin, address(page, parts), EDITS[page])

    assert (answer.status_code, written) == (403, set())
    assert shown.status_code in (403, 405)
    assert b"<h1" in answer.content


def test_an_order_on_its_way_or_served_is_declared_only_once(world, staff):
    for parts in (world.sending, world.served):
        answer, written = sent(staff, f"/order/{parts.order.pk}/declaration", {"seen": ""})
        assert (answer.status_code, written) == (302, set())
    assert Submission.objects.count() == 1


def test_a_served_order_is_removed_by_no_file(world, staff):
    headings = "Case number,Court order,Client Name,Order Made Date,Order Issue Date"
    rows = [f"{parts.order.case.case_number},A1,X,1/5/2026,15/5/2026" for parts in (world.sending,)]
    file = SimpleUploadedFile("r.csv", "\r\n".join([headings, *rows, ""]).encode())
    page = staff.post("/multiple-case-removal", {"file": file}).url
    staff.post(page, {"answer": "remove"})
    assert Order.objects.filter(pk=world.sending.order.pk).exists()


# --- Uploads and removals of a colleague ---
def test_what_a_colleague_uploaded_is_shared_work_and_says_whose_it_is(world, client_of):
    """By design: staff take over from each other. The diary and the page name who did what."""
    other = client_of(world.target)
    assert other.get(f"/upload-csv/{world.upload.pk}").status_code == 200
    other.post(f"/upload-csv/{world.upload.pk}", {"answer": "cancel"})
    world.upload.refresh_from_db()
    assert (world.upload.uploaded_by, world.upload.finished_by) == (world.sam, world.target)


@pytest.mark.parametrize("answer", ["delete", "import ", "IMPORT", "", "cancel;import"])
def test_an_answer_that_no_button_gives_does_nothing(world, staff, answer):
    for page in (f"/upload-csv/{world.upload.pk}", f"/multiple-case-removal/{world.removal.pk}"):
        before = rows_written()
        assert staff.post(page, {"answer": answer}).status_code == 302
        after = rows_written()
        assert {one for one in after if after[one] != before.get(one, 0)} <= {"django_session"}


# --- Users ---
USER_PAGES = (
    *("view", "edit", "delete", "disable", "enable", "resend-activation"),
    *("send-password-reset", "reset-second-factor"),
)


@pytest.mark.parametrize("word", USER_PAGES)
@pytest.mark.parametrize("who", ["case manager", "operations"])
def test_others_than_administrators_reach_nobody_s_page_not_even_their_own(world, who, word):
    browser = world.actors[who].browser()
    for user in (world.sam, world.olive, world.ada, world.target, User(pk=10**6)):
        before = rows_written().get("accounts_user")
        assert browser.get(f"/users/{user.pk}/{word}").status_code == 403
        assert (
            browser.post(f"/users/{user.pk}/{word}", {"role": "ADMINISTRATOR"}).status_code == 403
        )
        assert rows_written().get("accounts_user") == before


@pytest.mark.parametrize(
    "word",
    ["edit", "delete", "enable", "send-password-reset", "reset-second-factor"],
)
def test_an_administrator_changes_nobody_of_operations(world, admin, word):
    factors = SecondFactor.objects.filter(user=world.olive)
    SecondFactorFactory(user=world.olive)
    typed = {"first_name": "X", "last_name": "X", "email": "x@example.com", "role": "CASE_MANAGER"}
    admin.post(f"/users/{world.olive.pk}/{word}", typed)
    world.olive.refresh_from_db()
    assert (world.olive.email, world.olive.is_active) == ("olive@example.com", True)
    assert factors.exists()


def test_an_administrator_disables_one_of_operations_and_cannot_let_them_in_again(world, admin):
    """Disabling takes rights away, and gives none: whoever sees harm done can stop it."""
    for word in ("disable", "enable"):
        admin.post(f"/users/{world.olive.pk}/{word}")
        # Another object than the world's: that one is every test's.
        olive = User.objects.get(pk=world.olive.pk)
        assert (olive.email, olive.is_active) == ("olive@example.com", False), word
    assert olive.is_staff


def test_an_administrator_does_not_end_or_demote_themselves(world, admin):
    me = world.ada
    assert admin.post(f"/users/{me.pk}/delete").status_code == 403
    assert admin.post(f"/users/{me.pk}/disable").status_code == 403
    typed = {"first_name": "A", "last_name": "B", "email": me.email, "role": "CASE_MANAGER"}
    admin.post(f"/users/{me.pk}/edit", typed)
    me.refresh_from_db()
    assert (me.is_active, me.role) == (True, "ADMINISTRATOR")


@pytest.mark.parametrize("extra", ["is_staff", "is_superuser", "groups", "password", "is_active"])
def test_no_form_gives_rights_that_it_does_not_show(world, admin, extra):
    typed = {
        "first_name": "A",
        "last_name": "B",
        "email": "new@example.com",
        "role": "CASE_MANAGER",
    }
    admin.post("/users/add", {**typed, extra: "1"})
    admin.post(f"/users/{world.target.pk}/edit", {**typed, "email": "t@example.com", extra: "1"})
    changed = User.objects.filter(email__in=["new@example.com", "t@example.com"])
    assert len(changed) == 2
    for user in changed:
        assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)
        assert user.is_active
        assert not user.check_password("1")


def test_no_form_of_an_order_sets_what_it_does_not_show(world, staff):
    order = world.pending.order
    page = f"/order/{order.pk}/edit"
    forged = {
        "status": "SERVED",
        "served_at": "2026-01-01",
        "case": "1",
        "id": "1",
        "order_type": "HW",
    }
    answers = {
        "order_subtype": "NEW_APPLICATION",
        "appointment_type": "JOINT",
        "bond_over_21000": "True",
    }
    staff.post(page, {**answers, **forged})
    fresh = Order.objects.get(pk=order.pk)
    assert (fresh.status, fresh.served_at, fresh.order_type) == ("PENDING", None, "PF")
    assert fresh.case_id == order.case_id


# --- The Django admin ---
SUBMISSION_ACTIONS = ("try_again", "hold", "give_back", "cancel", "confirm")
USER_ACTIONS = ("disable", "enable", "unlock", "reset_second_factor")


def act(browser, page, action, row):
    """Press an action of the admin."""
    fields = {"action": action, "_selected_action": [row.pk], "reason": "words"}
    return browser.post(page, {**fields, "sirius_order_id": "7", "index": "0"})


@pytest.mark.parametrize("action", ["delete_selected", *SUBMISSION_ACTIONS])
@pytest.mark.parametrize("who", ["case manager", "administrator", "operator without a code"])
def test_court_staff_do_nothing_to_a_submission(world, who, action):
    browser = world.actors[who].browser()
    before = Submission.objects.values().get()
    assert act(browser, "/admin/orders/submission/", action, world.submission).status_code == 302
    assert Submission.objects.values().get() == before


def test_operations_hold_and_release_but_delete_nothing(world):
    browser = world.actors["operations"].browser()
    act(browser, "/admin/orders/submission/", "hold", world.submission)
    assert Submission.objects.get().state == "HELD"
    for page, row in (
        ("/admin/orders/submission/", world.submission),
        ("/admin/orders/order/", world.pending.order),
        ("/admin/accounts/user/", world.target),
        ("/admin/csv_ingest/upload/", world.upload),
    ):
        before = type(row).objects.count()
        act(browser, page, "delete_selected", row)
        browser.post(
            page, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        )
        assert type(row).objects.count() == before


@pytest.mark.parametrize("action", USER_ACTIONS)
def test_an_operator_without_the_right_does_nothing_to_users(world, client_of, action):
    """`is_staff` alone opens the admin; each right comes by the group."""
    world.olive.groups.clear()
    browser = client_of(world.olive)
    before = rows_written().get("accounts_user")
    for page in ("/admin/accounts/user/", "/admin/orders/submission/", "/admin/audit/entry/"):
        assert browser.get(page).status_code == 403
    assert act(browser, "/admin/accounts/user/", action, world.target).status_code == 403
    assert rows_written().get("accounts_user") == before


def test_a_change_page_of_the_admin_changes_nothing_for_operations(world):
    browser = world.actors["operations"].browser()
    for page, row in (
        ("accounts/user", world.target),
        ("orders/order", world.pending.order),
        ("orders/submission", world.submission),
        ("csv_ingest/upload", world.upload),
    ):
        before = type(row).objects.filter(pk=row.pk).values().get()
        typed = dict.fromkeys(before, "1")
        answer = browser.post(f"/admin/{page}/{row.pk}/change/", {**typed, "_save": "Save"})
        assert answer.status_code == 403
        assert type(row).objects.filter(pk=row.pk).values().get() == before
