"""The books of the days: what every report's record was at a day's end, under one signed root.

A day (of Western Indonesia Time) covers the reports on whose record something was written that
day. Each is one leaf: its number, how many events its record had at the day's end, and the last
one's hash. Leaves lie in sixteen shards, each a tree of RFC 6962 in the order of the numbers, so
that a day of any size is computed piece by piece. A day's statement holds the root of the day
before: whoever knows one day's root finds whatever was changed on that day or any day before it.
The first day of a chain covers all that was written up to its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from chalicelib.domain.events import GENESIS, canonical
from chalicelib.domain.ledger import climbed, leaf_hash, path, tree

#: WIB has no summer time. A fixed offset, so that a day needs no table of zones to be checked.
WIB = timezone(timedelta(hours=7))
SHARDS = tuple("0123456789abcdef")
#: What a day begins with that has none before it.
BEGINNING = GENESIS


class NotInOrder(Exception):
    """A day, its statement or its place in the chain is not what it says it is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a report's record was at a day's end: how many events, and the last one's hash."""

    number: str
    events: int
    hash: str

    @property
    def leaf(self) -> bytes:
        """What is hashed into the day's tree."""
        return canonical([self.number, self.events, self.hash])


@dataclass(frozen=True, slots=True)
class Shard:
    """One sixteenth of a day: how many reports, and the root over their marks."""

    reports: int
    root: str


@dataclass(frozen=True, slots=True)
class Day:
    """What is stated of one day. book: the stage's name; previous: the root of the day before."""

    book: str
    day: str
    previous: str
    shards: tuple[Shard, ...]

    @property
    def reports(self) -> int:
        """On how many reports' records something was written."""
        return sum(shard.reports for shard in self.shards)

    @property
    def tree(self) -> str:
        """The root over the sixteen shards."""
        rows = zip(SHARDS, self.shards, strict=True)
        return tree(canonical([name, one.reports, one.root]) for name, one in rows).hex()

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return canonical(
            {
                "book": self.book,
                "day": self.day,
                "previous": self.previous,
                "reports": self.reports,
                "tree": self.tree,
            }
        )

    @property
    def root(self) -> str:
        """The day's root: the hash of its statement, and so of all days before it."""
        return hashlib.sha256(self.statement).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A day with its signature. key: the mark of the key; signature: DER, in base64."""

    day: Day
    key: str
    signature: str
    sealed_at: str

    def to_dict(self) -> dict[str, Any]:
        """Return the published form; what can be computed is in it for whoever only reads."""
        return {
            "book": self.day.book,
            "day": self.day.day,
            "previous": self.day.previous,
            "reports": self.day.reports,
            "tree": self.day.tree,
            "root": self.day.root,
            "shards": [{"reports": one.reports, "root": one.root} for one in self.day.shards],
            "statement": self.day.statement.decode(),
            "key": self.key,
            "signature": self.signature,
            "sealed_at": self.sealed_at,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Sealed:
        """Build it from its published form; raise NotInOrder if that contradicts itself."""
        try:
            shards = tuple(Shard(int(one["reports"]), str(one["root"])) for one in body["shards"])
            day = Day(str(body["book"]), str(body["day"]), str(body["previous"]), shards)
            said = {name: body[name] for name in ("reports", "tree", "root", "statement")}
            computed = {
                "reports": day.reports,
                "tree": day.tree,
                "root": day.root,
                "statement": day.statement.decode(),
            }
            sealed = cls(day, str(body["key"]), str(body["signature"]), str(body["sealed_at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NotInOrder(f"not a day of the books: {type(error).__name__}") from None
        wrong = [name for name, value in said.items() if value != computed[name]]
        if wrong:
            raise NotInOrder(f"{day.day}: {', '.join(wrong)} is not what follows from the shards")
        return sealed


@dataclass(frozen=True, slots=True)
class Proof:
    """That a report's mark is in a day: its place in its shard, and the path to that root."""

    mark: Mark
    index: int
    path: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "number": self.mark.number,
            "events": self.mark.events,
            "hash": self.mark.hash,
            "index": self.index,
            "path": list(self.path),
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Proof:
        """Build it from its published form; raise NotInOrder."""
        try:
            mark = Mark(str(body["number"]), int(body["events"]), str(body["hash"]))
            return cls(mark, int(body["index"]), tuple(str(one) for one in body["path"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NotInOrder(f"not a proof: {type(error).__name__}") from None

    def leads_to(self, day: Day) -> bool:
        """Whether the mark is in *day*."""
        shard = day.shards[SHARDS.index(shard_of(self.mark.number))]
        try:
            beside = [bytes.fromhex(one) for one in self.path]
        except ValueError:
            return False
        found = climbed(leaf_hash(self.mark.leaf), self.index, shard.reports, beside)
        return found is not None and found.hex() == shard.root


def shard_of(number: str) -> str:
    """Return the shard that a report belongs to, for ever."""
    return hashlib.sha256(number.encode()).hexdigest()[0]


def day_of(moment: datetime) -> str:
    """Return the date in Western Indonesia Time, as ISO 8601."""
    return moment.astimezone(WIB).date().isoformat()


def end_of(day: str) -> datetime:
    """Return the instant at which *day* is over (exclusive), in UTC."""
    return datetime.combine(
        date.fromisoformat(day) + timedelta(days=1), time(), tzinfo=WIB
    ).astimezone(UTC)


def following(day: str) -> str:
    """Return the day after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def before(day: str) -> str:
    """Return the day before."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def prove(marks: Sequence[Mark], number: str) -> Proof | None:
    """Return the proof for *number* among all *marks* of its shard in order; None if not there."""
    for index, mark in enumerate(marks):
        if mark.number == number:
            beside = path([leaf_hash(one.leaf) for one in marks], index)
            return Proof(mark, index, tuple(one.hex() for one in beside))
    return None


def chained(days: Iterable[Sealed]) -> Iterator[Sealed]:
    """Yield *days*, oldest first, as long as each follows from the one before; raise NotInOrder."""
    last: Sealed | None = None
    for sealed in days:
        if last is not None:
            if sealed.day.day != following(last.day.day):
                raise NotInOrder(f"{sealed.day.day} does not follow {last.day.day}")
            if (sealed.day.previous, sealed.day.book) != (last.day.root, last.day.book):
                raise NotInOrder(f"{sealed.day.day} is not built on {last.day.day}")
        yield sealed
        last = sealed
