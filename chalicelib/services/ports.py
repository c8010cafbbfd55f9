"""What the services need from the outside, as protocols: adapters and fakes fulfil the same.

Every store method names its guarantee. Errors: `Conflict` means somebody else wrote first (load
again and decide anew), `AlreadyExists` that the number is taken, `TryAgain` a passing fault of the
provider, `NeverAgain` a final refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain import books
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.events import Event
from chalicelib.domain.report import Report


class Conflict(Exception):
    """The report was changed since it was loaded; nothing was written."""


class AlreadyExists(Exception):
    """A report with this number exists; nothing was written."""


class SlotTaken(Exception):
    """Another drill of this SOP runs in this part of the city; nothing was written."""


class TryAgain(Exception):
    """A passing fault (throttling, time-out, 5xx): the same call may succeed later."""


class NeverAgain(Exception):
    """A final refusal: repeating the call cannot help (bad address, opted out)."""


class AddressRefused(NeverAgain):
    """The provider will never reach this address: the contact itself is at fault."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who reported and how to reach them: personal data, kept in the identity table only."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Stored:
    """A report as loaded: its state, its whole record, and the marks of the running clock.

    armed_epoch: the epoch whose execution was started last (0: none); the negative of an epoch
    that nothing runs for yet, because its first entry is days away: see `ReportStore.mark_armed`.
    """

    report: Report
    events: tuple[Event, ...]
    version: int
    epoch: int
    armed_epoch: int


@dataclass(frozen=True, slots=True)
class DrillNote:
    """What is kept of a drill beside its report. listed: its row in the list of drills.

    slot: what one drill at a time may hold, taken when the drill begins and freed when it closes.
    trained: rows of the training record, written when it closes.
    """

    listed: Mapping[str, Any]
    slot: str
    closes: bool = False
    trained: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Everything one decision writes, in one transaction.

    expected_version: the version loaded, or 0 for a new report. fired: keys of the steps that
    fire with it; a key that exists already refuses the whole change (`Conflict`). sweep_at: when
    the sweeper should look at the report if nobody else did (None: never). summary and queue_sort
    feed the work list of the report's holder. erased: earlier events, rewritten without what people
    wrote.
    """

    report: Report
    events: Sequence[Event]
    expected_version: int
    epoch: int
    armed_epoch: int
    sweep_at: datetime | None
    queue_sort: str = ""
    summary: Mapping[str, Any] | None = None
    fired: Sequence[str] = ()
    deliveries: Sequence[Delivery] = ()
    identity: Contact | None = None
    erased: Sequence[Event] = ()
    #: The pseudonym of the signed-in resident who files it (with a new report only).
    owner: str = ""
    #: Of a drill alone.
    drill: DrillNote | None = None


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row of the due index: a report whose clock or arming, or a message, is overdue."""

    kind: str
    number: str
    id: str
    due_at: datetime
    epoch: int
    armed_epoch: int


@dataclass(frozen=True, slots=True)
class StreamRow:
    """What the table's stream says of one written row: a report's CURRENT row, a new message or
    an event of the record (kind ``event``, id its six-digit place in it, no body).

    due_at is when the sweeper would look at it. trace is
    the id of what wrote it. new_epoch: it began the epoch that it names. type: what an event is.
    """

    kind: str
    number: str
    id: str
    inserted: bool
    version: int = 0
    epoch: int = 0
    armed_epoch: int = 0
    due_at: datetime | None = None
    trace: str = ""
    new_epoch: bool = False
    type: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list and where the next one starts (None: there is none)."""

    items: tuple[Mapping[str, Any], ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A contact that is known not to work: *digest* of the address, so a new one clears it."""

    digest: str
    reason: str
    at: datetime


class ReportStore(Protocol):
    """The reports table."""

    def load(self, number: str) -> Stored | None:
        """Return the report with its record, strongly consistent, or None."""

    def owner(self, number: str) -> str:
        """Return the pseudonym of the resident who filed the report signed in, empty if none."""

    def owned(self, owner: str, limit: int, cursor: str | None) -> Page:
        """Return ``{"number"}`` of what a resident filed signed in, newest first."""

    def numbers(self) -> Iterator[str]:
        """Yield the number of every report, in no order: a long walk, for tools."""

    def over_time(self, now: datetime) -> Iterator[str]:
        """Yield the reports of which something is kept longer than it may be, in no order."""

    def save(self, change: Change) -> None:
        """Write all of *change* or nothing; raise Conflict, AlreadyExists or SlotTaken.

        With it goes the report's mark in the books of the day on which it is written.
        """

    def day_marks(self, day: str, shard: str) -> Iterator[books.Mark]:
        """Yield the marks of one shard of *day* by number, strongly consistent, lazily."""

    def mark_once(self, day: str, mark: books.Mark) -> None:
        """Put a mark into the books of *day*, unless the report has one there."""

    def drills(self, limit: int, cursor: str | None) -> Page:
        """Return what is listed of drills, newest first."""

    def trained(self, sop: str, version: int) -> tuple[Mapping[str, Any], ...]:
        """Return the training record of one SOP version, by position and then by time."""

    def mark_armed(
        self, number: str, epoch: int, sweep_at: datetime | None, *, later: bool = False
    ) -> bool:
        """Record that *epoch*'s execution runs, if that epoch is still current.

        later: nothing runs, and the sweeper is to have it started at *sweep_at*.
        """

    def due(self, until: datetime) -> Iterator[DueRow]:
        """Yield every overdue row up to *until*, oldest first over all shards, to the end."""

    def queue(
        self, holder: str, limit: int, cursor: str | None, fits: Callable[[Mapping[str, Any]], bool]
    ) -> Page:
        """Return the open reports whose move it is *holder*'s, nearest deadline first.

        Those whose summary *fits* alone; a page is short of *limit* only if it is the last.
        """

    def first_texts(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """Return what was written when these reports (100 at most) were filed, by number."""

    def delivery(self, number: str, id: str) -> Delivery | None:
        """Return one delivery record, strongly consistent."""

    def deliveries(self, number: str) -> tuple[Delivery, ...]:
        """Return all delivery records of a report."""

    def claim(self, number: str, id: str, now: datetime, lease: timedelta) -> Delivery | None:
        """Take a message for sending if it is planned and due, or its lease ran out; else None."""

    def settle(self, delivery: Delivery) -> bool:
        """Write what became of a message, unless somebody wrote since it was read (False)."""

    def put_message_once(self, delivery: Delivery) -> bool:
        """Plan a message that belongs to no change of a report; False if it is planned already."""

    def remember_sent(self, provider_id: str, delivery: Delivery, until: datetime) -> None:
        """Note which attempt at which message a provider's id belongs to, until *until*."""

    def sent_as(self, provider_id: str) -> tuple[str, str, int] | None:
        """Return number, id and attempt of what a provider knows by *provider_id*."""

    def mark_contact(self, who: str, channel: str, mark: Mark) -> None:
        """Note that messages to *who* over *channel* do not arrive."""

    def contact_mark(self, who: str, channel: str) -> Mark | None:
        """Return the note of `mark_contact`, or None."""

    def pace(
        self, who: str, channel: str, now: datetime, window: timedelta, free: int
    ) -> datetime | None:
        """Count a message to *who*: None if it is among the first *free* within *window*.

        Otherwise it is not counted, and the end of the window is returned.
        """

    def use_up_pace(self, who: str, channel: str, now: datetime, free: int) -> None:
        """Begin a window at *now* in which no message to *who* is free."""

    def join(self, bundle: Delivery, member: str, most: int) -> bool:
        """Add *member* to a bundle, made now if it is new; False if it is closed or full."""

    def members(self, number: str, id: str) -> tuple[str, ...]:
        """Return who was added to a bundle, sorted."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What was last sent to one address about one report. id: the message's."""

    number: str
    id: str
    at: datetime


class Talks(Protocol):
    """Which reports an address was written to about; an address is known by its mark only."""

    def note_sent(self, mark: str, talk: Talk, until: datetime) -> None:
        """Note *talk* as the latest about its report, until *until*."""

    def of(self, mark: str) -> tuple[Talk, ...]:
        """Return the reports that the address was written to about, by number, at most 50."""


class IdentityStore(Protocol):
    """The identity table, readable by the sender and the reveal function only."""

    def contact(self, number: str) -> Contact | None:
        """Return the reporter's contact, or None for an anonymous report."""

    def carrying(self, channel: str, marks: Sequence[str], most: int) -> tuple[str, ...]:
        """Return the reports left with an address of one of *marks*, newest first, *most* at most.

        marks: `answering.address_marks` of a mail address (channel ``mail``) or a telephone number
        (``sms``). Reports that `identity.found_by_contact` excludes at filing are not among them.
        """


class TimelineClock(Protocol):
    """Step Functions: runs one execution per report and epoch."""

    def start(self, number: str, epoch: int, entries: Sequence[Mapping[str, Any]]) -> bool:
        """Start ``<number>-<epoch>`` to wait for *entries*, at least one, in due order.

        False if the name is used and no execution runs under it.
        """

    def stop(self, number: str, epoch: int) -> None:
        """Stop that execution, best effort: its wake-ups do nothing anyway."""


#: The member of a body that says how many seconds the queue holds it back (at most 900).
AFTER = "after"


class Queues(Protocol):
    """The queues between the parts; a body is a small JSON object, with `AFTER` or without."""

    def wake(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Ask for the due steps of reports to be fired."""

    def arm(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Ask for the executions of reports to be started."""

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Ask for messages to be sent."""

    def receipts(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Pass on what a provider says became of messages."""


class Jobs(Protocol):
    """Queues of work that nobody waits for, each read by a function of its own."""

    def put(self, job: str, bodies: Sequence[Mapping[str, Any]], delay: timedelta) -> None:
        """Ask for *job* (``replan``, ``replay``, ``document``), after *delay* (15 min at most)."""


class Mailer(Protocol):
    """Mail provider. Returns the provider's message id; raises TryAgain or NeverAgain."""

    def send(self, to: str, mime: bytes, tags: Mapping[str, str] | None = None) -> str:
        """Send one complete MIME message; the provider's receipts will carry *tags*."""


class Texter(Protocol):
    """SMS provider. Returns the provider's message id; raises TryAgain or NeverAgain."""

    def send(self, to: str, text: str) -> str:
        """Send one text message to an E.164 number."""


class Clock(Protocol):
    """The system's one clock. *speed*: its seconds in one real second (1 but in demonstrations)."""

    @property
    def speed(self) -> float:
        """Seconds of system time in one real second: what machines need is real time."""

    def now(self) -> datetime:
        """Return the system's present instant: aware UTC, whole seconds."""


def real(margin: timedelta, clock: Clock) -> timedelta:
    """Return *margin*, meant as real time, on the system's clock.

    A lease or a grace is time that machines need; it does not pass faster in a demonstration.
    """
    return margin * clock.speed


class Alarms(Protocol):
    """What a person must look at."""

    def raise_alarm(self, code: str, facts: Mapping[str, Any]) -> None:
        """Report a final fault with a stable code and facts free of personal data."""


class Prints(Protocol):
    """Printed documents that anybody may read through an address that expires."""

    def exists(self, key: str) -> bool:
        """Whether a document lies under *key*."""

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Keep a document; the same key always has the same bytes."""

    def address(self, key: str, filename: str, lasting: timedelta) -> str:
        """Return an address that opens the document for *lasting* of real time."""


class Blobs(Protocol):
    """Photos and other files."""

    def delete(self, keys: Sequence[str]) -> None:
        """Delete the files; one that is not there is no fault."""

    def upload_form(
        self, key: str, content_type: str, max_bytes: int, redirect: str = ""
    ) -> Mapping[str, Any]:
        """Return a presigned form for exactly this key, type and size.

        redirect: where the browser goes after the upload, for pages without scripts.
        """

    def exists(self, key: str) -> bool:
        """Whether a complete upload lies under *key*."""

    def read(self, key: str, most: int) -> bytes | None:
        """Return at most the first *most* bytes of the file, None if there is none."""

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write the file; the bucket keeps what was there before as an older version."""

    def put_if_absent(self, key: str, data: bytes, content_type: str) -> bool:
        """Write the file unless there is one, and say so; never overwrites."""

    def link(self, key: str) -> str:
        """Return an address from which the file can be fetched for a few minutes."""
