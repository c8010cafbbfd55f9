"""Whether an SOP may go into force: every hole that would let a report fall through, found before.

`lint` holds a draft against the city of the day on which it is to serve and returns all findings,
errors first. It decides nothing else: who refuses what because of them is up to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from chalicelib.domain.findings import ERROR, Finding
from chalicelib.domain.linting_people import people_rules
from chalicelib.domain.linting_times import time_rules
from chalicelib.domain.report import EMERGENCY_TIERS, NEVER_AUTOMATIC_TIERS
from chalicelib.domain.roles import ROLES
from chalicelib.domain.sop import Sop, Step
from chalicelib.domain.surroundings import Surroundings

#: clock → what can happen while it runs, so that a step on it can be told to stop.
UNTIL_ON = {
    "verification": ("verified",),
    "agency": ("acknowledged", "on_scene", "resolved"),
    "citizen": ("verified", "acknowledged", "on_scene", "resolved"),
    "validation": ("validated",),
    "confirmation": ("confirmed",),
    "pause": ("resumed",),
    "follow_up": ("resolved",),
}
#: act → the clocks on which it means something.
CLOCKS_OF_ACT = {
    "close_automatically": ("confirmation",),
    "resume": ("pause",),
    "lapse_acknowledgement": ("agency",),
    "second_unit": ("agency", "citizen"),
}
#: How high a role stands; a leap of more than two levels leaves somebody out.
RANKS = {
    **dict.fromkeys(("petugas", "piket", "operator", "verifikator", "inspektorat"), 1),
    **dict.fromkeys(("danru", "kasi", "supervisor", "irban", "lurah"), 2),
    **dict.fromkeys(("kabid", "inspektur"), 3),
    **dict.fromkeys(("kadis", "camat"), 4),
    **dict.fromkeys(("pusat_kendali", "asisten"), 5),
    "sekda": 6,
    "walikota": 7,
}
_ABOVE_THE_AGENCY = 5
_LEAP = 2
MAX_FIRINGS = 150
#: What `submit` takes.
MAX_PHOTOS = 10
MIN_CONFIRMATION_DAYS = 10
DOCUMENT_PARTS = ("qualifications", "equipment", "warnings", "related", "records")

_Rule = Callable[[Sop, Surroundings], Iterator[Finding]]


def lint(sop: Sop, around: Surroundings) -> tuple[Finding, ...]:
    """Return everything that is wrong with *sop* on that day, errors first."""
    found = [finding for rule in _RULES for finding in rule(sop, around)]
    return tuple(sorted(found, key=lambda one: one.severity != ERROR))


def is_emergency(sop: Sop) -> bool:
    """Whether a life or health is in danger, so that clocks run day and night."""
    return sop.tier in EMERGENCY_TIERS


def _steps(sop: Sop, clock: str, until: str | None = None) -> list[Step]:
    return [
        step for step in sop.steps if step.clock == clock and (until is None or step.until == until)
    ]


def _categories(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    if not sop.categories:
        yield Finding("category_missing", "categories")
    for code in sop.categories:
        category = around.categories.get(code)
        if category is None:
            yield Finding("unknown_category", "categories", {"category": code})
        elif sop.tier and sop.tier not in (category.extra or {}).get("tiers", [category.tier]):
            facts = {"tier": sop.tier, "category": code, "other": category.tier}
            yield Finding("tier_unlike_category", "tier", facts)


def _phases(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    needed = ["agency", "citizen", "validation", "confirmation"]
    if sop.dispatch == "verified":
        needed.insert(0, "verification")
    for clock in needed:
        if not _steps(sop, clock):
            yield Finding("phase_without_steps", clock, {"clock": clock})
    for clock in ("verification", "agency", "validation"):
        steps = _steps(sop, clock)
        if clock in needed and steps and not any(_at_once(step) for step in steps):
            yield Finding("no_first_notice", clock, {"clock": clock})


def _at_once(step: Step) -> bool:
    return not step.at.days and not step.at.seconds


def _ladders(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    for clock, until in (
        ("verification", "verified"),
        ("agency", "acknowledged"),
        ("citizen", "resolved"),
        ("validation", "validated"),
    ):
        rungs = [step for step in _steps(sop, clock, until) if step.limit != "legal"]
        yield from _leaps(clock, rungs)
        climbing = [one for one in rungs if not (one.limit or one.repeat or one.calendar)]
        yield from _descents([one for one in climbing if not _at_once(one)])
    yield from _first_rung(sop)
    yield from _last_rung(sop)


def _height(step: Step) -> int:
    return max((RANKS.get(role, 0) for role in step.notify), default=0)


def _who(step: Step, height: int) -> list[str]:
    return [role for role in step.notify if RANKS.get(role, 0) == height]


def _leaps(clock: str, rungs: Sequence[Step]) -> Iterator[Finding]:
    """Only what begins with those who do the work climbs level by level."""
    reached = 0
    for step in rungs:
        height = _height(step)
        if clock == "agency" and 0 < reached < height - _LEAP and not _has_limit(step):
            below = [role for role, rank in RANKS.items() if rank == reached and role != "lurah"]
            facts = {"clock": clock, "below": below, "above": _who(step, height)}
            yield Finding("ladder_hole", f"steps.{step.id}", facts)
        reached = max(reached, height)


def _has_limit(step: Step) -> bool:
    return step.limit is not None


def _descents(rungs: Sequence[Step]) -> Iterator[Finding]:
    for before, step in pairwise([one for one in rungs if _height(one)]):
        if _height(step) < _height(before):
            facts = {"low": step.notify, "high": before.notify}
            yield Finding("ladder_descends", f"steps.{step.id}", facts)


def _first_rung(sop: Sop) -> Iterator[Finding]:
    for step in _steps(sop, "agency", "acknowledged"):
        if _at_once(step) and _height(step) > RANKS["kasi"]:
            facts = {"high": _who(step, _height(step))}
            yield Finding("recipients_too_high", f"steps.{step.id}", facts)


def _last_rung(sop: Sop) -> Iterator[Finding]:
    rungs = [*_steps(sop, "agency"), *_steps(sop, "citizen")]
    top = max(rungs, key=_height, default=None)
    if top is not None and 0 < _height(top) < _ABOVE_THE_AGENCY:
        yield Finding("ladder_ends_low", "steps", {"above": _who(top, _height(top))})


def _stops(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    for step in sop.steps:
        where, choices = f"steps.{step.id}", UNTIL_ON[step.clock]
        if step.until is None:
            yield Finding("step_never_stops", where, {"choices": choices})
        elif step.until not in choices:
            facts = {"until": step.until, "clock": step.clock, "choices": choices}
            yield Finding("until_never_comes", where, facts)
        if step.clock == "verification" and sop.dispatch != "verified":
            yield Finding("clock_never_starts", where)


def _acts(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    for step in sop.steps:
        where, clocks = f"steps.{step.id}", CLOCKS_OF_ACT.get(step.act)
        if clocks and step.clock not in clocks:
            facts = {"act": step.act, "clock": step.clock, "choices": clocks}
            yield Finding("act_on_wrong_clock", where, facts)
        if step.act != "close_automatically":
            continue
        if sop.tier in NEVER_AUTOMATIC_TIERS:
            yield Finding("closes_by_itself", where, {"tier": sop.tier})
        elif step.at.days < MIN_CONFIRMATION_DAYS:
            yield Finding("closes_too_soon", where, {"at": step.at.text})


def _amounts(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    count = sum(1 + (step.repeat.times if step.repeat else 0) for step in sop.steps)
    if count > MAX_FIRINGS:
        yield Finding("too_many_firings", "steps", {"count": count, "limit": MAX_FIRINGS})
    for step in sop.steps:
        if not step.notify and step.act == "notify":
            yield Finding("nobody_told", f"steps.{step.id}")


def _emergency(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    if not is_emergency(sop):
        return
    if sop.dispatch != "immediate":
        yield Finding("emergency_waits", "dispatch")
    for step in sop.steps:
        where = f"steps.{step.id}"
        if step.clock == "pause":
            yield Finding("emergency_pauses", where)
        calendar = around.calendars.get(step.calendar or sop.calendar)
        # Taking it on cannot wait; the repair itself may be due in working days.
        urgent = step.until == "acknowledged"
        if urgent and calendar is not None and not calendar.always_open:
            yield Finding("emergency_on_office_hours", where)


def _evidence(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    asked = sop.evidence
    documents = list(asked.extra.get("documents", ())) if asked else []
    if asked is None or not (asked.photos_after or documents):
        yield Finding("evidence_missing", "evidence")
        return
    if asked.max_distance_m and not asked.photos_after:
        yield _contradiction("jarak tanpa foto", "a distance without photos")
    if asked.photos_after > MAX_PHOTOS:
        yield _contradiction(
            f"{asked.photos_after} foto, paling banyak {MAX_PHOTOS} dapat dikirim",
            f"{asked.photos_after} photos, of which {MAX_PHOTOS} can be sent",
        )
    secret = any(
        around.categories[code].sensitivity == "secret"
        for code in sop.categories
        if code in around.categories
    )
    if secret and asked.photos_after:
        yield Finding("evidence_shows_victims", "evidence")


def _contradiction(indonesian: str, english: str) -> Finding:
    return Finding("evidence_inconsistent", "evidence", {"what": indonesian, "what_en": english})


def _document(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    empty = [part for part in DOCUMENT_PARTS if not sop.document.get(part)]
    if not sop.activities:
        empty.append("activities")
    if empty:
        yield Finding("document_incomplete", "document", {"parts": empty})
    for activity in sop.activities:
        if activity.actor not in ROLES | {"sistem"}:
            facts = {"actor": activity.actor or "–"}
            yield Finding("activity_actor_unknown", f"activities.{activity.no}", facts)
    named = {"name": sop.name, **{step.id: step.name for step in sop.steps}}
    unnamed = [where for where, name in named.items() if not (name.get("id") and name.get("en"))]
    if unnamed:
        yield Finding("name_missing", "name", {"parts": unnamed})


_RULES: tuple[_Rule, ...] = (
    _categories,
    _phases,
    _ladders,
    _stops,
    _acts,
    _amounts,
    _emergency,
    *time_rules,
    *people_rules,
    _evidence,
    _document,
)
