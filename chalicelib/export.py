"""Writes the anonymised rows of all reports as JSON lines, for open data and research.

    python -m chalicelib.export > reports.jsonl

For a stage: ``STAGE`` and AWS credentials that may read the reports table. Nothing else is read:
who reported is in another table, photos are in another place.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from chalicelib import bootstrap
from chalicelib.services.exporting import row_of


def rows() -> Iterator[str]:
    """Yield one line for each report that is no exercise, ordered by day and then by content."""
    store = bootstrap.store()
    loaded = (store.load(number) for number in store.numbers())
    found = (row_of(stored) for stored in loaded if stored is not None)
    # In the order of the table, rows would tell which report they are.
    yield from sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in found if row)


def main() -> int:
    """Write all rows to standard output."""
    for line in rows():
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
