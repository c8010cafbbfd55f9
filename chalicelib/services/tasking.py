"""What the page of a link says of its task: place, duty, deadline and who is told next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain import report as r
from chalicelib.domain.actions import REPORTER_ROLE
from chalicelib.domain.evidence import lacking_before
from chalicelib.domain.report import Report, text_of
from chalicelib.services.answering import Opened
from chalicelib.services.facts import facts_of
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.telling import of_event as sentence
from chalicelib.services.viewing import Views

#: What is due next, by whose move it is: the label of the time plate.
_LABELS: Mapping[str, Mapping[str, str]] = {
    "accept": {"id": "Terima tugas sebelum", "en": "Accept the task by"},
    "finish": {"id": "Selesaikan sebelum", "en": "Finish by"},
    "verify": {"id": "Verifikasi sebelum", "en": "Verify by"},
    "validate": {"id": "Periksa hasil sebelum", "en": "Check the result by"},
    "confirm": {"id": "Mohon dijawab sebelum", "en": "Please answer by"},
}


def task_of(opened: Opened, views: Views, now: datetime) -> dict[str, Any]:
    """Return the facts of the page. Of a secret report it tells number and duty and no more:
    who holds the link may be somebody else than who it was sent to."""
    stored, report = opened.stored, opened.stored.report
    catalogue = views.catalogue
    timeline = views.planner.timeline(stored.events)
    facts = facts_of(report, stored.events, timeline, catalogue, now, entry=None, extra={})
    sop = catalogue.sop(report.sop_id, report.sop_version)
    position = catalogue.directory().position(opened.delivery.recipient)
    secret = report.secret or bool(opened.refusal)
    kind = _kind(report)
    due = facts.get("resolve_by" if kind == "finish" else "due_at") or facts.get("due_at")
    return {
        "number": report.number,
        "tier": report.tier,
        "secret": report.secret,
        "drill": report.drill,
        "reporter": REPORTER_ROLE in opened.caller.roles,
        "office": position.title if position else None,
        "category": {} if secret else views.category(report.category)["name"],
        "place": {} if secret else views.area(report.kelurahan, report.kecamatan) or {},
        "address": "" if secret else text_of(stored.events, "filed", "address"),
        "description": "" if secret else text_of(stored.events, "filed", "description"),
        "location": None if secret else _point(opened),
        "status": dict(STATUS_NAMES[report.status]),
        "due_label": _LABELS.get(kind),
        "due_at": due if kind else None,
        "next_told": facts.get("next_told") or {},
        "resolve_by": facts.get("resolve_by"),
        "instruction": _instruction(opened, sop),
        "photos_after": sop.evidence.photos_after if sop.evidence else 0,
        "photos_before": lacking_before(opened.stored.events, sop.evidence),
        "promises": facts["promises"],
        "question": text_of(stored.events, "paused", "question"),
        "result": text_of(stored.events, "resolved", "note"),
        "done": sentence(opened.used, catalogue) if opened.used else None,
        "done_at": opened.used.at if opened.used else None,
    }


def _kind(report: Report) -> str:
    if report.status in (r.RECEIVED, r.VERIFIED):
        return "verify"
    if report.status in r.UNANSWERED:
        return "accept"
    if report.status in r.AT_WORK:
        return "finish"
    if report.status == r.AWAITING_VALIDATION:
        return "validate"
    return "confirm" if report.status == r.AWAITING_CONFIRMATION else ""


def _instruction(opened: Opened, sop: Any) -> Any:
    """The SOP's own words for this step: those of the message, or of whoever does the work."""
    said = opened.delivery.context.get("instruction")
    if said:
        return said
    return next((one.activity for one in sop.activities if one.actor == "petugas"), "")


def _point(opened: Opened) -> dict[str, float] | None:
    point = opened.stored.events[0].texts.get("point", "")
    if not point or REPORTER_ROLE in opened.caller.roles:
        return None
    lat, lon = (float(part) for part in point.split(","))
    return {"lat": lat, "lon": lon}
