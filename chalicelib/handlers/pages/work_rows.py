"""One line of a work list as people see it: what it is, until when, and what one tap can do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.events import parse_instant
from chalicelib.handlers.pages.plates import in_short
from chalicelib.handlers.pages.rendering import short_name

#: From this share of its time on, a row is shown as nearly due.
_NEAR = 0.8
#: The one action that needs nothing but a tap, by status, where the reader may do it.
_ONE_TAP: Mapping[str, str] = {
    "assigned": "acknowledge",
    "acknowledged": "start",
    "reopened": "acknowledge",
}


def work_row(row: Mapping[str, Any], now: datetime, language: str) -> dict[str, Any]:
    """Return *row* of the work list with its name, its deadline and the state of its clock."""
    due = parse_instant(row["due_at"]) if row["due_at"] else None
    filed = parse_instant(row["filed_at"])
    return {
        **row,
        "thing": short_name(row["category"]["name"].get(language, "")),
        "due": due,
        "state": _state(filed, due, now),
        "over": in_short(now - due, language) if due and now >= due else "",
        "one_tap": _ONE_TAP.get(row["status"], ""),
    }


def _state(begin: datetime, due: datetime | None, now: datetime) -> str:
    if due is None:
        return "paused"
    if now >= due:
        return "late"
    return "near" if (now - begin) / (due - begin) >= _NEAR else "safe"
