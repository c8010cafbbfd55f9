"""Sensors: a device that raises a signal reports as a citizen does; one that clears it proposes
to close. Sensing, understanding, acting.

However often a signal repeats, it is one open report: the device's state says which, and the
filing's key is the device's episode, so that two signals at the same moment lead to one number.
A sensor never closes anything: people do, with the proof that the SOP asks for.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from chalicelib.domain.events import Actor, Draft, instant
from chalicelib.domain.numbers import number_for_key
from chalicelib.services.administering import Act, Administer
from chalicelib.services.clients import (
    ClientInvalid,
    KeyUnknown,
    LimitReached,
    Usage,
    digest_of,
)
from chalicelib.services.filing import FileReport, Filing, KeyReused
from chalicelib.services.ports import Clock, ReportStore, Stored, TryAgain
from chalicelib.services.recording import Recorder

KEY_PREFIX = "lrd_"
DOCUMENT = "devices"
PER_MINUTE = 60
RAISED = "raised"
CLEARED = "cleared"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_TRIES = 4
_FIELDS = ("id", "name", "category", "lat", "lon", "address", "digest", "revoked_at")


@dataclass(frozen=True, slots=True)
class Device:
    """One sensor: where it stands and what its signal is a report of."""

    id: str
    name: str
    category: str
    lat: float
    lon: float
    address: str = ""
    digest: str = ""
    revoked_at: str = ""

    def shown(self) -> dict[str, Any]:
        """Return what administrators see."""
        return {
            "id": self.id,
            "name": self.name,
            "category": self.category,
            "lat": self.lat,
            "lon": self.lon,
            "address": self.address or None,
            "revoked_at": self.revoked_at or None,
        }


@dataclass(frozen=True, slots=True)
class Signal:
    """What a device says: *kind* ``raised`` or ``cleared``, its reading, and its own clock."""

    kind: str
    reading: str = ""
    observed_at: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where a device stands: its present report, and how often its signal came."""

    episode: int = 0
    number: str = ""
    signals: int = 0
    cleared: bool = False
    last_at: str = ""


@dataclass(frozen=True, slots=True)
class Sensed:
    """The answer to a signal: ``filed``, ``repeated``, ``cleared`` or ``nothing_open``."""

    outcome: str
    number: str
    signals: int


class DeviceStates(Protocol):
    """The state of every device."""

    def get(self, device: str) -> State | None:
        """Return it, strongly consistent, or None."""

    def put(self, device: str, old: State | None, new: State) -> bool:
        """Put *new* in the place of exactly *old*; False if it has changed meanwhile."""


@dataclass(frozen=True)
class Sensing:
    """The use cases of devices. *listed*: the devices as this process has them."""

    listed: Callable[[], Any]
    administer: Administer
    states: DeviceStates
    usage: Usage
    store: ReportStore
    file: FileReport
    recorder: Recorder
    clock: Clock
    secret: Callable[[], str]

    # -- signals --

    def sense(self, key: str, signal: Signal) -> Sensed:
        """Take a signal; raises KeyUnknown, LimitReached, TryAgain and what filing raises."""
        device = self._admitted(key)
        for _ in range(_TRIES):
            old = self.states.get(device.id)
            stored = self.store.load(old.number) if old and old.number else None
            is_open = stored is not None and not stored.report.closed
            state = old or State()
            if signal.kind == CLEARED:
                sensed, new = self._cleared(state, is_open, signal)
            elif is_open:
                sensed, new = self._repeated(state, signal)
            else:
                sensed, new = self._filed(device, state, signal)
            if new == state or self.states.put(device.id, old, new):
                return sensed
        raise TryAgain("the device says too much at once")

    def _filed(self, device: Device, state: State, signal: Signal) -> tuple[Sensed, State]:
        episode = state.episode + 1
        words = f"{device.name}: {signal.reading}" if signal.reading else device.name
        key = f"device|{device.id}|{episode}"
        filing = Filing(
            category=device.category,
            description=words,
            lat=device.lat,
            lon=device.lon,
            address=device.address,
            source=f"sensor.{device.id}"[:40],
            key=key,
            actor=Actor("client", role="sensor", person=device.id),
        )
        try:
            number = self.file(filing).report.number
        except KeyReused:  # the same episode in other words: another signal was first
            number = number_for_key(self.file.secret(), key)
        new = State(episode, number, 1, last_at=self._now())
        return Sensed("filed", new.number, 1), new

    def _repeated(self, state: State, signal: Signal) -> tuple[Sensed, State]:
        """Counted beside the record; only what changes the picture is put on it."""
        if state.cleared:
            self._record(state.number, "signal_returned", signal)
        new = replace(state, signals=state.signals + 1, cleared=False, last_at=self._now())
        return Sensed("repeated", new.number, new.signals), new

    def _cleared(self, state: State, is_open: bool, signal: Signal) -> tuple[Sensed, State]:
        if not is_open:
            return Sensed("nothing_open", "", 0), state
        if not state.cleared:
            self._record(state.number, "signal_cleared", signal)
        new = replace(state, cleared=True, last_at=self._now())
        return Sensed("cleared", new.number, new.signals), new

    def _record(self, number: str, type_: str, signal: Signal) -> None:
        texts = {"text": signal.reading} if signal.reading else {}

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            said = [e.type for e in known.events if e.type in ("signal_cleared", "signal_returned")]
            if known.report.closed or said[-1:] == [type_]:
                return ()
            return (Draft(type_, now, known.events[0].actor, {}, texts),)

        self.recorder.record(number, decide)

    def _admitted(self, key: str) -> Device:
        digest = digest_of(key)
        for row in self.listed() if 0 < len(key) <= 200 else ():
            if hmac.compare_digest(str(row["digest"]), digest) and not row.get("revoked_at"):
                now = self.clock.now()
                gone = int((now + timedelta(days=2)).timestamp())
                span = f"device#{row['id']}#{now:%Y%m%d%H%M}"
                if self.usage.count(span, gone) > PER_MINUTE:
                    raise LimitReached
                return _device(row)
        raise KeyUnknown

    def _now(self) -> str:
        return instant(self.clock.now())

    # -- keeping devices --

    def all(self) -> tuple[Device, ...]:
        """Return every device, as of now."""
        return tuple(_device(row) for row in self.administer.latest("document", DOCUMENT).body)

    def add(self, fields: Mapping[str, Any], act: Act, key: str = "") -> tuple[Device, str]:
        """Register a device; return it with its key, which is shown this once."""
        made = key or KEY_PREFIX + self.secret()
        device = Device(**{**fields, "digest": digest_of(made)})
        if not _ID.fullmatch(device.id):
            raise ClientInvalid("id")

        def edit(rows: Any) -> Any:
            if any(row["id"] == device.id for row in rows):
                raise ClientInvalid("id")
            return [*rows, {name: getattr(device, name) for name in _FIELDS}]

        self.administer.change(act, "document", DOCUMENT, edit)
        return device, made

    def revoke(self, id: str, act: Act) -> None:
        """Take no more signals from a device. Raises KeyUnknown."""

        def edit(rows: Any) -> Any:
            if not any(row["id"] == id for row in rows):
                raise KeyUnknown(id)
            at = self._now()
            return [row | {"revoked_at": at} if row["id"] == id else row for row in rows]

        self.administer.change(act, "document", DOCUMENT, edit)


def _device(row: Mapping[str, Any]) -> Device:
    return Device(**{name: row[name] for name in _FIELDS if name in row})
