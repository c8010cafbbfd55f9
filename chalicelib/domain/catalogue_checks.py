"""Whether a document of the catalogue fits the others, before it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.domain.areas import Areas
from chalicelib.domain.calendar import Calendar, CalendarInvalid
from chalicelib.domain.catalogue import Category, owner_of

Row = Mapping[str, Any]
#: The offices of the place itself, in ownership rows.
OFFICES = frozenset({"{kecamatan}", "{kelurahan}"})
_SENSITIVITIES = ("none", "people", "secret")
_TIERS = ("P0", "P1", "P2", "P3", "P4", "P5")
_DIMENSIONS = ("environment", "government", "economy", "people", "living", "mobility")


class DocumentInvalid(ValueError):
    """A document does not fit. ``path`` says where (``[3].agency``), ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def check_agencies(rows: Sequence[Row], in_use: Collection[str]) -> None:
    """Raise DocumentInvalid unless these can be the agencies. *in_use*: codes that must stay."""
    codes = _unique(rows, "code")
    for at, row in enumerate(rows):
        _names(row, f"[{at}].name")
        if row.get("parent") is not None and row["parent"] not in codes:
            raise DocumentInvalid(f"[{at}].parent", f"{row['parent']!r} is not an agency here")
    for code in sorted(set(in_use) - codes):
        raise DocumentInvalid("", f"{code} owns categories or positions and cannot be left out")


def check_categories(rows: Sequence[Row], agencies: Collection[str], in_use: Iterable[str]) -> None:
    """Raise DocumentInvalid unless these can be the categories. *in_use*: codes that must stay."""
    codes = _unique(rows, "code")
    for at, row in enumerate(rows):
        try:
            category = Category.from_dict(row)
        except (KeyError, TypeError, ValueError) as error:
            raise DocumentInvalid(f"[{at}]", f"is no category: {error}") from None
        _names(row, f"[{at}].name")
        _among(category.tier, _TIERS, f"[{at}].tier")
        _among(category.sensitivity, _SENSITIVITIES, f"[{at}].sensitivity")
        _among(category.dimension, _DIMENSIONS, f"[{at}].dimension")
        _among(row.get("owner"), {*agencies, *OFFICES}, f"[{at}].owner")
    for code in sorted(set(in_use) - codes):
        raise DocumentInvalid("", f"{code} is served by an SOP and cannot be left out")


def check_ownership(
    rows: Sequence[Row], categories: Collection[str], agencies: Collection[str], areas: Areas
) -> None:
    """Raise DocumentInvalid unless these can say who owns what, where and when."""
    spans: dict[tuple[str, str], list[tuple[str, str, int]]] = {}
    for at, row in enumerate(rows):
        _among(row.get("category"), categories, f"[{at}].category")
        _among(row.get("agency"), {*agencies, *OFFICES}, f"[{at}].agency")
        area = row.get("area")
        if area != "*" and area not in areas:
            raise DocumentInvalid(f"[{at}].area", f"{area!r} is neither an area nor *")
        first, last = _span(row, f"[{at}]")
        spans.setdefault((str(row["category"]), str(area)), []).append((first, last, at))
    for (category, area), found in spans.items():
        for (_, last, _), (first, _, at) in pairwise(sorted(found)):
            if first <= last:
                reason = f"{category} in {area} has two owners on {first}"
                raise DocumentInvalid(f"[{at}].from", reason)


def check_owned(rows: Sequence[Row], served: Collection[str], areas: Areas, today: date) -> None:
    """Raise DocumentInvalid if a served category is left to nobody today, in any kelurahan."""
    for code in sorted(served):
        mine = [row for row in rows if row["category"] == code]
        for place in areas.all("kelurahan"):
            kecamatan = place.code.rpartition(".")[0]
            if not owner_of(mine, code, kelurahan=place.code, kecamatan=kecamatan, day=today):
                raise DocumentInvalid("", f"nobody would own {code} in {place.name} today")


def check_calendar(name: str, body: Mapping[str, Any], before: Calendar, today: date) -> Calendar:
    """Return the calendar that *body* describes, if it may follow *before*.

    What lies behind us stays as it was, since reports were measured by it, and no day that was
    known is forgotten. Raises DocumentInvalid.
    """
    try:
        new = Calendar.from_dict(name, body)
    except CalendarInvalid as error:
        raise DocumentInvalid(error.path, error.reason) from None
    if before.known_until and (new.known_until is None or new.known_until < before.known_until):
        raise DocumentInvalid("known_until", f"{before.known_until} was known already")
    if (new.timezone, new.always_open) != (before.timezone, before.always_open):
        raise DocumentInvalid("timezone", "zone and always_open of a calendar stay as they are")
    day = before.known_from or today
    while day < today:
        if not new.knows(day) or new.hours(day) != before.hours(day):
            raise DocumentInvalid("closed", f"{day} lies behind us and cannot be changed")
        day += timedelta(days=1)
    return new


def _unique(rows: Sequence[Row], key: str) -> set[str]:
    found: set[str] = set()
    for at, row in enumerate(rows):
        value = row.get(key)
        if not isinstance(value, str) or not value:
            raise DocumentInvalid(f"[{at}].{key}", "is missing")
        if value in found:
            raise DocumentInvalid(f"[{at}].{key}", f"{value} is used twice")
        found.add(value)
    return found


def _names(row: Row, path: str) -> None:
    name = row.get("name")
    if not isinstance(name, Mapping) or not (name.get("id") and name.get("en")):
        raise DocumentInvalid(path, "needs id and en")


def _among(value: Any, choices: Collection[str], path: str) -> None:
    if value not in choices:
        raise DocumentInvalid(path, f"{value!r} is not one of those that exist")


def _span(row: Row, path: str) -> tuple[str, str]:
    try:
        first = date.fromisoformat(str(row.get("from")))
        last = date.fromisoformat(str(row["to"])) if row.get("to") else date.max
    except ValueError:
        raise DocumentInvalid(f"{path}.from", "needs ISO dates; to may be null") from None
    if last < first:
        raise DocumentInvalid(f"{path}.to", "lies before from")
    return first.isoformat(), last.isoformat()
