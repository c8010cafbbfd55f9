"""Verifies the books, by anybody: nothing but Python's standard library is needed.

    python -m chalicelib.verify --url https://lapor.example.go.id         # the published days
    python -m chalicelib.verify --days days.json --key key.pem           # the same from files
    python -m chalicelib.verify --days days.json --proof proof.json      # one report's place
    python -m chalicelib.verify --days days.json --record record.json    # one whole case
    python -m chalicelib.verify ledger.jsonl --days days.json            # every record of the city
    python -m chalicelib.verify ledger.jsonl --root 5f0c…                # against one known root

``days.json`` is what ``GET /v1/ledger`` answers (one page or all), ``key.pem`` a key of
``GET /v1/ledger/key``, ``proof.json`` and ``record.json`` what ``GET /v1/reports/{number}/proof``
and ``…/record`` answer, ``ledger.jsonl`` what ``python -m chalicelib.ledger`` writes.

Days: each is signed, follows the one before and is built on its root; ``--known`` names a root
that you kept, which must be among them. A ledger: every chain is whole, and every day's root
follows from it. Ends with 1 if anything does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from chalicelib.domain.books import SHARDS, Mark, NotInOrder, Proof, Sealed, chained
from chalicelib.domain.books import day_of as _day_of
from chalicelib.domain.books import shard_of as _shard_of
from chalicelib.domain.ecdsa import NotAKey, PublicKey
from chalicelib.domain.events import ChainBroken, Event, verify_chain
from chalicelib.domain.ledger import Tree, root, verified

Json = Mapping[str, Any]


@dataclass
class Recomputed:
    """The days as they follow from the records, in memory of a few hashes for each day."""

    first: str
    last: str
    trees: dict[tuple[str, str], Tree] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def add(self, row: Json) -> Iterator[str]:
        """Put a sound line into its days; yield what is wrong with its place in the file."""
        number = str(row["number"])
        shard = _shard_of(number)
        if number <= self.numbers.get(shard, ""):
            yield f"{number} does not come in the order of the numbers"
        self.numbers[shard] = number
        marks: dict[str, Mark] = {}
        for body in row["events"]:
            event = Event.from_dict(body)
            # The first day covers what is older than the books.
            day = max(_day_of(event.recorded_at), self.first)
            marks[day] = Mark(number, event.seq, event.hash)
        for day, mark in marks.items():
            if day <= self.last:
                self.trees.setdefault((day, shard), Tree()).add(mark.leaf)

    def differences(self, days: Iterable[Sealed]) -> Iterator[str]:
        """Yield each day that is not what the records say."""
        for sealed in days:
            for name, stated in zip(SHARDS, sealed.day.shards, strict=True):
                tree = self.trees.get((sealed.day.day, name), Tree())
                if (tree.size, tree.root().hex()) != (stated.reports, stated.root):
                    yield f"{sealed.day.day}: the records are not those of that day"
                    break


def faults(lines: Iterable[str], last: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with *lines*, and put the last hash of every sound one into *last*."""
    yield from _faults(lines, last, None)


def _faults(lines: Iterable[str], last: dict[str, str], days: Recomputed | None) -> Iterator[str]:
    for place, text in enumerate(lines, 1):
        try:
            row = json.loads(text)
            found = verified(row)
        except (ChainBroken, ValueError, TypeError) as error:
            yield f"line {place}: {error}"
            continue
        if row["number"] in last:
            yield f"line {place}: {row['number']} comes twice"
        last[row["number"]] = found
        if days is not None:
            yield from (f"line {place}: {wrong}" for wrong in days.add(row))


def read_days(body: Any) -> list[Sealed]:
    """Return the days of a page, a list or one day, oldest first; raise NotInOrder."""
    rows = body.get("items", [body]) if isinstance(body, Mapping) else body
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise NotInOrder("no days of the books")
    return sorted((Sealed.from_dict(row) for row in rows), key=lambda one: one.day.day)


def of_days(days: Sequence[Sealed], keys: Mapping[str, PublicKey], known: str) -> Iterator[str]:
    """Yield what is wrong with the chain of days and its signatures."""
    try:
        list(chained(days))
    except NotInOrder as error:
        yield str(error)
    for sealed in days:
        key = keys.get(sealed.key)
        if keys and (key is None or not key.signed(sealed.day.statement, sealed.signature)):
            yield f"{sealed.day.day} is not signed with a key that you gave"
    if known and known.lower() not in {sealed.day.root for sealed in days}:
        yield f"no day has the root {known}"


def of_proof(body: Json, days: Sequence[Sealed]) -> Iterator[str]:
    """Yield what is wrong with the proof of one report."""
    if not body.get("proof") or not body.get("day"):
        yield "the report is in no closed day yet"
        return
    proof, sealed = Proof.from_dict(body["proof"]), Sealed.from_dict(body["day"])
    if not proof.leads_to(sealed.day):
        yield f"{proof.mark.number} is not in {sealed.day.day} as the proof says"
    if days and sealed.day.root not in {one.day.root for one in days}:
        yield f"the proof's {sealed.day.day} is none of the published days"


def of_record(body: Json, days: Sequence[Sealed]) -> Iterator[str]:
    """Yield what is wrong with the record of a case: its chain, its words, its place."""
    try:
        events = [Event.from_dict(one) for one in body["ledger"]["events"]]
        last = verify_chain(events)
    except (ChainBroken, KeyError, TypeError, ValueError) as error:
        yield f"the record: {error}"
        return
    if any(event.number != body["number"] for event in events) or not events:
        yield "the record is of another report"
        return
    proof = body["ledger"].get("proof")
    if proof is None:
        yield "the report is in no closed day yet"
        return
    yield from of_proof(body["ledger"], days)
    mark = Proof.from_dict(proof).mark
    if not 0 < mark.events <= len(events) or events[mark.events - 1].hash != mark.hash:
        yield "the proof is of another record"
    if body.get("hash") not in (None, last):
        yield "the record's last hash is another one"


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what was given; 0 if all of it holds."""
    options = _parser().parse_args(arguments)
    wrong: list[str] = []
    days: list[Sealed] = []
    try:
        keys = {one.mark: one for one in _keys(options)}
        days = _days(options)
        wrong += of_days(days, keys, options.known)
        for path, check in ((options.proof, of_proof), (options.record, of_record)):
            if path:
                wrong += check(_json(path), days)
    except (NotInOrder, NotAKey, ValueError) as error:
        wrong.append(str(error))
    if days:
        signed = "signed" if keys else "SIGNATURES NOT CHECKED (no --key)"
        sys.stdout.write(f"days: {days[0].day.day} to {days[-1].day.day}, {signed}\n")
        sys.stdout.write(f"newest root: {days[-1].day.root}\n")
    if options.ledger:
        wrong += _ledger(options.ledger, options.root, days)
    for what in wrong:
        sys.stdout.write(what + "\n")
    sys.stdout.write("not verified\n" if wrong else "verified\n")
    return int(bool(wrong))


def ledger_faults(lines: Iterable[str], days: Sequence[Sealed]) -> list[str]:
    """Return what is wrong with the records in *lines*, by themselves and against *days*."""
    return _against(lines, {}, days)


def _against(lines: Iterable[str], last: dict[str, str], days: Sequence[Sealed]) -> list[str]:
    recomputed = Recomputed(days[0].day.day, days[-1].day.day) if days else None
    wrong = list(_faults(lines, last, recomputed))
    if recomputed is not None and not wrong:
        wrong += recomputed.differences(days)
    return wrong


def _ledger(path: Path, wanted: str, days: Sequence[Sealed]) -> list[str]:
    last: dict[str, str] = {}
    with path.open(encoding="utf-8") as file:
        wrong = _against((text for text in file if text.strip()), last, days)
    computed = root(last)
    if wanted and not wrong and computed != wanted.lower():
        wrong.append(f"the root is not {wanted}")
    sys.stdout.write(f"reports: {len(last)}\nroot: {computed}\n")
    return wrong


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chalicelib.verify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("ledger", type=Path, nargs="?")
    parser.add_argument("--root", default="", help="the root over all records that it must have")
    parser.add_argument("--url", default="", help="fetch days and keys from this service")
    parser.add_argument("--days", type=Path, action="append", default=[])
    parser.add_argument("--key", type=Path, action="append", default=[])
    parser.add_argument("--known", default="", help="a root of a day that you kept")
    parser.add_argument("--proof", type=Path)
    parser.add_argument("--record", type=Path)
    return parser


def _keys(options: argparse.Namespace) -> Iterator[PublicKey]:
    for path in options.key:
        yield PublicKey.from_pem(path.read_text())
    # Whoever brings keys of their own trusts no others.
    if options.url and not options.key:
        for row in _fetched(options.url, "/v1/ledger/key")["items"]:
            yield PublicKey.from_pem(row["pem"])


def _days(options: argparse.Namespace) -> list[Sealed]:
    found = [one for path in options.days for one in read_days(_json(path))]
    cursor: str | None = ""
    while options.url and cursor is not None:
        page = _fetched(options.url, f"/v1/ledger?limit=200&cursor={quote(cursor)}")
        found += read_days(page)
        cursor = page["cursor"]
    return sorted(found, key=lambda one: one.day.day)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _fetched(base: str, path: str) -> Any:
    if not base.startswith(("https://", "http://")):
        raise ValueError("--url begins with https://")
    with urlopen(base.rstrip("/") + path, timeout=30) as answer:  # noqa: S310 - checked above
        return json.load(answer)


if __name__ == "__main__":
    raise SystemExit(main())
