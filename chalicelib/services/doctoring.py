"""The doctor: whether the catalogue and its people are ready, every hole with its mend.

It looks at the city's own data, not at the AWS account; the deployment looks at that. An error
keeps a city from going live. Placeholders, demo accounts and untested contacts are errors for a
stage that real citizens use (*live*) and belong there on a demonstration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from typing import Any

from chalicelib.domain.catalogue import serving_sop
from chalicelib.domain.contacts import untested as untested_of
from chalicelib.domain.findings import ERROR, Finding, errors
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.linting import LintSops

#: API roles without which reports could not be handled, or nobody could see that they are not.
NEEDED_ROLES = (
    "operator",
    "verifier",
    "officer",
    "agency_head",
    "secretary",
    "mayor",
    "inspector",
    "auditor",
    "admin",
)
DESK_ROLES = ("sop_author", "sop_reviewer", "sop_approver")
_AHEAD = timedelta(days=365)
_PROVISIONAL_AHEAD = timedelta(days=90)
_SHOWN = 8


@dataclass(frozen=True)
class Doctor:
    """The examination."""

    catalogue: Catalogue
    lint: LintSops

    def examine(self, *, live: bool = False) -> tuple[Finding, ...]:
        """Return all findings, errors first. *live*: real citizens use this stage, or will."""
        found = [
            *self._categories(),
            *self._sops(),
            *self._calendars(),
            *self._contacts(live),
            *self._accounts(live),
        ]
        return tuple(sorted(found, key=lambda one: one.severity != ERROR))

    def _categories(self) -> Iterator[Finding]:
        rows, around = self.catalogue.assignments(), self.lint.surroundings()
        for code in self.catalogue.categories():
            for day in _turning_days(rows, code, around.day):
                if serving_sop(rows, code, day) is None:
                    facts = {"category": code, "day": day.isoformat()}
                    yield Finding("category_without_sop", f"category {code}", facts)
                    break
            yield from self._owner(code, around.day)

    def _owner(self, code: str, today: date) -> Iterator[Finding]:
        """The first day of the coming year on which nobody owns the category somewhere."""
        for day in _turning_days(self.catalogue.ownership(), code, today):
            nobody = self.lint.surroundings(day).owners(code).get("", [])
            if nobody:
                facts = {"category": code, "places": _few(nobody), "day": day.isoformat()}
                yield Finding("category_unowned", f"category {code}", facts)
                return

    def _sops(self) -> Iterator[Finding]:
        """What is wrong with SOPs in force, each thing once however many SOPs it is wrong with.

        A city that has entered nobody yet has a hundred vacancies, not a thousand.
        """
        in_force = self.lint.in_force()
        wrong: dict[str, tuple[Finding, list[str]]] = {}
        for sop, one in ((sop, one) for sop, found in in_force.items() for one in errors(found)):
            wrong.setdefault(one.text("en"), (one, []))[1].append(sop)
        for one, sops in sorted(wrong.values(), key=lambda pair: -len(pair[1])):
            where = f"sop {sops[0]}" if len(sops) == 1 else f"{len(sops)} sops"
            yield Finding("sop_has_errors", where, _said(one) | {"sops": _few(sops)})
        warned = [_first_of_each(found) for found in in_force.values()]
        for code in sorted({code for found in warned for code in found}):
            same = [found[code] for found in warned if code in found]
            yield Finding("sop_warnings", code, _said(same[0]) | {"count": len(same)})

    def _calendars(self) -> Iterator[Finding]:
        today = self.lint.surroundings().day
        until = today + _PROVISIONAL_AHEAD
        for name, calendar in self.catalogue.calendars().items():
            unsure = [
                day.isoformat()
                for day, note in sorted(calendar.notes.items())
                if note.provisional and today <= day <= until
            ]
            if unsure:
                facts = {"calendar": name, "days": unsure}
                yield Finding("calendar_provisional", f"calendar {name}", facts)

    def _contacts(self, live: bool) -> Iterator[Finding]:
        rows = list(self.catalogue.positions().values())
        silent = [row["id"] for row in rows if not _addresses(row)]
        if silent:
            yield _about("contact_missing", silent)
        if not live:
            return
        examples = [row["id"] for row in rows if _is_example(row)]
        if examples:
            yield _about("contact_placeholder", examples)
        untested = [row["id"] for row in rows if untested_of(row)]
        if untested:
            yield _about("contact_unverified", untested)

    def _accounts(self, live: bool) -> Iterator[Finding]:
        roles = self._roles()
        held = {role for named in roles.values() for role in named}
        absent = [role for role in NEEDED_ROLES if role not in held]
        if absent:
            yield Finding("role_without_account", "accounts", {"roles": absent})
        if not _three_people(roles):
            yield Finding("sop_desk_incomplete", "accounts")
        staff = self.catalogue.staff()
        demo = [id for id in roles if staff[id].get("demo")]
        if live and demo:
            yield Finding("demo_account", "accounts", {"people": _few(demo)})

    def _roles(self) -> Mapping[str, frozenset[str]]:
        """The roles that each account has today."""
        found, now = {}, self.lint.surroundings().at
        for id in self.catalogue.staff():
            caller = self.catalogue.staff_caller(id, now)
            if caller is not None:
                found[id] = caller.roles
        return found


def _turning_days(rows: Sequence[Mapping[str, Any]], category: str, today: date) -> list[date]:
    """Today, and the days of the coming year on which another SOP may begin to serve."""
    until = today + _AHEAD
    days = {today}
    for row in rows:
        if row["category"] != category:
            continue
        days.add(date.fromisoformat(row["from"]))
        if row.get("to"):
            days.add(date.fromisoformat(row["to"]) + timedelta(days=1))
    return sorted(day for day in days if today <= day <= until)


def _three_people(roles: Mapping[str, frozenset[str]]) -> bool:
    able = [[person for person, named in roles.items() if role in named] for role in DESK_ROLES]
    if not all(able):
        return False
    people = sorted({person for some in able for person in some[:3]})
    return any(
        all(person in some for person, some in zip(trio, able, strict=True))
        for trio in permutations(people, len(DESK_ROLES))
    )


def _first_of_each(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The first warning of each code."""
    found: dict[str, Finding] = {}
    for one in findings:
        if one.severity != ERROR:
            found.setdefault(one.code, one)
    return found


def _said(finding: Finding) -> dict[str, str]:
    return {
        "text": finding.text("id"),
        "text_en": finding.text("en"),
        "mend": finding.mend("id"),
        "mend_en": finding.mend("en"),
    }


def _about(code: str, positions: list[str]) -> Finding:
    facts = {"count": len(positions), "positions": _few(positions)}
    return Finding(code, "positions", facts)


def _addresses(row: Mapping[str, Any]) -> list[str]:
    contacts = row.get("contacts") or {}
    return [contacts[name] for name in ("mail", "phone") if contacts.get(name)]


def _is_example(row: Mapping[str, Any]) -> bool:
    return any(text.rpartition("@")[2].endswith(".example") for text in _addresses(row))


def _few(names: list[str]) -> list[str]:
    more = len(names) - _SHOWN
    return names if more <= 0 else [*names[:_SHOWN], f"+{more}"]
