"""Whether an office's contacts are known to work: who has the address said so, and when.

A confirmation is for one address. It is kept with a digest of it, so that another address in its
place counts as untested again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.events import instant

#: Channel of messages → the field of an office's contacts that holds its address.
FIELDS: Mapping[str, str] = {"mail": "mail", "sms": "phone"}


def digest_of(address: str) -> str:
    """Return what tells one address from another and is none."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:32]


def address_of(position: Mapping[str, Any], channel: str) -> str:
    """Return the address of an office's row for *channel*, empty if it has none."""
    return str((position.get("contacts") or {}).get(FIELDS[channel]) or "")


def confirmed_at(position: Mapping[str, Any], channel: str) -> str:
    """Return when the present address for *channel* was confirmed, empty if it never was."""
    known = ((position.get("contacts") or {}).get("verified") or {}).get(channel) or {}
    present = known.get("digest") == digest_of(address_of(position, channel))
    return str(known["at"]) if present else ""


def untested(position: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the channels whose present address nobody has confirmed.

    A hand-written ``verified_at`` without digests speaks for all addresses of the row.
    """
    contacts = position.get("contacts") or {}
    channels = [channel for channel in FIELDS if address_of(position, channel)]
    if contacts.get("verified_at") and not contacts.get("verified"):
        return ()
    return tuple(channel for channel in channels if not confirmed_at(position, channel))


def confirmed(position: Mapping[str, Any], channel: str, at: datetime) -> dict[str, Any]:
    """Return the row with its address for *channel* confirmed at *at*.

    ``verified_at`` is set once every address of the office is confirmed.
    """
    contacts = dict(position.get("contacts") or {})
    proof = {"at": instant(at), "digest": digest_of(address_of(position, channel))}
    contacts["verified"] = {**(contacts.get("verified") or {}), channel: proof}
    row = {**position, "contacts": contacts}
    contacts["verified_at"] = instant(at) if not untested(row) else None
    return row
