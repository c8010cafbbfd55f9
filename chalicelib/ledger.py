"""Writes the ledger: what is hashed of every report's record, and the root over all of them.

    python -m chalicelib.ledger > ledger.jsonl                       # up to now
    python -m chalicelib.ledger --until 2027-05-15T00:00:00+07:00    # as of a day's end

The lines hold no text, no contact and no salt; the root is written to standard error. Put the
root where nobody can change it. Closed days are published and signed by themselves
(``GET /v1/ledger``): by ``python -m chalicelib.verify`` anybody checks the file against them.

    python -m chalicelib.ledger --begin      # once, where reports are older than the books

puts every report's record as it was at the end of yesterday into the books of that day, with which
they begin. A new stage needs none of it.
For a stage: ``STAGE`` and AWS credentials that may read the reports table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.books import before, day_of
from chalicelib.domain.ledger import line, root
from chalicelib.services.sealing import newest_mark


def lines(until: datetime) -> Iterator[dict[str, Any]]:
    """Yield the line of every report that had begun by *until*, by number."""
    store = bootstrap.store()
    for number in sorted(store.numbers()):
        stored = store.load(number)
        found = line(stored.events, until) if stored is not None else None
        if found is not None:
            yield found


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all lines to standard output and the root to standard error."""
    parser = argparse.ArgumentParser(prog="chalicelib.ledger", description=__doc__)
    parser.add_argument("--until", type=datetime.fromisoformat, default=None)
    parser.add_argument("--begin", action="store_true", help="put older reports into the books")
    options = parser.parse_args(arguments)
    if options.begin:
        return _begin()
    until = options.until or bootstrap.clock().now()
    if until.tzinfo is None:
        parser.error("--until needs its time zone, as in 2027-05-15T00:00:00+07:00")
    last: dict[str, str] = {}
    for row in lines(until):
        last[row["number"]] = row["events"][-1]["hash"]
        sys.stdout.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    sys.stderr.write(f"root: {root(last)} over {len(last)} reports\n")
    return 0


def _begin() -> int:
    if bootstrap.books().last() is not None:
        sys.stderr.write("the books have begun already\n")
        return 1
    day = before(day_of(bootstrap.clock().now()))
    store, count = bootstrap.store(), 0
    for number in store.numbers():
        stored = store.load(number)
        mark = newest_mark(stored, day) if stored is not None else None
        if mark is not None:
            store.mark_once(day, mark)
            count += 1
    sys.stderr.write(f"{count} reports are in the books of {day}, with which they begin\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
