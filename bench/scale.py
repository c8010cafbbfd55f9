"""Whether reading grows with what is stored: calls, capacity units and bytes of each request.

    python -m bench.scale                        # beside 1,000 and 10,000 other reports
    python -m bench.scale 1000 10000 100000      # some minutes and 2 GB with the emulator

Every other report stands where the measured one does: same month, same kelurahan, same agency,
same words, waiting for the same people. So whatever would read them all does so here, and a list
that does not show a whole page of them fails the run. The sweeper sees that none is due.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from bench.routes import growth

SIZES = (1_000, 10_000)


def lines(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """Return the table: per route and size calls, read units and bytes, and what grows."""
    sizes = [size for one in found.values() for size in one][: len(next(iter(found.values())))]
    head = "".join(f"{int(size):>26,}" for size in sizes)
    made = [
        f"{'stored reports':42}{head}",
        f"{'':42}" + f"{'calls  units    bytes':>26}" * len(sizes),
    ]
    for name, by_size in found.items():
        cells = "".join(
            f"{one['calls']:>12}{one['read_units']:>7.1f}{one['bytes']:>7,}"
            for one in by_size.values()
        )
        same = len({(one["calls"], one["read_units"]) for one in by_size.values()}) == 1
        made.append(f"{name:42}{cells}  {'same' if same else 'GROWS'}")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 if the calls or the units of anything grow."""
    given = [int(one) for one in (sys.argv[1:] if arguments is None else arguments)]
    found = growth(tuple(given) or SIZES)
    made = lines(found)
    print("\n".join(made))
    return int(any(line.endswith("GROWS") for line in made))


if __name__ == "__main__":
    raise SystemExit(main())
