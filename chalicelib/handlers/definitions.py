"""The form of every request body. What validates here is what the API document describes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from chalicelib.domain.identity import READABLE
from chalicelib.domain.misuse import DECISIONS, MOST_DAYS, OUTCOMES
from chalicelib.domain.publishing import MAX_BOXES

Short = Annotated[str, Meta(max_length=100)]
Line = Annotated[str, Meta(max_length=300)]
Text = Annotated[str, Meta(max_length=1000)]
Needed = Annotated[str, Meta(min_length=1, max_length=1000)]
#: ``(?![\s\S])`` is the true end in every dialect; ``$`` would let a last line break pass.
Code = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+(?![\s\S])")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Instant = Annotated[datetime, Meta(tz=True)]
MOST_PHOTOS = 10
Photos = Annotated[list[Code], Meta(max_length=MOST_PHOTOS)]


class Body(Struct, forbid_unknown_fields=True, frozen=True):
    """A request body: unknown fields are refused, so that a typing error is noticed."""


def _within_reason(name: str, value: datetime | None) -> None:
    """Refuse a time that no calendar reaches, and whose zone could not be changed."""
    if value is not None and not 2000 <= value.year < 2200:
        raise ValueError(f"time out of range `{name}`")


class Location(Body):
    """A point, a kelurahan (code or name), or both; the address helps to find the place."""

    lat: Latitude | None = None
    lon: Longitude | None = None
    kelurahan: Short = ""
    address: Line = ""

    def __post_init__(self) -> None:
        """Refuse half a point."""
        if (self.lat is None) != (self.lon is None):
            raise ValueError("coordinates_together")


class Reporter(Body):
    """How to reach the reporter; all of it may be left out."""

    name: Short = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=30)] = ""


class Support(Body, kw_only=True):
    """Who supports a report: a mail address or telephone number, and the kelurahan they live in."""

    reporter: Reporter
    kelurahan: Short = ""
    language: Literal["id", "en"] = "id"


class NewReport(Body):
    """A report as citizens and other systems send it."""

    category: Code
    description: Annotated[str, Meta(max_length=4000)] = ""
    location: Location | None = None
    about_unit: Annotated[str, Meta(max_length=60)] = ""
    reporter: Reporter | None = None
    on_behalf: bool = False
    visibility: Literal["public", "anonymous", "confidential"] = "public"
    language: Literal["id", "en"] = "id"
    source: Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9._:-]*(?![\s\S])")] = "web"
    observed_at: Instant | None = None

    def __post_init__(self) -> None:
        """Refuse a time far from any report's."""
        _within_reason("observed_at", self.observed_at)


class Plain(Body):
    """An action that needs nothing; a note is kept with it.

    done_at: when it was done by the device's clock, of an act that is sent later for want of a
    network. It is kept as evidence; what counts for every clock is when it came.
    """

    note: Text = ""
    done_at: Instant | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Refuse a time that no calendar reaches."""
        if self.done_at is not msgspec.UNSET:
            _within_reason("done_at", self.done_at)


class Verify(Plain):
    """The category and the agency may be corrected at verification."""

    category: Code | msgspec.UnsetType = msgspec.UNSET
    agency: Code | msgspec.UnsetType = msgspec.UNSET


class Assign(Plain, kw_only=True):
    """To whom."""

    agency: Code


class Decline(Plain, kw_only=True):
    """Why it is not ours, and whose it is."""

    reason: Needed
    agency: Code


class Arrive(Plain):
    """Where the officer checked in, and why there, if it is farther off than the SOP allows."""

    reason: Text = ""
    lat: Latitude | None = None
    lon: Longitude | None = None

    def __post_init__(self) -> None:
        """Refuse half a point, and what every action refuses."""
        if (self.lat is None) != (self.lon is None):
            raise ValueError("coordinates_together")
        super().__post_init__()


class Situation(Plain, kw_only=True):
    """A short word from the field: how things stand, and a note for those who lead."""

    state: Literal["on_the_way", "handling", "needs_help", "under_control"]


class Ask(Plain, kw_only=True):
    """What the reporter is asked."""

    question: Needed


class Defer(Plain, kw_only=True):
    """Why, and the new date."""

    reason: Needed
    until: Instant

    def __post_init__(self) -> None:
        """Refuse a time far from any date there could be."""
        _within_reason("until", self.until)
        super().__post_init__()


class RequestTime(Defer):
    """Why an officer needs more time, and until when; the head of the agency decides."""


class Refer(Plain, kw_only=True):
    """To which body outside the city, under which number there."""

    body: Short
    reference: Short = ""
    reason: Needed


class CallBack(Plain, kw_only=True):
    """What came of calling the reporter of a suspected hoax; ``real`` clears the report."""

    outcome: Literal[OUTCOMES]  # type: ignore[valid-type]


class Block(Plain, kw_only=True):
    """For how many days the contact of a confirmed hoax may not file, and why: they are told."""

    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)]
    reason: Needed


class DecideAppeal(Plain, kw_only=True):
    """Whether a block is lifted, and why: the reporter is told."""

    outcome: Literal[DECISIONS]  # type: ignore[valid-type]
    reason: Needed


class Reject(Plain, kw_only=True):
    """A reason from the list."""

    reason: Code


class AnswerReferral(Plain, kw_only=True):
    """What another body answered: that it is settled, that it is not theirs, or something else."""

    meaning: Literal["said", "settled", "refused"] = "said"
    text: Needed


class Merge(Plain, kw_only=True):
    """The report that this one is a duplicate of."""

    into: Short


class KeepApart(Plain, kw_only=True):
    """The report that this one is no duplicate of, although it is near."""

    other: Short


class Submit(Plain, kw_only=True):
    """What was done, with proof."""

    outcome: Literal["done", "cannot_be_done", "nothing_found"]
    reason: Text = ""
    photos: Photos = []


class Reasoned(Plain, kw_only=True):
    """An action that needs its reason."""

    reason: Needed


class Instruct(Plain, kw_only=True):
    """What a leader instructs, and by when it must be answered: a day from now if not named."""

    text: Needed
    until: Instant | None = None

    def __post_init__(self) -> None:
        """Refuse a time that no calendar reaches."""
        _within_reason("until", self.until)
        super().__post_init__()


class AnswerInstruction(Plain, kw_only=True):
    """What came of an instruction."""

    text: Needed


class Migrate(Plain, kw_only=True):
    """Under which SOP version the report runs from now on: today's, unless one is named."""

    sop: Code | msgspec.UnsetType = msgspec.UNSET
    version: Annotated[int, Meta(ge=1, le=99999)] | msgspec.UnsetType = msgspec.UNSET
    reason: Needed


class Audit(Plain, kw_only=True):
    """What was found at the place; the note says what was seen."""

    finding: Literal["as_reported", "partly", "not_done"]


class MaybeReasoned(Plain):
    """An action that may give its reason."""

    reason: Text = ""


class Comment(Body):
    """What is said."""

    text: Needed


class Rate(Body):
    """Satisfaction from 1 to 5."""

    score: Annotated[int, Meta(ge=1, le=5)]
    text: Text = ""


class InboundMessage(Body, rename={"sender": "from"}):
    """A message as a provider passes it on. id: the provider's own, the same when it repeats."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    sender: Annotated[str, Meta(min_length=5, max_length=30)]
    text: Annotated[str, Meta(max_length=4000)] = ""
    at: str = ""


class CallOutcome(Body):
    """What came of a call; ``accepted``: whoever was called takes the task on."""

    outcome: Literal["accepted", "reached", "no_answer", "busy", "wrong_number"]
    note: Text = ""


class NewPhoto(Body):
    """A photo to upload."""

    type: Literal["image/jpeg", "image/png", "image/webp"] = "image/jpeg"
    purpose: Literal["problem", "result", "dispute"] = "problem"


class Follow(Body):
    """Whether the reporter is told of what happens to the report."""

    on: bool = True


class Preferences(Body):
    """Over which of the channels that were left at filing the reporter is told; none is none."""

    channels: Annotated[list[Literal["mail", "sms"]], Meta(max_length=2)]


class CoveredBox(Body):
    """A rectangle to cover, in parts of the picture's sides from its upper left corner."""

    x: Annotated[float, Meta(ge=0, le=1)]
    y: Annotated[float, Meta(ge=0, le=1)]
    width: Annotated[float, Meta(gt=0, le=1)]
    height: Annotated[float, Meta(gt=0, le=1)]


class Cover(Body):
    """What to cover; an empty list says that there is nothing to cover."""

    boxes: Annotated[list[CoveredBox], Meta(max_length=MAX_BOXES)]


class Review(Body):
    """Whether everything is covered; if not, why not."""

    approved: bool
    reason: Text = ""


class Release(Body):
    """The text that stands for the description in public; empty: none."""

    text: Annotated[str, Meta(max_length=4000)] = ""


class Moderate(Body, kw_only=True):
    """What is withheld from the public, or shown again: a photo, or one text of one event."""

    photo: Short = ""
    event: Annotated[int, Meta(ge=0, le=999_999)] = 0
    field: Short = ""
    withhold: bool = True
    reason: Needed


class ReadContact(Body, kw_only=True):
    """Why the contact is read: a purpose from the table, and the case's own reason."""

    purpose: Literal[READABLE]  # type: ignore[valid-type]
    reason: Needed


class ContactCheck(Body, kw_only=True):
    """The offices that are to get a test message, and why now."""

    positions: Annotated[list[Code], Meta(min_length=1, max_length=100)]
    reason: Text = ""


class Simulation(Body):
    """For which moment, category and place an SOP is drawn, and which instants are given.

    What is not given is assumed at the last moment that keeps the promise before it.
    """

    filed_at: Instant | None = None
    category: Annotated[str, Meta(max_length=60)] = ""
    kelurahan: Annotated[str, Meta(max_length=60)] = ""
    verified_at: Instant | None = None
    resolved_at: Instant | None = None
    validated_at: Instant | None = None
    paused_at: Instant | None = None
    referred_at: Instant | None = None


class DraftSimulation(Simulation, kw_only=True):
    """The same for an SOP that is sent along, in the data form of an SOP version."""

    sop: dict[str, Any]


class NewClient(Plain, kw_only=True):
    """A system that may call the Open311 routes, and how often."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,29}(?![\s\S])")]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 60
    per_day: Annotated[int, Meta(ge=1, le=100_000_000)] = 5000
    #: Code of the outside body for which it answers what was referred there.
    body: Annotated[str, Meta(max_length=60)] = ""


class NewWebhook(Plain, kw_only=True):
    """A receiver: https only, in the public network; no types are all types."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,29}(?![\s\S])")]
    url: Annotated[str, Meta(min_length=10, max_length=500)]
    types: Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=60)] = []


class NewDevice(Plain, kw_only=True):
    """A sensor, where it stands, and what its signal is a report of."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{1,39}(?![\s\S])")]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    category: Code
    lat: Latitude
    lon: Longitude
    address: Line = ""


class NewSignal(Body, kw_only=True):
    """What a device says."""

    signal: Literal["raised", "cleared"]
    reading: Line = ""
    observed_at: Instant | None = None


#: The body of every action of ``POST /v1/reports/{number}/{action}``.
ACTION_BODIES: dict[str, type[Body]] = {
    "verify": Verify,
    "assign": Assign,
    "acknowledge": Plain,
    "decline": Decline,
    "start": Plain,
    "arrive": Arrive,
    "situation": Situation,
    "ask": Ask,
    "defer": Defer,
    "request_time": RequestTime,
    "refer": Refer,
    "reject": Reject,
    "suspect": Reasoned,
    "call_back": CallBack,
    "confirm_hoax": Plain,
    "block": Block,
    "appeal": Comment,
    "decide_appeal": DecideAppeal,
    "merge": Merge,
    "unmerge": Reasoned,
    "keep_apart": KeepApart,
    "answer_referral": AnswerReferral,
    "affirm": Plain,
    "submit": Submit,
    "validate": Plain,
    "return": Reasoned,
    "escalate": Reasoned,
    "instruct": Instruct,
    "answer_instruction": AnswerInstruction,
    "audit": Audit,
    "migrate": Migrate,
    "confirm": Plain,
    "dispute": Reasoned,
    "reopen": MaybeReasoned,
    "withdraw": MaybeReasoned,
    "rate": Rate,
    "comments": Comment,
    "photos": NewPhoto,
    "follow": Follow,
    "preferences": Preferences,
}
#: Fields that people write freely: kept beside the hashed record, removable.
FREE_TEXTS = frozenset({"note", "reason", "question", "text"})
