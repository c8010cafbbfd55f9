"""Writes the ledger: what is hashed of every report's record, and the root over all of them.

    python -m chalicelib.ledger > ledger.jsonl                       # up to now
    python -m chalicelib.ledger --until 2027-05-15T00:00:00+07:00    # as of a day's end

The lines hold no text, no contact and no salt; the root is written to standard error. Put the
root where nobody can change it (print it, publish it, have it signed): with the file anybody can
then check by ``python -m chalicelib.verify`` that no record was changed since.
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
from chalicelib.domain.ledger import line, root


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
    until = parser.parse_args(arguments).until or bootstrap.clock().now()
    if until.tzinfo is None:
        parser.error("--until needs its time zone, as in 2027-05-15T00:00:00+07:00")
    last: dict[str, str] = {}
    for row in lines(until):
        last[row["number"]] = row["events"][-1]["hash"]
        sys.stdout.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    sys.stderr.write(f"root: {root(last)} over {len(last)} reports\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
