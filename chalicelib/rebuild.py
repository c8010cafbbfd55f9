"""Holds the public views and figures against the record, or makes them anew from it.

    python -m chalicelib.rebuild            # compares; ends with 1 if anything differs
    python -m chalicelib.rebuild --write    # makes anew what differs, and compares again
    python -m chalicelib.rebuild --search   # makes anew by which words and where they are found

For a stage: ``STAGE`` and AWS credentials that may read the reports and write the views table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from chalicelib import bootstrap
from chalicelib.services.rebuilding import Comparison
from chalicelib.services.searching import SearchIndex


def told(found: Comparison) -> Iterator[str]:
    """Yield what was found, a line each: numbers and sums, nothing of anybody."""
    yield f"reports: {found.reports}"
    for name, numbers in (("views that differ", found.views), ("of no report", found.orphans)):
        yield f"{name}: {len(numbers)}"
        yield from (f"  {number}" for number in numbers)
    yield f"counters that differ: {len(found.counters)}"
    for key, (says, should) in found.counters.items():
        yield f"  {' '.join(part or '-' for part in key)}: says {says}, should be {should}"
    yield "equal" if found.equal else "not equal"


def search_anew() -> int:
    """Post every report as its record says; return how many were posted otherwise or not at all."""
    store, index = bootstrap.store(), SearchIndex(bootstrap.search_store())
    loaded = (store.load(number) for number in store.numbers())
    return sum(index.bring_up(stored) for stored in loaded if stored is not None)


def neighbours_anew() -> int:
    """Put every open report where others near it look; return how many cards were looked at."""
    cards = bootstrap.card_store()
    known = [card for card in map(cards.card, bootstrap.store().numbers()) if card is not None]
    for card in known:
        cards.settle(card)
    return len(known)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, or make anew; 0 if views and figures are then what the record says."""
    parser = argparse.ArgumentParser(prog="chalicelib.rebuild", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make anew what differs")
    parser.add_argument("--search", action="store_true", help="make anew where they are found")
    options = parser.parse_args(arguments)
    if options.search:
        print(f"postings that differed: {search_anew()}")
        print(f"cards put where their neighbours look: {neighbours_anew()}")
        return 0
    rebuild = bootstrap.rebuild()
    found = rebuild.mend() if options.write else rebuild.compare()
    print("\n".join(told(found)))
    return int(not found.equal)


if __name__ == "__main__":
    sys.exit(main())
