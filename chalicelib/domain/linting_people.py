"""The linter's rules about people: who is told, can they be reached, and who must not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain import notices
from chalicelib.domain.catalogue import Category
from chalicelib.domain.findings import Finding
from chalicelib.domain.report import EMERGENCY_TIERS
from chalicelib.domain.roles import AREA_ROLES, REPORTER_ROLE, ROLES, Recipient
from chalicelib.domain.sop import Sop, Step
from chalicelib.domain.surroundings import MAILBOX, VACANT, Office, Surroundings

_WORKERS = frozenset({"petugas", "piket", "danru", "irban"})
#: Who may hear of a complaint about officials (domain rules on oversight).
_OVERSIGHT = frozenset({"inspektorat", "irban", "inspektur", "sekda", "walikota", REPORTER_ROLE})
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Told:
    """A step as the rules of notices see it."""

    clock: str
    limit: str | None
    to: tuple[str, ...]
    act: str | None
    message: str | None


def _roles(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    for step in sop.steps:
        for role in step.notify:
            if role not in ROLES:
                facts = {"role": role, "choices": sorted(ROLES)}
                yield Finding("unknown_role", f"steps.{step.id}", facts)


def _owner(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    if sop.owner != "category":
        if sop.owner not in around.agencies:
            yield Finding("owner_unknown", "owner", {"owner": sop.owner})
        return
    for code in sop.categories:
        without = around.owners(code).get("", []) if code in around.categories else []
        if without:
            facts = {"category": code, "places": _few(without), "day": around.day.isoformat()}
            yield Finding("owner_missing", "owner", facts)


def _holders(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    by_mailbox: list[str] = []
    for role in _told_roles(sop):
        vacant: list[str] = []
        for office in around.offices(role, sop):
            how = around.answered(role, office).how
            if how == VACANT:
                vacant.append(office.name)
            elif how == MAILBOX:
                by_mailbox.append(f"{role} ({office.name})")
        if vacant:
            yield Finding("role_vacant", f"roles.{role}", {"role": role, "places": _few(vacant)})
    if by_mailbox:
        yield Finding("role_by_mailbox", "roles", {"roles": _few(by_mailbox)})


def _told_roles(sop: Sop) -> list[str]:
    named = {role for step in sop.steps for role in step.notify}
    return sorted(named & ROLES - {REPORTER_ROLE})


def _few(names: list[str]) -> list[str]:
    more = len(names) - _SHOWN
    return names if more <= 0 else [*names[:_SHOWN], f"+{more}"]


def _contacts(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    emergency = sop.tier in EMERGENCY_TIERS
    silent: dict[str, None] = {}
    no_phone: dict[str, None] = {}
    for role in _told_roles(sop):
        for office in around.offices(role, sop):
            for one in _recipients(around, role, office):
                if not one.mail and not (emergency and one.phone):
                    silent[one.position] = None
                elif emergency and not one.phone:
                    no_phone[one.position] = None
    if silent:
        channels = ("surel", "SMS") if emergency else ("surel",)
        facts = {"positions": _few([*silent]), "channels": channels}
        yield Finding("unreachable_contact", "contacts", facts)
    if no_phone:
        yield Finding("no_phone_in_emergency", "contacts", {"positions": _few([*no_phone])})


def _recipients(around: Surroundings, role: str, office: Office) -> tuple[Recipient, ...]:
    return around.answered(role, office).recipients


def _templates(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    for step in sop.steps:
        for template in sorted(_needed(sop, step) - around.templates):
            yield Finding("template_missing", f"steps.{step.id}", {"template": template})


def _needed(sop: Sop, step: Step) -> set[str]:
    told = _Told(step.clock, step.limit, step.notify, step.act, step.message)
    emergency = sop.tier in EMERGENCY_TIERS
    return {
        notices.step_template(told, role, emergency=emergency, first=first)
        for role in step.notify
        for first in (True, False)
    }


def _protected(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    told = {role for step in sop.steps for role in step.notify}
    served = [around.categories[code] for code in sop.categories if code in around.categories]
    if sop.tier == "P4" or any(one.kind == "oversight" for one in served):
        accused = sorted(told - _OVERSIGHT)
        if accused:
            yield Finding("accused_unit_told", "steps", {"roles": accused})
    if any(_is_secret(one) for one in served) and told & AREA_ROLES:
        yield Finding("secret_copied", "steps", {"roles": sorted(told & AREA_ROLES)})


def _is_secret(category: Category) -> bool:
    return category.sensitivity == "secret"


def _validators(sop: Sop, around: Surroundings) -> Iterator[Finding]:
    judges = {role for step in sop.steps if step.clock == "validation" for role in step.notify}
    both = sorted(judges & _WORKERS)
    if both:
        yield Finding("executor_validates", "steps", {"roles": both})


people_rules = (_roles, _owner, _holders, _contacts, _templates, _protected, _validators)
