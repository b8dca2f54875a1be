"""Dates, times and sizes in the words of GOV.UK pages; `templatetags/govuk.py` lends them out."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")
SIZES = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


def short_date(moment: date | None) -> str:
    """For tables: "1 Aug 2018". A moment is read in UK time; None is empty."""
    day = _uk(moment)
    return f"{day.day} {day:%b %Y}" if day else ""


def long_date(moment: date | None) -> str:
    """For text: "1 August 2018". A moment is read in UK time; None is empty."""
    day = _uk(moment)
    return f"{day.day} {day:%B %Y}" if day else ""


def clock_time(moment: datetime | None) -> str:
    """In UK time: "2:05pm"; None is empty. Raises ValueError for a moment without a zone."""
    if moment is None:
        return ""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    local = moment.astimezone(UK)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def date_and_time(moment: datetime | None) -> str:
    """For text, in UK time: "1 August 2018 at 2:05pm"; None is empty."""
    return f"{long_date(moment)} at {clock_time(moment)}" if moment else ""


def short_date_and_time(moment: datetime | None) -> str:
    """For tables, in UK time: "1 Aug 2018, 2:05pm"; None is empty."""
    return f"{short_date(moment)}, {clock_time(moment)}" if moment else ""


def file_size(size: int | None) -> str:
    """A number of bytes for a reader: "640 bytes", "12KB", "1.2MB"; None is empty."""
    if size is None:
        return ""
    for unit, name in SIZES:
        # 1,023.6KB would read "1024KB": from half a unit below, the larger unit says it better.
        if size >= unit - unit // 2048:
            amount = f"{size / unit:.1f}" if size < 10 * unit else f"{size / unit:.0f}"
            return f"{amount.removesuffix('.0')}{name}"
    return "1 byte" if size == 1 else f"{size} bytes"


def _uk(moment: date | None) -> date | None:
    """The day in the UK on which a moment fell; a plain date is that day."""
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return moment.astimezone(UK).date()
    return moment
