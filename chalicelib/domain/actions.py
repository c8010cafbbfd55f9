"""Who may do what to a report, and what that writes: one table of transitions.

`decide` looks the action up, checks role, ownership, status and the invariants of the design
(evidence before closing, never the same person executing and validating, bounded bounces and
deferrals, emergencies never pause) and returns the events to write. It performs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import auditing, misuse
from chalicelib.domain import report as r
from chalicelib.domain.areas import distance_m
from chalicelib.domain.events import Actor, Draft, instant
from chalicelib.domain.evidence import Verdict
from chalicelib.domain.report import Report

REPORTER_ROLE = "reporter"
#: Another body, by its registered client, on what was referred to it.
BODY_ROLE = "body"
#: The source of a report that only supports another one.
SUPPORT_SOURCE = "support"
MAX_BOUNCES = 2  # "max 2 bounces, then Sekda/Asisten decides" — proposal of the SOP ladder
MAX_DEFERRALS = 2
MAX_REOPENINGS = 2
#: By when an instruction is answered for which its leader named no other time (proposal).
INSTRUCTION_WITHIN = timedelta(days=1)
REOPEN_DAYS = 30
#: How things stand in the field, as the wall shows it: from the way there to the end of danger.
SITUATIONS = ("on_the_way", "handling", "needs_help", "under_control")
REJECT_REASONS = (
    "not_public_service",
    "incomplete",
    "hoax",
    "unlawful_content",
    "before_court",
    "already_answered",
)


class ActionRefused(Exception):
    """The caller may not, or may not now, do this. ``code`` is stable; ``kind`` sets the answer.

    kind: ``forbidden`` (role or ownership), ``conflict`` (status or an invariant), ``invalid``
    (a field).
    """

    def __init__(self, kind: str, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.kind, self.code, self.facts = kind, code, facts


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the identity provider and the directory say. Roles are API roles."""

    roles: frozenset[str]
    person: str = ""
    positions: tuple[str, ...] = ()
    agencies: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    #: Another system, by its registered id, that speaks in the given role.
    client: str = ""
    #: A resident who is signed in with the city's app: a pseudonym, never who they are.
    subject: str = ""

    def actor(self, role: str) -> Actor:
        """Return this caller as the record names it when acting in *role*."""
        if self.client:
            return Actor("client", role=role, person=self.client)
        if role == REPORTER_ROLE:
            return Actor("reporter")
        return Actor(
            "staff",
            role=role,
            person=self.person,
            position=self.positions[0] if self.positions else "",
            agency=next(iter(sorted(self.agencies)), ""),
        )


ANYONE = Caller(frozenset())
REPORTER = Caller(frozenset({REPORTER_ROLE}))


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs to know beside the report: looked up beforehand by the service."""

    now: datetime
    owner: str = ""
    migrate_to: Mapping[str, Any] | None = None
    agency_exists: bool = True
    photos_required: int = 0
    photos_uploaded: tuple[str, ...] = ()
    photos_refused: Mapping[str, str] = field(default_factory=dict)
    evidence: Verdict = field(default_factory=Verdict)
    merge_target_exists: bool = True
    #: Both or neither may be known to the public.
    merge_keeps_secrecy: bool = True
    #: Where the report says it is, and from how far the SOP takes an arrival without a reason.
    place: tuple[float, float] | None = None
    allowed_m: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One wish of one caller: the action's name, its fields and what people wrote."""

    action: str
    caller: Caller
    fields: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


_Maker = Callable[[Report, Command, Known, Actor], tuple[Draft, ...]]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: an action, who may cause it, from which statuses, what must be given."""

    action: str
    roles: tuple[str, ...]
    sources: frozenset[str]
    make: _Maker
    own_agency: bool = False
    required: tuple[str, ...] = ()


def may_see(report: Report, caller: Caller) -> bool:
    """Whether *caller* may know that this report exists, beyond its public part.

    A case about a unit is never shown to that unit, nor a case for the inspectorate (P4) to
    anybody else (domain rules on supervision complaints).
    """
    roles = caller.roles
    if REPORTER_ROLE in roles:
        return True
    if BODY_ROLE in roles:
        return report.status == r.REFERRED
    if report.about_unit and report.about_unit in caller.agencies | caller.areas:
        return False
    if report.tier == "P4":
        return "inspector" in roles
    if roles & {"operator", "verifier", "secretary", "mayor", "inspector", "auditor"}:
        return True
    if roles & {"officer", "agency_head"} and report.agency in caller.agencies:
        return True
    in_area = bool({report.kelurahan, report.kecamatan} & caller.areas)
    return "territorial" in roles and in_area and not report.secret


def decide(report: Report, command: Command, known: Known) -> tuple[Draft, ...]:
    """Return the events that *command* writes; an empty tuple if it is already so.

    Raises ActionRefused with a stable code otherwise.
    """
    transition = TRANSITIONS.get(command.action)
    if transition is None:
        raise ActionRefused("invalid", "unknown_action", action=command.action)
    role = _role(transition, report, command.caller)
    if report.drill:
        _within_the_drill(report, command)
    for name in transition.required:
        if not (command.fields.get(name) or command.texts.get(name)):
            raise ActionRefused("invalid", "field_missing", field=name)
    if report.status not in transition.sources:
        raise ActionRefused(
            "conflict", "not_in_this_status", action=command.action, status=report.status
        )
    return transition.make(report, command, known, command.caller.actor(role))


def _within_the_drill(report: Report, command: Command) -> None:
    """What is rehearsed stays apart from what is real, and begins no second time."""
    if report.closed:
        raise ActionRefused("conflict", "drill_is_over")
    if command.action in _NOT_IN_A_DRILL:
        raise ActionRefused("conflict", "not_in_a_drill", action=command.action)


def allowed_actions(report: Report, caller: Caller) -> tuple[str, ...]:
    """Return the actions whose role, ownership and status fit now (fields still unchecked)."""
    names = []
    for transition in TRANSITIONS.values():
        if report.drill and (report.closed or transition.action in _NOT_IN_A_DRILL):
            continue
        try:
            _role(transition, report, caller)
        except ActionRefused:
            continue
        if report.status in transition.sources:
            names.append(transition.action)
    return tuple(names)


def _role(transition: Transition, report: Report, caller: Caller) -> str:
    if not may_see(report, caller):
        raise ActionRefused("forbidden", "not_yours")
    role = next((name for name in transition.roles if name in caller.roles), "")
    if not role:
        raise ActionRefused("forbidden", "role_may_not", action=transition.action)
    agency_role = role in ("officer", "agency_head")
    if transition.own_agency and agency_role and report.agency not in caller.agencies:
        raise ActionRefused("forbidden", "not_your_agency")
    return role


def _draft(
    type_: str, command: Command, known: Known, actor: Actor, data: Mapping[str, Any] | None = None
) -> Draft:
    return Draft(type_, known.now, actor, data or {}, command.texts, command.key)


def _plain(type_: str) -> _Maker:
    def make(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
        return (_draft(type_, command, known, actor),)

    return make


def _fields(type_: str, *names: str) -> _Maker:
    def make(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
        data = {name: command.fields[name] for name in names if command.fields.get(name)}
        return (_draft(type_, command, known, actor, data),)

    return make


def _verify(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    _called_back_first(report)
    if not known.agency_exists:
        raise ActionRefused("invalid", "unknown_agency")
    before = _resume_first(report, known)
    if known.migrate_to:
        before += (Draft("migrated", known.now, actor, known.migrate_to),)
    agency = command.fields.get("agency") or known.owner
    data = {"agency": agency} if agency else {}
    return (*before, _draft("verified", command, known, actor, data))


def _migrate(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """Another SOP version from now on: time used up stays used, no fired step fires again (S22)."""
    to = known.migrate_to or {}
    if (to.get("id"), to.get("version")) == (report.sop_id, report.sop_version):
        raise ActionRefused("conflict", "already_under_this_version")
    came_from = {"id": report.sop_id, "version": report.sop_version}
    return (_draft("migrated", command, known, actor, {**to, "from": came_from}),)


def _called_back_first(report: Report) -> None:
    if misuse.awaits_call_back(report):
        raise ActionRefused("conflict", "call_back_first")


def _assign(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    _called_back_first(report)
    if not known.agency_exists:
        raise ActionRefused("invalid", "unknown_agency")
    first = report.status in (r.RECEIVED, r.VERIFIED) or not report.agency
    data = {"agency": command.fields["agency"], "to": command.fields["agency"]}
    if report.agency:
        data["from"] = report.agency
    before = _resume_first(report, known)
    return (*before, _draft("assigned" if first else "reassigned", command, known, actor, data))


def _resume_first(report: Report, known: Known) -> tuple[Draft, ...]:
    return (Draft("resumed", known.now),) if report.status in r.PAUSED else ()


def _acknowledge(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.status in r.UNANSWERED or report.status == r.RETURNED:
        return (_draft("acknowledged", command, known, actor),)
    if actor.person == report.acknowledged_by:
        return ()
    return (_draft("co_acknowledged", command, known, actor),)


def _decline(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.bounces >= MAX_BOUNCES:
        raise ActionRefused("conflict", "bounce_limit", limit=MAX_BOUNCES)
    if not known.agency_exists or command.fields["agency"] == report.agency:
        raise ActionRefused("invalid", "unknown_agency")
    data = {"from": report.agency, "suggested": command.fields["agency"]}
    return (_draft("declined", command, known, actor, data),)


def _implied_ack(report: Report, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.status in r.UNANSWERED:
        return (Draft("acknowledged", known.now, actor, {"implied": True}),)
    return ()


def _start(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    before = _implied_ack(report, known, actor) + _resume_first(report, known)
    return (*before, _draft("started", command, known, actor))


def _arrive(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """Check in at the place. Whoever is farther off than the SOP allows says why; both are kept.

    Without a position (a telephone that gives none, a word by SMS) the arrival counts, unproven.
    """
    lat, lon = command.fields.get("lat"), command.fields.get("lon")
    if lat is None or lon is None:
        return (_draft("on_scene", command, known, actor),)
    data: dict[str, Any] = {}
    if known.place is not None:
        data["distance_m"] = round(distance_m(known.place, (lat, lon)))
        far = known.allowed_m is not None and data["distance_m"] > known.allowed_m
        if far and not command.texts.get("reason"):
            raise ActionRefused(
                "invalid",
                "arrival_needs_reason",
                field="reason",
                distance_m=data["distance_m"],
                allowed_m=known.allowed_m,
            )
        data["at_place"] = not far
    texts = {**command.texts, "point": f"{lat:.6f},{lon:.6f}"}
    return (Draft("on_scene", known.now, actor, data, texts, command.key),)


def _situation(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """A short word from the field. Whoever asks for help is heard at once by those above."""
    state = command.fields["state"]
    if state not in SITUATIONS:
        raise ActionRefused("invalid", "invalid_field", field="state")
    before = _implied_ack(report, known, actor)
    return (*before, _draft("situation", command, known, actor, {"state": state}))


def _ask(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.emergency:
        raise ActionRefused("conflict", "emergency_never_pauses")
    return (_draft("paused", command, known, actor, {"kind": "question"}),)


def _defer(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.emergency:
        raise ActionRefused("conflict", "emergency_never_pauses")
    if report.deferrals >= MAX_DEFERRALS:
        raise ActionRefused("conflict", "deferral_limit", limit=MAX_DEFERRALS)
    until = _in_the_coming_year(command, known)
    data = {"until": instant(until), "kind": "deferral"}
    return (_draft("deferred", command, known, actor, data),)


def _request_time(
    report: Report, command: Command, known: Known, actor: Actor
) -> tuple[Draft, ...]:
    """An officer asks; whoever heads the agency defers, or lets the clock run on."""
    if report.emergency:
        raise ActionRefused("conflict", "emergency_never_pauses")
    if report.deferrals >= MAX_DEFERRALS:
        raise ActionRefused("conflict", "deferral_limit", limit=MAX_DEFERRALS)
    until = _in_the_coming_year(command, known)
    return (_draft("time_requested", command, known, actor, {"until": instant(until)}),)


def _in_the_coming_year(command: Command, known: Known) -> datetime:
    until: datetime = command.fields["until"]
    if not known.now < until <= known.now + timedelta(days=366):
        raise ActionRefused("invalid", "date_not_in_the_coming_year", field="until")
    return until


def _reject(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if command.fields["reason"] not in REJECT_REASONS:
        raise ActionRefused("invalid", "unknown_reason", allowed=REJECT_REASONS)
    if command.fields["reason"] == misuse.HOAX:
        return _confirm_hoax(report, command, known, actor)
    return (_draft("rejected", command, known, actor, {"reason": command.fields["reason"]}),)


def _suspect(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.hoax == misuse.SUSPECTED:
        return ()
    return (_draft("suspected", command, known, actor),)


def _call_back(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.hoax != misuse.SUSPECTED:
        raise ActionRefused("conflict", "hoax_not_suspected")
    outcome = command.fields["outcome"]
    if outcome not in misuse.OUTCOMES:
        raise ActionRefused("invalid", "unknown_reason", allowed=misuse.OUTCOMES)
    return (_draft("called_back", command, known, actor, {"outcome": outcome}),)


def _confirm_hoax(
    report: Report, command: Command, known: Known, actor: Actor
) -> tuple[Draft, ...]:
    """A second person, after the reporter was called; in an emergency after its dispatch."""
    _unless(misuse.confirming_refused(report, actor.person))
    return (_draft("rejected", command, known, actor, {"reason": misuse.HOAX}),)


def _block(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    _unless(misuse.blocking_refused(report))
    end = misuse.until(known.now, int(command.fields["days"]))
    return (_draft("blocked", command, known, actor, {"until": instant(end)}),)


def _appeal(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    _unless(misuse.appealing_refused(report, known.now))
    return (_draft("appealed", command, known, actor),)


def _decide_appeal(
    report: Report, command: Command, known: Known, actor: Actor
) -> tuple[Draft, ...]:
    _unless(misuse.deciding_refused(report, actor.person))
    outcome = command.fields["outcome"]
    if outcome not in misuse.DECISIONS:
        raise ActionRefused("invalid", "unknown_reason", allowed=misuse.DECISIONS)
    return (_draft("appeal_decided", command, known, actor, {"outcome": outcome}),)


def _unless(why: str) -> None:
    if why:
        raise ActionRefused("conflict", why)


def _merge(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if not known.merge_target_exists or command.fields["into"] == report.number:
        raise ActionRefused("invalid", "merge_target_unknown", field="into")
    if not known.merge_keeps_secrecy:
        raise ActionRefused("conflict", "merge_across_secrecy")
    return (_draft("merged", command, known, actor, {"into": command.fields["into"]}),)


def _keep_apart(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """Somebody looked: not the same thing as the other one, however near."""
    if not known.merge_target_exists or command.fields["other"] == report.number:
        raise ActionRefused("invalid", "merge_target_unknown", field="other")
    return (_draft("kept_apart", command, known, actor, {"other": command.fields["other"]}),)


def _unmerge(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    return (_draft("unmerged", command, known, actor, {"from": report.merged_into}),)


def _affirm(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.source != SUPPORT_SOURCE:
        raise ActionRefused(
            "conflict", "not_in_this_status", action=command.action, status=report.status
        )
    return () if report.affirmed else (_draft("affirmed", command, known, actor),)


#: What another body's answer to a referral means → the event that it writes.
_ANSWERS = {
    "said": "referral_answered",
    "settled": "referral_settled",
    "refused": "referral_refused",
}


def _answer_referral(
    report: Report, command: Command, known: Known, actor: Actor
) -> tuple[Draft, ...]:
    type_ = _ANSWERS.get(str(command.fields.get("meaning")), "referral_answered")
    return (_draft(type_, command, known, actor, {"body": report.referred_to}),)


def _submit(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    outcome = command.fields["outcome"]
    photos = tuple(command.fields.get("photos") or ())
    if outcome != "done" and not command.texts.get("reason"):
        raise ActionRefused("invalid", "field_missing", field="reason")
    _usable(photos, known)
    if outcome == "done" and len(set(photos)) < known.photos_required:
        raise ActionRefused("invalid", "evidence_missing", required=known.photos_required)
    despite = _despite(outcome, command, known)
    before = _implied_ack(report, known, actor) + _resume_first(report, known)
    data: dict[str, Any] = {"outcome": outcome, "photos": list(photos)}
    if known.evidence.checks:
        data["checks"] = known.evidence.to_data()
    if despite:
        data["despite"] = list(despite)
    return (*before, _draft("resolved", command, known, actor, data))


def _usable(photos: Sequence[str], known: Known) -> None:
    refused = {photo: why for photo, why in known.photos_refused.items() if photo in photos}
    if refused:
        raise ActionRefused("invalid", "photo_refused", field="photos", photos=refused)
    unknown = [photo for photo in photos if photo not in known.photos_uploaded]
    if unknown:
        raise ActionRefused("invalid", "photo_unknown", photos=unknown)


def _despite(outcome: str, command: Command, known: Known) -> tuple[str, ...]:
    """Return the failed checks in spite of which the result is submitted, with its reason.

    Photos of work that could not be done prove nothing and are held against nothing.
    """
    verdict = known.evidence
    if outcome != "done":
        return ()
    if verdict.refused:
        raise ActionRefused(
            "invalid", "evidence_refused", failed=verdict.refused, checks=verdict.to_data()
        )
    if verdict.need_reason and not command.texts.get("reason"):
        raise ActionRefused(
            "invalid",
            "evidence_needs_reason",
            field="reason",
            failed=verdict.need_reason,
            checks=verdict.to_data(),
        )
    return verdict.need_reason


def _validate(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if actor.person in report.executors:
        raise ActionRefused("forbidden", "executor_may_not_validate")
    validated = _draft("validated", command, known, actor)
    return (validated, *auditing.ordered_for(report, auditing.SAMPLE, known.now))


def _dispute(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    disputed = _draft("disputed", command, known, actor)
    return (disputed, *auditing.ordered_for(report, auditing.DISPUTED, known.now))


def _instruct(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """An instruction has its own deadline: the one that is named, or a day from now."""
    named = command.fields.get("until")
    until = _in_the_coming_year(command, known) if named else known.now + INSTRUCTION_WITHIN
    return (_draft("instructed", command, known, actor, {"until": instant(until)}),)


def _answer_instruction(
    report: Report, command: Command, known: Known, actor: Actor
) -> tuple[Draft, ...]:
    if report.instructed_until is None:
        raise ActionRefused("conflict", "no_instruction_open")
    return (_draft("instruction_answered", command, known, actor, {"to": report.instructed_by}),)


def _audit(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    """Say what was found at the place; what was not done is the agency's again from then on."""
    if report.audit != auditing.ORDERED:
        raise ActionRefused("conflict", "no_audit_ordered")
    if actor.person in report.executors:
        raise ActionRefused("forbidden", "executor_may_not_validate")
    finding = command.fields["finding"]
    audited = _draft("audited", command, known, actor, {"finding": finding})
    done_with = report.status in (r.AWAITING_CONFIRMATION, r.CLOSED_CONFIRMED, r.CLOSED_AUTOMATIC)
    if finding != "not_done" or not done_with:
        return (audited,)
    return (audited, Draft("reopened", known.now, actor, {"by": "audit"}))


def _return(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if actor.person in report.executors:
        raise ActionRefused("forbidden", "executor_may_not_validate")
    return (_draft("returned", command, known, actor),)


def _reopen(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if report.reopenings >= MAX_REOPENINGS and not command.texts.get("reason"):
        raise ActionRefused("invalid", "field_missing", field="reason")
    if report.closed_at and known.now > report.closed_at + timedelta(days=REOPEN_DAYS):
        raise ActionRefused("conflict", "reopen_period_over", days=REOPEN_DAYS)
    return (_draft("reopened", command, known, actor),)


def _for_reporter(actor: Actor) -> bool:
    """The reporter, or the system through which they reported and answer."""
    return actor.kind == "reporter" or (actor.kind, actor.role) == ("client", REPORTER_ROLE)


def _comment(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    answers = report.status == r.NEEDS_INFORMATION and _for_reporter(actor)
    said = _draft("commented", command, known, actor)
    return (said, Draft("resumed", known.now, actor)) if answers else (said,)


def _confirm(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if actor.kind == "staff" and not command.texts.get("note"):
        # A call-back stands in for a reporter who cannot be reached in writing; it is recorded.
        raise ActionRefused("invalid", "field_missing", field="note")
    if actor.person and actor.person in report.executors:
        raise ActionRefused("forbidden", "executor_may_not_validate")
    by = "reporter" if _for_reporter(actor) else "call_back"
    return (_draft("confirmed", command, known, actor, {"by": by}),)


def _rate(report: Report, command: Command, known: Known, actor: Actor) -> tuple[Draft, ...]:
    if not report.validated_at:
        raise ActionRefused("conflict", "nothing_to_rate_yet")
    return (_draft("rated", command, known, actor, {"score": command.fields["score"]}),)


#: Acts that would tie a drill to a real report, or take it to somebody outside the city.
_NOT_IN_A_DRILL = frozenset({"merge", "refer", "withdraw"})
_OPEN = frozenset(r.STATUSES) - r.CLOSED
_BEFORE_RESULT = _OPEN - {r.AWAITING_VALIDATION, r.AWAITING_CONFIRMATION}
_AGENCY_HAS_IT = r.UNANSWERED | r.AT_WORK
_AGENCY = ("officer", "agency_head")
_ROOM = ("operator", "verifier")
_ROOM_OR_INSPECTOR = (*_ROOM, "inspector")
_AGENCY_OR_INSPECTOR = (*_AGENCY, "inspector")
_UNSORTED = frozenset({r.RECEIVED, r.VERIFIED, r.NEEDS_INFORMATION})

TRANSITIONS: Mapping[str, Transition] = {
    row.action: row
    for row in (
        Transition("verify", _ROOM_OR_INSPECTOR, _UNSORTED, _verify),
        Transition(
            "assign",
            (*_ROOM, "secretary", "inspector"),
            _BEFORE_RESULT,
            _assign,
            required=("agency",),
        ),
        Transition(
            "acknowledge", _AGENCY_OR_INSPECTOR, _AGENCY_HAS_IT, _acknowledge, own_agency=True
        ),
        Transition(
            "decline",
            _AGENCY,
            frozenset({r.ASSIGNED, r.ACKNOWLEDGED, r.REOPENED}),
            _decline,
            own_agency=True,
            required=("reason", "agency"),
        ),
        Transition(
            "start", _AGENCY_OR_INSPECTOR, _AGENCY_HAS_IT | r.PAUSED, _start, own_agency=True
        ),
        Transition("arrive", _AGENCY, _AGENCY_HAS_IT, _arrive, own_agency=True),
        Transition(
            "situation",
            _AGENCY,
            _AGENCY_HAS_IT,
            _situation,
            own_agency=True,
            required=("state",),
        ),
        Transition(
            "ask",
            (*_ROOM, *_AGENCY_OR_INSPECTOR),
            frozenset({r.RECEIVED, r.VERIFIED}) | _AGENCY_HAS_IT,
            _ask,
            own_agency=True,
            required=("question",),
        ),
        Transition(
            "defer",
            ("agency_head",),
            _AGENCY_HAS_IT,
            _defer,
            own_agency=True,
            required=("reason", "until"),
        ),
        Transition(
            "request_time",
            ("officer",),
            _AGENCY_HAS_IT,
            _request_time,
            own_agency=True,
            required=("reason", "until"),
        ),
        Transition(
            "refer",
            _ROOM_OR_INSPECTOR,
            _BEFORE_RESULT,
            _fields("referred", "body", "reference"),
            required=("body", "reason"),
        ),
        Transition("reject", _ROOM_OR_INSPECTOR, _UNSORTED, _reject, required=("reason",)),
        Transition("suspect", _ROOM, _BEFORE_RESULT, _suspect, required=("reason",)),
        Transition("call_back", _ROOM, _BEFORE_RESULT, _call_back, required=("outcome",)),
        Transition("confirm_hoax", _ROOM, _BEFORE_RESULT, _confirm_hoax),
        Transition(
            "block",
            (*_ROOM, "secretary"),
            frozenset({r.REJECTED}),
            _block,
            required=("reason", "days"),
        ),
        Transition(
            "appeal", (REPORTER_ROLE,), frozenset({r.REJECTED}), _appeal, required=("text",)
        ),
        Transition(
            "decide_appeal",
            (*_ROOM, "secretary", "inspector"),
            frozenset({r.REJECTED}),
            _decide_appeal,
            required=("outcome", "reason"),
        ),
        Transition(
            "answer_referral",
            (*_ROOM_OR_INSPECTOR, BODY_ROLE),
            frozenset({r.REFERRED}),
            _answer_referral,
            required=("text",),
        ),
        Transition("unmerge", _ROOM, frozenset({r.MERGED}), _unmerge, required=("reason",)),
        Transition("affirm", (REPORTER_ROLE,), frozenset({r.MERGED}), _affirm),
        Transition("merge", _ROOM, _BEFORE_RESULT, _merge, required=("into",)),
        Transition("keep_apart", _ROOM, _OPEN, _keep_apart, required=("other",)),
        Transition(
            "submit",
            _AGENCY_OR_INSPECTOR,
            _AGENCY_HAS_IT,
            _submit,
            own_agency=True,
            required=("outcome",),
        ),
        Transition("validate", _ROOM_OR_INSPECTOR, frozenset({r.AWAITING_VALIDATION}), _validate),
        Transition(
            "return",
            _ROOM_OR_INSPECTOR,
            frozenset({r.AWAITING_VALIDATION}),
            _return,
            required=("reason",),
        ),
        Transition(
            "escalate",
            (*_ROOM, *_AGENCY, "territorial", "secretary", "mayor", "inspector"),
            _OPEN,
            _plain("escalated"),
            required=("reason",),
        ),
        Transition(
            "migrate", (*_ROOM, "secretary", "inspector"), _OPEN, _migrate, required=("reason",)
        ),
        Transition("instruct", ("mayor", "secretary"), _OPEN, _instruct, required=("text",)),
        Transition(
            "answer_instruction",
            (*_ROOM, *_AGENCY),
            _OPEN,
            _answer_instruction,
            own_agency=True,
            required=("text",),
        ),
        Transition(
            "comment",
            (REPORTER_ROLE, *_ROOM, *_AGENCY, "inspector"),
            _OPEN,
            _comment,
            own_agency=True,
            required=("text",),
        ),
        Transition(
            "confirm", (REPORTER_ROLE, "operator"), frozenset({r.AWAITING_CONFIRMATION}), _confirm
        ),
        Transition(
            "dispute",
            (REPORTER_ROLE,),
            frozenset({r.AWAITING_CONFIRMATION}),
            _dispute,
            required=("reason",),
        ),
        Transition(
            "reopen",
            (REPORTER_ROLE,),
            frozenset({r.CLOSED_CONFIRMED, r.CLOSED_AUTOMATIC, r.REJECTED}),
            _reopen,
        ),
        Transition(
            "audit",
            ("territorial", "inspector"),
            frozenset(r.STATUSES),
            _audit,
            required=("finding", "note"),
        ),
        Transition("withdraw", (REPORTER_ROLE,), _OPEN, _plain("withdrawn")),
        Transition(
            "rate",
            (REPORTER_ROLE,),
            frozenset({r.AWAITING_CONFIRMATION, r.CLOSED_CONFIRMED, r.CLOSED_AUTOMATIC}),
            _rate,
            required=("score",),
        ),
        Transition(
            "record_call",
            ("operator",),
            _OPEN,
            _fields("called", "outcome", "to"),
            required=("outcome",),
        ),
        Transition(
            "add_photo",
            (REPORTER_ROLE, *_ROOM, *_AGENCY, "inspector"),
            _OPEN,
            _fields("photo_added", "photo", "type", "purpose"),
            own_agency=True,
            required=("photo",),
        ),
    )
}
#: The actions of `POST /v1/reports/{number}/{action}` that staff have.
STAFF_ACTIONS = (
    "verify",
    "assign",
    "acknowledge",
    "decline",
    "start",
    "arrive",
    "situation",
    "ask",
    "defer",
    "request_time",
    "refer",
    "reject",
    "suspect",
    "call_back",
    "confirm_hoax",
    "block",
    "decide_appeal",
    "merge",
    "unmerge",
    "keep_apart",
    "answer_referral",
    "submit",
    "validate",
    "return",
    "escalate",
    "instruct",
    "answer_instruction",
    "migrate",
    "audit",
)
