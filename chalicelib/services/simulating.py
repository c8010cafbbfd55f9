"""What an SOP will do: its whole ladder for any moment of filing, before anybody is told anything.

The clock arithmetic is the running reports' own. Roles are resolved to offices as they are held
now, channels follow the rules that the sender follows, and costs come from dated prices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain import notices
from chalicelib.domain.calendar import Calendar
from chalicelib.domain.costs import Prices
from chalicelib.domain.explanation import derive, moment
from chalicelib.domain.laddering import Ladder, Limit, draw, last_day, limits
from chalicelib.domain.report import Report
from chalicelib.domain.roles import Recipient
from chalicelib.domain.sop import Sop, content_hash
from chalicelib.domain.timeline import Entry
from chalicelib.domain.workdays import DayHours, days_of
from chalicelib.services.catalogue import CITY_ZONE, Catalogue, NotInCatalogue
from chalicelib.services.ports import Clock

#: Clocks that run whatever people do; the others are drawn from an assumed event.
_MAIN_CLOCKS = ("verification", "agency", "citizen")
#: A kelurahan to resolve area roles for when none is given; the answer says which.
SAMPLE_KELURAHAN = "36.71.01.1007"


@dataclass(frozen=True)
class Case:
    """For what the ladder is drawn. given: instants taken instead of the assumed ones."""

    filed_at: datetime
    category: str = ""
    kelurahan: str = ""
    given: Mapping[str, datetime] | None = None


@dataclass(frozen=True)
class Simulator:
    """The use case. It reads the catalogue and writes nothing."""

    catalogue: Catalogue
    clock: Clock

    def in_force(self, category: str, filed_at: datetime, kelurahan: str = "") -> dict[str, Any]:
        """Return the ladder of the SOP that serves *category* at *filed_at*.

        Raises NotInCatalogue when none does.
        """
        sop = self.catalogue.sop_in_force(category, filed_at)
        return self(sop, Case(filed_at, category, kelurahan))

    def __call__(self, sop: Sop, case: Case) -> dict[str, Any]:
        """Return the ladder of *sop*, JSON-ready; raises NotInCatalogue for a missing calendar."""
        calendars = self.catalogue.calendars()
        missing = sorted(sop.calendar_names() - set(calendars))
        if missing:
            raise NotInCatalogue(f"calendar {', '.join(missing)}")
        ladder = draw(sop, calendars, case.filed_at, case.given)
        report = self._report(sop, case)
        calendar = calendars[sop.calendar]
        unsure = _unsure_clocks(ladder)
        rungs = [self._rung(entry, report, calendars, unsure) for entry in ladder.entries]
        counts = Counter(
            channel for rung in rungs for one in rung["recipients"] for channel in one["channels"]
        )
        return {
            "sop": {
                "id": sop.id,
                "version": sop.version,
                "hash": content_hash(sop),
                "name": dict(sop.name) if sop.name else None,
                "tier": sop.tier,
            },
            "category": report.category,
            "filed_at": _local(case.filed_at),
            "recipients_as_of": _local(self.clock.now()),
            "agency": report.agency or None,
            "kelurahan": report.kelurahan or None,
            "calendar": self._calendar(calendar),
            "assumed": [
                {"type": one.type, "at": _local(one.at), "because": one.because}
                for one in ladder.assumed
            ],
            "promises": [_limit(one, calendars, unsure) for one in limits(ladder.entries)],
            "rungs": rungs,
            "days": self._days(ladder, calendar),
            "messages": {name: counts[name] for name in (notices.MAIL, notices.SMS)},
            "estimate": self.estimate(counts),
        }

    def estimate(self, counts: Mapping[str, int]) -> dict[str, Any]:
        """Return what *counts* messages by channel cost, with the prices it was counted by."""
        prices = Prices.from_dict(self.catalogue.prices())
        return {"amount": str(prices.cost(counts)), **prices.to_dict(counts)}

    def told(self, entry: Entry, report: Report, at: datetime) -> list[dict[str, Any]]:
        """Return whom *entry* would tell at *at*, each with the channels and the rule found by."""
        first = entry.clock == "agency" and entry.at_start
        found: dict[str, dict[str, Any]] = {}
        for role in entry.to:
            notice = notices.for_step(entry, role, report, first=first)
            if role == notices.REPORTER_ROLE:
                channels = list(notices.channels_for_reporter(report))
                found.setdefault(role, _reporter(role, notice.template, channels))
                continue
            unanswered = entry.until == "acknowledged" and not entry.at_start
            policy = self.catalogue.channels()
            channels = list(
                notices.channels_for_staff(notice.template, report, policy, unanswered=unanswered)
            )
            for one in self._holders(role, report, at):
                row = _office(role, one, notice.template, channels)
                found.setdefault(one.person or one.position, row)
        return list(found.values())

    def _holders(self, role: str, report: Report, at: datetime) -> Iterable[Recipient]:
        found = self.catalogue.directory().resolve(
            role,
            agency=report.agency or report.holder or None,
            kelurahan=report.kelurahan or None,
            kecamatan=report.kecamatan or None,
            at=at,
            excluded_units=(report.about_unit,) if report.about_unit else (),
        )
        return (one for one in found if isinstance(one, Recipient))

    def _report(self, sop: Sop, case: Case) -> Report:
        """Return the report that the ladder would be drawn for: one by mail, in that kelurahan."""
        code = case.category or next(iter(sop.categories), "")
        category = self.catalogue.categories().get(code)
        kelurahan = case.kelurahan or SAMPLE_KELURAHAN
        kecamatan = kelurahan.rpartition(".")[0]
        owner = sop.owner
        if owner == "category":
            owner = self.catalogue.owner(code, kelurahan, kecamatan, case.filed_at)
        return Report(
            number="",
            filed_at=case.filed_at,
            category=code,
            tier=sop.tier or (category.tier if category else ""),
            sensitivity=category.sensitivity if category else "none",
            sop_id=sop.id,
            sop_version=sop.version,
            agency=owner,
            kelurahan=kelurahan,
            kecamatan=kecamatan,
            channels=(notices.MAIL,),
        )

    def _rung(
        self,
        entry: Entry,
        report: Report,
        calendars: Mapping[str, Calendar],
        unsure: frozenset[str],
    ) -> dict[str, Any]:
        derived = derive(entry)
        step = entry.definition
        due = entry.due_at
        return {
            "step": entry.step,
            "name": dict(step.name) if step else {},
            "clock": entry.clock,
            "repeat": entry.repeat,
            "due_at": _local(due) if due else None,
            "due_in_words": {
                language: moment(due, calendars[entry.calendar], language)
                for language in ("id", "en")
            }
            if due
            else None,
            "state": entry.state,
            "until": entry.until,
            "at_start": entry.at_start,
            "to": list(entry.to),
            "recipients": self.told(entry, report, self.clock.now()),
            "limit": entry.limit,
            "basis": entry.basis,
            "act": entry.act,
            "provisional": derived["provisional"] or entry.clock in unsure,
            "explanation": derived["sentence"],
        }

    def _calendar(self, calendar: Calendar) -> dict[str, Any]:
        versions = self.catalogue.calendar_versions()
        until = calendar.known_until
        return {
            "name": calendar.name,
            "version": versions.get(calendar.name),
            "known_until": until.isoformat() if until else None,
        }

    def _days(self, ladder: Ladder, calendar: Calendar) -> list[dict[str, Any]]:
        rungs: dict[str, list[str]] = {}
        for entry in ladder.entries:
            if entry.due_at:
                day = calendar.local_date(entry.due_at).isoformat()
                rungs.setdefault(day, []).append(f"{entry.step}#{entry.repeat}")
        first = calendar.local_date(ladder.filed_at)
        last = last_day(ladder, calendar, _MAIN_CLOCKS)
        return [
            {**shown(day), "rungs": rungs.get(day.day.isoformat(), [])}
            for day in days_of(calendar, first, last)
        ]


def shown(day: DayHours) -> dict[str, Any]:
    """Return one day of a calendar as people see it."""
    return {
        "date": day.day.isoformat(),
        "kind": day.kind,
        "windows": [list(one) for one in day.windows],
        "breaks": [list(one) for one in day.breaks],
        "note": dict(day.note) if day.note else None,
        "variant": dict(day.variant) if day.variant else None,
        "source": day.source,
        "provisional": day.provisional,
    }


def _unsure_clocks(ladder: Ladder) -> frozenset[str]:
    """The clocks whose assumed start hangs on a date that may yet be decreed otherwise."""
    found: set[str] = set()
    for one in ladder.assumed:
        if found or (one.promise is not None and derive(one.promise)["provisional"]):
            found.add(one.clock)  # each later start follows from the ones before it
    return frozenset(found)


def _limit(
    limit: Limit, calendars: Mapping[str, Calendar], unsure: frozenset[str]
) -> dict[str, Any]:
    return {
        "limit": limit.kind,
        "until": limit.until,
        **_counted(limit.governing, calendars, unsure),
        "also_counted": [_counted(entry, calendars, unsure) for entry in limit.others],
    }


def _counted(
    entry: Entry, calendars: Mapping[str, Calendar], unsure: frozenset[str]
) -> dict[str, Any]:
    calendar = calendars[entry.calendar]
    return {
        "step": entry.step,
        "due_at": _local(entry.due_at) if entry.due_at else None,
        "basis": entry.basis,
        "days": "calendar" if calendar.always_open else "working",
        "provisional": derive(entry)["provisional"] or entry.clock in unsure,
    }


def _reporter(role: str, template: str, channels: list[str]) -> dict[str, Any]:
    return {"role": role, "position": None, "template": template, "channels": channels}


def _office(role: str, one: Recipient, template: str, channels: list[str]) -> dict[str, Any]:
    reached = {notices.MAIL: one.mail, notices.SMS: one.phone}
    return {
        "role": role,
        "position": one.position,
        "title": dict(one.title),
        "via": one.via.value,
        "fallback_from": one.fallback_from,
        "template": template,
        "channels": [channel for channel in channels if reached[channel]],
    }


def _local(at: datetime) -> str:
    return at.astimezone(CITY_ZONE).isoformat()
