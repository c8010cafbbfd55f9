"""The linter's rules about time: order, calendars, promises and the limits of the law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise

from chalicelib.domain.calendar import Calendar
from chalicelib.domain.findings import Finding
from chalicelib.domain.sop import Sop, Step
from chalicelib.domain.statutes import VERIFICATION, LegalLimit, resolution_limit
from chalicelib.domain.surroundings import Surroundings
from chalicelib.domain.timeline import UNKNOWN, ClockEvent, Entry, plan

_SOON = timedelta(days=90)
#: A day's work of the office (Perpres 21/2023: 37.5 hours in five days).
_WORKING_DAY = 27_000
_DAY = 86_400
_NOT_LAID_DOWN = "belum ditetapkan"


def _calendars(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    known = sorted(around.calendars)
    for name in sorted(sop.calendar_names() - set(known)):
        yield Finding("calendar_missing", "calendar", {"calendar": name, "choices": known})
    if sop.calendar_names() - set(known):
        return
    for later, code in ((timedelta(0), "calendar_ends_too_soon"), (_SOON, "calendar_ends_soon")):
        beyond = _beyond_the_calendar(sop, around, around.at + later)
        if beyond is not None:
            yield Finding(code, "calendar", _end_of_calendar(sop, around, beyond))
            return


def _beyond_the_calendar(sop: Sop, around: Surroundings, filed: datetime) -> Entry | None:
    """The last entry that cannot be dated when a report is filed at that moment."""
    found = [one for one in _entries(sop, around, filed) if one.state == UNKNOWN]
    promised = [one for one in found if one.limit] or found
    return promised[-1] if promised else None


def _end_of_calendar(sop: Sop, around: Surroundings, entry: Entry) -> dict[str, str]:
    step = sop.step(entry.step)
    name = (step.calendar if step else None) or sop.calendar
    until = around.calendars[name].known_until
    return {"calendar": name, "until": until.isoformat() if until else "–", "step": entry.step}


def _entries(sop: Sop, around: Surroundings, filed: datetime) -> tuple[Entry, ...]:
    """What is planned when everything from filing to a result happens at one moment."""
    events = [ClockEvent("filed", filed)]
    if sop.dispatch == "verified":
        events.append(ClockEvent("assigned", filed))
    return plan(sop, around.calendars, events).entries


def _order(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    """Steps of one clock and calendar fall due as they are written, from any moment of filing."""
    if sop.calendar_names() - set(around.calendars):
        return
    told: set[tuple[str, str]] = set()
    for filed in _moments(around):
        due = {one.step: one.due_at for one in _entries(sop, around, filed) if not one.repeat}
        for steps in _ladders(sop):
            for before, step in pairwise([one for one in steps if due.get(one.id)]):
                finding = _misplaced(before, step, due[before.id], due[step.id])
                if finding and (finding.code, step.id) not in told:
                    told.add((finding.code, step.id))
                    yield finding


def _moments(around: Surroundings) -> Iterator[datetime]:
    """A morning and a late Friday: where budgets in hours and in days meet differently."""
    zone = next((one.zone for one in around.calendars.values()), around.at.tzinfo)
    monday = around.day - timedelta(days=around.day.weekday())
    for day, hour in ((monday, time(7, 30)), (monday + timedelta(days=4), time(16, 29))):
        yield datetime.combine(day, hour, zone)


def _ladders(sop: Sop) -> Iterator[list[Step]]:
    kinds = dict.fromkeys((step.clock, step.calendar or sop.calendar) for step in sop.steps)
    for clock, calendar in kinds:
        yield [
            step
            for step in sop.steps
            if (step.clock, step.calendar or sop.calendar) == (clock, calendar)
        ]


def _misplaced(
    before: Step, step: Step, first: datetime | None, second: datetime | None
) -> Finding | None:
    if first is None or second is None or first < second:
        return None
    same_budget = step.at == before.at
    if second < first:
        return Finding("steps_out_of_order", f"steps.{step.id}", {"before": before.id})
    if same_budget and (step.until, step.limit) == (before.until, before.limit):
        return Finding("steps_at_one_moment", f"steps.{step.id}", {"before": before.id})
    return None


def _days(step: Step, calendar: Calendar) -> float:
    """A budget in days: closings as they are, hours as parts of a day of that calendar."""
    if step.at.days:
        return step.at.days
    return step.at.seconds / (_DAY if calendar.always_open else _WORKING_DAY)


def _limits(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    if sop.calendar_names() - set(around.calendars):
        return
    if sop.dispatch == "verified":
        yield from _phase_limit(sop, around, "verification", VERIFICATION)
    laws = [
        law
        for code in sop.categories
        if code in around.categories
        and (law := resolution_limit(around.categories[code])) is not None
    ]
    if laws:
        yield from _phase_limit(sop, around, "citizen", min(laws, key=lambda law: law.days))
    for step in sop.steps:
        if step.limit == "legal" and not step.basis:
            yield Finding("legal_limit_without_basis", f"steps.{step.id}")


def _phase_limit(sop: Sop, around: Surroundings, clock: str, law: LegalLimit) -> Iterator[Finding]:
    legal = sorted(
        (step for step in sop.steps if step.clock == clock and step.limit == "legal"),
        key=lambda step: _budget(sop, around, step),
    )
    facts = {"days": law.days, "basis": law.basis}
    if not legal:
        phase = "verifikasi" if clock == "verification" else "penyelesaian"
        yield Finding("legal_limit_missing", clock, {**facts, "phase": phase})
    for number, step in enumerate(legal):
        most = law.days if number == 0 else max(law.days, law.extended)
        if _budget(sop, around, step) > most:
            found = {**facts, "days": most, "at": step.at.text}
            yield Finding("legal_limit_later_than_law", f"steps.{step.id}", found)
    if legal:
        yield from _late_promises(sop, around, clock, legal[0])


def _budget(sop: Sop, around: Surroundings, step: Step) -> float:
    return _days(step, around.calendars[step.calendar or sop.calendar])


def _late_promises(sop: Sop, around: Surroundings, clock: str, legal: Step) -> Iterator[Finding]:
    for step in sop.steps:
        if (step.clock, step.limit, step.until) != (clock, "service", legal.until):
            continue
        if _budget(sop, around, step) > _budget(sop, around, legal):
            facts = {"at": step.at.text, "legal": f"{legal.id} ({legal.at.text})"}
            yield Finding("service_after_legal", f"steps.{step.id}", facts)


def _promises(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    limits = [step for step in sop.steps if step.clock == "citizen" and step.limit]
    if not any(step.until == "resolved" for step in limits):
        yield Finding("promise_missing", "citizen")
    elif not any("pelapor" in step.notify for step in limits):
        yield Finding("reporter_not_told", "citizen")
    targets = [one for one in limits if (one.limit, one.until) == ("service", "resolved")]
    # Oversight is measured by the law alone: sixty days, by two counts.
    if limits and not targets and sop.tier != "P4":
        yield Finding("service_target_missing", "citizen")


def _basis(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    if not sop.legal_basis:
        yield Finding("no_legal_basis", "legal_basis")
        return
    absent = [one.text for one in sop.legal_basis if _NOT_LAID_DOWN in one.text]
    for text in absent:
        yield Finding("basis_not_laid_down", "legal_basis", {"basis": text})
    unread = [one.text for one in sop.legal_basis if not one.verified_by and one.text not in absent]
    if unread:
        facts = {"count": len(unread), "bases": unread}
        yield Finding("basis_unverified", "legal_basis", facts)


time_rules = (_calendars, _order, _promises, _limits, _basis)
