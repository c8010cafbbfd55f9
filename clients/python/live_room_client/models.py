"""What the API takes and gives. Written by `python -m clients.generate`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class ADevice(TypedDict):
    """A sensor; *key* only in the answer that made it."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: str | None
    revoked_at: str | None
    key: NotRequired[str]


class Account(TypedDict):
    """A staff account as the directory has it: what it may do today, and by which offices."""

    id: str
    name: str
    email: str
    phone: str
    language: str
    revoked: bool
    granted: list[str]
    roles: list[str]
    positions: list[str]


class AccountChange(TypedDict):
    """Why an account is changed."""

    reason: str


class AccountPage(TypedDict):
    """All accounts, by id."""

    items: list[Account]
    cursor: str | None


Activate = TypedDict(
    "Activate",
    {
        "from": "str",
        "to": "NotRequired[str | None]",
        "season": "NotRequired[str]",
        "categories": "NotRequired[list[str]]",
        "text": "NotRequired[str]",
        "hash": "NotRequired[str | None]",
    },
)


class Actor(TypedDict):
    """Who acted: an office, never a reporter's name; accounts are shown to staff only."""

    kind: Literal["client", "reporter", "staff", "system"]
    role: NotRequired[str]
    person: NotRequired[str]
    position: NotRequired[str]
    agency: NotRequired[str]


class AnswerInstruction(TypedDict):
    """What came of an instruction."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    text: str


class AnswerReferral(TypedDict):
    """What another body answered: that it is settled, that it is not theirs, or something else."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    meaning: NotRequired[Literal["refused", "said", "settled"]]
    text: str


class ApiClient(TypedDict):
    """A system with a key of ours; *key* only in the answer that made it."""

    id: str
    name: str
    per_minute: int
    per_day: int
    body: str | None
    revoked_at: str | None
    key: NotRequired[str]


class ApiClients(TypedDict):
    """Every system that has or had a key."""

    items: list[ApiClient]
    cursor: str | None


class ApproveTemplate(TypedDict):
    """hash: of the content that was read, so that nobody approves what they have not seen."""

    hash: str
    reason: str


class Area(TypedDict):
    """A kelurahan or kecamatan."""

    code: str
    name: str


class AreaList(TypedDict):
    """The whole city."""

    items: list[Kecamatan]
    cursor: str | None


class Arrivals(TypedDict):
    """From filing to somebody at the scene, per kecamatan and hour of filing."""

    target_minutes: int
    total: Arrived | None
    areas: list[Arrived]
    hours: list[Arrived]


class Arrive(TypedDict):
    """Where the officer checked in, and why there, if it is farther off than the SOP allows."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: NotRequired[str]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class Arrived(TypedDict):
    """Emergencies of one area or hour. share: within the target of all; minutes null: longer than\n    any class, or nobody came within the SOP's limit."""

    key: str
    name: str
    emergencies: int
    within_target: int
    share: float | None
    within_own_limit: int
    half_minutes: int | None
    nine_tenths_minutes: int | None


class Ask(TypedDict):
    """What the reporter is asked."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    question: str


class AskOwnReports(TypedDict):
    """The address (one of the two) that was left with the reports, and the mail's language."""

    email: NotRequired[str]
    phone: NotRequired[str]
    language: NotRequired[Literal["en", "id"]]


class AskedContact(TypedDict):
    """What came of asking one office by one channel."""

    position: str
    channel: str
    state: Literal["asked", "asked_today", "no_address", "unknown"]


class AskedContacts(TypedDict):
    """What came of asking."""

    items: list[AskedContact]
    cursor: None


class Assign(TypedDict):
    """To whom."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    agency: str


Assignment = TypedDict(
    "Assignment",
    {
        "from": "str",
        "to": "NotRequired[str | None]",
        "season": "NotRequired[str]",
        "categories": "NotRequired[list[str]]",
        "text": "NotRequired[str]",
        "hash": "NotRequired[str | None]",
    },
)


AssignmentLine = TypedDict(
    "AssignmentLine",
    {
        "category": "str",
        "sop": "str",
        "version": "int",
        "from": "str",
        "to": "str | None",
        "season": "NotRequired[str]",
        "note": "NotRequired[str]",
    },
)


class AssignmentList(TypedDict):
    """The assignments of one version."""

    items: list[AssignmentLine]
    cursor: None


class AssumedEvent(TypedDict):
    """An event without which a clock would not start."""

    type: str
    at: str
    because: Literal["at_once", "at_promise", "given"]


class Attempt(TypedDict):
    """One attempt to say something."""

    at: str
    outcome: str


class Audit(TypedDict):
    """What was found at the place; the note says what was seen."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    finding: Literal["as_reported", "not_done", "partly"]


class AuditPage(TypedDict):
    """Administrative acts, newest first."""

    items: list[Audited]
    cursor: str | None


class Audited(TypedDict):
    """One administrative act and the document versions that it wrote."""

    id: str
    at: str
    by: Actor
    act: str
    reason: str
    facts: NotRequired[dict[str, Any]]
    documents: list[DocumentVersion]


class Block(TypedDict):
    """For how many days the contact of a confirmed hoax may not file, and why: they are told."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    days: int
    reason: str


class Breach(TypedDict):
    """An entry. *number*: the sealed case that runs the clock. *notify_by*: 72 hours from known."""

    number: str
    known_at: str
    registered_at: str
    fields: list[str]
    people: int
    report: str
    notices: dict[str, str]
    notify_by: str
    standing: Literal["late", "notified", "overdue", "running"]


class Breaches(TypedDict):
    """All entries, the most urgent first."""

    items: list[Breach]
    cursor: str | None


class BrowserKeys(TypedDict):
    """As the browser's ``PushSubscription`` gives them, base64url."""

    p256dh: str
    auth: str


class CalendarDay(TypedDict):
    """A day of the office calendar, with what falls due on it."""

    date: str
    kind: Literal["holiday", "special", "unknown", "weekend", "working"]
    windows: list[list[str]]
    breaks: list[list[str]]
    note: dict[str, str] | None
    variant: dict[str, str] | None
    source: str
    provisional: bool
    rungs: list[str]


class CalendarShort(TypedDict):
    """Which calendar counted, in which version, and how far it knows."""

    name: str
    version: int | None
    known_until: str | None


class CallBack(TypedDict):
    """What came of calling the reporter of a suspected hoax; ``real`` clears the report."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    outcome: Literal["denied", "no_answer", "no_contact", "real"]


class CallList(TypedDict):
    """The calls to make, nearest deadline first."""

    items: list[CallToMake]
    cursor: str | None


class CallOutcome(TypedDict):
    """What came of a call; ``accepted``: whoever was called takes the task on."""

    outcome: Literal["accepted", "busy", "no_answer", "reached", "wrong_number"]
    note: NotRequired[str]


class CallToMake(TypedDict):
    """A call that somebody must make now, by *due_at*; afterwards it counts as failed."""

    id: str
    number: str
    office: str
    phone: str
    script: dict[str, str]
    due_at: str | None


class CaseEvent(TypedDict):
    """An entry of the record: which position did what, when it counts and when it was written."""

    seq: int
    type: str
    at: str
    recorded_at: str
    by: dict[str, str]
    sentence: Names
    texts: dict[str, str]
    sop: str
    hash: str


class CaseFact(TypedDict):
    """One thing learned about one attempt at a message."""

    kind: str
    attempt: int
    at: str


class CaseLedger(TypedDict):
    """The hashed record, and its place in the books: for `python -m chalicelib.verify`."""

    events: list[dict[str, Any]]
    proof: LedgerProof | None
    day: LedgerDay | None


class CaseLimit(TypedDict):
    """A limit that ran: kept, missed (by so many seconds of the wall clock), or running."""

    step: str
    cycle: int
    kind: str
    basis: str | None
    until: str | None
    due_at: str | None
    met_at: str | None
    state: Literal["kept", "missed", "running"]
    late_seconds: int | None


class CaseMessage(TypedDict):
    """A message and what became of it; no address is in it."""

    id: str
    channel: str
    template: str
    template_version: int | None
    status: str
    attempts: int
    error: str
    to: str
    title: str
    planned_at: str
    sent_at: str | None
    facts: list[CaseFact]


class CaseRecord(TypedDict):
    """One whole case for those who examine it. Who reported is not in it."""

    number: str
    made_at: str
    category: Named
    tier: str
    area: Place | None
    agency: Named | None
    drill: bool
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    status_name: Names
    filed_at: str
    closed_at: str | None
    sop: dict[str, Any]
    limits: list[CaseLimit]
    steps: list[CaseStep]
    events: list[CaseEvent]
    messages: list[CaseMessage]
    evidence: list[dict[str, Any]]
    hash: str
    ledger: CaseLedger


class CaseStep(TypedDict):
    """A step of the SOP: when it was due and why, when it fired, and who was told."""

    step: str
    cycle: int
    repeat: int
    clock: str
    state: str
    due_at: str | None
    fired_at: str | None
    told: list[str]
    basis: str | None
    explanation: str


class CatalogueDocument(TypedDict):
    """A document of the catalogue and the version to base a change on."""

    name: str
    version: int
    digest: str
    changed_at: str | None
    body: Any


class CatalogueFileSet(TypedDict):
    """The whole catalogue as files: path → content. digest: SHA-256 over all of them."""

    files: dict[str, Any]
    digest: str


class Categories(TypedDict):
    """All categories that fit."""

    items: list[CategoryItem]
    cursor: str | None


class CategoryItem(TypedDict):
    """A category with the words by which people find it and what is asked besides."""

    code: str
    name: Names
    kind: str
    tier: str
    synonyms: list[str]
    dimension: str
    questions: list[dict[str, Any]]


class Challenge(TypedDict):
    """A proof of work to solve: find a text *answer* of at most 40 characters so that SHA-256 of\n    ``<challenge>.<Idempotency-Key>.<answer>`` begins with *bits* zero bits, then send both in the\n    header ``Proof-Of-Work: <challenge> <answer>`` with that Idempotency-Key. needed: whether\n    anonymous reports must carry it now; seconds: how long it may take."""

    needed: bool
    challenge: str
    bits: int
    algorithm: str
    seconds: int


class Check(TypedDict):
    """One check of a photo. Further members say what it rests on."""

    check: str
    outcome: Literal["failed", "noted", "passed", "unknown"]


class Comment(TypedDict):
    """What is said."""

    text: str


class Contact(TypedDict):
    """Who reported: only the fields that the purpose needs; empty ones were never left."""

    name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]


class ContactCheck(TypedDict):
    """The offices that are to get a test message, and why now."""

    positions: list[str]
    reason: NotRequired[str]


class CountedLimit(TypedDict):
    """A limit as counted in working or calendar days; provisional while a date may still move."""

    step: str
    due_at: str | None
    basis: str | None
    days: Literal["calendar", "working"]
    provisional: bool


class Cover(TypedDict):
    """What to cover; an empty list says that there is nothing to cover."""

    boxes: list[CoveredBox]


class CoveredBox(TypedDict):
    """A rectangle to cover, in parts of the picture's sides from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class Crowd(TypedDict):
    """How many reports were joined and how many residents support it; *needed* in one kelurahan."""

    joined: int
    supports: int
    areas: list[SupportingArea]
    needed: int
    open: bool


class Day(TypedDict):
    """A day on the way to a deadline, and what it gave; hours: whose other hours it had."""

    date: str
    counted: bool
    seconds: float
    windows: list[list[str]]
    hours: dict[str, str] | None
    reason: str | None
    note: dict[str, str | None] | None
    provisional: bool


class DecideAppeal(TypedDict):
    """Whether a block is lifted, and why: the reporter is told."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    outcome: Literal["lift", "uphold"]
    reason: str


class Decline(TypedDict):
    """Why it is not ours, and whose it is."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: str
    agency: str


class Defer(TypedDict):
    """Why, and the new date."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: str
    until: str


class DeskNote(TypedDict):
    """Something that stays to be known over shifts. It is no place for anybody's identity."""

    text: str


class Devices(TypedDict):
    """Every device that has or had a key."""

    items: list[ADevice]
    cursor: str | None


DifferenceOf = TypedDict(
    "DifferenceOf",
    {
        "sop": "str",
        "from": "VersionMark | None",
        "to": "VersionMark",
        "differences": "list[Differing]",
    },
)


class Differing(TypedDict):
    """One thing that is not as before. key: which step, activity …; field: what of it."""

    part: str
    kind: Literal["added", "changed", "removed"]
    key: str
    field: str
    before: Any
    after: Any
    sentence: Names


class DirectoryDocument(TypedDict):
    """A document of the directory and the version to base a change on."""

    name: str
    version: int
    digest: str
    changed_at: str | None
    body: list[Any]


class DocumentVersion(TypedDict):
    """One version of one administrative document. digest: SHA-256 of its canonical JSON."""

    kind: str
    id: str
    version: int
    digest: str


class Draft(TypedDict):
    """A draft with its content. revision: what an edit must name; hash: SHA-256 of the content."""

    sop: str
    number: int
    status: Literal["active", "approved", "draft", "in_review", "reviewed", "withdrawn"]
    hash: str
    based_on: int
    name: dict[str, str]
    authors: list[str]
    reviewer: str
    approver: str
    active_from: str
    revision: int
    activated_by: str
    comments: list[SaidOfDraft]
    content: dict[str, Any]


class DraftComment(TypedDict):
    """What is said about a draft, or about one of its steps."""

    text: str
    step: NotRequired[str]


class DraftLine(TypedDict):
    """A draft as lists show it. number: the version that it is, or will be."""

    sop: str
    number: int
    status: Literal["active", "approved", "draft", "in_review", "reviewed", "withdrawn"]
    hash: str
    based_on: int
    name: dict[str, str]
    authors: list[str]
    reviewer: str
    approver: str
    active_from: str


class DraftList(TypedDict):
    """The newest draft of every SOP."""

    items: list[DraftLine]
    cursor: str | None


class DraftSimulation(TypedDict):
    """The same for an SOP that is sent along, in the data form of an SOP version."""

    filed_at: NotRequired[str | None]
    category: NotRequired[str]
    kelurahan: NotRequired[str]
    verified_at: NotRequired[str | None]
    resolved_at: NotRequired[str | None]
    validated_at: NotRequired[str | None]
    paused_at: NotRequired[str | None]
    referred_at: NotRequired[str | None]
    sop: dict[str, Any]


class Drill(TypedDict):
    """A drill with its score sheet, so far or for good.\n\n    score: what was answered in time of all that was due, in percent. unanswered: what was never\n    done. distance_m: of the check-in from the place, null where one of them is not known."""

    number: str
    category: Named
    sop: str
    version: int
    area: Place | None
    agency: Named | None
    leader: str
    begun_at: str
    until: str
    ended_at: str | None
    over: Literal["finished", "stopped", "time_up"] | None
    score: int | None
    distance_m: int | None
    unanswered: list[str]
    duties: list[DrillDuty]
    steps: list[DrillStep]
    offices: list[DrillOffice]


class DrillBegun(TypedDict):
    """A drill that has begun. token: for who plays the citizen. until: when it ends by itself."""

    number: str
    token: str
    sop: str
    version: int
    until: str
    promises: list[KnownPromise]
    url: str


class DrillDuty(TypedDict):
    """What the SOP asked for: from when to when, who answered when, and how late in seconds."""

    awaited: str
    name: Names
    asked_at: str
    promised_at: str
    answered_at: str | None
    answered_by: str
    late_by: int
    state: Literal["in_time", "late", "never", "open"]


class DrillLine(TypedDict):
    """A drill as lists show it. over null: it runs. score null: nothing has been due."""

    number: str
    category: Named
    sop: str
    version: int
    area: Place | None
    agency: Named | None
    leader: str
    begun_at: str
    until: str
    ended_at: str | None
    over: Literal["finished", "stopped", "time_up"] | None
    score: int | None


class DrillList(TypedDict):
    """Drills, newest first; a short page need not be the last, only one without a cursor is."""

    items: list[DrillLine]
    cursor: str | None


class DrillOffice(TypedDict):
    """How one position did: it acted itself, somebody else did, nobody did, or it had a copy."""

    position: str
    title: Names
    person: str
    steps: list[str]
    asked_at: str | None
    answered_at: str | None
    seconds: int | None
    state: Literal["answered", "informed", "relieved", "silent"]


class DrillStep(TypedDict):
    """A step that fired. lag: seconds from when it was due. told: positions."""

    step: str
    name: Names
    repeat: int
    due_at: str
    fired_at: str
    lag: int
    told: list[str]
    awaited: str
    escalation: bool
    answered_at: str | None


class DuePromise(TypedDict):
    """A promise that ends soon, or ended."""

    number: str
    agency: str
    due_at: str


class EditDraft(TypedDict):
    """New content over the edit that was read: ``revision`` from the draft as shown."""

    content: dict[str, Any]
    revision: int
    reason: NotRequired[str]


class Ending(TypedDict):
    """How a report ended; confirmed, automatic and without proof are never one."""

    code: str
    id: str
    en: str


class Entry(TypedDict):
    """One firing of a step: carried out, moot, planned, or beyond the calendar."""

    step: str
    cycle: int
    repeat: int
    clock: str
    due_at: str | None
    state: Literal["done", "moot", "planned", "unknown"]
    to: list[str]
    limit: Literal["legal", "service"] | None
    basis: str | None
    explanation: str
    derivation: list[Day]
    provisional: bool


class Estimate(TypedDict):
    """What the messages cost by dated unit prices: an estimate, no bill."""

    amount: str
    currency: str
    as_of: str
    items: list[UnitPrice]


class Event(TypedDict):
    """One line of the record, chained to the one before by its hash."""

    seq: int
    type: str
    at: str
    by: Actor
    data: dict[str, Any]
    texts: dict[str, str]
    sentence: Names
    sop: str
    hash: str


class FieldError(TypedDict):
    """One thing to correct; *pointer* is a JSON pointer, or ``?name`` for a query parameter."""

    pointer: str
    code: str
    detail: str
    detail_en: str


class Figures(TypedDict):
    """Counts of reports. Confirmed, automatic and open are never added into one success rate."""

    reports: int
    open: int
    closed_confirmed: int
    closed_automatic: int
    statuses: dict[str, int]


class Filed(TypedDict):
    """The receipt of a report. The token is the key to it: whoever has it is the reporter."""

    number: str
    token: str
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    category: str
    area: Place | None
    promises: list[Promise]
    url: str


class FindingList(TypedDict):
    """Everything that a check found, errors first."""

    items: list[FindingShown]
    cursor: str | None


class FindingShown(TypedDict):
    """Something that is wrong, and how it is mended. An error keeps an SOP out of force."""

    code: str
    severity: Literal["error", "warning"]
    where: str
    text: Names
    mend: Names


class Follow(TypedDict):
    """Whether the reporter is told of what happens to the report."""

    on: NotRequired[bool]


class Found(TypedDict):
    """A place in a text that looks like personal data; *end*: the first character after it."""

    kind: str
    start: int
    end: int


class GoverningLimit(TypedDict):
    """The earliest of the limits of its kind, and those counted beside it."""

    step: str
    due_at: str | None
    basis: str | None
    days: Literal["calendar", "working"]
    provisional: bool
    limit: Literal["legal", "service"]
    until: str
    also_counted: list[CountedLimit]


class Grant(TypedDict):
    """The roles that belong to no office; those left out are taken away."""

    roles: list[Literal["admin", "auditor", "sop_approver", "sop_author", "sop_reviewer"]]
    reason: str


class Group(TypedDict):
    """The figures of one value of what they are broken down by."""

    reports: int
    open: int
    closed_confirmed: int
    closed_automatic: int
    statuses: dict[str, int]
    key: str
    name: Names


class HandOver(TypedDict):
    """What the next one must know, and who that is: an account's id, or empty for whoever comes."""

    note: NotRequired[str]
    to: NotRequired[str]


class Health(TypedDict):
    """The API answers."""

    status: Literal["ok"]
    time: str


class ImportFiles(TypedDict):
    """Files by their path (``sops/taman-rusak.json``); shown first, taken with dry_run false."""

    files: dict[str, Any]
    reason: str
    dry_run: NotRequired[bool]


class ImportLine(TypedDict):
    """What an import does, or would do, with one file."""

    path: str
    outcome: Literal["draft", "new_version", "refused", "unchanged"]
    code: str
    why: str


class ImportResult(TypedDict):
    """What an import came to, or would come to."""

    done: bool
    items: list[ImportLine]


InboundMessage = TypedDict(
    "InboundMessage",
    {
        "id": "str",
        "from": "str",
        "text": "NotRequired[str]",
        "at": "NotRequired[str]",
    },
)


class Instruct(TypedDict):
    """What a leader instructs, and by when it must be answered: a day from now if not named."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    text: str
    until: NotRequired[str | None]


class Kecamatan(TypedDict):
    """A kecamatan with its kelurahan."""

    code: str
    name: str
    kelurahan: list[Area]


class KeepApart(TypedDict):
    """The report that this one is no duplicate of, although it is near."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    other: str


class KnownPromise(TypedDict):
    """A promise and whether it still stands."""

    step: str
    due_at: str | None
    limit: Literal["legal", "service"]
    state: Literal["moot", "planned", "unknown"]


class LedgerDay(TypedDict):
    """A closed day. `statement` is what is signed (ECDSA P-256, SHA-256; DER in base64)."""

    book: str
    day: str
    previous: str
    reports: int
    tree: str
    root: str
    shards: list[LedgerShard]
    statement: str
    key: str
    signature: str
    sealed_at: str


class LedgerDays(TypedDict):
    """Closed days, newest first."""

    items: list[LedgerDay]
    cursor: str | None


class LedgerKey(TypedDict):
    """A public key and its mark."""

    key: str
    pem: str


class LedgerKeys(TypedDict):
    """All keys that ever signed a day."""

    items: list[LedgerKey]
    cursor: str | None


class LedgerMark(TypedDict):
    """What a record is: how many events, and the last one's hash."""

    events: int
    hash: str


class LedgerProof(TypedDict):
    """A record's mark at a day's end, and its path to the root of its shard (RFC 6962)."""

    number: str
    events: int
    hash: str
    index: int
    path: list[str]


class LedgerShard(TypedDict):
    """One sixteenth of a day: how many reports, and the root over their marks."""

    reports: int
    root: str


class Listed(TypedDict):
    """A report in the public list."""

    number: str
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    status_name: Names
    category: Named
    tier: str
    area: Place | None
    agency: Named | None
    outcome: str | None
    filed_at: str
    updated_at: str | None
    closed_at: str | None


class ListedPage(TypedDict):
    """A page; a short one need not be the last, only one without a cursor is."""

    items: list[Listed]
    cursor: str | None


class Location(TypedDict):
    """A point, a kelurahan (code or name), or both; the address helps to find the place."""

    lat: NotRequired[float | None]
    lon: NotRequired[float | None]
    kelurahan: NotRequired[str]
    address: NotRequired[str]


class MaybeReasoned(TypedDict):
    """An action that may give its reason."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: NotRequired[str]


class Merge(TypedDict):
    """The report that this one is a duplicate of."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    into: str


class Migrate(TypedDict):
    """Under which SOP version the report runs from now on: today's, unless one is named."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    sop: NotRequired[str]
    version: NotRequired[int]
    reason: str


class Moderate(TypedDict):
    """What is withheld from the public, or shown again: a photo, or one text of one event."""

    photo: NotRequired[str]
    event: NotRequired[int]
    field: NotRequired[str]
    withhold: NotRequired[bool]
    reason: str


class MoveLine(TypedDict):
    """Somebody's first or last day in an office."""

    person: str
    position: str
    what: Literal["begins", "ends"]
    kind: str
    day: str


MoveOwnership = TypedDict(
    "MoveOwnership",
    {
        "moves": "list[NewOwner]",
        "from": "str",
        "reason": "str",
    },
)


class MovePlan(TypedDict):
    """What the moves come to; ``vacant`` offices have nobody on that day, so their mailbox."""

    done: bool
    day: str
    changes: list[MoveLine]
    vacant: list[str]


class Moves(TypedDict):
    """Moves that take place together on one day; shown first, done with ``dry_run`` false."""

    day: str
    moves: list[OneMove]
    dry_run: NotRequired[bool]
    reason: str


class Named(TypedDict):
    """A code and what it is called."""

    code: str
    name: dict[str, str]


class Names(TypedDict):
    """A name in Indonesian and English."""

    id: str
    en: str


class NewAccount(TypedDict):
    """Who is invited: roles that belong to no office, and the offices held from today on."""

    id: str
    name: str
    email: str
    phone: NotRequired[str]
    language: NotRequired[Literal["en", "id"]]
    roles: NotRequired[list[Literal["admin", "auditor", "sop_approver", "sop_author", "sop_reviewer"]]]
    positions: NotRequired[list[str]]
    reason: str


class NewBreach(TypedDict):
    """A leak: since when it is known, what happened, which data of how many people."""

    known_at: str
    what: str
    fields: list[Literal["address", "description", "email", "location", "name", "phone", "photo", "who_reported"]]
    people: NotRequired[int]
    report: NotRequired[str]


class NewClient(TypedDict):
    """A system that may call the Open311 routes, and how often."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    id: str
    name: str
    per_minute: NotRequired[int]
    per_day: NotRequired[int]
    body: NotRequired[str]


class NewDevice(TypedDict):
    """A sensor, where it stands, and what its signal is a report of."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: NotRequired[str]


class NewDraft(TypedDict):
    """A draft of an SOP; without content it begins as a copy of the newest version."""

    sop: str
    content: NotRequired[dict[str, Any] | None]
    reason: NotRequired[str]


class NewDrill(TypedDict):
    """A drill of the SOP in force of a category. description: the scenario, as a caller tells it.\n\n    reporter: somebody who plays the citizen and is told what a citizen is told; nobody is if it is\n    left out. hours: after which it ends by itself."""

    category: str
    description: NotRequired[str]
    location: NotRequired[Location | None]
    reporter: NotRequired[Reporter | None]
    hours: NotRequired[float]


class NewOwner(TypedDict):
    """Who owns a category; area: a kelurahan, a kecamatan, or ``*`` for the whole city."""

    category: str
    area: NotRequired[str]
    agency: str


class NewPhoto(TypedDict):
    """A photo to upload."""

    type: NotRequired[Literal["image/jpeg", "image/png", "image/webp"]]
    purpose: NotRequired[Literal["dispute", "problem", "result"]]


class NewReport(TypedDict):
    """A report as citizens and other systems send it."""

    category: str
    description: NotRequired[str]
    location: NotRequired[Location | None]
    about_unit: NotRequired[str]
    reporter: NotRequired[Reporter | None]
    on_behalf: NotRequired[bool]
    visibility: NotRequired[Literal["anonymous", "confidential", "public"]]
    language: NotRequired[Literal["en", "id"]]
    source: NotRequired[str]
    observed_at: NotRequired[str | None]


class NewSignal(TypedDict):
    """What a device says."""

    signal: Literal["cleared", "raised"]
    reading: NotRequired[str]
    observed_at: NotRequired[str | None]


class NewWebhook(TypedDict):
    """A receiver: https only, in the public network; no types are all types."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    id: str
    url: str
    types: NotRequired[list[str]]


class NextStep(TypedDict):
    """The next step still to come, and who is told then."""

    step: str
    due_at: str
    to: list[str]


class Notice(TypedDict):
    """Who was told, under which letter's number."""

    whom: Literal["authority", "subjects"]
    reference: str


class OfficeContactList(TypedDict):
    """All offices."""

    items: list[OfficeContacts]
    cursor: str | None


class OfficeContacts(TypedDict):
    """An office, and when each of its addresses was confirmed; none of the addresses."""

    position: str
    title: dict[str, str]
    agency: str | None
    channels: dict[str, str | None]
    untested: list[str]


class OnDuty(TypedDict):
    """Who is on duty, in which office, since when."""

    person: str
    name: str
    position: str
    since: str


class OneMove(TypedDict):
    """One person's way into an office; with an empty ``to`` out of all of them."""

    person: str
    to: NotRequired[str]
    kind: NotRequired[Literal["definitive", "plh", "plt"]]
    until: NotRequired[str | None]
    keeps: NotRequired[list[str]]


class OpenMatters(TypedDict):
    """What is open: numbers of reports. waiting: how many wait for the room itself."""

    emergencies: list[str]
    late: list[str]
    due: list[DuePromise]
    waiting: int
    calls: list[str]


class OwnReport(TypedDict):
    """One report that the link opens. token: the report's, as on its receipt.\n\n    Of a report that was filed as confidential a link shows number and time alone."""

    number: str
    url: str
    filed_at: str
    confidential: bool
    token: NotRequired[str]
    status: NotRequired[Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]]
    status_name: NotRequired[Names]
    category: NotRequired[Named]
    area: NotRequired[Place | None]
    actions: NotRequired[list[str]]


class OwnReportList(TypedDict):
    """The newest reports that carry the address, at most 20."""

    items: list[OwnReport]


class Photo(TypedDict):
    """A photo; the last members only for the report's parties, the checks for who checks."""

    id: str
    purpose: str
    large: str | None
    small: str | None
    by: NotRequired[str]
    state: NotRequired[Literal["accepted", "refused", "waiting"]]
    refused: NotRequired[str | None]
    cover: NotRequired[str | None]
    boxes: NotRequired[list[list[float]]]
    published: NotRequired[bool]
    withheld: NotRequired[bool]
    checks: NotRequired[list[Check]]


class PhotoRoom(TypedDict):
    """Room for one photo."""

    id: str
    upload: Upload


class Photos(TypedDict):
    """The photos of a report."""

    items: list[Photo]
    cursor: str | None


class Place(TypedDict):
    """Where a report lies: a proposal that people may correct."""

    kelurahan: Area
    kecamatan: Area


class Plain(TypedDict):
    """An action that needs nothing; a note is kept with it.\n\n    done_at: when it was done by the device's clock, of an act that is sent later for want of a\n    network. It is kept as evidence; what counts for every clock is when it came."""

    note: NotRequired[str]
    done_at: NotRequired[str]


class Point(TypedDict):
    """WGS 84, decimal degrees; rounded to about a kilometre where people are concerned."""

    lat: float
    lon: float


class Preferences(TypedDict):
    """Over which of the channels that were left at filing the reporter is told; none is none."""

    channels: list[Literal["mail", "sms"]]


class PreviewedMessage(TypedDict):
    """A message as it would leave. septets and parts: of a text message (GSM 7-bit), else 0."""

    channel: str
    language: str
    subject: str
    text: str
    html: str
    septets: int
    parts: int


class Problem(TypedDict):
    """RFC 9457. Build on *code*; the texts may be improved. Further members may say more."""

    type: str
    title: str
    title_en: str
    status: int
    detail: str
    detail_en: str
    code: str
    instance: NotRequired[str]
    errors: NotRequired[list[FieldError]]


class Promise(TypedDict):
    """What the city promises, and until when; no time while the clock stands still."""

    step: str
    due_at: str | None
    limit: Literal["legal", "service"]


class ProposeTemplate(TypedDict):
    """New words for every channel and language, in place of the version that was read."""

    based_on: int
    channels: dict[str, dict[str, Any]]
    reason: str


class Protection(TypedDict):
    """asked: whether anonymous reports need a proof now; until: how long, if it ends by itself."""

    mode: str
    asked: bool
    until: str | None
    limits: dict[str, Any]
    version: int


class ProviderShown(TypedDict):
    """The identity provider's word; ``managed`` is false for an issuer that cannot be asked."""

    managed: bool
    exists: bool
    enabled: bool
    status: str
    mfa: list[str]


class Publication(TypedDict):
    """What of a report is public, and what looks like personal data in its description."""

    public: bool
    text: str | None
    photos: list[str]
    withheld: list[str]
    description: str
    found: list[Found]


class PushKey(TypedDict):
    """The ``applicationServerKey`` to subscribe under; with a new one subscribe again."""

    key: str


class PushTarget(TypedDict):
    """One browser. key: the public key that it subscribed under (``GET /v1/push``)."""

    endpoint: str
    keys: BrowserKeys
    key: str


class PutCalendar(TypedDict):
    """A new version of a calendar, based on the version that was read."""

    based_on: int
    body: dict[str, Any]
    reason: str


class PutCatalogueDocument(TypedDict):
    """A whole document, based on the version that was read."""

    based_on: int
    body: list[dict[str, Any]]
    reason: str


class PutDocument(TypedDict):
    """A whole document of the directory, based on the version that was read."""

    based_on: int
    body: list[dict[str, Any]]
    reason: str


class PutLimits(TypedDict):
    """The whole policy over the version that was read (0 where none was written yet)."""

    body: dict[str, Any]
    based_on: int
    reason: str


class QueuePage(TypedDict):
    """A page of a work list."""

    items: list[Queued]
    cursor: str | None


class Queued(TypedDict):
    """A report in a work list, nearest promise first."""

    number: str
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    status_name: Names
    category: Named
    tier: str
    area: Place | None
    agency: Named | None
    outcome: str | None
    filed_at: str
    updated_at: str | None
    closed_at: str | None
    source: str
    secret: bool
    drill: bool
    due_at: str | None
    next_step_at: str | None
    assigned_at: str | None
    acknowledged_at: str | None
    resolved_at: str | None


class Rate(TypedDict):
    """Satisfaction from 1 to 5."""

    score: int
    text: NotRequired[str]


class ReadContact(TypedDict):
    """Why the contact is read: a purpose from the table, and the case's own reason."""

    purpose: Literal["call_back", "clarify", "confirm_by_phone", "examine", "visit"]
    reason: str


class Reasoned(TypedDict):
    """An action that needs its reason."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: str


class ReasonedStep(TypedDict):
    """A step that needs its reason."""

    text: str
    hash: NotRequired[str | None]


class Refer(TypedDict):
    """To which body outside the city, under which number there."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    body: str
    reference: NotRequired[str]
    reason: str


class RegisterDevice(TypedDict):
    """An app on a telephone, by the token that its platform gave it."""

    platform: Literal["apns", "fcm"]
    token: str
    language: NotRequired[Literal["en", "id"]]


class Reject(TypedDict):
    """A reason from the list."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: str


class Release(TypedDict):
    """The text that stands for the description in public; empty: none."""

    text: NotRequired[str]


Replay = TypedDict(
    "Replay",
    {
        "status": "Literal[\"asked\", \"done\"]",
        "sop": "str",
        "number": "int",
        "hash": "str",
        "from": "str",
        "to": "str",
        "now": "str",
        "version": "NotRequired[int]",
        "reports": "NotRequired[int]",
        "changed_reports": "NotRequired[int]",
        "truncated": "NotRequired[bool]",
        "left_out": "NotRequired[list[str]]",
        "before": "NotRequired[ReplayedSide]",
        "after": "NotRequired[ReplayedSide]",
        "examples": "NotRequired[list[ReplayExample]]",
    },
)


class ReplayExample(TypedDict):
    """A report whose ladder would have been another one."""

    number: str
    no_longer: list[ReplayedFiring]
    instead: list[ReplayedFiring]


class Replayed(TypedDict):
    """It is said once more."""

    id: str
    status: Literal["open"]


class ReplayedFiring(TypedDict):
    """One firing that only one of the two ladders has."""

    step: str
    at: str
    to: list[str]


class ReplayedSide(TypedDict):
    """What one of two SOPs did, or would have done, with the same reports."""

    firings: dict[str, int]
    escalations: int
    broken: dict[str, int]
    recipients: dict[str, int]
    messages: dict[str, int]
    estimate: Estimate


class Report(TypedDict):
    """A report as its caller may see it; the last members only for its parties."""

    number: str
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    status_name: Names
    category: Named
    tier: str
    area: Place | None
    location: Point | None
    agency: Named | None
    sop: SopShort
    visibility: Literal["anonymous", "confidential", "public"]
    drill: bool
    source: str
    filed_at: str
    assigned_at: str | None
    acknowledged_at: str | None
    on_scene_at: str | None
    resolved_at: str | None
    validated_at: str | None
    closed_at: str | None
    updated_at: str | None
    deferred_until: str | None
    outcome: str | None
    ending: Ending | None
    result_photos: list[str]
    merged_into: str | None
    referred_to: str | None
    reference: str | None
    promises: list[KnownPromise]
    next: NextStep | None
    public_text: str | None
    public_photos: list[str]
    history: list[Event]
    actions: NotRequired[list[str]]
    contact_purposes: NotRequired[list[str]]
    description: NotRequired[str]
    address: NotRequired[str]
    photos: NotRequired[list[str]]
    joined: NotRequired[list[str]]
    joined_photos: NotRequired[list[str]]


class ReportProof(TypedDict):
    """A report's place in the books; what was written since is in no closed day yet."""

    number: str
    now: LedgerMark
    proof: LedgerProof | None
    day: LedgerDay | None


class Reporter(TypedDict):
    """How to reach the reporter; all of it may be left out."""

    name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]


class RequestTime(TypedDict):
    """Why an officer needs more time, and until when; the head of the agency decides."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    reason: str
    until: str


class Review(TypedDict):
    """Whether everything is covered; if not, why not."""

    approved: bool
    reason: NotRequired[str]


class Rung(TypedDict):
    """One firing of a step, if nobody moves on its clock."""

    step: str
    name: dict[str, str]
    clock: str
    repeat: int
    due_at: str | None
    due_in_words: Names | None
    state: str
    until: str | None
    at_start: bool
    to: list[str]
    recipients: list[SimulatedRecipient]
    limit: Literal["legal", "service"] | None
    basis: str | None
    act: str
    provisional: bool
    explanation: Names


class SaidOfDraft(TypedDict):
    """A comment, or the reason of a step. step: which step of the SOP it is about."""

    at: str
    person: str
    role: str
    text: str
    step: str


Served = TypedDict(
    "Served",
    {
        "category": "str",
        "from": "str",
        "to": "str | None",
        "season": "NotRequired[str]",
    },
)


class Shift(TypedDict):
    """The desk as it stands."""

    duty: OnDuty | None
    offer: ShiftOffer | None
    notes: list[StandingNote]
    open: OpenMatters | None


class ShiftChange(TypedDict):
    """One change of shift. named: whom the leaving one had named, empty for whoever comes."""

    version: int
    at: str
    person: str
    relieved: str
    since: str | None
    note: str
    named: str
    offered_at: str | None
    reason: str
    open: OpenMatters


class ShiftHistory(TypedDict):
    """Changes of shift, newest first."""

    items: list[ShiftChange]
    cursor: str | None


class ShiftOffer(TypedDict):
    """A hand-over that waits to be taken."""

    by: str
    at: str
    note: str
    to: str


class SignalTaken(TypedDict):
    """What came of a signal; *signals*: how often it came for this report."""

    outcome: Literal["cleared", "filed", "nothing_open", "repeated"]
    number: str | None
    signals: int


class Similar(TypedDict):
    """An open report near by about the same kind of thing."""

    number: str
    metres: int | None
    filed_at: str
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    status_name: Names
    url: str


class SimilarList(TypedDict):
    """Candidates, nearest first."""

    items: list[Similar]
    cursor: str | None


class Simulated(TypedDict):
    """The whole ladder of an SOP for one moment of filing."""

    sop: SimulatedSop
    category: str
    filed_at: str
    recipients_as_of: str
    agency: str | None
    kelurahan: str | None
    calendar: CalendarShort
    assumed: list[AssumedEvent]
    promises: list[GoverningLimit]
    rungs: list[Rung]
    days: list[CalendarDay]
    messages: dict[str, int]
    estimate: Estimate


class SimulatedRecipient(TypedDict):
    """An office as it is held now, never a person's name; the reporter has no position."""

    role: str
    position: str | None
    template: str
    channels: list[str]
    title: NotRequired[dict[str, str]]
    via: NotRequired[str]
    fallback_from: NotRequired[str | None]


class SimulatedSop(TypedDict):
    """Which SOP was drawn; equal hashes are equal SOPs."""

    id: str
    version: int
    hash: str
    name: dict[str, str] | None
    tier: str | None


class Simulation(TypedDict):
    """For which moment, category and place an SOP is drawn, and which instants are given.\n\n    What is not given is assumed at the last moment that keeps the promise before it."""

    filed_at: NotRequired[str | None]
    category: NotRequired[str]
    kelurahan: NotRequired[str]
    verified_at: NotRequired[str | None]
    resolved_at: NotRequired[str | None]
    validated_at: NotRequired[str | None]
    paused_at: NotRequired[str | None]
    referred_at: NotRequired[str | None]


class Situation(TypedDict):
    """A short word from the field: how things stand, and a note for those who lead."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    state: Literal["handling", "needs_help", "on_the_way", "under_control"]


class SopDocument(TypedDict):
    """A PDF: its address while it opens, and the mark of what it says.\n\n    ``being_made``: ask again in a moment."""

    status: Literal["being_made", "ready"]
    url: str | None
    open_for_seconds: int | None
    filename: str
    mark: str


class SopItem(TypedDict):
    """The SOP that serves a category now. hash: SHA-256 of that version's canonical JSON."""

    id: str
    version: int
    hash: str
    category: str
    name: dict[str, str] | None
    tier: str | None


class SopShort(TypedDict):
    """Which SOP governs the report. hash: SHA-256 of that version's canonical JSON."""

    id: str
    version: int
    hash: str
    name: dict[str, str] | None
    legal_basis: list[str]


class SopVersion(TypedDict):
    """One version of an SOP."""

    id: str
    version: int


class Sops(TypedDict):
    """The SOPs in force."""

    items: list[SopItem]
    cursor: str | None


class StandingNote(TypedDict):
    """A note that was not struck off yet."""

    id: int
    at: str
    by: str
    text: str


class StandingShown(TypedDict):
    """Whether the account counts; what was issued before ``not_before`` (Unix seconds) does not."""

    revoked: bool
    not_before: int


class Statistics(TypedDict):
    """Figures of the reports filed in a period; *withheld* may not be broken down."""

    by: str
    items: list[Group]
    total: Figures
    withheld: int


class Step(TypedDict):
    """A step of the draft's life. hash: of the content that was read, to be sure it is still so."""

    text: NotRequired[str]
    hash: NotRequired[str | None]


class StopDrill(TypedDict):
    """Why a drill ends before its time, if somebody says so."""

    reason: NotRequired[str]


class Submit(TypedDict):
    """What was done, with proof."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    outcome: Literal["cannot_be_done", "done", "nothing_found"]
    reason: NotRequired[str]
    photos: NotRequired[list[str]]


class Subscribe(TypedDict):
    """What to follow (one of report, category, area), and where: by mail or in this browser."""

    report: NotRequired[str]
    category: NotRequired[str]
    area: NotRequired[str]
    email: NotRequired[str]
    push: NotRequired[PushTarget | None]
    language: NotRequired[Literal["en", "id"]]


class SubscribeBrowser(TypedDict):
    """A browser to tell, and in which language."""

    endpoint: str
    keys: BrowserKeys
    key: str
    language: NotRequired[Literal["en", "id"]]


class SubscriptionState(TypedDict):
    """What has happened. ``asked``: a mail with a link to confirm is on its way."""

    state: Literal["asked", "following", "left"]


class SubscriptionToken(TypedDict):
    """The last part of the link in the mail."""

    token: str


class Support(TypedDict):
    """Who supports a report: a mail address or telephone number, and the kelurahan they live in."""

    reporter: Reporter
    kelurahan: NotRequired[str]
    language: NotRequired[Literal["en", "id"]]


class SupportTaken(TypedDict):
    """Counted once the link in the message was used."""

    number: str
    state: Literal["confirm_by_message"]


class SupportingArea(TypedDict):
    """How many residents of a kelurahan support a report."""

    code: str
    name: str
    supports: int


class Switch(TypedDict):
    """``on`` and ``off`` until somebody switches again; ``auto`` when too much comes in, and with\n    *minutes* at once for so long."""

    mode: Literal["auto", "off", "on"]
    minutes: NotRequired[int]
    reason: str


class TakeOver(TypedDict):
    """Why, where the shift was not offered to the one who takes it over."""

    reason: NotRequired[str]


class Taken(TypedDict):
    """It was taken in; what comes of it is seen on the report."""

    accepted: bool


class TemplateLine(TypedDict):
    """A template as the list shows it. version: the one in use."""

    template: str
    version: int
    versions: list[int]
    audience: str
    channels: list[str]
    proposed: bool


class TemplateList(TypedDict):
    """All templates."""

    items: list[TemplateLine]
    cursor: str | None


class TemplatePreview(TypedDict):
    """The messages of one version, filled with made-up facts."""

    items: list[PreviewedMessage]
    cursor: str | None


class TemplateProposal(TypedDict):
    """What was proposed last. version: of the template that it replaces."""

    status: Literal["approved", "proposed", "withdrawn"]
    version: int
    hash: str
    by: str
    approver: str
    reason: str
    channels: dict[str, Any]


class TemplateShown(TypedDict):
    """A template: the words in use, its versions, and the newest proposal."""

    template: str
    version: int
    audience: str
    citizen_text: bool
    channels: dict[str, Any]
    versions: list[TemplateVersion]
    proposal: TemplateProposal | None


class TemplateVersion(TypedDict):
    """One version: of the product, or approved by the city (when and why)."""

    version: int
    origin: Literal["city", "shipped"]
    at: str | None
    reason: str


class Timeline(TypedDict):
    """Everything the SOP did and will do for a report."""

    epoch: int
    sop: SopVersion
    entries: list[Entry]
    events: list[Event]


class TrainedOffice(TypedDict):
    """One position in a training record. last_at null: it never rehearsed this version."""

    position: str
    title: Names
    person: str
    times: int
    last_at: str | None
    drill: str
    state: str
    seconds: int | None
    score: int | None


class TrainingRecord(TypedDict):
    """Who rehearsed the SOP in force of a category. untrained: positions that never did."""

    category: Named
    sop: str
    version: int
    agency: Named | None
    offices: list[TrainedOffice]
    untrained: list[str]


class UnitPrice(TypedDict):
    """What one kind of message costs, where that was read, and whether it was checked."""

    name: str
    amount: str
    per: int
    source: str
    verified_on: str | None


class Upload(TypedDict):
    """A form to post the file with: these fields first, then ``file``."""

    url: str
    fields: dict[str, str]


class Verify(TypedDict):
    """The category and the agency may be corrected at verification."""

    note: NotRequired[str]
    done_at: NotRequired[str]
    category: NotRequired[str]
    agency: NotRequired[str]


class VersionLine(TypedDict):
    """A version that is or was in force. hash: SHA-256 of its canonical JSON."""

    version: int
    hash: str
    status: Literal["active", "scheduled", "superseded"]
    serves: list[Served]
    at: str | None


class VersionList(TypedDict):
    """All versions of one SOP, newest first."""

    items: list[VersionLine]
    cursor: str | None


class VersionMark(TypedDict):
    """Which version, exactly."""

    version: int
    hash: str


class Webhook(TypedDict):
    """A receiver; *secret* only in the answer that made it. Payloads: `WebhookPayload`."""

    id: str
    url: str
    types: list[str]
    active: bool
    secret: NotRequired[str]


class WebhookData(TypedDict):
    """What the public may know of a report; nothing of a person is in it."""

    number: str
    seq: int
    status: Literal["acknowledged", "assigned", "awaiting_confirmation", "awaiting_validation", "closed_automatic", "closed_confirmed", "deferred", "in_progress", "merged", "needs_information", "received", "referred", "rejected", "reopened", "returned", "verified", "withdrawn"]
    state: str
    category: str
    tier: str
    agency: str | None
    kelurahan: str | None
    kecamatan: str | None
    filed_at: str
    merged_into: str | None
    sentence: Names


class WebhookDeliveries(TypedDict):
    """Newest first."""

    items: list[WebhookDelivery]
    cursor: str | None


class WebhookDelivery(TypedDict):
    """One thing said to a receiver."""

    id: str
    type: str
    created_at: str
    status: Literal["done", "failed", "open"]
    attempts: int
    due_at: str | None
    log: list[Attempt]


class WebhookPayload(TypedDict):
    """What a receiver gets, signed as Standard Webhooks has it."""

    type: str
    timestamp: str
    data: WebhookData


class Webhooks(TypedDict):
    """Every subscription."""

    items: list[Webhook]
    cursor: str | None


class WholeAccount(TypedDict):
    """An account with its standing and what the identity provider says of it."""

    id: str
    name: str
    email: str
    phone: str
    language: str
    revoked: bool
    granted: list[str]
    roles: list[str]
    positions: list[str]
    standing: StandingShown
    provider: ProviderShown


class WithdrawTemplate(TypedDict):
    """Why the proposal is taken back."""

    reason: str
