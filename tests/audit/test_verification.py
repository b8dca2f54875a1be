"""A diary that nobody touched is sound, and what was counted is told."""

import pytest

from audit.canonical import ENTRY_COLUMNS, LINK_COLUMNS, LinkRow, entry_digest, link_hash
from tests.audit.test_heads import switch_off, switch_on

pytestmark = pytest.mark.django_db(transaction=True)


def test_untouched_diary_is_sound(write, sign, verified):
    write(1)
    write(2, 1)
    write(3)
    assert sign() == 4
    write(1)
    report = verified()
    assert report.findings == []
    assert (report.entries, report.links, report.heads) == (8, 5, 1)
    assert (report.signed_position, report.unproved_links, report.unproved_entries) == (4, 1, 1)


def test_a_function_of_another_schema_speaks_for_nobody(write, sign, verified, superuser):
    """`count` of somebody's own, found before PostgreSQL's, would say that nothing waits."""
    write(1)
    sign()
    write(1, 1)
    superuser.execute("CREATE SCHEMA mine")
    try:
        superuser.execute(
            "CREATE AGGREGATE mine.count(*) (SFUNC = int8dec, STYPE = int8,"
            " INITCOND = '0'); CREATE AGGREGATE mine.min(bigint) (SFUNC = int8larger,"
            " STYPE = int8)"
        )
        superuser.execute("SET search_path = mine, pg_catalog")
        report = verified()
    finally:
        superuser.execute("RESET search_path; DROP SCHEMA mine CASCADE")
    assert report.findings == []
    assert (report.unproved_links, report.unproved_entries) == (2, 2)


@pytest.mark.parametrize("changes", [{"total": 7}, {"previous": bytes(32)}], ids=str)
def test_a_link_that_no_head_covers_must_continue_the_one_before(
    write, verified, superuser, changes
):
    """Although its own hash was made anew."""
    for _ in range(2):
        write(1)
    rows = superuser.execute(f"SELECT {LINK_COLUMNS} FROM audit_link ORDER BY position")
    forged = LinkRow(*rows.fetchall()[-1])._replace(**changes)
    switch_off(superuser)
    superuser.execute(
        "UPDATE audit_link SET total = %s, previous = %s, hash = %s WHERE position = %s",
        [forged.total, forged.previous, link_hash(forged), forged.position],
    )
    switch_on(superuser)
    [finding] = verified().findings
    assert "link 2" in finding.words
    assert "does not continue the link before it" in finding.words


def test_an_entry_inserted_between_those_of_a_batch_is_named_by_itself(
    write, sign, verified, superuser
):
    """A transaction that gave up has left it a number there; its digest was made as ours are."""
    superuser.execute("ALTER SEQUENCE audit_entry_id_seq INCREMENT BY 2")
    try:
        write(3)
    finally:
        superuser.execute("ALTER SEQUENCE audit_entry_id_seq INCREMENT BY 1")
    sign()
    switch_off(superuser)
    rows = superuser.execute(
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(first,"
        " jsonb_build_object('id', first.id + 1))).* FROM audit_entry AS first"
        f" ORDER BY id LIMIT 1 RETURNING {ENTRY_COLUMNS}"
    )
    inserted, *values = rows.fetchone()
    digest = entry_digest((inserted, *values))
    superuser.execute("UPDATE audit_entry SET digest = %s WHERE id = %s", [digest, inserted])
    switch_on(superuser)
    told = [(str(finding.kind), finding.words) for finding in verified().findings]
    assert ("inserted", f"entry {inserted} was inserted into link 1") in told
    assert "changed" not in {kind for kind, words in told if "link 1" in words}


def test_empty_diary_is_sound(verified):
    assert verified().is_sound
