"""`create_user` and `set_password`, as an operator and as a script run them."""

import fcntl
import io
import json
import os
import pty
import select
import subprocess
import sys
import termios

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

import audit
from accounts.models import Mail, Role, User
from audit.models import Entry
from tests.factories import PASSWORD

PERSON = (
    "--email=Grace@example.com",
    "--first-name=Grace",
    "--last-name=Newcomer",
    "--role=administrator",
)
NEW_PASSWORD = "seventeen green bottles"


@pytest.fixture
def type_in(monkeypatch):
    """Put text on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.django_db
def test_create_user_makes_the_account_from_options(type_in, capsys):
    type_in(f"{NEW_PASSWORD}\n")

    call_command("create_user", *PERSON, "--password-stdin")

    user = User.objects.get()
    assert (user.email, user.full_name, user.role, user.is_staff) == (
        "grace@example.com",
        "Grace Newcomer",
        Role.ADMINISTRATOR,
        False,
    )
    assert user.check_password(NEW_PASSWORD)
    assert capsys.readouterr().out == f"Account {user.pk} made: Administrator\n"
    entry = Entry.objects.get()
    assert (entry.event, entry.by_id) == (audit.Event.USER_CREATED, None)


@pytest.mark.django_db
def test_create_user_answers_a_script_in_json_and_makes_operations(type_in, capsys):
    type_in(f"{NEW_PASSWORD}\r\n")

    call_command("create_user", *PERSON, "--operations", "--password-stdin", "--json")

    user = User.objects.get()
    assert json.loads(capsys.readouterr().out) == {
        "id": user.pk,
        "role": "ADMINISTRATOR",
        "operations": True,
    }
    assert user.has_perm("accounts.view_user")
    assert user.check_password(NEW_PASSWORD)


@pytest.mark.django_db
def test_create_user_sends_a_link_instead_of_asking_for_a_password(capsys):
    call_command("create_user", *PERSON, "--send-activation")

    user = User.objects.get()
    assert user.is_waiting
    assert (Mail.objects.get().user, Mail.objects.get().requested_by) == (user, None)
    assert capsys.readouterr().out == (
        f"Account {user.pk} made: Administrator. The activation email is on its way\n"
    )


@pytest.mark.parametrize("options", [("--password-stdin", "--send-activation")])
def test_create_user_takes_a_password_or_sends_a_link(options):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("create_user", *PERSON, *options)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "options", "reason", "code"),
    [
        ("short", (), "too short", 1),
        ("", (), "too short", 1),
        (NEW_PASSWORD, ("--email=nobody",), "valid email address", 1),
        (NEW_PASSWORD, ("--first-name= ",), "blank", 1),
        (NEW_PASSWORD, ("--email=SAM@example.com",), "already has an account", 3),
    ],
)
def test_create_user_refuses_in_words_and_by_exit_code(
    type_in, sam, password, options, reason, code
):
    type_in(f"{password}\n")

    with pytest.raises(CommandError, match=reason) as refusal:
        call_command("create_user", *PERSON, *options, "--password-stdin")

    assert refusal.value.returncode == code
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["--email", "--first-name", "--last-name", "--role"])
def test_create_user_says_what_is_missing_where_nobody_can_be_asked(type_in, missing):
    type_in("")
    given = [option for option in PERSON if not option.startswith(missing)]

    with pytest.raises(CommandError, match=f"Give {missing}"):
        call_command("create_user", *given, "--password-stdin")


@pytest.mark.django_db
@pytest.mark.parametrize("command", [("create_user", *PERSON), ("set_password", "sam@example.com")])
def test_the_password_must_be_given_where_nobody_can_be_asked(type_in, sam, command):
    type_in("")

    with pytest.raises(CommandError, match="Give --password-stdin"):
        call_command(*command)


@pytest.mark.django_db
def test_set_password_gives_another_one(type_in, sam, client_of, capsys):
    browser = client_of(sam)
    type_in(f"{NEW_PASSWORD}\n")

    call_command("set_password", "SAM@example.com", "--password-stdin")

    sam.refresh_from_db()
    assert sam.check_password(NEW_PASSWORD)
    assert browser.get("/case").status_code == 302
    assert capsys.readouterr().out == f"Account {sam.pk} has a new password.\n"
    assert Entry.objects.get().event == audit.Event.USER_PASSWORD_CHANGED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("stranger@example.com", NEW_PASSWORD, "Nobody has an account"),
        ("sam@example.com", "short", "too short"),
    ],
)
def test_set_password_refuses_in_words(type_in, sam, email, password, reason):
    type_in(f"{password}\n")

    with pytest.raises(CommandError, match=reason):
        call_command("set_password", email, "--password-stdin")

    sam.refresh_from_db()
    assert sam.check_password(PASSWORD)


@pytest.mark.parametrize("command", ["create_user", "set_password"])
def test_help_explains_the_exit_codes(command, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command(command, "--help")

    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "exit codes:\n  0  " in said
    assert "--password-stdin" in said


def converse(arguments, answers):
    """Run manage.py at a terminal of its own; after each prompt (a text) type the answer.

    Returns the exit code and everything the terminal showed.
    """
    controller, terminal = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address_of_test_database()},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        # Its own terminal, so that getpass opens this one and not the developer's.
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(terminal)
    shown = b""
    try:
        for prompt, answer in answers:
            shown += read_until(controller, prompt)
            os.write(controller, answer)
        shown += read_until(controller, None)
        return child.wait(timeout=30), shown.decode()
    finally:
        child.kill()
        child.wait()
        os.close(controller)


def read_until(controller, prompt):
    """What the terminal shows up to the prompt, or, without one, to the program's end."""
    shown = b""
    while prompt is None or not shown.endswith(prompt.encode()):
        ready, _, _ = select.select([controller], [], [], 30)
        assert ready, f"waited for {prompt!r} after {shown!r}"
        try:
            shown += os.read(controller, 1024)
        except OSError:  # the last program at this terminal has ended
            assert prompt is None, f"ended before {prompt!r}: {shown!r}"
            return shown
    return shown


def address_of_test_database():
    name = connection.settings_dict
    return (
        f"postgresql://{name['USER']}:{name['PASSWORD']}"
        f"@{name['HOST']}:{name['PORT']}/{name['NAME']}"
    )


@pytest.mark.django_db(transaction=True)
def test_create_user_asks_a_person_for_everything_and_shows_no_password():
    typed_password = f"{NEW_PASSWORD}\n".encode()
    code, said = converse(
        ["create_user"],
        [
            ("Email address: ", b"\n"),
            ("Email address: ", b"grace@example.com\n"),
            ("First name: ", b"Grace\n"),
            ("Last name: ", b"Newcomer\n"),
            ("Role (administrator, case-manager): ", b"judge\n"),
            ("Role (administrator, case-manager): ", b"case-manager\n"),
            ("Password: ", typed_password),
            ("Password again: ", b"something else\n"),
            ("Password: ", typed_password),
            ("Password again: ", typed_password),
        ],
    )

    assert (code, User.objects.get().role) == (0, Role.CASE_MANAGER)
    assert "The two passwords differ. Try again." in said
    assert NEW_PASSWORD not in said


@pytest.mark.django_db(transaction=True)
def test_a_person_who_leaves_by_ctrl_d_changes_nothing():
    code, said = converse(["create_user"], [("Email address: ", b"\x04")])

    assert code == 1
    assert "Stopped. Nothing was changed." in said
    assert "Traceback" not in said
