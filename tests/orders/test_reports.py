"""The reports: what is in them, of which days, and the page and downloads around them."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from datetime import UTC

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from orders import reports
from orders.models import Order
from orders.reports import DateRange
from tests.orders.reading import Reader, words_of

pytestmark = pytest.mark.django_db

# A Saturday in winter; the last four weeks begin in summer time.
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=UTC)
DOWNLOADS = {
    "/report/download": "DateIssued,DateMade,DateServed,CaseNumber,AppointmentType,OrderType",
    "/report/download-orders-not-served": (
        "CaseNumber,OrderType,OrderNumber,ClientName,OrderMadeDate,OrderIssueDate,Status"
    ),
    "/report/download-served-orders": (
        "DateIssued,DateMade,CaseNumber,OrderType,OrderNumber,ClientName,OrderServedDate"
    ),
}


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served(pending_order) -> Callable[..., Order]:
    """Makes an order that was served at a moment of the past, which no service can do."""

    def make(*moment: int, **changes) -> Order:
        order = pending_order(**changes)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE orders_order DISABLE TRIGGER USER")
            Order.objects.filter(pk=order.pk).update(
                status="SERVED",
                served_at=dt.datetime(*moment, tzinfo=UTC),
                appointment_type="JOINT_AND_SEVERAL",
            )
            cursor.execute("ALTER TABLE orders_order ENABLE TRIGGER USER")
        return order

    return make


def numbers(report, *days: dt.date | None) -> list[str]:
    """The order numbers in the report."""
    return [order.order_number for order in report.find(DateRange(*days))]


def query(report: str, first: dt.date | None = None, last: dt.date | None = None) -> dict:
    stem = report.replace("-", "_")
    return {
        f"{stem}_{edge}-{part}": getattr(day, part) if day else ""
        for edge, day in (("from", first), ("to", last))
        for part in ("day", "month", "year")
    }


def downloaded(browser, path: str, data: dict | None = None) -> list[list[str]]:
    response = browser.get(path, data or {})
    assert response.status_code == 200, response
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- What is in them ------------------------------------------------------------------------------
def test_days_are_those_of_the_uk_and_both_ends_belong(served):
    served(2026, 6, 1, 22, 59, order_number="last minute of 1 June")
    served(2026, 6, 1, 23, 1, order_number="first minute of 2 June", case_number="61429461")
    assert len(numbers(reports.ORDERS_SERVED, None, dt.date(2026, 6, 2))) == 2
    first, second = dt.date(2026, 6, 1), dt.date(2026, 6, 2)
    assert numbers(reports.ORDERS_SERVED, first, first) == ["last minute of 1 June"]
    assert numbers(reports.ORDERS_SERVED, second, second) == ["first minute of 2 June"]
    assert numbers(reports.ORDERS_SERVED, second, first) == []


@pytest.mark.parametrize("days", [(dt.date.min, dt.date.max), (None, dt.date.max)])
def test_no_date_that_can_be_typed_is_too_far(served, pending_order, days):
    served(2026, 6, 1, order_number="S")
    pending_order(order_number="P")
    assert numbers(reports.ALL_SERVED_ORDERS, *days) == ["S"]
    assert numbers(reports.ORDERS_NOT_SERVED, *days) == ["P"]


def test_not_served_goes_by_issue_date_the_oldest_first(pending_order):
    for day in (3, 1, 2):
        pending_order(
            made_date=dt.date(2026, 5, 1), issue_date=dt.date(2026, 6, day), order_number=f"N{day}"
        )
    assert numbers(reports.ORDERS_NOT_SERVED) == ["N1", "N2", "N3"]
    range_ = (dt.date(2026, 6, 2), dt.date(2026, 6, 3))
    assert numbers(reports.ORDERS_NOT_SERVED, *range_) == ["N2", "N3"]


def test_a_week_is_monday_to_sunday_in_the_uk(served):
    served(2026, 11, 15, 23, 30, case_number="93559316")  # a Sunday
    served(2026, 11, 16, 0, 30, case_number="61429461")
    # Half past midnight on a Monday in summer is still Sunday in UTC.
    served(2026, 10, 18, 23, 30, case_number="33370455")
    weeks = reports.served_per_week(today=NOW.date())
    assert [week.first for week in weeks[-2:]] == [dt.date(2026, 11, 9), dt.date(2026, 11, 16)]
    assert len(weeks) == 12
    counts = {week.first: week.count for week in weeks if week.count}
    assert counts == dict.fromkeys(
        [dt.date(2026, 10, 19), dt.date(2026, 11, 9), dt.date(2026, 11, 16)], 1
    )
    assert [week.is_over for week in weeks] == [True] * 11 + [False]


def test_a_long_report_costs_no_statement_for_each_row(
    pending_order, django_assert_max_num_queries
):
    for number in range(3):
        pending_order(case_number="93559316", order_number=f"N{number}")
    with django_assert_max_num_queries(5):
        assert len(list(reports.ORDERS_NOT_SERVED.rows(DateRange()))) == 3


# --- Downloads ------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/report", *DOWNLOADS])
def test_reports_are_closed_to_strangers(client, path):
    assert client.get(path).url == f"/login?next={path}"


@pytest.mark.parametrize("path", DOWNLOADS)
def test_each_download_has_its_headings_also_without_a_row(signed_in, path):
    assert downloaded(signed_in, path) == [DOWNLOADS[path].split(",")]


def test_cells_of_orders_served(signed_in, served):
    served(2026, 10, 30, order_type="HW")
    [_headings, row] = downloaded(signed_in, "/report/download")
    assert row == [
        *("2026-05-15", "2026-05-01", "2026-10-30", "93559316", "Joint and several", "HW")
    ]


def test_cells_of_orders_not_served(signed_in, ready_order, declared):
    ready_order(case_number="93559316")
    declared(case_number="61429461", order_number="A2")
    rows = downloaded(signed_in, "/report/download-orders-not-served")[1:]
    assert rows[0] == [
        *("93559316", "PFA", "A1", "Joni Mitchell", "2026-05-01", "2026-05-15", "READY TO SERVE")
    ]
    assert rows[1][-1] == "SENDING"


def test_cells_of_all_served_orders(signed_in, served):
    served(2018, 8, 1)
    [_headings, row] = downloaded(signed_in, "/report/download-served-orders")
    assert row == [
        *("2026-05-15", "2026-05-01", "93559316", "PFA", "A1", "Joni Mitchell", "2018-08-01")
    ]


def test_cells_run_no_formula(signed_in, pending_order):
    pending_order(order_number="=1+1", forename="  @SUM(A1)", surname="Zoë")
    [_headings, row] = downloaded(signed_in, "/report/download-orders-not-served")
    assert row[2:4] == ["'=1+1", "'@SUM(A1) Zoë"]


def test_orders_served_without_dates_are_those_of_the_last_four_weeks(signed_in, served):
    served(2026, 10, 24, case_number="93559316")
    served(2026, 10, 22, 12, case_number="61429461")
    response = signed_in.get("/report/download")
    assert response["Content-Disposition"] == (
        'attachment; filename="orders-served-2026-10-24-to-2026-11-21.csv"'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [row[3] for row in downloaded(signed_in, "/report/download")[1:]] == ["93559316"]


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (dt.date(2026, 1, 2), dt.date(2026, 3, 4), "2026-01-02-to-2026-03-04"),
        (dt.date(2026, 1, 2), None, "from-2026-01-02"),
        (None, dt.date(2026, 3, 4), "until-2026-03-04"),
        (None, None, "all-on-2026-11-21"),
    ],
)
def test_the_file_name_tells_the_range(signed_in, first, last, name):
    data = query("orders-served", first, last)
    disposition = signed_in.get("/report/download", data)["Content-Disposition"]
    assert disposition == f'attachment; filename="orders-served-{name}.csv"'


def test_each_download_is_in_the_diary(signed_in, served, sam):
    served(2026, 6, 1)
    downloaded(signed_in, "/report/download-served-orders")
    first, last = dt.date(2026, 5, 1), dt.date(2026, 6, 2)
    downloaded(signed_in, "/report/download", query("orders-served", first, last))
    entries = Entry.objects.filter(event="REPORT_DOWNLOADED").order_by("pk")
    assert [entry.by_id for entry in entries] == [sam.pk, sam.pk]
    assert [entry.facts for entry in entries] == [
        {"report": "all-served-orders", "first": None, "last": None, "rows": 1},
        {"report": "orders-served", "first": "2026-05-01", "last": "2026-06-02", "rows": 1},
    ]


def test_looking_at_the_page_or_the_head_is_no_download(signed_in):
    signed_in.get("/report")
    assert signed_in.head("/report/download").status_code == 405
    assert signed_in.post("/report/download").status_code == 405
    assert not Entry.objects.filter(event="REPORT_DOWNLOADED").exists()


# --- The page -------------------------------------------------------------------------------------
def counts(page: Reader) -> list[str]:
    found = page.soup.select(".report-section > p > strong")
    return [words_of(count) for count in found]


def test_the_page_counts_each_report_for_its_dates(signed_in, served, pending_order):
    served(2026, 11, 20, case_number="93559316")
    served(2026, 1, 20, case_number="61429461")
    pending_order(case_number="33370455")
    page = Reader(signed_in.get("/report"))
    assert page.heading == "Reports"
    assert counts(page) == ["1 order", "1 order", "2 orders"]
    assert page.errors == []
    boxes = page.group("Orders served from").find_all("input")
    assert [box["value"] for box in boxes] == ["24", "10", "2026"]
    data = query("orders-served", dt.date(2026, 1, 1))
    assert counts(Reader(signed_in.get("/report", data)))[0] == "2 orders"


def test_buttons_of_each_report_say_which(signed_in):
    page = Reader(signed_in.get("/report"))
    assert page.buttons[:2] == [
        "Update count : Orders served in the last 4 weeks",
        "Download (CSV) : Orders served in the last 4 weeks",
    ]
    actions = [button.get("formaction") for button in page.soup.main.find_all("button")]
    assert actions[1::2] == list(DOWNLOADS)


def test_the_chart_reads_as_a_table(signed_in, served):
    served(2026, 11, 20, case_number="93559316")
    served(2026, 11, 19, case_number="61429461")
    served(2026, 11, 12, case_number="33370455")
    page = Reader(signed_in.get("/report"))
    [table] = page.soup.select("main table")
    assert words_of(table.caption) == "Orders served per week"
    assert [words_of(cell) for cell in table.select("tbody td")][-3:] == ["0", "1", "2"]
    assert words_of(table.select("tbody th")[-1]) == "16 Nov 2026 (so far)"
    lines = table.select("svg")
    assert all(line["aria-hidden"] == "true" for line in lines)
    assert [line.rect["width"] for line in lines][-3:] == ["0.0", "50.0", "100.0"]


def test_a_page_without_a_served_order_has_a_chart_too(signed_in):
    page = Reader(signed_in.get("/report"))
    assert {words_of(cell) for cell in page.soup.select("main tbody td")} == {"0"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            query("orders-served", dt.date(2026, 6, 2), dt.date(2026, 6, 1)),
            "The to date of orders served must be the same as or after the from date",
        ),
        (
            {**query("orders-not-served"), "orders_not_served_from-day": "31"},
            "The from date of orders not served must include a month and year",
        ),
        (
            {
                **query("all-served-orders", None, dt.date(2026, 1, 1)),
                "all_served_orders_to-day": "32",
            },
            "The to date of all served orders must be a real date",
        ),
    ],
)
def test_bad_dates_are_said_twice_and_what_was_typed_stays(signed_in, changes, message):
    page = Reader(signed_in.get("/report", changes))
    assert page.title.startswith("Error: Reports")
    assert page.errors == [message]
    assert [words_of(one) for one in page.soup.select("main .govuk-error-message")] == [
        f"Error: {message}"
    ]
    for name, value in changes.items():
        assert page.soup.find("input", attrs={"name": name}).get("value", "") == str(value)
    assert len(counts(page)) == 2


def test_a_download_with_bad_dates_leads_to_the_page_that_says_so(signed_in):
    data = query("orders-served", dt.date(2026, 6, 2), dt.date(2026, 6, 1))
    response = signed_in.get("/report/download", data, follow=True)
    assert response.redirect_chain[0][0].startswith("/report?orders_served_from-day=2&")
    assert len(Reader(response).errors) == 1
    assert not Entry.objects.filter(event="REPORT_DOWNLOADED").exists()


def test_bad_dates_of_one_report_do_not_hold_up_another(signed_in):
    data = query("orders-served", dt.date(2026, 6, 2), dt.date(2026, 6, 1))
    assert signed_in.get("/report/download-served-orders", data).status_code == 200


def test_the_page_costs_the_same_however_many_orders(signed_in, served):
    costs = []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/report")
        costs.append(len(queries))
        served(2026, 11, 20, case_number="93559316", order_number=f"S{number}")
    assert len(set(costs)) == 1
