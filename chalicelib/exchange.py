"""SP4N-LAPOR! by files: ``python -m chalicelib.exchange FOLDER send NUMBER…`` or ``… receive``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or read the folder's documents; return 0, or 2 for a wrong call."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if len(given) < 2 or given[1] not in ("send", "receive"):
        print(__doc__, file=sys.stderr)
        return 2
    from chalicelib import bootstrap
    from chalicelib.adapters.exchange_files import FileExchange
    from chalicelib.services.exchanging import Exchange

    exchange = Exchange(
        bootstrap.store(),
        bootstrap.act_on_report(),
        bootstrap.catalogue(),
        FileExchange(Path(given[0])),
    )
    if given[1] == "receive":
        print(exchange.receive())
        return 0
    for number in given[2:]:
        print(number, "written" if exchange.send(number) else "not for SP4N-LAPOR!, or written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
