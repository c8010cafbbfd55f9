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
    # One finished subtree for each bit of the count so far, the largest first.
    finished: list[tuple[int, bytes]] = []
    for leaf in leaves:
        size, value = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while finished and finished[-1][0] == size:
            value = _node(finished.pop()[1], value)
            size *= 2
        finished.append((size, value))
    if not finished:
        return hashlib.sha256(b"").digest()
    _, value = finished.pop()
    while finished:
        value = _node(finished.pop()[1], value)
    return value


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
