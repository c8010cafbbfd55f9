"""Closing the books of a day: its root computed, signed, put where nobody changes it, published.

Every step can be repeated and none is done twice: a shard's root is kept as soon as it is known,
the row of the day decides which signature stands, and its copy under a lock is written until it
is there. Whatever days were missed are closed in their order by the next run.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from chalicelib.domain import books
from chalicelib.domain.books import BEGINNING, SHARDS, Day, Mark, Proof, Sealed, Shard
from chalicelib.domain.ecdsa import PublicKey
from chalicelib.domain.events import instant
from chalicelib.domain.ledger import Tree
from chalicelib.services.ports import Clock, Stored, real

#: After midnight no worker that began before it still writes: the longest runs 15 minutes.
GRACE = timedelta(minutes=30)
#: Days read at once.
_PAGE = 400


class NotWhole(Exception):
    """A signature just made does not hold; nothing was published."""


class Marks(Protocol):
    """What every report's record was at the end of each day on which something was written."""

    def day_marks(self, day: str, shard: str) -> Iterator[Mark]:
        """Yield the marks of one shard of *day* by number, strongly consistent, lazily."""


class Books(Protocol):
    """Closed days, the keys they were signed with, and how far the day being closed has come."""

    def last(self) -> Sealed | None:
        """Return the newest closed day, strongly consistent."""

    def day(self, day: str) -> Sealed | None:
        """Return a closed day."""

    def days(self, limit: int, before: str | None) -> tuple[Sealed, ...]:
        """Return closed days before the day *before* (None: all), newest first."""

    def close_once(self, sealed: Sealed) -> bool:
        """Put a day; False if it is closed already. A closed day is never changed."""

    def part(self, day: str, shard: str) -> Shard | None:
        """Return a shard's root, if it is known already."""

    def keep_part(self, day: str, shard: str, part: Shard) -> None:
        """Keep a shard's root."""

    def keep_key(self, key: PublicKey) -> None:
        """Keep a public key; keys are never taken away."""

    def public_keys(self) -> tuple[PublicKey, ...]:
        """Return every key that ever signed."""


class Signer(Protocol):
    """A private key that nobody can read, for ECDSA over P-256 with SHA-256."""

    def key(self) -> PublicKey:
        """Return its public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature in DER."""


class Vault(Protocol):
    """Files that cannot be changed or deleted before their time."""

    def put_once(self, name: str, body: bytes) -> None:
        """Keep a file, unless one of that name is there."""


@dataclass(frozen=True)
class SealDays:
    """The use case behind the hourly run. book: whose books these are, the stage's name."""

    marks: Marks
    books: Books
    signer: Signer
    vault: Vault
    clock: Clock
    book: str

    def __call__(self) -> tuple[str, ...]:
        """Close every day that is over, oldest first; return those closed now. Raises TryAgain."""
        closed = []
        last = self.books.last()
        if last is not None:
            self._lock_away(last)
        day = books.following(last.day.day) if last else self._first()
        while books.end_of(day) + real(GRACE, self.clock) <= self.clock.now():
            last = self._close(day, last.day.root if last else BEGINNING)
            closed.append(day)
            day = books.following(day)
        return tuple(closed)

    def _first(self) -> str:
        """The books begin with the day before the first run: whatever is older is in it."""
        return books.before(books.day_of(self.clock.now()))

    def _close(self, day: str, previous: str) -> Sealed:
        stated = Day(self.book, day, previous, tuple(self._shard(day, one) for one in SHARDS))
        key = self.signer.key()
        signature = base64.b64encode(self.signer.sign(stated.statement)).decode()
        if not key.signed(stated.statement, signature):
            raise NotWhole(day)
        self.books.keep_key(key)
        sealed = Sealed(stated, key.mark, signature, instant(self.clock.now()))
        if not self.books.close_once(sealed):
            sealed = self.books.day(day) or sealed
        self._lock_away(sealed)
        return sealed

    def _shard(self, day: str, shard: str) -> Shard:
        known = self.books.part(day, shard)
        if known is None:
            growing = Tree()
            for mark in self.marks.day_marks(day, shard):
                growing.add(mark.leaf)
            known = Shard(growing.size, growing.root().hex())
            self.books.keep_part(day, shard, known)
        return known

    def _lock_away(self, sealed: Sealed) -> None:
        text = json.dumps(sealed.to_dict(), ensure_ascii=False, sort_keys=True)
        self.vault.put_once(f"days/{sealed.day.day}.json", text.encode())


@dataclass(frozen=True)
class ProveReports:
    """What the books say of one report."""

    marks: Marks
    books: Books

    def proof(self, stored: Stored) -> tuple[Proof, Sealed] | None:
        """Return the newest proof that the report's record is in the books; None before the first.

        The record as it is now may be longer: what was written today is in no closed day yet.
        """
        last = self.books.last()
        mark = newest_mark(stored, last.day.day) if last else None
        if last is None or mark is None:
            return None
        day = books.day_of(stored.events[mark.events - 1].recorded_at)
        sealed = self.books.day(day) or self._first_day()
        if sealed is None:
            return None
        shard = list(self.marks.day_marks(sealed.day.day, books.shard_of(mark.number)))
        proof = books.prove(shard, mark.number)
        return (proof, sealed) if proof is not None else None

    def _first_day(self) -> Sealed | None:
        """The day that covers everything from before the books began."""
        return next(every_day(self.books), None)


def newest_mark(stored: Stored, day: str) -> Mark | None:
    """Return what the report's record was at the end of *day*; None if it had not begun."""
    events = [event for event in stored.events if books.day_of(event.recorded_at) <= day]
    return Mark(stored.report.number, events[-1].seq, events[-1].hash) if events else None


def every_day(kept: Books) -> Iterator[Sealed]:
    """Yield every closed day, oldest first."""
    found: list[Sealed] = []
    page: Sequence[Sealed] = kept.days(_PAGE, None)
    while page:
        found.extend(page)
        page = kept.days(_PAGE, page[-1].day.day)
    return reversed(found)
