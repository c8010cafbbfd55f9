"""A report's photos as each kind of caller may see them, and what of the report is public."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain import publishing
from chalicelib.domain.events import Event
from chalicelib.domain.evidence import judge, photos_of, refusals_of, scene_of
from chalicelib.domain.redaction import personal_spans
from chalicelib.domain.report import ACCEPTED, Report
from chalicelib.domain.sop import Sop
from chalicelib.services.ports import Stored
from chalicelib.services.views import hidden

#: Ways to look at a photo: everybody's, that of the report's parties, and of those who check.
PUBLIC, PARTY, CHECKER = "public", "party", "checker"


def photo_rows(stored: Stored, access: str, sop: Sop) -> list[dict[str, Any]]:
    """Return the photos that *access* opens, in the order in which they came."""
    report = stored.report
    if access == PUBLIC:
        shown = public_photos(stored)
        return [_row(report, photo, {}) for photo in report.photos if photo in shown]
    checks = _checks(stored, sop) if access == CHECKER else {}
    refusals = refusals_of(stored.events)
    return [
        _row(
            report,
            photo,
            {
                **_party_facts(stored, photo, refusals),
                **({"checks": checks.get(photo, [])} if access == CHECKER else {}),
            },
        )
        for photo in report.photos
    ]


def public_photos(stored: Stored) -> tuple[str, ...]:
    """Return the photos that everybody may see: none of a report that nobody may see."""
    return () if hidden(stored.report) else publishing.public_photos(stored.events, stored.report)


def publication(stored: Stored) -> dict[str, Any]:
    """Return what is public now, and what to look at before more becomes so."""
    description = stored.events[0].texts.get("description", "")
    return {
        "public": not hidden(stored.report),
        "text": publishing.public_text(stored.events) or None,
        "photos": list(public_photos(stored)),
        "withheld": sorted(publishing.withheld_of(stored.events)),
        "description": description,
        "found": [
            {"kind": one.kind, "start": one.start, "end": one.end}
            for one in personal_spans(description)
        ],
    }


def _row(report: Report, photo: str, more: Mapping[str, Any]) -> dict[str, Any]:
    state = report.media.get(photo)
    address = f"/v1/reports/{report.number}/photos/{photo}"
    ready = state is not None and state.state == ACCEPTED
    return {
        "id": photo,
        "purpose": state.purpose if state else "problem",
        "large": f"{address}/large" if ready else None,
        "small": f"{address}/small" if ready else None,
        **more,
    }


def _party_facts(stored: Stored, photo: str, refusals: Mapping[str, str]) -> dict[str, Any]:
    state = stored.report.media[photo]
    return {
        "by": state.by,
        "state": state.state,
        "refused": refusals.get(photo),
        "cover": state.cover or None,
        "boxes": [list(box) for box in state.boxes],
        "published": state.published,
        "withheld": f"photo:{photo}" in publishing.withheld_of(stored.events),
    }


def _checks(stored: Stored, sop: Sop) -> dict[str, list[dict[str, Any]]]:
    """What was found when the result was submitted; for other photos, what is found now."""
    photos = photos_of(stored.events)
    verdict = judge(list(photos.values()), scene_of(stored.events), sop.evidence)
    found: dict[str, list[dict[str, Any]]] = verdict.to_data()
    for event in stored.events:
        found |= _submitted_checks(event)
    return found


def _submitted_checks(event: Event) -> dict[str, list[dict[str, Any]]]:
    return dict(event.data.get("checks", {})) if event.type == "resolved" else {}
