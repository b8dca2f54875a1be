"""The users' pages, as administrators meet them, and as everybody else does."""

import pytest

import audit
from accounts.models import Mail, Role, User
from accounts.services import users
from audit.models import Entry
from tests.accounts.conftest import page_of, press, strict, words_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TYPED = {
    "first_name": "Grace",
    "last_name": "Newcomer",
    "email": "Grace@example.com",
    "role": "CASE_MANAGER",
}


@pytest.fixture
def admin(ada, client_of):
    """Ada's browser, held to the secret of each form."""
    return strict(client_of(ada))


def view(user):
    return f"/users/{user.pk}/view"


def buttons_of(response):
    return [button.get_text(strip=True) for button in page_of(response).main.find_all("button")]


def rows_of(response):
    """Key to value, of the summary lists."""
    page = page_of(response)
    return {
        words_of(row.dt): words_of(row.find("dd"))
        for row in page.select(".govuk-summary-list__row")
    }


def banner_of(browser, answer):
    return words_of(page_of(browser.get(answer.url)).find(class_="govuk-notification-banner"))


# --- For whom -------------------------------------------------------------------------------------
def addresses_of(user):
    parts = ("view", "edit", "delete", "disable", "enable", "resend-activation")
    return ["/users", "/users/add", *(f"/users/{user.pk}/{part}" for part in parts)]


@pytest.mark.parametrize("who", ["sam", "olive"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_everybody_but_administrators_is_told_that_it_is_not_for_them(
    request, client_of, waiting, who, method
):
    browser = client_of(request.getfixturevalue(who))

    for address in [*addresses_of(waiting), f"/users/{waiting.pk}/send-password-reset"]:
        answer = getattr(browser, method)(address, TYPED)
        assert answer.status_code == 403, address
        assert "Only administrators can manage users." in words_of(page_of(answer).main)

    assert User.objects.count() == 2
    assert not Mail.objects.exists()


def test_the_navigation_leads_there_for_administrators_alone(admin, signed_in):
    assert page_of(admin.get("/case")).find("a", string="Users")["href"] == "/users"
    assert page_of(signed_in.get("/case")).find("a", string="Users") is None


@pytest.mark.parametrize(
    "part",
    ["view", "edit", "delete", "disable", "resend-activation", "reset-second-factor"],
)
def test_an_unknown_or_removed_user_is_not_found(admin, ada, sam, now, part):
    users.remove_user(user=sam, by=ada, now=now)

    for user_id in (sam.pk, 999999):
        assert admin.get(f"/users/{user_id}/{part}").status_code == 404


# --- The list -------------------------------------------------------------------------------------
def test_the_list_shows_everybody_with_role_and_state(admin, sam, olive, waiting):
    UserFactory(first_name="Dora", last_name="Disabled", is_active=False)

    page = page_of(admin.get("/users"))

    assert page.h1.get_text(strip=True) == "Users"
    assert [words_of(th) for th in page.find_all("th")] == [
        "Name",
        "Email address",
        "Role",
        "Status",
        "Last signed in",
    ]
    rows = {
        words_of(row.td): [words_of(td) for td in row.find_all("td")[1:4]]
        for row in page.tbody("tr")
    }
    assert rows["Ada Admin"] == ["ada@example.com", "Administrator", "Active"]
    assert rows["Olive Operator"][1] == "Case manager, operations"
    assert rows["Wanda Waiting"][2] == "Waiting for activation"
    assert rows["Dora Disabled"][2] == "Disabled"
    assert page.find("a", string="Sam Staff")["href"] == view(sam)
    assert page.main.find("a", string="Add a user")["href"] == "/users/add"


def test_the_list_has_pages(admin):
    for _ in range(50):
        UserFactory()

    assert len(page_of(admin.get("/users?page=2")).tbody("tr")) == 1
    assert admin.get("/users?page=nonsense").status_code == 200


# --- Adding ---------------------------------------------------------------------------------------
def test_a_user_is_added_and_sent_a_link(admin, ada):
    page = page_of(admin.get("/users/add"))
    assert page.h1.get_text(strip=True) == "Add a user"
    labels = [words_of(label) for label in page.main.find_all("label")]
    assert labels == ["First name", "Last name", "Email address", "Case manager", "Administrator"]
    assert not page.find("input", {"type": "radio", "checked": True})

    answer = press(admin, "/users/add", "Add user", **TYPED)

    user = User.objects.get(email="grace@example.com")
    assert (answer.status_code, answer.url) == (302, view(user))
    assert (user.full_name, user.role, user.is_waiting) == ("Grace Newcomer", "CASE_MANAGER", True)
    assert "Grace Newcomer is added" in banner_of(admin, answer)
    assert Mail.objects.get().requested_by == ada
    shown = rows_of(admin.get(view(user)))
    assert shown["Status"] == "Waiting for activation"
    assert shown["Activation email"].startswith("On its way")


def test_what_is_missing_is_said_beside_each_field_and_the_rest_stays(admin):
    answer = press(admin, "/users/add", "Add user", first_name="Grace")

    page = page_of(answer)
    summary = [words_of(item) for item in page.select(".govuk-error-summary li")]
    assert summary == ["Enter last name", "Enter email address", "Select role"]
    assert page.find("input", {"name": "first_name"})["value"] == "Grace"
    for link in page.select(".govuk-error-summary a"):
        assert page.find(id=link["href"][1:])


@pytest.mark.parametrize("email", ["sam@example.com", " SAM@Example.com"])
def test_an_address_that_is_taken_is_said_beside_the_field(admin, sam, email):
    answer = press(admin, "/users/add", "Add user", **{**TYPED, "email": email})

    page = page_of(answer)
    assert "A user with this email address already exists" in words_of(
        page.find(id="id_email-error")
    )
    assert page.find("input", {"name": "first_name"})["value"] == "Grace"
    assert page.find("input", {"value": "CASE_MANAGER"}).has_attr("checked")


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("İlker@example.com", "in the correct format"),
        (f"sam@{'İ' * 50}.{'İ' * 50}.{'İ' * 50}.com", "must be 254 characters or less"),
    ],
)
def test_an_address_is_judged_as_it_will_be_stored(admin, sam, email, said):
    """The lower case of this letter is two characters, and no letter of an address."""
    for page, button in (("/users/add", "Add user"), (f"/users/{sam.pk}/edit", "Save")):
        answer = press(admin, page, button, **{**TYPED, "email": email})

        assert answer.status_code == 200
        assert said in words_of(page_of(answer).find(id="id_email-error"))
    assert not User.objects.filter(first_name="Grace").exists()


@pytest.mark.parametrize("domain", ["removed.invalid", "Removed.INVALID"])
def test_the_addresses_of_removed_users_are_given_to_nobody(admin, ada, sam, waiting, domain):
    email = f"removed-{sam.pk}@{domain}"
    for page, button in (("/users/add", "Add user"), (f"/users/{waiting.pk}/edit", "Save")):
        answer = press(admin, page, button, **{**TYPED, "email": email})

        assert "must not end in removed.invalid" in words_of(
            page_of(answer).find(id="id_email-error")
        )
    assert press(admin, f"/users/{sam.pk}/delete", "Remove user").status_code == 302


def test_pressing_twice_adds_once(admin):
    for _ in range(2):
        press(admin, "/users/add", "Add user", **TYPED)

    assert User.objects.filter(email="grace@example.com").count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("name", ["Ðórisé 岩田", "O'Neill <b>", "x" * 255])
def test_any_name_is_taken_and_shown_as_it_is(admin, name):
    answer = press(admin, "/users/add", "Add user", **{**TYPED, "last_name": name})

    assert words_of(page_of(admin.get(answer.url)).h1) == f"Grace {name}"


# --- One user -------------------------------------------------------------------------------------
def test_the_page_of_a_user_offers_what_can_be_done(admin, ada, sam, waiting, olive):
    assert buttons_of(admin.get(view(sam))) == [
        "Send a password reset email",
        "Disable this account",
    ]
    assert buttons_of(admin.get(view(waiting))) == [
        "Send the activation email again",
        "Disable this account",
    ]
    assert buttons_of(admin.get(view(ada))) == ["Send a password reset email"]
    page = admin.get(view(olive))
    assert buttons_of(page) == ["Disable this account"]
    assert page_of(page).main.find("a", string="Remove this user") is None
    assert page_of(admin.get(view(sam))).main.find("a", string="Remove this user")


def test_a_refused_email_is_told_in_words_and_sent_again(admin, waiting, queue, notify, sorting):
    queue(
        waiting,
        kind=Mail.Kind.ACTIVATION,
        state=Mail.State.REFUSED,
        reason="Can't send to this recipient using a team-only API key",
        settled_at=waiting.created_at,
    )
    page = admin.get(view(waiting))
    assert "could not be sent" in words_of(page_of(page).find(class_="govuk-warning-text"))
    assert "team-only API key" in rows_of(page)["Activation email"]

    answer = press(admin, view(waiting), "Send again")

    assert "We are emailing Wanda Waiting a link" in banner_of(admin, answer)
    assert waiting.mails.filter(state=Mail.State.QUEUED).count() == 1


def test_an_email_that_waits_for_notify_is_told(admin, waiting, queue):
    queue(waiting, kind=Mail.Kind.ACTIVATION, attempts=3, reason="Notify answered 500")

    shown = rows_of(admin.get(view(waiting)))["Activation email"]

    assert shown.startswith("Not sent yet. The last try failed")


def test_sending_again_twice_sends_once(admin, waiting):
    for _ in range(2):
        press(admin, view(waiting), "Send the activation email again")

    assert Mail.objects.count() == 1


def test_sending_again_too_often_is_refused_in_words(admin, ada, waiting, queue):
    for _ in range(5):
        queue(waiting, state=Mail.State.SENT, requested_by=ada)

    answer = press(admin, view(waiting), "Send the activation email again")

    assert "several emails within an hour" in banner_of(admin, answer)


def test_a_stale_page_does_not_send_an_activation_to_who_is_active(admin, sam):
    secret = {"csrfmiddlewaretoken": page_of(admin.get(view(sam))).find("input")["value"]}

    answer = admin.post(f"/users/{sam.pk}/resend-activation", secret)

    assert "has activated the account already" in banner_of(admin, answer)
    assert not Mail.objects.exists()


def test_an_administrator_sends_a_reset_email(admin, sam, notify, sorting):
    press(admin, view(sam), "Send a password reset email")

    mail = Mail.objects.get()
    assert (mail.kind, mail.email) == (Mail.Kind.RESET, sam.email)


@pytest.mark.parametrize("part", ["disable", "enable", "resend-activation", "send-password-reset"])
def test_a_link_to_a_button_changes_nothing_and_goes_to_the_page(admin, waiting, part):
    answer = admin.get(f"/users/{waiting.pk}/{part}")

    assert (answer.status_code, answer.url) == (302, view(waiting))
    assert not Mail.objects.exists()
    waiting.refresh_from_db()
    assert waiting.is_active


def test_disabled_at_once_and_let_in_again(admin, sam, client_of):
    browser = client_of(sam)

    answer = press(admin, view(sam), "Disable this account")
    assert "Sam Staff cannot sign in any more" in banner_of(admin, answer)
    assert browser.get("/case").status_code == 302
    shown = admin.get(view(sam))
    assert rows_of(shown)["Status"] == "Disabled"
    assert buttons_of(shown) == ["Let them sign in again"]

    press(admin, view(sam), "Let them sign in again")
    sam.refresh_from_db()
    assert sam.is_active


# --- Changing -------------------------------------------------------------------------------------
def test_details_are_changed(admin, sam):
    page = page_of(admin.get(f"/users/{sam.pk}/edit"))
    assert page.find("input", {"name": "email"})["value"] == sam.email
    assert page.find("input", {"value": "CASE_MANAGER"}).has_attr("checked")

    answer = press(
        admin, f"/users/{sam.pk}/edit", "Save", last_name="Stafford", role="ADMINISTRATOR"
    )

    assert (answer.status_code, answer.url) == (302, view(sam))
    assert "The details of Sam Stafford are saved" in banner_of(admin, answer)
    sam.refresh_from_db()
    assert (sam.full_name, sam.role) == ("Sam Stafford", Role.ADMINISTRATOR)


def test_who_changes_their_own_address_stays_signed_in_here_alone(admin, ada, client_of):
    elsewhere = client_of(ada)

    answer = press(
        admin, f"/users/{ada.pk}/edit", "Save", email="augusta@example.com", role="ADMINISTRATOR"
    )

    assert answer.url == view(ada)
    assert admin.get(view(ada)).status_code == 200
    assert elsewhere.get("/users").status_code == 302


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"email": "ada@example.com"}, "email", "A user with this email address already exists"),
        ({"email": "x"}, "email", "Enter an email address in the correct format"),
        ({"first_name": ""}, "first_name", "Enter first name"),
        ({"first_name": "\u200d"}, "first_name", "Enter first name"),
        ({"first_name": "\u202eSam"}, "first_name", "must not have an invisible character"),
        ({"email": "sam@ex\u202eample.com"}, "email", "must not have an invisible character"),
    ],
)
def test_a_change_that_will_not_do_is_refused_beside_the_field(admin, sam, typed, field, said):
    answer = press(admin, f"/users/{sam.pk}/edit", "Save", role="CASE_MANAGER", **typed)

    assert said in words_of(page_of(answer).find(id=f"id_{field}-error"))
    sam.refresh_from_db()
    assert (sam.email, sam.first_name) == ("sam@example.com", "Sam")


def test_an_administrator_cannot_take_their_own_role(admin, ada):
    UserFactory(administrator=True)

    answer = press(admin, f"/users/{ada.pk}/edit", "Save", role="CASE_MANAGER")

    assert "You cannot change your own role. Ask another administrator" in words_of(
        page_of(answer).find(id="id_role-error")
    )
    ada.refresh_from_db()
    assert ada.is_administrator


def test_a_stale_page_does_not_undo_what_somebody_else_changed(admin, ada, sam, now):
    page = page_of(admin.get(f"/users/{sam.pk}/edit"))
    stale = {field["name"]: field.get("value", "") for field in page.main.find_all("input")}
    details = {"email": sam.email, "first_name": "Sam", "last_name": "Married"}
    users.change_user(user=sam, **details, role=Role.ADMINISTRATOR, by=ada, now=now)

    answer = admin.post(
        f"/users/{sam.pk}/edit", {**stale, "role": "CASE_MANAGER", "first_name": "Samuel"}
    )

    said = words_of(page_of(answer).find(class_="govuk-error-summary"))
    assert "Somebody else changed this user" in said
    assert "Sam Married, sam@example.com, administrator" in said
    assert page_of(answer).find("input", {"name": "first_name"})["value"] == "Samuel"
    sam.refresh_from_db()
    assert (sam.first_name, sam.last_name) == ("Sam", "Married")

    fresh = {
        field["name"]: field.get("value", "") for field in page_of(answer).main.find_all("input")
    }
    again = admin.post(f"/users/{sam.pk}/edit", {**fresh, "role": "ADMINISTRATOR"})
    assert again.status_code == 302


def test_both_forms_are_kept_when_the_session_ends(admin, sam):
    for address in ("/users/add", f"/users/{sam.pk}/edit"):
        assert admin.get(address).resolver_match.func.keeps_typed


@pytest.mark.parametrize("part", ["edit", "delete", "reset-second-factor"])
def test_an_account_of_operations_is_not_changed_here(admin, olive, part):
    for answer in (admin.get(f"/users/{olive.pk}/{part}"),):
        assert answer.status_code == 403
        assert "account of operations" in words_of(page_of(answer).main)


# --- Removing -------------------------------------------------------------------------------------
def test_removing_asks_and_names_the_person(admin, ada, sam):
    page = page_of(admin.get(f"/users/{sam.pk}/delete"))
    assert page.h1.get_text(strip=True) == "Remove user?"
    assert "Sam Staff" in words_of(page.main)
    assert User.objects.present().filter(pk=sam.pk).exists()

    answer = press(admin, f"/users/{sam.pk}/delete", "Remove user")

    assert (answer.status_code, answer.url) == (302, "/users")
    assert "Sam Staff is removed" in banner_of(admin, answer)
    assert page_of(admin.get("/users")).find("a", string="Sam Staff") is None
    assert Entry.objects.about(sam).get().event == audit.Event.USER_REMOVED
    assert admin.get(f"/users/{sam.pk}/delete").status_code == 404


def test_one_cannot_remove_or_disable_oneself(admin, ada):
    UserFactory(administrator=True)

    for part, said in (
        ("delete", "You cannot remove your own account"),
        ("disable", "You cannot disable your own account"),
    ):
        secret = {
            "csrfmiddlewaretoken": page_of(admin.get("/users/add")).find(
                "input", {"name": "csrfmiddlewaretoken"}
            )["value"]
        }
        answer = admin.post(f"/users/{ada.pk}/{part}", secret)
        assert answer.status_code == 403
        assert said in words_of(page_of(answer).main)

    ada.refresh_from_db()
    assert ada.is_active
