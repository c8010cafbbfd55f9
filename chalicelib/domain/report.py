"""A citizen's report: its state is what its events say, and nothing else.

`replay` folds the record into a `Report`. Statuses, what ends a report, and how each event
changes it live here; who may cause which event lives in `actions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain import misuse
from chalicelib.domain.events import Event, parse_instant

RECEIVED = "received"
NEEDS_INFORMATION = "needs_information"
VERIFIED = "verified"
ASSIGNED = "assigned"
ACKNOWLEDGED = "acknowledged"
IN_PROGRESS = "in_progress"
DEFERRED = "deferred"
AWAITING_VALIDATION = "awaiting_validation"
RETURNED = "returned"
AWAITING_CONFIRMATION = "awaiting_confirmation"
CLOSED_CONFIRMED = "closed_confirmed"
CLOSED_AUTOMATIC = "closed_automatic"
REOPENED = "reopened"
REFERRED = "referred"
REJECTED = "rejected"
MERGED = "merged"
WITHDRAWN = "withdrawn"

STATUSES = (
    RECEIVED,
    NEEDS_INFORMATION,
    VERIFIED,
    ASSIGNED,
    ACKNOWLEDGED,
    IN_PROGRESS,
    DEFERRED,
    AWAITING_VALIDATION,
    RETURNED,
    AWAITING_CONFIRMATION,
    CLOSED_CONFIRMED,
    CLOSED_AUTOMATIC,
    REOPENED,
    REFERRED,
    REJECTED,
    MERGED,
    WITHDRAWN,
)
CLOSED = frozenset({CLOSED_CONFIRMED, CLOSED_AUTOMATIC, REFERRED, REJECTED, MERGED, WITHDRAWN})
#: Nobody at the agency has taken the work on yet.
UNANSWERED = frozenset({ASSIGNED, REOPENED})
#: The agency has it and the clocks run.
AT_WORK = frozenset({ACKNOWLEDGED, IN_PROGRESS, RETURNED})
PAUSED = frozenset({NEEDS_INFORMATION, DEFERRED})
EMERGENCY_TIERS = frozenset({"P0", "P1"})
#: How a broken promise to finish ends in `Report.breaches`, after its cycle.
_UNDONE_IN_TIME = "#resolved#service"
#: Silence never closes these (domain invariants: only where somebody could have answered).
NEVER_AUTOMATIC_TIERS = frozenset({"P0", "P1", "P4"})
#: The holder of reports that wait for the control room rather than for an agency.
CONTROL_ROOM = "LIVEROOM"
#: The holder of every complaint about officials; nobody else reads them.
INSPECTORATE = "INSPEKTORAT"


#: What became of an upload, and of the covering of faces and plates before it becomes public.
WAITING, ACCEPTED, REFUSED = "waiting", "accepted", "refused"
NOT_COVERED, DRAWN, APPROVED = "", "drawn", "approved"
#: What a result rests on: photos that passed, photos in spite of a failed check, or none.
PROVEN, DESPITE, NO_PROOF = "photo", "despite", "none"
DONE = "done"
Boxes = tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class PhotoState:
    """One photo of a report. boxes: what is covered in its public copy, in parts of its sides.

    state: ``waiting`` for its examination, ``accepted`` or ``refused``. cover: empty, ``drawn``
    by somebody, ``approved`` by somebody else; published: the public copy exists. since: when it
    came to stand as it does.
    """

    purpose: str = "problem"
    by: str = "reporter"
    state: str = WAITING
    cover: str = NOT_COVERED
    boxes: Boxes = ()
    covered_by: str = ""
    published: bool = False
    withheld: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The current state of one report. Times are aware UTC; texts of people are not kept here."""

    number: str
    filed_at: datetime
    category: str
    tier: str
    sensitivity: str
    sop_id: str
    sop_version: int
    status: str = RECEIVED
    agency: str = ""
    kelurahan: str = ""
    kecamatan: str = ""
    outside: bool = False
    about_unit: str = ""
    visibility: str = "public"
    language: str = "id"
    source: str = "web"
    on_behalf: bool = False
    drill: bool = False
    #: Limits that the sender of an emergency was past: whoever calls back should know.
    flags: tuple[str, ...] = ()
    drill_until: datetime | None = None
    #: ``suspected``, ``cleared`` or ``confirmed`` as a hoax (`misuse`), and by whom.
    hoax: str = ""
    suspected_by: str = ""
    called_back: str = ""
    confirmed_by: str = ""
    blocked_until: datetime | None = None
    blocked_by: str = ""
    appeal: str = ""
    channels: tuple[str, ...] = ()
    paused_from: str = ""
    pause_kind: str = ""
    deferred_until: datetime | None = None
    deferrals: int = 0
    bounces: int = 0
    reopenings: int = 0
    assigned_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    on_scene_at: datetime | None = None
    #: The latest word from the field (`actions.SITUATIONS`), and when it came.
    situation: str = ""
    situation_at: datetime | None = None
    resolved_at: datetime | None = None
    validated_at: datetime | None = None
    closed_at: datetime | None = None
    executors: tuple[str, ...] = ()
    outcome: str = ""
    proof: str = ""
    disputed: bool = False
    audit: str = ""
    audit_ordered_at: datetime | None = None
    instructed_until: datetime | None = None
    instructed_by: str = ""
    #: The latest instruction that was answered, in words or by a result: by when, and when.
    answer_due: datetime | None = None
    instruction_answered_at: datetime | None = None
    forgotten: tuple[str, ...] = ()
    result_photos: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    media: Mapping[str, PhotoState] = field(default_factory=dict)
    merged_into: str = ""
    merged_from: str = ""
    joined: tuple[str, ...] = ()
    joined_photos: tuple[str, ...] = ()
    referred_to: str = ""
    referred_from: str = ""
    reference: str = ""
    reason: str = ""
    rating: int | None = None
    affirmed: bool = False
    fired: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    updated_at: datetime | None = None
    seq: int = 0
    last_hash: str = ""

    @property
    def closed(self) -> bool:
        """Nothing more is owed, unless the reporter reopens it."""
        return self.status in CLOSED

    @property
    def promise(self) -> str:
        """How the city's promise to finish stands: ``on_time``, ``late``, ``overdue`` or empty.

        Late is whatever ended after its service limit, in whichever cycle; overdue is what is
        past it and not done. Empty: still within the limit, or ended without anything promised.
        """
        if self.status in (CLOSED_CONFIRMED, CLOSED_AUTOMATIC):
            late = any(one.endswith(_UNDONE_IN_TIME) for one in self.breaches)
            return "late" if late else "on_time"
        waits = not self.closed and not self.resolved_at
        broken = f"{self.reopenings + 1}{_UNDONE_IN_TIME}" in self.breaches
        return "overdue" if waits and broken else ""

    @property
    def emergency(self) -> bool:
        """Life, health or safety is at stake: clocks run day and night and never pause."""
        return self.tier in EMERGENCY_TIERS

    @property
    def secret(self) -> bool:
        """Nothing of it may be shown to the public."""
        return self.sensitivity == "secret" or self.visibility == "confidential"

    @property
    def reachable(self) -> bool:
        """The reporter left a way to be told and asked."""
        return bool(self.channels)

    @property
    def holder(self) -> str:
        """Whose move it is: the control room, an agency, or nobody (empty)."""
        if self.closed:
            return ""
        if self.tier == "P4":
            return INSPECTORATE
        if self.status in (AWAITING_VALIDATION, RECEIVED, VERIFIED) or not self.agency:
            return CONTROL_ROOM
        return self.agency


_Applier = Callable[[Report, Event], Report]


def _filed(event: Event) -> Report:
    data = event.data
    return Report(
        number=event.number,
        filed_at=event.at,
        category=data["category"],
        tier=data["tier"],
        sensitivity=data["sensitivity"],
        sop_id=data["sop"]["id"],
        sop_version=data["sop"]["version"],
        status=ASSIGNED if data.get("agency") and data["dispatch"] == "immediate" else RECEIVED,
        agency=data.get("agency", ""),
        assigned_at=event.at if data["dispatch"] == "immediate" else None,
        kelurahan=data.get("kelurahan", ""),
        kecamatan=data.get("kecamatan", ""),
        outside=data.get("outside", False),
        about_unit=data.get("about_unit", ""),
        visibility=data.get("visibility", "public"),
        language=data.get("language", "id"),
        source=data.get("source", "web"),
        on_behalf=data.get("on_behalf", False),
        flags=tuple(data.get("flags", ())),
        drill=bool(data.get("drill")),
        drill_until=_instant_in(data.get("drill") or {}, "until"),
        channels=tuple(data.get("channels", ())),
    )


def _instant_in(data: Mapping[str, Any], name: str) -> datetime | None:
    return parse_instant(data[name]) if data.get(name) else None


def _drill_ended(report: Report, event: Event) -> Report:
    return replace(
        _unpaused(report), status=WITHDRAWN, reason=event.data["why"], closed_at=event.at
    )


def _verified(report: Report, event: Event) -> Report:
    agency = event.data.get("agency", report.agency)
    return replace(
        _unpaused(report),
        status=ASSIGNED if agency else VERIFIED,
        agency=agency,
        assigned_at=event.at if agency else None,
    )


def _assigned(report: Report, event: Event) -> Report:
    return replace(
        _unpaused(report),
        status=ASSIGNED,
        agency=event.data["agency"],
        assigned_at=event.at,
        acknowledged_by="",
    )


def _declined(report: Report, event: Event) -> Report:
    return replace(
        report, status=RECEIVED, agency="", bounces=report.bounces + 1, acknowledged_by=""
    )


def _acknowledged(report: Report, event: Event) -> Report:
    return replace(
        report,
        status=ACKNOWLEDGED,
        acknowledged_at=report.acknowledged_at or event.at,
        acknowledged_by=report.acknowledged_by or event.actor.person,
    )


def _ack_lapsed(report: Report, event: Event) -> Report:
    return replace(report, status=ASSIGNED, acknowledged_by="")


def _started(report: Report, event: Event) -> Report:
    return replace(_unpaused(report), status=IN_PROGRESS)


def _on_scene(report: Report, event: Event) -> Report:
    return replace(
        report,
        status=IN_PROGRESS,
        on_scene_at=report.on_scene_at or event.at,
        acknowledged_at=report.acknowledged_at or event.at,
        acknowledged_by=report.acknowledged_by or event.actor.person,
    )


def _situation(report: Report, event: Event) -> Report:
    return replace(report, situation=event.data["state"], situation_at=event.at)


def _paused(report: Report, event: Event) -> Report:
    return replace(
        report, status=NEEDS_INFORMATION, paused_from=report.status, pause_kind="question"
    )


def _deferred(report: Report, event: Event) -> Report:
    return replace(
        report,
        status=DEFERRED,
        paused_from=report.status,
        pause_kind="deferral",
        deferred_until=parse_instant(event.data["until"]),
        deferrals=report.deferrals + 1,
    )


def _unpaused(report: Report) -> Report:
    return replace(report, paused_from="", pause_kind="", deferred_until=None)


def _resumed(report: Report, event: Event) -> Report:
    return replace(_unpaused(report), status=report.paused_from or report.status)


def _resolved(report: Report, event: Event) -> Report:
    person = event.actor.person
    executors = report.executors if person in report.executors else (*report.executors, person)
    return replace(
        _instruction_answered(_unpaused(report), event),
        status=AWAITING_VALIDATION,
        resolved_at=event.at,
        executors=executors,
        outcome=event.data["outcome"],
        proof=_proof(event),
        disputed=False,
        result_photos=tuple(event.data.get("photos", ())),
    )


def _proof(event: Event) -> str:
    if event.data.get("despite"):
        return DESPITE
    return PROVEN if event.data.get("photos") else NO_PROOF


def _forgotten(report: Report, event: Event) -> Report:
    stage = event.data["stage"]
    channels = () if stage == "contact" else report.channels
    return replace(report, forgotten=(*report.forgotten, stage), channels=channels)


def _audit_ordered(report: Report, event: Event) -> Report:
    return replace(report, audit="ordered", audit_ordered_at=event.at)


def _audited(report: Report, event: Event) -> Report:
    return replace(report, audit=event.data["finding"])


def _instructed(report: Report, event: Event) -> Report:
    until = event.data.get("until")  # none in records from before instructions had a deadline
    if not until:
        return report
    return replace(
        report,
        instructed_until=parse_instant(until),
        instructed_by=event.actor.role,
        answer_due=None,
        instruction_answered_at=None,
    )


def _instruction_answered(report: Report, event: Event) -> Report:
    if report.instructed_until is None:
        return report
    return replace(
        report,
        instructed_until=None,
        answer_due=report.instructed_until,
        instruction_answered_at=event.at,
    )


def _returned(report: Report, event: Event) -> Report:
    return replace(report, status=RETURNED, resolved_at=None)


def _validated(report: Report, event: Event) -> Report:
    return replace(report, status=AWAITING_CONFIRMATION, validated_at=event.at)


def _confirmed(report: Report, event: Event) -> Report:
    return replace(report, status=CLOSED_CONFIRMED, closed_at=event.at)


def _closed_automatically(report: Report, event: Event) -> Report:
    return replace(report, status=CLOSED_AUTOMATIC, closed_at=event.at)


def _reopened(report: Report, event: Event) -> Report:
    return replace(
        report,
        status=REOPENED,
        reopenings=report.reopenings + 1,
        closed_at=None,
        resolved_at=None,
        validated_at=None,
        acknowledged_by="",
        assigned_at=event.at,
    )


def _disputed(report: Report, event: Event) -> Report:
    return replace(_reopened(report, event), disputed=True)


def _referred(report: Report, event: Event) -> Report:
    data = event.data
    return replace(
        _unpaused(report),
        status=REFERRED,
        referred_from=report.paused_from or report.status,
        referred_to=data["body"],
        reference=data.get("reference", ""),
        closed_at=event.at,
    )


def _referral_sent(report: Report, event: Event) -> Report:
    return replace(report, reference=event.data.get("reference") or report.reference)


def _referral_settled(report: Report, event: Event) -> Report:
    return replace(report, outcome="done")


def _referral_refused(report: Report, event: Event) -> Report:
    """Not theirs either: the case is ours again, as if it had never left."""
    return replace(
        report,
        status=report.referred_from or RECEIVED,
        referred_to="",
        referred_from="",
        reference="",
        closed_at=None,
    )


def _rejected(report: Report, event: Event) -> Report:
    reason = event.data["reason"]
    closed = replace(_unpaused(report), status=REJECTED, reason=reason, closed_at=event.at)
    if reason != misuse.HOAX:
        return closed
    return replace(closed, hoax=misuse.CONFIRMED, confirmed_by=event.actor.person)


def _suspected(report: Report, event: Event) -> Report:
    return replace(report, hoax=misuse.SUSPECTED, suspected_by=event.actor.person, called_back="")


def _called_back(report: Report, event: Event) -> Report:
    outcome = event.data["outcome"]
    hoax = misuse.CLEARED if outcome == misuse.REAL else report.hoax
    return replace(report, called_back=outcome, hoax=hoax)


def _blocked(report: Report, event: Event) -> Report:
    until = parse_instant(event.data["until"])
    return replace(report, blocked_until=until, blocked_by=event.actor.person, appeal="")


def _appealed(report: Report, event: Event) -> Report:
    return replace(report, appeal=misuse.APPEALED)


def _appeal_decided(report: Report, event: Event) -> Report:
    outcome = event.data["outcome"]
    until = event.at if outcome == misuse.LIFTED else report.blocked_until
    return replace(report, appeal=outcome, blocked_until=until)


def _merged(report: Report, event: Event) -> Report:
    return replace(
        _unpaused(report),
        status=MERGED,
        merged_into=event.data["into"],
        merged_from=report.paused_from or report.status,
        closed_at=event.at,
    )


def _unmerged(report: Report, event: Event) -> Report:
    return replace(
        report, status=report.merged_from, merged_into="", merged_from="", closed_at=None
    )


def _joined(report: Report, event: Event) -> Report:
    """A duplicate that was merged into this one brings its photos (``<number>/<photo>``)."""
    return replace(
        report,
        joined=(*report.joined, event.data["number"]),
        joined_photos=(*report.joined_photos, *event.data.get("photos", ())),
    )


def _parted(report: Report, event: Event) -> Report:
    gone = event.data["number"]
    return replace(
        report,
        joined=tuple(one for one in report.joined if one != gone),
        joined_photos=tuple(one for one in report.joined_photos if not one.startswith(f"{gone}/")),
    )


def _withdrawn(report: Report, event: Event) -> Report:
    return replace(_unpaused(report), status=WITHDRAWN, closed_at=event.at)


def _migrated(report: Report, event: Event) -> Report:
    data = event.data
    return replace(
        report,
        sop_id=data["id"],
        sop_version=data["version"],
        category=data.get("category", report.category),
        tier=data.get("tier", report.tier),
        sensitivity=data.get("sensitivity", report.sensitivity),
    )


def _fired(report: Report, event: Event) -> Report:
    data = event.data
    fired = (*report.fired, data["entry"])
    if not data.get("limit") or data.get("overtaken"):
        return replace(report, fired=fired)
    # A limit that fires was not kept; reopening never wipes that out.
    broken = f"{data['cycle']}#{data['awaited']}#{data['limit']}"
    return replace(report, fired=fired, breaches=(*report.breaches, broken))


def _rated(report: Report, event: Event) -> Report:
    return replace(report, rating=event.data["score"])


def _affirmed(report: Report, event: Event) -> Report:
    return replace(report, affirmed=True)


def _photo_added(report: Report, event: Event) -> Report:
    photo = event.data["photo"]
    added = PhotoState(event.data.get("purpose", "problem"), event.actor.kind, since=event.at)
    return replace(report, photos=(*report.photos, photo), media={**report.media, photo: added})


def _on_photo(change: Callable[[PhotoState, Event], PhotoState]) -> _Applier:
    def apply_to(report: Report, event: Event) -> Report:
        photo = event.data["photo"]
        known = report.media.get(photo)
        if known is None:
            return report
        changed = replace(change(known, event), since=event.at)
        return replace(report, media={**report.media, photo: changed})

    return apply_to


def _photo_examined(photo: PhotoState, event: Event) -> PhotoState:
    return replace(photo, state=event.data["state"])


def _photo_covered(photo: PhotoState, event: Event) -> PhotoState:
    """New boxes put the old public copy out of sight until they too were looked at."""
    boxes: Boxes = tuple((box[0], box[1], box[2], box[3]) for box in event.data["boxes"])
    by = event.actor.person or event.actor.kind
    return replace(photo, cover=DRAWN, boxes=boxes, covered_by=by, published=False)


def _photo_reviewed(photo: PhotoState, event: Event) -> PhotoState:
    return replace(photo, cover=APPROVED if event.data["approved"] else NOT_COVERED)


def _photo_published(photo: PhotoState, event: Event) -> PhotoState:
    return replace(photo, published=True)


def _corrected(report: Report, event: Event) -> Report:
    """A corrected place changes where it is, never when it is due."""
    return replace(
        report,
        kelurahan=event.data.get("kelurahan", report.kelurahan),
        kecamatan=event.data.get("kecamatan", report.kecamatan),
    )


def _reached(report: Report, event: Event) -> Report:
    return replace(report, channels=tuple(event.data["channels"]))


def _only_informs(report: Report, event: Event) -> Report:
    return report


_APPLY: Mapping[str, _Applier] = {
    "verified": _verified,
    "assigned": _assigned,
    "reassigned": _assigned,
    "declined": _declined,
    "acknowledged": _acknowledged,
    "ack_lapsed": _ack_lapsed,
    "started": _started,
    "on_scene": _on_scene,
    "situation": _situation,
    "paused": _paused,
    "deferred": _deferred,
    "resumed": _resumed,
    "resolved": _resolved,
    "returned": _returned,
    "validated": _validated,
    "confirmed": _confirmed,
    "closed_automatically": _closed_automatically,
    "disputed": _disputed,
    "audit_ordered": _audit_ordered,
    "audited": _audited,
    "instructed": _instructed,
    "instruction_answered": _instruction_answered,
    "forgotten": _forgotten,
    "reopened": _reopened,
    "referred": _referred,
    "referral_sent": _referral_sent,
    "referral_settled": _referral_settled,
    "referral_refused": _referral_refused,
    "rejected": _rejected,
    "suspected": _suspected,
    "called_back": _called_back,
    "blocked": _blocked,
    "appealed": _appealed,
    "appeal_decided": _appeal_decided,
    "merged": _merged,
    "unmerged": _unmerged,
    "joined": _joined,
    "parted": _parted,
    "withdrawn": _withdrawn,
    "drill_ended": _drill_ended,
    "migrated": _migrated,
    "fired": _fired,
    "rated": _rated,
    "affirmed": _affirmed,
    "photo_added": _photo_added,
    "photo_examined": _on_photo(_photo_examined),
    "photo_covered": _on_photo(_photo_covered),
    "photo_reviewed": _on_photo(_photo_reviewed),
    "photo_published": _on_photo(_photo_published),
    "place_corrected": _corrected,
    "contact_changed": _reached,
    "contact_replaced": _reached,
}


def apply(report: Report | None, event: Event) -> Report:
    """Return the report after *event*; an event that only informs changes nothing but `seq`."""
    if report is None:
        if event.type != "filed":
            raise ValueError(f"the first event of {event.number} is {event.type}, not filed")
        after = _filed(event)
    else:
        after = _APPLY.get(event.type, _only_informs)(report, event)
    return replace(after, seq=event.seq, last_hash=event.hash, updated_at=event.recorded_at)


def replay(events: Iterable[Event]) -> Report:
    """Return the state that the whole record leads to; raise ValueError for an empty record."""
    report: Report | None = None
    for event in events:
        report = apply(report, event)
    if report is None:
        raise ValueError("a report has at least its filing on record")
    return report


def text_of(events: Iterable[Event], type_: str, name: str) -> str:
    """Return the latest still present text *name* of events of *type_*; empty if none."""
    found = ""
    for event in events:
        if event.type == type_ and name in event.texts:
            found = event.texts[name]
    return found


def facts(report: Report) -> dict[str, Any]:
    """Return the state without texts, for summaries and projections (JSON-ready values)."""
    from chalicelib.domain.events import instant

    times = {
        "filed_at": report.filed_at,
        "assigned_at": report.assigned_at,
        "acknowledged_at": report.acknowledged_at,
        "on_scene_at": report.on_scene_at,
        "resolved_at": report.resolved_at,
        "validated_at": report.validated_at,
        "closed_at": report.closed_at,
        "updated_at": report.updated_at,
    }
    return {
        "number": report.number,
        "status": report.status,
        "category": report.category,
        "tier": report.tier,
        "agency": report.agency,
        "kelurahan": report.kelurahan,
        "kecamatan": report.kecamatan,
        "source": report.source,
        "outcome": report.outcome,
        **{name: instant(moment) if moment else None for name, moment in times.items()},
    }
