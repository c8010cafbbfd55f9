"""What people are told, and by which channels: pure rules from events and fired steps.

A notice names a template and roles; who holds the roles is found out when it is written. Channels
follow the tier: one SMS costs more than everything else of a report together, so it is used where
time is short or where mail has already been met with silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.domain.channels import ChannelPolicy
from chalicelib.domain.events import Event
from chalicelib.domain.report import RECEIVED, UNANSWERED, VERIFIED, Report

REPORTER_ROLE = "pelapor"
MAIL = "mail"
PUSH = "push"
SMS = "sms"
VOICE = "voice"
_FIELD_ROLES = frozenset({"petugas", "piket", "danru"})


class StepLike(Protocol):
    """The parts of a timeline entry that a notice depends on."""

    @property
    def clock(self) -> str:
        """The clock the step runs on."""

    @property
    def limit(self) -> str | None:
        """Whether it is a promise: ``service`` or ``legal``."""

    @property
    def to(self) -> tuple[str, ...]:
        """The roles it tells."""

    @property
    def act(self) -> str | None:
        """What it does beside telling people."""

    @property
    def message(self) -> str | None:
        """The template that its SOP names for staff, if it names one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One text for some roles. *agency* is whose positions are meant, if not the report's."""

    template: str
    roles: tuple[str, ...]
    agency: str = ""
    urgent: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def for_event(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Return the notices that *event* causes by itself, beside the SOP's own steps."""
    rule = _EVENT_NOTICES.get(event.type)
    found = rule(event, before, after) if rule else ()
    return tuple(notice for notice in found if notice.roles)


def for_step(entry: StepLike, role: str, report: Report, *, first: bool) -> Notice:
    """Return the notice of one fired step to one role. *first*: nothing of it came before."""
    template = step_template(entry, role, emergency=report.emergency, first=first)
    return Notice(template, (role,), urgent=report.emergency)


def step_template(entry: StepLike, role: str, *, emergency: bool, first: bool) -> str:
    """Return which message tells *role* of a fired step."""
    if role == REPORTER_ROLE:
        return _reporter_step(entry)
    return entry.message or _staff_step(entry, role, emergency, first)


def channels_for_staff(
    template: str, report: Report, policy: ChannelPolicy, *, unanswered: bool = False
) -> Sequence[str]:
    """Return the channels over which staff get *template* for this report.

    unanswered: it tells that nobody has accepted the task in its time.
    """
    return policy.for_staff(
        template,
        report.tier,
        emergency=report.emergency,
        unanswered=unanswered and report.status in UNANSWERED,
    )


def channels_for_reporter(report: Report) -> Sequence[str]:
    """Return how the reporter is told: by mail if there is one, by both in an emergency."""
    if report.emergency:
        return report.channels
    return report.channels[:1]


def is_reminder(entry: StepLike) -> bool:
    """Whether a step only reminds those who do the work, and marks no limit."""
    return entry.limit is None and bool(_FIELD_ROLES & set(entry.to))


def _reporter_step(entry: StepLike) -> str:
    if entry.act == "close_automatically":
        return "reporter_closed_automatically"
    if entry.clock == "confirmation":
        return "reporter_result"
    if entry.clock == "pause":
        return "reporter_question"
    return "reporter_limit_passed"


def _staff_step(entry: StepLike, role: str, emergency: bool, first: bool) -> str:
    if entry.limit == "legal":
        return "step_legal_limit"
    if entry.clock in ("verification", "validation"):
        return f"step_{entry.clock}"
    if first and role in _FIELD_ROLES:
        return "step_emergency" if emergency else "step_task"
    if is_reminder(entry):
        return "step_reminder"
    return "step_escalation"


def _to_reporter(template: str, **facts: str) -> Notice:
    return Notice(template, (REPORTER_ROLE,), facts=facts)


def _filed(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    if after.source == "support" or event.data.get("joins"):
        return ()  # told once, that it supports another report, or belongs to it
    template = "reporter_emergency" if after.emergency else "reporter_received"
    return (Notice(template, (REPORTER_ROLE,), urgent=after.emergency),)


def _assigned(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    told = (_to_reporter("reporter_assigned"),) if after.agency else ()
    former = event.data.get("from", "")
    if not former or former == after.agency:
        return told
    moved = Notice(
        "task_reassigned", ("petugas", "kabid"), agency=former, facts={"to": after.agency}
    )
    return (*told, moved)


def _returned(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    reason = event.texts.get("reason", "")
    return (Notice("task_returned", ("petugas", "kabid"), facts={"reason": reason}),)


def _instructed(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    text = event.texts.get("text", "")
    roles = ("kadis",) if after.agency else ("pusat_kendali",)
    facts = {"instruction": text, "due_at": event.data.get("until", "")}
    return (Notice("step_instruction", roles, urgent=True, facts=facts),)


def _instruction_answered(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Back to the office that gave it, by mail: nothing is urgent any more."""
    office = {"mayor": "walikota"}.get(str(event.data.get("to")), "sekda")
    facts = {"instruction": event.texts.get("text", "")}
    return (Notice("instruction_answered", (office,), facts=facts),)


def _audit_ordered(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """The lurah looks; whoever did the work is not told, so that nobody hurries there first."""
    text = "Periksa hasil pekerjaan di lokasi, lalu catat temuannya."
    return (Notice("step_instruction", ("lurah",), facts={"instruction": text}),)


def _escalated(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    roles = ("kadis", "pusat_kendali") if after.agency else ("pusat_kendali",)
    reason = event.texts.get("reason", "")
    return (Notice("step_escalation", roles, urgent=True, facts={"reason": reason}),)


def _time_requested(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    facts = {"reason": event.texts.get("reason", ""), "until": str(event.data["until"])}
    return (Notice("time_request", ("kabid",), facts=facts),)


def _unreachable(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Whoever owns the SOP must mend the contacts, whatever became of the report (S30)."""
    roles = ("kadis", "pusat_kendali") if after.agency else ("pusat_kendali",)
    return (Notice("contacts_dead", roles, facts={"step": str(event.data.get("step", ""))}),)


def _situation(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Only a call for help is told at once; the rest is for whoever looks at the wall."""
    if event.data["state"] != "needs_help":
        return ()
    reason = event.texts.get("note", "")
    return (
        Notice(
            "step_escalation", ("danru", "pusat_kendali"), urgent=True, facts={"reason": reason}
        ),
    )


def _declined(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    reason = event.texts.get("reason", "")
    return (Notice("step_verification", ("operator",), facts={"reason": reason}),)


def _simple(template: str, *texts: str) -> Any:
    def rule(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
        facts = {name: event.texts.get(name, str(event.data.get(name, ""))) for name in texts}
        return (_to_reporter(template, **facts),)

    return rule


def _merged(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    template = "reporter_support" if after.source == "support" else "reporter_merged"
    return (_to_reporter(template, into=event.data["into"]),)


def _signal_cleared(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Closing is proposed to whoever has the report; a sensor closes nothing."""
    roles = ("petugas",) if after.agency else ("operator",)
    return (Notice("closing_proposed", roles),)


def _body_answered(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    said = event.texts.get("text", "")
    return (_to_reporter("reporter_body_answer", result=said, body=event.data["body"]),)


def _referral_back(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Not with them: the control room must act, and at once."""
    reason = event.texts.get("text", str(event.data.get("why", "")))
    return (Notice("step_verification", ("operator",), urgent=True, facts={"reason": reason}),)


def _suspected(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    """Somebody has to call the reporter; in an emergency everything else goes on meanwhile."""
    reason = "Diduga laporan palsu: telepon balik pelapor, lalu catat hasilnya."
    return (Notice("step_verification", ("operator",), urgent=True, facts={"reason": reason}),)


def _rejected(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    told = _to_reporter("reporter_rejected", reason=str(event.data["reason"]))
    at_work = before is not None and before.agency and before.status not in (RECEIVED, VERIFIED)
    if not at_work:
        return (told,)
    text = "Laporan ini ditutup dan tidak perlu dikerjakan lagi; alasannya ada di riwayat."
    crew = Notice(
        "step_instruction",
        ("petugas", "kabid"),
        urgent=after.emergency,
        facts={"instruction": text},
    )
    return (told, crew)


def _appealed(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    reason = "Pelapor keberatan atas pembatasan; orang lain dari yang memutuskan harus memeriksa."
    return (Notice("step_verification", ("operator",), facts={"reason": reason}),)


def _appeal_decided(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    lifted = event.data["outcome"] == "lift"
    template = "reporter_block_lifted" if lifted else "reporter_block_stands"
    return (_to_reporter(template, reason=event.texts.get("reason", "")),)


def _threshold(event: Event, before: Report | None, after: Report) -> tuple[Notice, ...]:
    roles = ("kadis", "pusat_kendali") if after.agency else ("pusat_kendali",)
    return (Notice("step_escalation", roles),)


_EVENT_NOTICES: Mapping[str, Any] = {
    "filed": _filed,
    "verified": _assigned,
    "assigned": _assigned,
    "reassigned": _assigned,
    "declined": _declined,
    "situation": _situation,
    "time_requested": _time_requested,
    "paused": _simple("reporter_question", "question"),
    "deferred": _simple("reporter_deferred", "reason", "until"),
    "validated": _simple("reporter_result"),
    "returned": _returned,
    "rejected": _rejected,
    "suspected": _suspected,
    "blocked": _simple("reporter_blocked", "reason", "until"),
    "appealed": _appealed,
    "appeal_decided": _appeal_decided,
    "referred": _simple("reporter_referred", "body", "reference", "reason"),
    "merged": _merged,
    "signal_cleared": _signal_cleared,
    "referral_answered": _body_answered,
    "referral_settled": _body_answered,
    "referral_refused": _referral_back,
    "referral_failed": _referral_back,
    "unmerged": _simple("reporter_unmerged", "from"),
    "news": _simple("reporter_news", "of", "status"),
    "threshold_reached": _threshold,
    "confirmed": _simple("reporter_closed"),
    "disputed": _simple("reporter_reopened"),
    "reopened": _simple("reporter_reopened"),
    "instructed": _instructed,
    "instruction_answered": _instruction_answered,
    "escalated": _escalated,
    "audit_ordered": _audit_ordered,
    "unreachable": _unreachable,
}
