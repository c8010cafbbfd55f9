"""Prints the fault matrix: each call of a whole case × each way in which it can fail.

    python -m tests.faults              # all of it, some minutes
    python -m tests.faults --every 25   # one cell in 25

Each cell says in how many runs every promise held, of how many: no report lost, every step fired
by one sweep, nothing sent twice outside the window of docs/adr/0005, and views, cards and
statistics equal to those rebuilt from the events. Ends with 1 if a run broke a promise.
"""

from __future__ import annotations

import argparse
import sys

from tests.faults.matrix import played, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="play one cell in so many")
    found = played(parser.parse_args().every)
    print("\n".join(table(found)))
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
