"""The ledger: every record's chain verified, and one root over all of them.

A line of the ledger is what is hashed of a report's record, without what people wrote. Anybody
who holds the lines can verify each chain and compute the root; whoever knows a root of a day finds
any line of that day that was changed, added or taken away since. The tree is RFC 6962's: leaves
and nodes are hashed with different prefixes, so that neither can pass for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.events import ChainBroken, Event, canonical, verify_chain


def sealed(event: Event) -> dict[str, Any]:
    """Return *event* as the ledger has it: the hashed part and its hash, no text and no salt."""
    body = event.to_dict()
    del body["texts"], body["salt"]
    return body


def line(events: Sequence[Event], until: datetime) -> dict[str, Any] | None:
    """Return a report's line as of *until* (exclusive); None if it had no event then."""
    written = [event for event in events if event.recorded_at < until]
    if not written:
        return None
    return {"number": written[0].number, "events": [sealed(event) for event in written]}


def verified(row: Mapping[str, Any]) -> str:
    """Return the last hash of a line's chain; raise ChainBroken with the place otherwise."""
    try:
        events = [Event.from_dict(body) for body in row["events"]]
        number = row["number"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ChainBroken(f"not a line of a ledger: {type(error).__name__}") from None
    if not events or any(event.number != number for event in events):
        raise ChainBroken(f"events of another report under {number}")
    return verify_chain(events)


def root(last_hashes: Mapping[str, str]) -> str:
    """Return the root over *last_hashes* (number → last hash of its chain), in hexadecimal."""
    leaves = (canonical([number, last_hashes[number]]) for number in sorted(last_hashes))
    return tree(leaves).hex()


def tree(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of *leaves* (RFC 6962, section 2.1), in one pass."""
    growing = Tree()
    for leaf in leaves:
        growing.add(leaf)
    return growing.root()


class Tree:
    """A Merkle tree that grows leaf by leaf and keeps one hash for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        # One finished subtree for each bit of the count so far, the largest first.
        self._finished: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Put *leaf* at the end."""
        size, value = 1, leaf_hash(leaf)
        while self._finished and self._finished[-1][0] == size:
            value = _node(self._finished.pop()[1], value)
            size *= 2
        self._finished.append((size, value))
        self.size += 1

    def root(self) -> bytes:
        """Return the hash of the tree as it is now."""
        if not self._finished:
            return hashlib.sha256(b"").digest()
        value = self._finished[-1][1]
        for _, left in reversed(self._finished[:-1]):
            value = _node(left, value)
        return value


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf: never that of a node, whatever it holds."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of leaf *index* among leaves with *hashes* (RFC 6962, 2.1.1)."""
    level, found = list(hashes), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        # An odd one out goes up as it is: the same tree as by halves of powers of two.
        level = [_pair(level[place : place + 2]) for place in range(0, len(level), 2)]
        index //= 2
    return found


def climbed(start: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root to which *path* leads from leaf hash *start*; None if it does not fit."""
    if not 0 <= index < size:
        return None
    value, beside = start, iter(path)
    while size > 1:
        if index % 2 or index + 1 < size:
            other = next(beside, None)
            if other is None:
                return None
            value = _node(other, value) if index % 2 else _node(value, other)
        index, size = index // 2, (size + 1) // 2
    return value if next(beside, None) is None else None


def _pair(nodes: Sequence[bytes]) -> bytes:
    return _node(*nodes) if len(nodes) == 2 else nodes[0]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
