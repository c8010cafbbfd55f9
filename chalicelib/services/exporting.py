"""One report as a row of open data: what happened and when, and nothing of anybody.

No words, no account, no point, no number of the report: a row cannot be led back to a page on
which its reporter told more. Days instead of hours, the kecamatan where people are concerned, and
of sealed reports only that there was one that month.
"""

from __future__ import annotations

from typing import Any

from chalicelib.domain.endings import ending_of
from chalicelib.domain.events import Event
from chalicelib.domain.report import Report
from chalicelib.services.ports import Stored
from chalicelib.services.views import city_day, hidden

#: Facts of events that say nothing of a person or a place.
_FACTS = ("agency", "from", "outcome", "score", "finding", "step", "cycle", "repeat", "despite")


def row_of(stored: Stored) -> dict[str, Any] | None:
    """Return the anonymised row of a report; None for an exercise."""
    report = stored.report
    if report.drill:
        return None
    if hidden(report):
        return {"month": city_day(report.filed_at)[:7], "withheld": True}
    people = report.sensitivity != "none"
    return {
        "filed": city_day(report.filed_at),
        "category": report.category,
        "tier": report.tier,
        "kecamatan": report.kecamatan,
        "kelurahan": "" if people else report.kelurahan,
        "agency": report.agency,
        "status": report.status,
        "ending": ending_of(report) or None,
        "proof": report.proof or None,
        "audit": report.audit or None,
        "rating": report.rating,
        "sop": f"{report.sop_id}@{report.sop_version}",
        "days": _days(report),
        "events": [_event(event) for event in stored.events],
    }


def _days(report: Report) -> dict[str, str | None]:
    moments = {
        "acknowledged": report.acknowledged_at,
        "resolved": report.resolved_at,
        "validated": report.validated_at,
        "closed": report.closed_at,
    }
    return {name: city_day(at) if at else None for name, at in moments.items()}


def _event(event: Event) -> dict[str, Any]:
    facts = {name: event.data[name] for name in _FACTS if name in event.data}
    by = event.actor.role or event.actor.kind
    return {"type": event.type, "day": city_day(event.at), "by": by, **facts}
