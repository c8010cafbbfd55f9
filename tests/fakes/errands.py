"""Errands, other systems and devices in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.domain.errands import OPEN, Errand
from chalicelib.services.ports import Page, TryAgain
from chalicelib.services.sensing import State
from chalicelib.services.webhooks import TargetRefused


class MemoryErrandStore:
    """A dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Errand] = {}

    def put(self, errand: Errand) -> bool:
        return self.kept.setdefault((errand.owner, errand.id), errand) is errand

    def get(self, owner: str, id: str) -> Errand | None:
        return self.kept.get((owner, id))

    def claim(self, owner: str, id: str, now: datetime, lease: timedelta) -> Errand | None:
        found = self.get(owner, id)
        if found is None or found.status != OPEN or found.due_at is None or found.due_at > now:
            return None
        claimed = replace(found, attempts=found.attempts + 1, due_at=now + lease)
        self.kept[owner, id] = claimed
        return claimed

    def replace(self, old: Errand, new: Errand) -> bool:
        if self.kept.get((old.owner, old.id)) != old:
            return False
        self.kept[old.owner, old.id] = new
        return True

    def due(self, kind: str, until: datetime) -> Iterator[Errand]:
        rows = [e for e in self.kept.values() if e.kind == kind and e.status == OPEN]
        yield from sorted(
            (e for e in rows if e.due_at and e.due_at <= until), key=lambda e: str(e.due_at)
        )

    def of(self, owner: str, limit: int, cursor: str | None) -> Page:
        def place(errand: Errand) -> str:
            return f"{errand.created_at:%Y-%m-%dT%H:%M:%SZ}#{errand.id}"

        rows = sorted((e for e in self.kept.values() if e.owner == owner), key=place, reverse=True)
        left = [e for e in rows if cursor is None or place(e) < cursor]
        more = place(left[limit - 1]) if len(left) > limit else None
        return Page(tuple(msgspec.to_builtins(e) for e in left[:limit]), more)


class MemoryOutgoing:
    """Other systems: `answer` says what each call gets; what was called is kept."""

    def __init__(self) -> None:
        self.called: list[tuple[str, str, bytes, Mapping[str, str]]] = []
        self.answer: Callable[[str, str, bytes], tuple[int, bytes]] = lambda m, u, b: (200, b"")

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise TargetRefused("only https is called")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.called.append(("POST", url, body, headers))
        return self.answer("POST", url, body)

    def get(self, url: str) -> tuple[int, bytes]:
        self.called.append(("GET", url, b"", {}))
        return self.answer("GET", url, b"")


class RecordingBodyMail:
    """Notes what was mailed to other bodies; raises what `faults` holds first."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.faults: list[Exception] = []

    def send(self, body: Mapping[str, Any], stored: Any, reason: str, now: datetime) -> str:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((body["mail"], stored.report.number, reason))
        return "id"


class MemoryDeviceStates:
    """A dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, State] = {}

    def get(self, device: str) -> State | None:
        return self.kept.get(device)

    def put(self, device: str, old: State | None, new: State) -> bool:
        if self.kept.get(device) != old:
            return False
        self.kept[device] = new
        return True


def refused(*_: Any) -> tuple[int, bytes]:
    """A system that is down."""
    raise TryAgain("ConnectionRefusedError")
