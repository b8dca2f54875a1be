"""Images of rows: what an event carries so that replaying the diary rebuilds the tables.

An event has them under one key of its facts, `images`: {"orders.order:12": {column: value}}, and
None for a row that is gone. Join them with `|`:

    audit.record(event, by=by, subject=order, images=after(order, "status") | gone(document))

Which columns there are says `audit.coverage`; no other can get in.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import models

from audit.coverage import TABLES

KEY = "images"

Image = dict[str, Any] | None
Images = dict[str, Image]


def whole(*rows: models.Model) -> Images:
    """Every told column of each row: for what was just written for the first time."""
    return {name_of(row): _image(row, TABLES[row._meta.label_lower].told) for row in rows}


def after(row: models.Model, *columns: str) -> Images:
    """These columns of a row as they now are; all that are told where none is named.

    Raises `ValueError` for a column that is not told: a secret cannot get in by a slip.
    """
    told = TABLES[row._meta.label_lower].told
    if strangers := set(columns) - set(told):
        raise ValueError(f"{row._meta.label_lower} does not tell {', '.join(sorted(strangers))}")
    return {name_of(row): _image(row, columns or told)}


def gone(*rows: models.Model) -> Images:
    """Each row is removed; to be asked before that, while the row has its number."""
    return {name_of(row): None for row in rows}


def name_of(row: models.Model) -> str:
    """A row's name in images. Raises `ValueError` for one that is not in the database."""
    if row.pk is None:
        raise ValueError("a row that is not stored has no image")
    return f"{row._meta.label_lower}:{row.pk}"


def without_images(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What an event tells people: its facts but for the images."""
    return {name: value for name, value in facts.items() if name != KEY}


def stored(value: Any) -> Any:
    """A column's value as images keep it: moments to the microsecond, in UTC."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "resolve_expression"):
        raise ValueError("the database chose this value: read the row again first")
    return value


def _image(row: models.Model, columns: tuple[str, ...]) -> dict[str, Any]:
    return {column: stored(getattr(row, column)) for column in columns}
