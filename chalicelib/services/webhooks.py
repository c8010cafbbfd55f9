"""Webhooks: what happens to reports, said to those who asked for it, signed and never lost.

The form is Standard Webhooks (standardwebhooks.com): ``webhook-id``, ``webhook-timestamp``,
``webhook-signature: v1,<base64>`` over ``id.timestamp.body``. A payload holds what the public may
see and nothing of a person; a report that is hidden is in no payload. The secret of a subscription
is derived from the stage's key and the subscription's generation, so none is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.errands import HOOK, Errand, finished
from chalicelib.domain.events import Event, instant
from chalicelib.services.administering import Act, Administer
from chalicelib.services.cards import TOLD, updates_of
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.errands import ErrandStore
from chalicelib.services.ports import Clock, Jobs, NeverAgain, Stored, TryAgain

DOCUMENT = "webhooks"
SECRET_PREFIX = "whsec_"  # noqa: S105 - a prefix, not a secret
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")
TYPES = tuple(f"report.{name}" for name in sorted(TOLD))


class SubscriptionInvalid(ValueError):
    """The subscription cannot be kept like this; ``field`` names the culprit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class TargetRefused(NeverAgain):
    """The address is none that we call: not https, or not in the public network."""


class Outgoing(Protocol):
    """Calls other systems, and only those in the public network."""

    def check(self, url: str) -> None:
        """Raise TargetRefused if *url* may not be called."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and the first bytes of the answer; raise TryAgain or TargetRefused."""

    def get(self, url: str) -> tuple[int, bytes]:
        """The same with GET."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told of what. *types*: event types, none for all. *generation*: of the secret."""

    id: str
    url: str
    types: tuple[str, ...] = ()
    generation: int = 1
    active: bool = True

    def wants(self, type_: str) -> bool:
        """Whether events of this type are sent."""
        return self.active and (not self.types or type_ in self.types)


def secret_of(key: bytes, subscription: Subscription) -> str:
    """Return the secret that a receiver verifies with, as Standard Webhooks writes it."""
    text = f"webhook|{subscription.id}|{subscription.generation}".encode()
    return SECRET_PREFIX + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,<base64>`` over ``id.timestamp.body``."""
    raw = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    text = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(raw, text, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Webhooks:
    """Subscriptions, and what is said to them. *listed*: the list as this process has it."""

    listed: Callable[[], Any]
    administer: Administer
    errands: ErrandStore
    jobs: Jobs
    outgoing: Outgoing
    catalogue: Catalogue
    clock: Clock
    key: Callable[[], bytes]

    # -- keeping subscriptions --

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription, as of now."""
        rows = self.administer.latest("document", DOCUMENT).body
        return tuple(_subscription(row) for row in rows)

    def add(self, id: str, url: str, types: Sequence[str], act: Act) -> tuple[Subscription, str]:
        """Keep a new subscription; return it with its secret, which is shown this once."""
        if not _ID.fullmatch(id):
            raise SubscriptionInvalid("id")
        if set(types) - set(TYPES):
            raise SubscriptionInvalid("types")
        try:
            self.outgoing.check(url)
        except (TargetRefused, TryAgain):
            raise SubscriptionInvalid("url") from None
        new = Subscription(id, url, tuple(types))

        def edit(rows: Any) -> Any:
            if any(row["id"] == id for row in rows):
                raise SubscriptionInvalid("id")
            return [*rows, {"id": id, "url": url, "types": list(types), "generation": 1}]

        self.administer.change(act, "document", DOCUMENT, edit)
        return new, secret_of(self.key(), new)

    def renew(self, id: str, act: Act) -> str:
        """Give a subscription a new secret; the old one signs no more. Raises LookupError."""
        self._set(id, act, lambda row: {**row, "generation": row["generation"] + 1, "active": True})
        return secret_of(self.key(), self.one(id))

    def stop(self, id: str, act: Act) -> None:
        """Send nothing more. Raises LookupError."""
        self._set(id, act, lambda row: {**row, "active": False})

    def one(self, id: str) -> Subscription:
        """Return one subscription; raise LookupError."""
        found = next((one for one in self.all() if one.id == id), None)
        if found is None:
            raise LookupError(id)
        return found

    def _set(self, id: str, act: Act, change: Callable[[Any], Any]) -> None:
        def edit(rows: Any) -> Any:
            if not any(row["id"] == id for row in rows):
                raise LookupError(id)
            return [change(row) if row["id"] == id else row for row in rows]

        self.administer.change(act, "document", DOCUMENT, edit)

    # -- saying --

    def hear(self, stored: Stored, events: Sequence[Event]) -> None:
        """Plan what *events* of one report say to whom. Harmless when told twice."""
        subscriptions = [_subscription(row) for row in self.listed()]
        if not subscriptions or stored.report.drill:
            return
        told = {event.seq for event in events}
        planned = [
            self._planned(subscription, payload, update.seq)
            for update in updates_of(stored, self.catalogue)
            if update.seq in told and update.shown is not None
            for payload in [payload_of(stored, update.shown)]
            for subscription in subscriptions
            if subscription.wants(payload["type"])
        ]
        fresh = [errand for errand in planned if self.errands.put(errand)]
        if fresh:
            self.jobs.put(HOOK, [{"owner": e.owner, "id": e.id} for e in fresh], _NOW)

    def _planned(self, subscription: Subscription, payload: Mapping[str, Any], seq: int) -> Errand:
        now, number = self.clock.now(), payload["data"]["number"]
        return Errand(HOOK, owner_of(subscription.id), f"{number}-{seq}", now, payload, due_at=now)

    def say(self, errand: Errand, now: datetime) -> Errand:
        """Make one attempt; raises TryAgain or NeverAgain."""
        id = errand.owner.removeprefix(_OWNER)
        row = next((row for row in self.listed() if row["id"] == id), None)
        if row is None or not row.get("active", True):
            raise NeverAgain("the subscription has ended")
        subscription = _subscription(row)
        body = json.dumps(errand.payload, ensure_ascii=False, separators=(",", ":")).encode()
        stamp = int(now.timestamp())
        secret = secret_of(self.key(), subscription)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "live-room-webhooks/1",
            "webhook-id": errand.id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(secret, errand.id, stamp, body),
        }
        status, _ = self.outgoing.post(subscription.url, body, headers)
        if 200 <= status < 300:
            return finished(errand, now, f"HTTP {status}")
        if status == 410:
            raise NeverAgain("HTTP 410: the receiver is gone")
        # A receiver that is set up wrongly today is mended tomorrow: nothing is lost meanwhile.
        raise TryAgain(f"HTTP {status}")


_OWNER = "hook-"
_NOW = timedelta()


def owner_of(subscription: str) -> str:
    """Return under whom a subscription's errands are kept."""
    return f"{_OWNER}{subscription}"


def payload_of(stored: Stored, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of one public step: what the public may see, and no person."""
    report = stored.report
    return {
        "type": f"report.{shown['type']}",
        "timestamp": shown["at"],
        "data": {
            "number": report.number,
            "seq": shown["seq"],
            "status": shown["status"],
            "state": shown["state"],
            "category": report.category,
            "tier": report.tier,
            "agency": report.agency or None,
            "kelurahan": report.kelurahan or None,
            "kecamatan": report.kecamatan or None,
            "filed_at": instant(report.filed_at),
            "merged_into": report.merged_into or None,
            "sentence": dict(shown["sentence"]),
        },
    }


def _subscription(row: Mapping[str, Any]) -> Subscription:
    return Subscription(
        row["id"],
        row["url"],
        tuple(row.get("types", ())),
        int(row.get("generation", 1)),
        bool(row.get("active", True)),
    )
