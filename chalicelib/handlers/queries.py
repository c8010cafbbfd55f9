"""Query parameters of lists: filters, page size and cursor, each checked before use."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from chalice import Response

from chalicelib import bootstrap
from chalicelib.domain.areas import OUTSIDE, is_position
from chalicelib.domain.report import STATUSES
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import cached
from chalicelib.handlers.operation import PAGE_SIZES, WHOLE
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call
from chalicelib.services.ports import Page
from chalicelib.services.views import GROUPS, Filters

_MAX_CURSOR = 512
#: Letters of a search by words.
LONGEST_QUESTION = 100
_POSITION = re.compile(r"[0-9]{1,6}")
Row = Mapping[str, Any]
_NUMBER = re.compile(r"-?\d{1,3}(\.\d{1,12})?")


def limit_of(call: Call) -> int:
    """Return the page size asked for, within the bounds of the list."""
    default, most = PAGE_SIZES.get(str(call.request.context.get("resourcePath")), WHOLE)
    text = call.query("limit") or str(default)
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise _refused("limit")
    return int(text)


def cursor_of(call: Call) -> str | None:
    """Return where the page begins, as `cursor_for` wrote it."""
    text = call.query("cursor")
    if not text:
        return None
    try:
        return base64.b64decode(text[:_MAX_CURSOR].encode(), b"-_", validate=True).decode()
    except ValueError:
        raise Problem("invalid_cursor") from None


def cursor_for(place: str | None) -> str | None:
    """Return *place* as callers get it: they may pass it back, and rely on nothing in it."""
    return base64.urlsafe_b64encode(place.encode()).decode() if place else None


def page_of(call: Call, rows: Iterable[Row], place: Callable[[Row], str] | None = None) -> Page:
    """Return the page asked for of *rows*, which are all at hand.

    place: by what the list is ordered, never the same for two rows; a page begins after the place
    where the one before it ended, so no row is missed because others came or went meanwhile.
    Without it the rows keep their order and are counted: for what is made anew each time.
    """
    limit, after = limit_of(call), cursor_of(call)
    if place is None:
        return _by_position(list(rows), limit, after or "0")
    ordered = sorted(rows, key=place)
    left = [row for row in ordered if after is None or place(row) > after]
    return Page(tuple(left[:limit]), place(left[limit - 1]) if len(left) > limit else None)


def _by_position(rows: list[Row], limit: int, after: str) -> Page:
    if not _POSITION.fullmatch(after):
        raise Problem("invalid_cursor")
    end = int(after) + limit
    return Page(tuple(rows[int(after) : end]), str(end) if end < len(rows) else None)


def listed(
    call: Call,
    page: Page,
    show: Callable[[Row], Row] = dict,
    *,
    seconds: int = 0,
    kept: bool = True,
) -> Response:
    """Answer a page of a list: its rows as *show* has them, the next one's cursor, an ETag.

    kept: whether a browser may keep it on its disk (it asks each time whether it is still so).
    """
    body = {"items": [show(row) for row in page.items], "cursor": cursor_for(page.cursor)}
    return cached(call.request, body, seconds=seconds, kept=kept)


def filters_of(call: Call) -> Filters:
    """Return the filters of the public list."""
    first, last = period_of(call)
    return replace(work_filters_of(call), first_day=first, last_day=last)


def work_filters_of(call: Call) -> Filters:
    """Return the filters of a work list: all that is open, whenever it was filed."""
    area = call.query("area") or _near(call)
    if area and area not in bootstrap.catalogue().areas:
        raise _refused("area")
    category = call.query("category")
    if category and category not in bootstrap.catalogue().categories():
        raise _refused("category")
    return Filters(status=one_of(call, "status", STATUSES), category=category, area=area)


def period_of(call: Call) -> tuple[str, str]:
    """Return ``?from=`` and ``?to=`` as ISO dates, empty where not given."""
    first, last = _day(call, "from"), _day(call, "to")
    if first and last and last < first:
        raise _refused("to")
    return first, last


def group_of(call: Call) -> str:
    """Return what statistics are broken down by."""
    return one_of(call, "by", GROUPS) or "category"


def one_of(call: Call, name: str, choices: tuple[str, ...]) -> str:
    """Return a parameter that must be one of *choices*, empty if it was not given."""
    text = call.query(name)
    if text and text not in choices:
        raise Problem("invalid_field", errors=[field_error("not_allowed", f"?{name}")])
    return text


def _day(call: Call, name: str) -> str:
    text = call.query(name)
    if not text:
        return ""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise _refused(name) from None


def _near(call: Call) -> str:
    """``?near=lat,lon``: the kelurahan there. The points of reports are in no list."""
    text = call.query("near")
    if not text:
        return ""
    parts = text.split(",")
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise _refused("near")
    lat, lon = (float(part) for part in parts)
    found = bootstrap.catalogue().points.locate(lat, lon) if is_position(lat, lon) else OUTSIDE
    if found is OUTSIDE:
        raise Problem("outside_city", errors=[field_error("invalid", "?near")])
    return found.kelurahan


def _refused(name: str) -> Problem:
    return Problem("invalid_field", errors=[field_error("invalid", f"?{name}")])
