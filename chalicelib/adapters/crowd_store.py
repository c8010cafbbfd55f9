"""Members, counts and bursts in the views table, behind the `CrowdStore` protocol.

CROWD#<main>               M#<number>                 one joined report
CROWD#<main>               N#<what>                   one exact count
BURST#<cell>#<category>    BURST                      the crowd open in a cell
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib import config
from chalicelib.adapters.tables import ViewRow
from chalicelib.domain.events import parse_instant
from chalicelib.services.crowds import SUPPORT, Burst, Member
from chalicelib.services.ports import TryAgain

_BURST = "BURST"
#: How long a burst that is over is kept, in seconds.
_KEPT = 86_400


class DynamoCrowdStore:
    """One transaction for a member and its counts."""

    def __init__(self) -> None:
        self._connection: Connection | None = None

    def join(self, main: str, member: Member) -> bool:
        """See `CrowdStore.join`."""
        old = self._member(main, member.number)
        if old == member:
            return False
        counts = _added(old, member)
        before = ViewRow.body == _json(old) if old else ViewRow.pk.does_not_exist()
        row = ViewRow(_key(main), f"M#{member.number}", body=_json(member))

        def put(transaction: TransactWrite) -> None:
            transaction.save(row, condition=before)

        return self._write(main, counts, put)

    def part(self, main: str, number: str) -> Member | None:
        """See `CrowdStore.part`."""
        old = self._member(main, number)
        if old is None:
            return None
        row, same = ViewRow(_key(main), f"M#{number}"), ViewRow.body == _json(old)

        def take(transaction: TransactWrite) -> None:
            transaction.delete(row, condition=same)

        return old if self._write(main, _added(old, None), take) else None

    def members(self, main: str, after: str, limit: int) -> Sequence[Member]:
        """See `CrowdStore.members`."""
        if limit < 1:
            return ()
        rows = ViewRow.query(
            _key(main), ViewRow.sk.between(f"M#{after}~" if after else "M#", "M#~~"), limit=limit
        )
        return [msgspec.json.decode(row.body, type=Member) for row in rows]

    def counts(self, main: str) -> Mapping[str, int]:
        """See `CrowdStore.counts`."""
        rows = ViewRow.query(_key(main), ViewRow.sk.startswith("N#"))
        found = {str(row.sk).removeprefix("N#"): int(row.count or 0) for row in rows}
        return {name: count for name, count in found.items() if count}

    def bursts(self, cells: Sequence[str], category: str) -> Sequence[Burst]:
        """See `CrowdStore.bursts`."""
        wanted = [(f"BURST#{cell}#{category}", _BURST) for cell in cells]
        rows: Iterator[Any] = ViewRow.batch_get(wanted)
        return [msgspec.json.decode(row.body, type=Burst) for row in rows]

    def put_burst(self, burst: Burst) -> None:
        """See `CrowdStore.put_burst`."""
        row = ViewRow(f"BURST#{burst.cell}#{burst.category}", _BURST, body=_json(burst))
        row.expires_at = int(parse_instant(burst.until).timestamp()) + _KEPT
        row.save()

    def _member(self, main: str, number: str) -> Member | None:
        try:
            row = ViewRow.get(_key(main), f"M#{number}", consistent_read=True)
        except ViewRow.DoesNotExist:
            return None
        return msgspec.json.decode(row.body, type=Member)

    def _write(self, main: str, counts: Mapping[str, int], put: Any) -> bool:
        if self._connection is None:
            self._connection = Connection(region=config.region(), max_retry_attempts=3)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                put(transaction)
                for name, count in counts.items():
                    counter = ViewRow(_key(main), f"N#{name}")
                    transaction.update(counter, actions=[ViewRow.count.add(count)])
        except TransactWriteError as error:
            # Somebody else did the same, or stood in the way: the job comes again and looks anew.
            raise TryAgain("the crowd is being changed by others") from error
        return True


def counted(member: Member) -> tuple[str, ...]:
    """Return the counts that a member adds to; a support counts where it is proven."""
    if member.kind != SUPPORT:
        return ("joined",)
    return ("supports", f"supports#{member.kelurahan}") if member.proven else ("unproven",)


def _added(old: Member | None, new: Member | None) -> dict[str, int]:
    change: dict[str, int] = {}
    for member, step in ((old, -1), (new, 1)):
        for name in counted(member) if member else ():
            change[name] = change.get(name, 0) + step
    return {name: step for name, step in change.items() if step}


def _key(main: str) -> str:
    return f"CROWD#{main}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
