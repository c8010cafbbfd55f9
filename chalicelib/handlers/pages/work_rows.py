"""What staff see of a report before they open it: a line of a work list, or in brief."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.handlers.pages.plates import in_short
from chalicelib.handlers.pages.rendering import thing_of
from chalicelib.services.ports import Stored
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.viewing import local

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
        "thing": thing_of(row["category"]["name"], language),
        "due": due,
        "state": _state(filed, due, now),
        "over": in_short(now - due, language) if due and now >= due else "",
        "one_tap": _ONE_TAP.get(row["status"], ""),
    }


def brief_of(stored: Stored) -> dict[str, Any]:
    """Return what tells a report from others like it: state, place, words, time of filing."""
    report, views, texts = stored.report, bootstrap.views(), stored.events[0].texts
    return {
        "number": report.number,
        "tier": report.tier,
        "status": STATUS_NAMES[report.status],
        "agency": views.agency(report.agency),
        "area": views.area(report.kelurahan, report.kecamatan),
        "address": texts.get("address", ""),
        "description": texts.get("description", ""),
        "filed_at": local(report.filed_at),
    }


def _state(begin: datetime, due: datetime | None, now: datetime) -> str:
    if due is None:
        return "paused"
    if now >= due:
        return "late"
    return "near" if (now - begin) / (due - begin) >= _NEAR else "safe"
