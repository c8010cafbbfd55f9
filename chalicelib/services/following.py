"""Following a report, a category or an area: asked for, confirmed by mail, left by one click.

Nobody is told anything before they confirmed (double opt-in), and one address gets one
confirmation a day for the same thing, however often somebody types it into the form. Addresses
are in a table of their own that the API may write and not read. What is announced is what the
public list shows; a report of which the public may know nothing is never announced.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.deliveries import FOLLOWER, Delivery, delivery_id, inbox
from chalicelib.domain.report import Report
from chalicelib.domain.signing import LAST_INSTANT, Keyring, open_token, packed, sign
from chalicelib.services.catalogue import CITY_ZONE, Catalogue
from chalicelib.services.dispatching import ANNOUNCED
from chalicelib.services.ports import Clock, Mark, ReportStore, Stored, real
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.views import hidden

JOIN, LEAVE = "follow", "leave"
REPORT, CATEGORY, AREA = "report", "category", "area"
#: What only the holder of a report's token and a member of staff are told of, by push alone.
OWN, STAFF = "own", "staff"
SECRET_TEMPLATE = "secret_update"  # noqa: S105 - a template's name
#: How long a confirmation is waited for; then the address is forgotten.
PENDING = timedelta(hours=48)
#: How long a link to leave works: longer than anybody keeps a mail.
LEAVE_LIFE = timedelta(days=400)
CONFIRM_TEMPLATE, UPDATE_TEMPLATE = "follow_confirm", "follow_update"
#: Followers of one report hear of `ANNOUNCED`; of a whole category or area of what begins and ends.
_ENDS = frozenset({"verified", "confirmed", "closed_automatically"})
OFF, ON = "off", "on"


class NoSuchTopic(LookupError):
    """There is nothing of this name that anybody could follow."""


@dataclass(frozen=True, slots=True)
class Follower:
    """One address that follows one topic. *id* tells addresses apart and is none."""

    topic: str
    id: str
    channel: str
    address: str
    language: str


class FollowStore(Protocol):
    """The table of followers."""

    def ask(self, follower: Follower, until: datetime) -> None:
        """Note who wants to follow until *until*; changes nothing for one who follows already."""

    def join(self, topic: str, id: str) -> bool:
        """Let an asker follow; False if nobody of this id asked, or the time is over."""

    def leave(self, topic: str, id: str) -> None:
        """Forget the follower and the address."""

    def followers(self, topic: str) -> Iterator[Follower]:
        """Yield those who confirmed."""

    def address(self, topic: str, id: str) -> str:
        """Return the address of a follower or asker, "" if there is none."""


@dataclass(frozen=True)
class Following:
    """The use cases of those who follow."""

    store: ReportStore
    followers: FollowStore
    catalogue: Catalogue
    clock: Clock
    keys: Callable[[], Keyring]

    def ask(self, topic: str, address: str, language: str) -> None:
        """Send a confirmation for *topic* to *address*; raise NoSuchTopic.

        Says nothing about whether the address follows already.
        """
        self.name(topic)
        now = self.clock.now()
        id = self._id(address)
        until = now + real(PENDING, self.clock)
        self.followers.ask(Follower(topic, id, "mail", address, language), until)
        day = now.astimezone(CITY_ZONE).date().isoformat()
        recipient = f"{FOLLOWER}{id}"
        confirm = Delivery(
            number=inbox(recipient),
            id=delivery_id(f"{CONFIRM_TEMPLATE}#{day}#{topic}", recipient, "mail"),
            recipient=recipient,
            channel="mail",
            template=CONFIRM_TEMPLATE,
            language=language,
            created_at=now,
            context={"topic": topic, "topic_name": self.name(topic)},
        )
        self.store.put_message_once(confirm)

    def name(self, topic: str) -> dict[str, str]:
        """Return what *topic* is called in both languages; raise NoSuchTopic."""
        kind, _, key = topic.partition(":")
        found = _NAMES.get(kind, _no_name)(self, key)
        if found is None:
            raise NoSuchTopic(topic)
        return found

    def join(self, token: str) -> str | None:
        """Confirm by the link of the mail; the topic, or None if it was too late."""
        _, topic, id = open_token(self.keys(), JOIN, token, self.clock.now()).fields
        return topic if self.followers.join(topic, id) else None

    def topic_of(self, purpose: str, token: str) -> tuple[str, str, str]:
        """Return what a link is about; raise TokenRefused for what is no link of ours."""
        kind, what, who = open_token(self.keys(), purpose, token, self.clock.now()).fields
        return kind, what, who

    def _id(self, address: str) -> str:
        key = self.keys().current
        digest = hmac.new(key, b"follower|" + address.strip().lower().encode(), hashlib.sha256)
        return digest.hexdigest()[:24]


@dataclass(frozen=True)
class Leaving:
    """Links out of what may be left, and what happens when one is used.

    What is part of a duty cannot be left; a digest, one's own report's mails and whatever one
    follows can.
    """

    keys: Callable[[], Keyring]
    clock: Clock
    base: Callable[[], str]

    def link(self, delivery: Delivery) -> str:
        """Return the address at which *delivery* and its like can be stopped, "" if they cannot."""
        what = _left(delivery)
        return f"{self.base()}/berhenti/{self._token(LEAVE, what, LEAVE_LIFE)}" if what else ""

    def join_link(self, delivery: Delivery) -> str:
        """Return the address that confirms what *delivery* asks about."""
        what = ("topic", str(delivery.context["topic"]), delivery.recipient.removeprefix(FOLLOWER))
        return f"{self.base()}/ikuti/{self._token(JOIN, what, PENDING)}"

    def _token(self, purpose: str, what: tuple[str, str, str], life: timedelta) -> str:
        now = self.clock.now()
        # A demonstration's clock takes real days for centuries of its own.
        until = now + min(real(life, self.clock), LAST_INSTANT - now)
        return sign(self.keys(), purpose, packed(*what), until)


def _left(delivery: Delivery) -> tuple[str, str, str] | None:
    if "page" in delivery.context:  # asked for once, and answered by this very message
        return None
    if delivery.to_follower and "topic" in delivery.context:
        return "topic", str(delivery.context["topic"]), delivery.recipient.removeprefix(FOLLOWER)
    if delivery.template == "digest":
        return "digest", delivery.who, delivery.channel
    if delivery.to_reporter:
        return "report", delivery.number, delivery.channel
    return None


@dataclass(frozen=True)
class Leave:
    """What the POST behind a link out does."""

    store: ReportStore
    followers: FollowStore
    clock: Clock
    set_channels: Callable[[str, tuple[str, ...]], Any]

    def __call__(self, what: tuple[str, str, str], *, back: bool = False) -> None:
        """Stop what the link is about; *back*: digests again. Doing it twice is doing it once."""
        kind, first, second = what
        if kind == "topic":
            self.followers.leave(first, second)
        elif kind == "digest":
            mark = Mark("", ON if back else OFF, self.clock.now())
            self.store.mark_contact(first, "digest", mark)
        else:
            self._report(first, second)

    def _report(self, number: str, channel: str) -> None:
        stored = self.store.load(number)
        if stored is None or channel not in stored.report.channels:
            return
        self.set_channels(number, tuple(c for c in stored.report.channels if c != channel))


@dataclass(frozen=True)
class Announce:
    """Tells followers what happened, each once however many of their topics it touches.

    Of a report that is hidden from the public nobody hears but whoever holds its token.
    """

    store: ReportStore
    followers: FollowStore
    catalogue: Catalogue
    clock: Clock

    def __call__(self, number: str, seq: int) -> int:
        """Plan the messages about event *seq*; return how many are new."""
        stored = self.store.load(number)
        if stored is None or seq > len(stored.events):
            return 0
        event = stored.events[seq - 1]
        if event.type not in ANNOUNCED:
            return 0
        planned, seen = 0, set()
        for topic in _topics(stored.report, event.type):
            for follower in self.followers.followers(topic):
                if follower.id not in seen:
                    seen.add(follower.id)
                    planned += self.store.put_message_once(self._update(stored, seq, follower))
        return planned

    def _update(self, stored: Stored, seq: int, follower: Follower) -> Delivery:
        report, recipient = stored.report, f"{FOLLOWER}{follower.id}"
        return Delivery(
            number=report.number,
            id=delivery_id(f"follow#{seq}", recipient, follower.channel),
            recipient=recipient,
            channel=follower.channel,
            template=SECRET_TEMPLATE if report.secret else UPDATE_TEMPLATE,
            language=follower.language,
            created_at=self.clock.now(),
            context={
                **({"secret": True} if report.secret else self._facts(report)),
                **({"drill": True} if report.drill else {}),
                "topic": follower.topic,
            },
        )

    def _facts(self, report: Report) -> dict[str, Any]:
        category = self.catalogue.categories().get(report.category)
        return {
            "category": dict(category.name) if category else report.category,
            "kelurahan": self.catalogue.areas.name(report.kelurahan),
            "kecamatan": self.catalogue.areas.name(report.kecamatan),
            "status": dict(STATUS_NAMES[report.status]),
        }


def _topics(report: Report, event: str) -> list[str]:
    topics = [f"{OWN}:{report.number}"]
    if hidden(report):
        return topics
    topics.append(f"{REPORT}:{report.number}")
    if event in _ENDS:
        areas = [area for area in (report.kelurahan, report.kecamatan) if area]
        topics += [f"{CATEGORY}:{report.category}", *(f"{AREA}:{area}" for area in areas)]
    return topics


def _report_name(self: Following, key: str) -> dict[str, str] | None:
    stored = self.store.load(key)
    if stored is None or hidden(stored.report):
        return None
    return {"id": f"laporan {key}", "en": f"report {key}"}


def _category_name(self: Following, key: str) -> dict[str, str] | None:
    found = self.catalogue.categories().get(key)
    if found is None or found.sensitivity == "secret":
        return None
    return {"id": f"laporan {found.name['id']}", "en": f"reports of {found.name['en']}"}


def _area_name(self: Following, key: str) -> dict[str, str] | None:
    area = self.catalogue.areas.get(key)
    if area is None:
        return None
    kind = "Kec." if key.count(".") == 2 else "Kel."  # 36.71.01 and 36.71.01.1007
    name = self.catalogue.areas.name(key)
    return {"id": f"laporan di {kind} {name}", "en": f"reports in {kind} {name}"}


def _no_name(self: Following, key: str) -> dict[str, str] | None:
    return None


_NAMES: Mapping[str, Callable[[Following, str], dict[str, str] | None]] = {
    REPORT: _report_name,
    CATEGORY: _category_name,
    AREA: _area_name,
}
