"""A diary that nobody touched is sound, and what was counted is told."""

import pytest

from audit.canonical import LINK_COLUMNS, LinkRow, link_hash
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


def test_empty_diary_is_sound(verified):
    assert verified().is_sound
