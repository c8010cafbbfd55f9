"""The record of a report: events that are only ever added, chained by their hashes.

An event says who did what, when, why, and under which SOP version. What people wrote (a
description, an address, a reason) is kept beside the hashed part, bound to it by a salted
digest: it can be removed when the law asks for it (UU 27/2022), and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


class ChainBroken(Exception):
    """An event does not follow from the one before it, or was changed after it was written."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a position and role, and for staff the person's account, never a citizen's name.

    kind is ``reporter``, ``staff``, ``system`` or ``client`` (another system by its key).
    """

    kind: str
    role: str = ""
    person: str = ""
    position: str = ""
    agency: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the parts that are set, as written into the record."""
        parts = {
            "kind": self.kind,
            "role": self.role,
            "person": self.person,
            "position": self.position,
            "agency": self.agency,
        }
        return {name: value for name, value in parts.items() if value}


SYSTEM = Actor("system")
REPORTER = Actor("reporter")


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that has been decided and not yet been written.

    at: the instant from which it counts, UTC, whole seconds. data: structured facts without
    personal data. texts: what people wrote, removable later.
    """

    type: str
    at: datetime
    actor: Actor = SYSTEM
    data: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a report's record. ``recorded_at`` is when the server wrote it."""

    number: str
    seq: int
    type: str
    at: datetime
    recorded_at: datetime
    actor: Actor
    data: Mapping[str, Any]
    texts: Mapping[str, str]
    digests: Mapping[str, str]
    salt: str
    sop: str
    previous: str
    hash: str
    key: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the stored form."""
        body = _hashed_part(self)
        body["hash"] = self.hash
        body["texts"] = dict(self.texts)
        body["salt"] = self.salt
        return body

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Event:
        """Build an event from its stored form."""
        return cls(
            number=body["number"],
            seq=body["seq"],
            type=body["type"],
            at=parse_instant(body["at"]),
            recorded_at=parse_instant(body["recorded_at"]),
            actor=Actor(**body["actor"]),
            data=body["data"],
            texts=body.get("texts", {}),
            digests=body["digests"],
            salt=body.get("salt", ""),
            sop=body["sop"],
            previous=body["previous"],
            hash=body["hash"],
            key=body.get("key", ""),
        )


def instant(moment: datetime) -> str:
    """Return *moment* as a fixed-width UTC string that sorts: ``2027-05-14T08:59:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Return the aware UTC datetime that *text* (as written by `instant`) means."""
    return datetime.fromisoformat(text).astimezone(UTC)


def canonical(value: Any) -> bytes:
    """Return the one JSON form over which hashes are taken."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def text_digest(salt: str, text: str) -> str:
    """Return the salted digest that binds a removable text to the chain."""
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()


def _hashed_part(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = {
        "number": event.number,
        "seq": event.seq,
        "type": event.type,
        "at": instant(event.at),
        "recorded_at": instant(event.recorded_at),
        "actor": event.actor.to_dict(),
        "data": dict(event.data),
        "digests": dict(event.digests),
        "sop": event.sop,
        "previous": event.previous,
    }
    if event.key:
        body["key"] = event.key
    return body


def seal(
    draft: Draft, *, number: str, seq: int, previous: str, sop: str, now: datetime, salt: str
) -> Event:
    """Return *draft* as event *seq* of the report, chained to the hash *previous*."""
    event = Event(
        number=number,
        seq=seq,
        type=draft.type,
        at=draft.at.replace(microsecond=0),
        recorded_at=now.replace(microsecond=0),
        actor=draft.actor,
        data=draft.data,
        texts=draft.texts,
        digests={name: text_digest(salt, text) for name, text in draft.texts.items()},
        salt=salt if draft.texts else "",
        sop=sop,
        previous=previous,
        hash="",
        key=draft.key,
    )
    return replace(event, hash=hashlib.sha256(canonical(_hashed_part(event))).hexdigest())


def verify_chain(events: Iterable[Event]) -> str:
    """Return the last hash of an unbroken record; raise ChainBroken with the place otherwise.

    A removed text leaves its digest behind and breaks nothing; a changed one is found.
    """
    previous, expected_seq = GENESIS, 1
    for event in events:
        if event.seq != expected_seq or event.previous != previous:
            raise ChainBroken(f"event {event.seq} of {event.number} does not follow")
        if hashlib.sha256(canonical(_hashed_part(event))).hexdigest() != event.hash:
            raise ChainBroken(f"event {event.seq} of {event.number} was changed")
        for name, text in event.texts.items():
            if text_digest(event.salt, text) != event.digests.get(name):
                raise ChainBroken(f"text {name} of event {event.seq} was changed")
        previous, expected_seq = event.hash, expected_seq + 1
    return previous
