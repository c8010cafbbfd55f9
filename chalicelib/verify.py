"""Verifies a ledger, by anybody: nothing but Python's standard library is needed.

    python -m chalicelib.verify ledger.jsonl
    python -m chalicelib.verify ledger.jsonl --root 5f0c…    # against a root known from before

The file holds one report a line, as ``python -m chalicelib.ledger`` writes it (one line will do).
Every chain is verified and the root computed. Ends with 1 if a chain is broken, a report comes
twice, or the root is another one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chalicelib.domain.events import ChainBroken
from chalicelib.domain.ledger import root, verified


def faults(lines: Iterable[str], last: dict[str, str]) -> Iterator[str]:
    """Yield what is wrong with *lines*, and put the last hash of every sound one into *last*."""
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a file; 0 if every chain is whole and the root is the one given."""
    parser = argparse.ArgumentParser(prog="chalicelib.verify", description=__doc__)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--root", default="", help="the root that it must have")
    options = parser.parse_args(arguments)
    last: dict[str, str] = {}
    with options.ledger.open(encoding="utf-8") as file:
        wrong = list(faults((text for text in file if text.strip()), last))
    computed = root(last)
    if options.root and not wrong and computed != options.root.lower():
        wrong.append(f"the root is not {options.root}")
    for what in wrong:
        sys.stdout.write(what + "\n")
    sys.stdout.write(f"reports: {len(last)}\nroot: {computed}\n")
    sys.stdout.write("not verified\n" if wrong else "verified\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
