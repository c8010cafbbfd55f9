"""Open311 GeoReport v2 in terms of our reports: statuses, questions as attributes, time windows.

Two vocabularies of status exist. Plain requests know ``open`` and ``closed`` only (the published
JSON schemas refuse anything else); the service-request-updates extension of FixMyStreet and
open311-adapter has finer ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain import report as r
from chalicelib.domain.catalogue import Category

OPEN, CLOSED = "open", "closed"
#: The longest window of one query (specification, GET Service Requests).
MAX_WINDOW = timedelta(days=90)
MAX_DESCRIPTION = 4000
#: FixMyStreet fills the attribute whose code is its contact's id field with its own number of the
#: report; offering it gives every retry a natural key, which the specification lacks.
NATURAL_KEY = "fixmystreet_id"
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")

_EXTENDED: Mapping[str, str] = {
    r.RECEIVED: "open",
    r.NEEDS_INFORMATION: "investigating",
    r.VERIFIED: "investigating",
    r.ASSIGNED: "investigating",
    r.ACKNOWLEDGED: "action_scheduled",
    r.IN_PROGRESS: "in_progress",
    r.DEFERRED: "planned",
    r.AWAITING_VALIDATION: "in_progress",
    r.RETURNED: "in_progress",
    r.AWAITING_CONFIRMATION: "fixed",
    r.CLOSED_CONFIRMED: "fixed",
    r.CLOSED_AUTOMATIC: "fixed",
    r.REOPENED: "reopen",
    r.REFERRED: "not_councils_responsibility",
    r.REJECTED: "no_further_action",
    r.MERGED: "duplicate",
    r.WITHDRAWN: "cancelled",
}
#: What another system's word in an update means to us; every other word only says something.
_WORDS: Mapping[str, str] = {
    "FIXED": "settled",
    "CLOSED": "settled",
    "COMPLETED": "settled",
    "RESOLVED": "settled",
    "NO_FURTHER_ACTION": "refused",
    "NOT_COUNCILS_RESPONSIBILITY": "refused",
    "REJECTED": "refused",
    "CANCELLED": "refused",
    "REOPEN": "reopened",
}


class WindowRefused(ValueError):
    """The window of a query ends before it begins or is longer than `MAX_WINDOW`."""


def plain_status(status: str) -> str:
    """Return ``open`` or ``closed`` for one of our statuses."""
    return CLOSED if status in r.CLOSED else OPEN


def extended_status(status: str, outcome: str = "") -> str:
    """Return the updates extension's word; a result other than "done" is no further action."""
    word = _EXTENDED[status]
    return "no_further_action" if word == "fixed" and outcome not in ("", "done") else word


def meaning_of(word: str) -> str:
    """Return ``settled``, ``refused``, ``reopened`` or ``said`` for another system's status."""
    return _WORDS.get(word.strip().upper().replace(" ", "_"), "said")


def service_type(category: Category) -> str:
    """``blackbox`` for what nobody may follow in public, since we would have to deny its id."""
    hidden = category.sensitivity == "secret" or category.tier == "P4"
    return "blackbox" if hidden else "realtime"


def window(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Return the window asked for, both ends inclusive, UTC; the last 90 days if none was.

    One end alone stands for the 90 days that begin or end there. Raises WindowRefused.
    """
    if start is None and end is None:
        start, end = now - MAX_WINDOW, now
    elif start is None and end is not None:
        start = end - MAX_WINDOW
    elif end is None and start is not None:
        end = start + MAX_WINDOW
    if start is None or end is None or end < start or end - start > MAX_WINDOW:
        raise WindowRefused
    return start.astimezone(UTC), end.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question of a service, as GET Service Definition shows it."""

    code: str
    datatype: str
    required: bool
    description: Mapping[str, str]
    values: tuple[tuple[str, Mapping[str, str]], ...] = ()


_NATURAL = Attribute(
    NATURAL_KEY,
    "string",
    False,
    {
        "id": "Nomor laporan ini pada sistem Anda; laporan yang dikirim ulang tidak menjadi dua",
        "en": "The number of this report in your system; a report sent again does not become two",
    },
)


def attributes_of(category: Category) -> tuple[Attribute, ...]:
    """Return the questions of *category*, and last the one that makes sending again harmless."""
    asked = tuple(
        Attribute(
            code=str(question["code"]),
            datatype=str(question["type"]),
            required=bool(question.get("required")),
            description=question["label"],
            values=tuple((str(v["key"]), v["name"]) for v in question.get("values", ())),
        )
        for question in category.questions
    )
    return (*asked, _NATURAL)


def answers_fault(category: Category, answers: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """Return (kind of fault, attribute code) of the first answer that will not do, or two blanks.

    kind: ``missing`` or ``invalid``. Attributes that the service does not have are ignored.
    """
    for attribute in attributes_of(category):
        given = [value for value in answers.get(attribute.code, ()) if value.strip()]
        if attribute.required and not given:
            return "missing", attribute.code
        if not all(_fits(attribute, value) for value in given):
            return "invalid", attribute.code
    return "", ""


def accepted(category: Category, answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the answers to keep: known attributes only, one value or a list by their type."""
    kept: dict[str, Any] = {}
    for attribute in attributes_of(category):
        given = [value.strip() for value in answers.get(attribute.code, ()) if value.strip()]
        if given and attribute.code != NATURAL_KEY:
            kept[attribute.code] = given if attribute.datatype == "multivaluelist" else given[0]
    return kept


def _fits(attribute: Attribute, value: str) -> bool:
    if attribute.datatype in ("singlevaluelist", "multivaluelist"):
        return value in {key for key, _ in attribute.values}
    if attribute.datatype == "number":
        return _is_number(value)
    if attribute.datatype == "datetime":
        return _is_instant(value)
    return len(value) <= (MAX_DESCRIPTION if attribute.datatype == "text" else 300)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e12
    except ValueError:
        return False


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
