"""The form of every answer, for the API's description; the tests hold real answers against it.

Times are ISO 8601 with the city's offset. Names that people read come in both languages.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chalicelib.domain.report import STATUSES

Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Status = Literal[STATUSES]  # type: ignore[valid-type]
Texts = dict[str, str]


class Form(Struct, forbid_unknown_fields=True, frozen=True):
    """An answer has exactly these members."""


class Health(Form):
    """The API answers."""

    status: Literal["ok"]
    time: Time


class Names(Form):
    """A name in Indonesian and English."""

    id: str
    en: str


class Named(Form):
    """A code and what it is called."""

    code: str
    name: Texts


class Area(Form):
    """A kelurahan or kecamatan."""

    code: str
    name: str


class Place(Form):
    """Where a report lies: a proposal that people may correct."""

    kelurahan: Area
    kecamatan: Area


class Promise(Form):
    """What the city promises, and until when; no time while the clock stands still."""

    step: str
    due_at: Time | None
    limit: Literal["service", "legal"]


class KnownPromise(Promise):
    """A promise and whether it still stands."""

    state: Literal["planned", "moot", "unknown"]


class Filed(Form):
    """The receipt of a report. The token is the key to it: whoever has it is the reporter."""

    number: str
    token: str
    status: Status
    category: str
    area: Place | None
    promises: list[Promise]
    url: str


class Point(Form):
    """WGS 84, decimal degrees; rounded to about a kilometre where people are concerned."""

    lat: float
    lon: float


class NextStep(Form):
    """The next step still to come, and who is told then."""

    step: str
    due_at: Time
    to: list[str]


class SopShort(Form):
    """Which SOP governs the report. hash: SHA-256 of that version's canonical JSON."""

    id: str
    version: int
    hash: str
    name: Texts | None
    legal_basis: list[str]


class Actor(Form):
    """Who acted: an office, never a reporter's name; accounts are shown to staff only."""

    kind: Literal["reporter", "staff", "system", "client"]
    role: str | UnsetType = UNSET
    person: str | UnsetType = UNSET
    position: str | UnsetType = UNSET
    agency: str | UnsetType = UNSET


class Event(Form):
    """One line of the record, chained to the one before by its hash."""

    seq: int
    type: str
    at: Time
    by: Actor
    data: dict[str, Any]
    texts: Texts
    sentence: Names
    sop: str
    hash: str


class Ending(Form):
    """How a report ended; confirmed, automatic and without proof are never one."""

    code: str
    id: str
    en: str


class Report(Form, kw_only=True):
    """A report as its caller may see it; the last members only for its parties."""

    number: str
    status: Status
    status_name: Names
    category: Named
    tier: str
    area: Place | None
    location: Point | None
    agency: Named | None
    sop: SopShort
    visibility: Literal["public", "anonymous", "confidential"]
    drill: bool
    source: str
    filed_at: Time
    assigned_at: Time | None
    acknowledged_at: Time | None
    on_scene_at: Time | None
    resolved_at: Time | None
    validated_at: Time | None
    closed_at: Time | None
    updated_at: Time | None
    deferred_until: Time | None
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
    actions: list[str] | UnsetType = UNSET
    contact_purposes: list[str] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    photos: list[str] | UnsetType = UNSET
    joined: list[str] | UnsetType = UNSET
    joined_photos: list[str] | UnsetType = UNSET


class SopVersion(Form):
    """One version of an SOP."""

    id: str
    version: int


class Day(Form):
    """A day on the way to a deadline, and what it gave; hours: whose other hours it had."""

    date: str
    counted: bool
    seconds: float
    windows: list[list[str]]
    hours: dict[str, str] | None
    reason: str | None
    note: dict[str, str | None] | None
    provisional: bool


class Entry(Form):
    """One firing of a step: carried out, moot, planned, or beyond the calendar."""

    step: str
    cycle: int
    repeat: int
    clock: str
    due_at: Time | None
    state: Literal["done", "moot", "planned", "unknown"]
    to: list[str]
    limit: Literal["service", "legal"] | None
    basis: str | None
    explanation: str
    derivation: list[Day]
    provisional: bool


class Timeline(Form):
    """Everything the SOP did and will do for a report."""

    epoch: int
    sop: SopVersion
    entries: list[Entry]
    events: list[Event]


class Listed(Form, kw_only=True):
    """A report in the public list."""

    number: str
    status: Status
    status_name: Names
    category: Named
    tier: str
    area: Place | None
    agency: Named | None
    outcome: str | None
    filed_at: Time
    updated_at: Time | None
    closed_at: Time | None


class Queued(Listed, kw_only=True):
    """A report in a work list, nearest promise first."""

    source: str
    secret: bool
    drill: bool
    due_at: Time | None
    next_step_at: Time | None
    assigned_at: Time | None
    acknowledged_at: Time | None
    resolved_at: Time | None


class ListedPage(Form):
    """A page; a short one need not be the last, only one without a cursor is."""

    items: list[Listed]
    cursor: str | None


class QueuePage(Form):
    """A page of a work list."""

    items: list[Queued]
    cursor: str | None


class CategoryItem(Form):
    """A category with the words by which people find it and what is asked besides."""

    code: str
    name: Names
    kind: str
    tier: str
    synonyms: list[str]
    dimension: str
    questions: list[dict[str, Any]]


class Categories(Form):
    """All categories that fit."""

    items: list[CategoryItem]
    cursor: str | None


class Kecamatan(Form):
    """A kecamatan with its kelurahan."""

    code: str
    name: str
    kelurahan: list[Area]


class AreaList(Form):
    """The whole city."""

    items: list[Kecamatan]
    cursor: str | None


class SopItem(Form):
    """The SOP that serves a category now. hash: SHA-256 of that version's canonical JSON."""

    id: str
    version: int
    hash: str
    category: str
    name: Texts | None
    tier: str | None


class Sops(Form):
    """The SOPs in force."""

    items: list[SopItem]
    cursor: str | None


class Figures(Form):
    """Counts of reports. Confirmed, automatic and open are never added into one success rate."""

    reports: int
    open: int
    closed_confirmed: int
    closed_automatic: int
    statuses: dict[str, int]


class Group(Figures):
    """The figures of one value of what they are broken down by."""

    key: str
    name: Names


class Statistics(Form):
    """Figures of the reports filed in a period; *withheld* may not be broken down."""

    by: str
    items: list[Group]
    total: Figures
    withheld: int


class Arrived(Form, kw_only=True):
    """Emergencies of one area or hour. share: within the target of all; minutes null: longer than
    any class, or nobody came within the SOP's limit."""

    key: str
    name: str
    emergencies: int
    within_target: int
    share: float | None
    within_own_limit: int
    half_minutes: int | None
    nine_tenths_minutes: int | None


class Arrivals(Form):
    """From filing to somebody at the scene, per kecamatan and hour of filing."""

    target_minutes: int
    total: Arrived | None
    areas: list[Arrived]
    hours: list[Arrived]


class Check(Struct, frozen=True):
    """One check of a photo. Further members say what it rests on."""

    check: str
    outcome: Literal["passed", "failed", "unknown", "noted"]


class Photo(Form, kw_only=True):
    """A photo; the last members only for the report's parties, the checks for who checks."""

    id: str
    purpose: str
    large: str | None
    small: str | None
    by: str | UnsetType = UNSET
    state: Literal["waiting", "accepted", "refused"] | UnsetType = UNSET
    refused: str | UnsetType | None = UNSET
    cover: str | UnsetType | None = UNSET
    boxes: list[list[float]] | UnsetType = UNSET
    published: bool | UnsetType = UNSET
    withheld: bool | UnsetType = UNSET
    checks: list[Check] | UnsetType = UNSET


class Photos(Form):
    """The photos of a report."""

    items: list[Photo]
    cursor: str | None


class Found(Form):
    """A place in a text that looks like personal data; *end*: the first character after it."""

    kind: str
    start: int
    end: int


class Publication(Form):
    """What of a report is public, and what looks like personal data in its description."""

    public: bool
    text: str | None
    photos: list[str]
    withheld: list[str]
    description: str
    found: list[Found]


class Contact(Form):
    """Who reported: only the fields that the purpose needs; empty ones were never left."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class Upload(Form):
    """A form to post the file with: these fields first, then ``file``."""

    url: str
    fields: Texts


class PhotoRoom(Form):
    """Room for one photo."""

    id: str
    upload: Upload


class Similar(Form):
    """An open report near by about the same kind of thing."""

    number: str
    metres: int | None
    filed_at: Time
    status: Status
    status_name: Names
    url: str


class SimilarList(Form):
    """Candidates, nearest first."""

    items: list[Similar]
    cursor: str | None


class SupportingArea(Form):
    """How many residents of a kelurahan support a report."""

    code: str
    name: str
    supports: int


class Crowd(Form):
    """How many reports were joined and how many residents support it; *needed* in one kelurahan."""

    joined: int
    supports: int
    areas: list[SupportingArea]
    needed: int
    open: bool


class SupportTaken(Form):
    """Counted once the link in the message was used."""

    number: str
    state: Literal["confirm_by_message"]


class ApiClient(Form, kw_only=True):
    """A system with a key of ours; *key* only in the answer that made it."""

    id: str
    name: str
    per_minute: int
    per_day: int
    body: str | None
    revoked_at: Time | None
    key: str | UnsetType = UNSET


class ApiClients(Form):
    """Every system that has or had a key."""

    items: list[ApiClient]
    cursor: str | None


class CallToMake(Form):
    """A call that somebody must make now, by *due_at*; afterwards it counts as failed."""

    id: str
    number: str
    office: str
    phone: str
    script: Texts
    due_at: Time | None


class CallList(Form):
    """The calls to make, nearest deadline first."""

    items: list[CallToMake]
    cursor: str | None


class Taken(Form):
    """It was taken in; what comes of it is seen on the report."""

    accepted: bool


class Webhook(Form, kw_only=True):
    """A receiver; *secret* only in the answer that made it. Payloads: `WebhookPayload`."""

    id: str
    url: str
    types: list[str]
    active: bool
    secret: str | UnsetType = UNSET


class Webhooks(Form):
    """Every subscription."""

    items: list[Webhook]
    cursor: str | None


class WebhookData(Form, kw_only=True):
    """What the public may know of a report; nothing of a person is in it."""

    number: str
    seq: int
    status: Status
    state: str
    category: str
    tier: str
    agency: str | None
    kelurahan: str | None
    kecamatan: str | None
    filed_at: Time
    merged_into: str | None
    sentence: Names


class WebhookPayload(Form, kw_only=True):
    """What a receiver gets, signed as Standard Webhooks has it."""

    type: str
    timestamp: Time
    data: WebhookData


class Attempt(Form):
    """One attempt to say something."""

    at: Time
    outcome: str


class WebhookDelivery(Form, kw_only=True):
    """One thing said to a receiver."""

    id: str
    type: str
    created_at: Time
    status: Literal["open", "done", "failed"]
    attempts: int
    due_at: Time | None
    log: list[Attempt]


class WebhookDeliveries(Form):
    """Newest first."""

    items: list[WebhookDelivery]
    cursor: str | None


class Replayed(Form):
    """It is said once more."""

    id: str
    status: Literal["open"]


class ADevice(Form, kw_only=True):
    """A sensor; *key* only in the answer that made it."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: str | None
    revoked_at: Time | None
    key: str | UnsetType = UNSET


class Devices(Form):
    """Every device that has or had a key."""

    items: list[ADevice]
    cursor: str | None


class SignalTaken(Form):
    """What came of a signal; *signals*: how often it came for this report."""

    outcome: Literal["filed", "repeated", "cleared", "nothing_open"]
    number: str | None
    signals: int


class FieldError(Form):
    """One thing to correct; *pointer* is a JSON pointer, or ``?name`` for a query parameter."""

    pointer: str
    code: str
    detail: str
    detail_en: str


class Challenge(Form):
    """A proof of work to solve: find a text *answer* of at most 40 characters so that SHA-256 of
    ``<challenge>.<Idempotency-Key>.<answer>`` begins with *bits* zero bits, then send both in the
    header ``Proof-Of-Work: <challenge> <answer>`` with that Idempotency-Key. needed: whether
    anonymous reports must carry it now; seconds: how long it may take.
    """

    needed: bool
    challenge: str
    bits: int
    algorithm: str
    seconds: int


class Problem(Struct, frozen=True):
    """RFC 9457. Build on *code*; the texts may be improved. Further members may say more."""

    type: str
    title: str
    title_en: str
    status: int
    detail: str
    detail_en: str
    code: str
    instance: str | UnsetType = UNSET
    errors: list[FieldError] | UnsetType = UNSET


class DocumentVersion(Form):
    """One version of one administrative document. digest: SHA-256 of its canonical JSON."""

    kind: str
    id: str
    version: int
    digest: str


class Audited(Form, kw_only=True):
    """One administrative act and the document versions that it wrote."""

    id: str
    at: Time
    by: Actor
    act: str
    reason: str
    facts: dict[str, Any] | UnsetType = UNSET
    documents: list[DocumentVersion]


class AuditPage(Form):
    """Administrative acts, newest first."""

    items: list[Audited]
    cursor: str | None


class SimulatedSop(Form):
    """Which SOP was drawn; equal hashes are equal SOPs."""

    id: str
    version: int
    hash: str
    name: Texts | None
    tier: str | None


class CalendarShort(Form):
    """Which calendar counted, in which version, and how far it knows."""

    name: str
    version: int | None
    known_until: str | None


class AssumedEvent(Form):
    """An event without which a clock would not start."""

    type: str
    at: Time
    because: Literal["given", "at_promise", "at_once"]


class CountedLimit(Form, kw_only=True):
    """A limit as counted in working or calendar days; provisional while a date may still move."""

    step: str
    due_at: Time | None
    basis: str | None
    days: Literal["working", "calendar"]
    provisional: bool


class GoverningLimit(CountedLimit, kw_only=True):
    """The earliest of the limits of its kind, and those counted beside it."""

    limit: Literal["service", "legal"]
    until: str
    also_counted: list[CountedLimit]


class SimulatedRecipient(Form, kw_only=True):
    """An office as it is held now, never a person's name; the reporter has no position."""

    role: str
    position: str | None
    template: str
    channels: list[str]
    title: Texts | UnsetType = UNSET
    via: str | UnsetType = UNSET
    fallback_from: str | UnsetType | None = UNSET


class Rung(Form, kw_only=True):
    """One firing of a step, if nobody moves on its clock."""

    step: str
    name: Texts
    clock: str
    repeat: int
    due_at: Time | None
    due_in_words: Names | None
    state: str
    until: str | None
    at_start: bool
    to: list[str]
    recipients: list[SimulatedRecipient]
    limit: Literal["service", "legal"] | None
    basis: str | None
    act: str
    provisional: bool
    explanation: Names


class CalendarDay(Form):
    """A day of the office calendar, with what falls due on it."""

    date: str
    kind: Literal["working", "weekend", "holiday", "special", "unknown"]
    windows: list[list[str]]
    breaks: list[list[str]]
    note: Texts | None
    variant: Texts | None
    source: str
    provisional: bool
    rungs: list[str]


class UnitPrice(Form):
    """What one kind of message costs, where that was read, and whether it was checked."""

    name: str
    amount: str
    per: int
    source: str
    verified_on: str | None


class Estimate(Form):
    """What the messages cost by dated unit prices: an estimate, no bill."""

    amount: str
    currency: str
    as_of: str
    items: list[UnitPrice]


class Simulated(Form, kw_only=True):
    """The whole ladder of an SOP for one moment of filing."""

    sop: SimulatedSop
    category: str
    filed_at: Time
    recipients_as_of: Time
    agency: str | None
    kelurahan: str | None
    calendar: CalendarShort
    assumed: list[AssumedEvent]
    promises: list[GoverningLimit]
    rungs: list[Rung]
    days: list[CalendarDay]
    messages: dict[str, int]
    estimate: Estimate


class SopDocument(Form, kw_only=True):
    """A PDF: its address while it opens, and the mark of what it says.

    ``being_made``: ask again in a moment.
    """

    status: Literal["ready", "being_made"]
    url: str | None
    open_for_seconds: int | None
    filename: str
    mark: str


class ReplayedSide(Form, kw_only=True):
    """What one of two SOPs did, or would have done, with the same reports."""

    firings: dict[str, int]
    escalations: int
    broken: dict[str, int]
    recipients: dict[str, int]
    messages: dict[str, int]
    estimate: Estimate


class ReplayedFiring(Form):
    """One firing that only one of the two ladders has."""

    step: str
    at: Time
    to: list[str]


class ReplayExample(Form):
    """A report whose ladder would have been another one."""

    number: str
    no_longer: list[ReplayedFiring]
    instead: list[ReplayedFiring]


class Replay(Form, kw_only=True):
    """A draft against past reports; people are taken to have acted as they did."""

    status: Literal["asked", "done"]
    sop: str
    number: int
    hash: str
    from_: str = field(name="from")
    to: str
    now: Time
    version: int | UnsetType = UNSET
    reports: int | UnsetType = UNSET
    changed_reports: int | UnsetType = UNSET
    truncated: bool | UnsetType = UNSET
    left_out: list[str] | UnsetType = UNSET
    before: ReplayedSide | UnsetType = UNSET
    after: ReplayedSide | UnsetType = UNSET
    examples: list[ReplayExample] | UnsetType = UNSET


class OfficeContacts(Form):
    """An office, and when each of its addresses was confirmed; none of the addresses."""

    position: str
    title: Texts
    agency: str | None
    channels: dict[str, Time | None]
    untested: list[str]


class OfficeContactList(Form):
    """All offices."""

    items: list[OfficeContacts]
    cursor: str | None


class AskedContact(Form):
    """What came of asking one office by one channel."""

    position: str
    channel: str
    state: Literal["asked", "asked_today", "no_address", "unknown"]


class AskedContacts(Form):
    """What came of asking."""

    items: list[AskedContact]
    cursor: None


class LedgerShard(Form):
    """One sixteenth of a day: how many reports, and the root over their marks."""

    reports: int
    root: str


class LedgerDay(Form):
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
    sealed_at: Time


class LedgerDays(Form):
    """Closed days, newest first."""

    items: list[LedgerDay]
    cursor: str | None


class LedgerKey(Form):
    """A public key and its mark."""

    key: str
    pem: str


class LedgerKeys(Form):
    """All keys that ever signed a day."""

    items: list[LedgerKey]
    cursor: str | None


class LedgerMark(Form):
    """What a record is: how many events, and the last one's hash."""

    events: int
    hash: str


class LedgerProof(Form):
    """A record's mark at a day's end, and its path to the root of its shard (RFC 6962)."""

    number: str
    events: int
    hash: str
    index: int
    path: list[str]


class ReportProof(Form):
    """A report's place in the books; what was written since is in no closed day yet."""

    number: str
    now: LedgerMark
    proof: LedgerProof | None
    day: LedgerDay | None


class CaseLimit(Form):
    """A limit that ran: kept, missed (by so many seconds of the wall clock), or running."""

    step: str
    cycle: int
    kind: str
    basis: str | None
    until: str | None
    due_at: Time | None
    met_at: Time | None
    state: Literal["kept", "missed", "running"]
    late_seconds: int | None


class CaseStep(Form):
    """A step of the SOP: when it was due and why, when it fired, and who was told."""

    step: str
    cycle: int
    repeat: int
    clock: str
    state: str
    due_at: Time | None
    fired_at: Time | None
    told: list[str]
    basis: str | None
    explanation: str


class CaseEvent(Form):
    """An entry of the record: which position did what, when it counts and when it was written."""

    seq: int
    type: str
    at: Time
    recorded_at: Time
    by: dict[str, str]
    sentence: Names
    texts: Texts
    sop: str
    hash: str


class CaseFact(Form):
    """One thing learned about one attempt at a message."""

    kind: str
    attempt: int
    at: Time


class CaseMessage(Form):
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
    planned_at: Time
    sent_at: Time | None
    facts: list[CaseFact]


class CaseLedger(Form):
    """The hashed record, and its place in the books: for `python -m chalicelib.verify`."""

    events: list[dict[str, Any]]
    proof: LedgerProof | None
    day: LedgerDay | None


class CaseRecord(Form):
    """One whole case for those who examine it. Who reported is not in it."""

    number: str
    made_at: Time
    category: Named
    tier: str
    area: Place | None
    agency: Named | None
    drill: bool
    status: Status
    status_name: Names
    filed_at: Time
    closed_at: Time | None
    sop: dict[str, Any]
    limits: list[CaseLimit]
    steps: list[CaseStep]
    events: list[CaseEvent]
    messages: list[CaseMessage]
    evidence: list[dict[str, Any]]
    hash: str
    ledger: CaseLedger
