"""Whether a photo proves what it is said to prove: checks against the report and all other photos.

In 2026 officials elsewhere closed reports with a picture that a machine had made and with an old
one under a new date. A camera's clock and place are evidence, never truth: a photo without them
passes as ``unknown`` and is shown so; one that contradicts the report fails. What a failed check
means is the SOP's to say (``evidence.checks`` in its document): ``refuse``, ``reason`` (only with
a stated reason, which is counted) or ``show``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.areas import distance_m
from chalicelib.domain.events import Event, parse_instant
from chalicelib.domain.sop import Evidence

PROBLEM = "problem"
PASSED, FAILED, UNKNOWN, NOTED = "passed", "failed", "unknown", "noted"
REFUSE, REASON, SHOW = "refuse", "reason", "show"
#: Camera clocks are set by hand or by a telephone network: minutes off, not hours.
CLOCK_SLACK = timedelta(minutes=10)
#: Two pictures of one instant carry the same second; more apart is another date on one scene.
SAME_INSTANT = timedelta(minutes=1)

#: What each failed check means where the SOP says nothing.
DEFAULTS: Mapping[str, str] = {
    "after_assignment": REASON,
    "at_the_place": REASON,
    "no_copy": REFUSE,
    "not_seen_before": REASON,
    "not_redated": REASON,
    "not_generated": REFUSE,
    "not_edited": SHOW,
    # Nobody can photograph yesterday: whoever fixed it at once is not made to invent a picture.
    "photographed_before": SHOW,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome. facts: what it rests on, without personal data."""

    name: str
    outcome: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Photo:
    """What was found in one photo. matches: other photos on file that it is near to."""

    id: str
    uploaded_at: datetime
    taken_at: datetime | None = None
    modified_at: datetime | None = None
    gps_at: datetime | None = None
    point: tuple[float, float] | None = None
    markers: tuple[str, ...] = ()
    software: str = ""
    matches: tuple[Mapping[str, Any], ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the photos are held against. submitted: photos that an earlier result named.

    before: how many photos show the place as it was: the reporter's, or an officer's on arrival.
    """

    number: str
    assigned_at: datetime | None
    point: tuple[float, float] | None = None
    results: frozenset[str] = frozenset()
    submitted: frozenset[str] = frozenset()
    before: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of a submission, and the names of those that refuse it or need a reason."""

    checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    need_reason: tuple[str, ...] = ()

    def to_data(self) -> dict[str, list[dict[str, Any]]]:
        """Return the checks as an event's data keeps them."""
        return {
            photo: [{"check": c.name, "outcome": c.outcome, **c.facts} for c in checks]
            for photo, checks in self.checks.items()
        }


def photos_of(events: Iterable[Event]) -> dict[str, Photo]:
    """Return what the record says of every photo that was examined and taken."""
    found: dict[str, Photo] = {}
    for event in events:
        if event.type == "photo_examined" and event.data["state"] == "accepted":
            found[event.data["photo"]] = _photo(event)
    return found


def refusals_of(events: Iterable[Event]) -> dict[str, str]:
    """Return why each upload that is no usable picture was refused."""
    return {
        event.data["photo"]: event.data["why"]
        for event in events
        if event.type == "photo_examined" and event.data["state"] == "refused"
    }


def scene_of(events: Sequence[Event]) -> Scene:
    """Return what a result's photos are held against, by the record so far."""
    assigned: datetime | None = None
    results: set[str] = set()
    submitted: set[str] = set()
    before: set[str] = set()
    for event in events:
        if event.type in _ASSIGNS and _agency_has_it(event):
            assigned = event.at
        elif event.type == "photo_added" and event.data.get("purpose") == "result":
            results.add(event.data["photo"])
        elif event.type == "photo_added" and event.data.get("purpose", PROBLEM) == PROBLEM:
            before.add(event.data["photo"])
        elif event.type == "resolved":
            submitted |= set(event.data.get("photos", ()))
    point = _point(events[0].texts.get("point", ""))
    seen_before = len(before & set(photos_of(events)))
    return Scene(
        events[0].number, assigned, point, frozenset(results), frozenset(submitted), seen_before
    )


def lacking_before(events: Sequence[Event], rule: Evidence | None) -> int:
    """Return how many photos from before the work the SOP asks for that are not there yet."""
    asked = rule.photos_before if rule else 0
    return max(0, asked - scene_of(events).before) if asked else 0


def judge(photos: Sequence[Photo], scene: Scene, rule: Evidence | None) -> Verdict:
    """Return the outcome of every check on *photos*, under what the SOP asks for."""
    wanted = rule or Evidence()
    levels = {**DEFAULTS, **wanted.extra.get("checks", {})}
    checks = {photo.id: _checks(photo, photos, scene, wanted) for photo in photos}
    failed = {
        check.name for rows in checks.values() for check in rows if _counts_as_failed(check, wanted)
    }
    return Verdict(
        checks,
        refused=tuple(sorted(name for name in failed if levels[name] == REFUSE)),
        need_reason=tuple(sorted(name for name in failed if levels[name] == REASON)),
    )


def _counts_as_failed(check: Check, rule: Evidence) -> bool:
    """An SOP may insist on photos that say when and where (``evidence.metadata``: required)."""
    strict = rule.extra.get("metadata") == "required"
    bare = check.outcome == UNKNOWN and check.name in ("after_assignment", "at_the_place")
    return check.outcome == FAILED or (strict and bare)


def _checks(
    photo: Photo, together: Sequence[Photo], scene: Scene, rule: Evidence
) -> tuple[Check, ...]:
    others = [match for match in photo.matches if _counts(match, scene)]
    asked = (_photographed_before(scene, rule),) if rule.photos_before else ()
    return (
        _after_assignment(photo, scene),
        _at_the_place(photo, scene, rule),
        _no_copy(photo, together, others),
        _not_seen_before(others),
        _not_redated(photo, others),
        _not_generated(photo),
        _not_edited(photo),
        *asked,
    )


def _after_assignment(photo: Photo, scene: Scene) -> Check:
    name = "after_assignment"
    if photo.taken_at is None or scene.assigned_at is None:
        return Check(name, UNKNOWN)
    facts = {"taken_at": photo.taken_at.isoformat(), "assigned_at": scene.assigned_at.isoformat()}
    if photo.taken_at > photo.uploaded_at + CLOCK_SLACK:
        return Check(name, FAILED, {**facts, "why": "in_the_future"})
    early = photo.taken_at < scene.assigned_at - CLOCK_SLACK
    return Check(name, FAILED if early else PASSED, facts)


def _at_the_place(photo: Photo, scene: Scene, rule: Evidence) -> Check:
    name = "at_the_place"
    if photo.point is None or scene.point is None or rule.max_distance_m is None:
        return Check(name, UNKNOWN)
    apart = round(distance_m(photo.point, scene.point))
    facts = {"distance_m": apart, "max_distance_m": rule.max_distance_m}
    return Check(name, PASSED if apart <= rule.max_distance_m else FAILED, facts)


def _no_copy(photo: Photo, together: Sequence[Photo], others: Sequence[Mapping[str, Any]]) -> Check:
    twice = any(
        one.id != photo.id and one.fingerprint and one.fingerprint == photo.fingerprint
        for one in together
    )
    if twice:
        return Check("no_copy", FAILED, {"why": "named_twice"})
    copies = [match for match in others if match["how"] == "same"]
    return Check("no_copy", FAILED if copies else PASSED, _named(copies))


def _not_seen_before(others: Sequence[Mapping[str, Any]]) -> Check:
    near = [match for match in others if match["how"] != "same"]
    return Check("not_seen_before", FAILED if near else PASSED, _named(near))


def _not_redated(photo: Photo, others: Sequence[Mapping[str, Any]]) -> Check:
    """The same scene under another date, or dates that contradict each other in one file."""
    name = "not_redated"
    if photo.taken_at is None:
        return Check(name, UNKNOWN)
    if photo.modified_at and photo.modified_at < photo.taken_at - SAME_INSTANT:
        return Check(name, FAILED, {"why": "changed_before_it_was_taken"})
    if photo.gps_at and abs(photo.gps_at - photo.taken_at) > timedelta(hours=26):
        return Check(name, FAILED, {"why": "satellite_time_differs"})
    for match in others:
        other = match.get("taken_at")
        if other and abs(parse_instant(other) - photo.taken_at) > SAME_INSTANT:
            return Check(name, FAILED, {"why": "same_scene_other_date", "other": other})
    return Check(name, PASSED)


def _not_generated(photo: Photo) -> Check:
    found = [mark for mark in photo.markers if mark in ("generated", "generator")]
    return Check("not_generated", FAILED if found else PASSED, {"markers": found} if found else {})


def _not_edited(photo: Photo) -> Check:
    """Editing software and content credentials are shown: many do no more than turn a picture."""
    found = [mark for mark in photo.markers if mark in ("editor", "content_credentials")]
    facts: dict[str, Any] = {"markers": found} if found else {}
    if found and photo.software:
        facts["software"] = photo.software
    return Check("not_edited", NOTED if found else PASSED, facts)


def _photographed_before(scene: Scene, rule: Evidence) -> Check:
    """Whether there is a picture to compare the result with (``evidence.photos_before``)."""
    facts = {"asked": rule.photos_before, "found": scene.before}
    enough = scene.before >= rule.photos_before
    return Check("photographed_before", PASSED if enough else FAILED, facts)


def _counts(match: Mapping[str, Any], scene: Scene) -> bool:
    """The officer's own upload that failed half-way and was repeated is no earlier photo."""
    own = match["number"] == scene.number and match["photo"] in scene.results
    return not own or match["photo"] in scene.submitted


def _named(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not found:
        return {}
    kept = ("number", "photo", "distance", "how")
    return {"matches": [{name: match[name] for name in kept} for match in found[:5]]}


_ASSIGNS = frozenset({"filed", "verified", "assigned", "reassigned", "disputed", "reopened"})


def _agency_has_it(event: Event) -> bool:
    """A reopened report is the agency's from that instant: earlier pictures prove nothing new."""
    if event.type in ("disputed", "reopened", "reassigned", "assigned"):
        return True
    return bool(event.data.get("agency"))


def _photo(event: Event) -> Photo:
    data = event.data
    return Photo(
        id=data["photo"],
        uploaded_at=event.at,
        taken_at=_instant(data.get("taken_at")),
        modified_at=_instant(data.get("modified_at")),
        gps_at=_instant(data.get("gps_at")),
        point=_point(event.texts.get("point", "")),
        markers=tuple(data.get("markers", ())),
        software=data.get("software", ""),
        matches=tuple(data.get("matches", ())),
        fingerprint=data.get("fingerprint", ""),
    )


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _point(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    lat, _, lon = text.partition(",")
    return float(lat), float(lon)
