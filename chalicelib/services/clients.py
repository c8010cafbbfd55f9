"""Other systems that may call us: each has its key, its limits, and can be shut out at once.

A key is shown once, when it is made; only its SHA-256 is kept (a made key holds 256 random bits,
so nothing slower is needed). The list is one versioned document, each change with who made it and
when, so that nobody's key changes silently. A revoked key stops working when the catalogue is read
again, within a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from chalicelib.domain.events import instant
from chalicelib.services.administering import Act, Administer
from chalicelib.services.ports import Clock

KEY_PREFIX = "lrk_"
DOCUMENT = "clients"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,29}")
_MAX_KEY = 200


class KeyUnknown(LookupError):
    """No client in force has this key."""


class LimitReached(Exception):
    """The client has called as often as it may for now."""


class ClientInvalid(ValueError):
    """The client cannot be registered like this; ``field`` names the culprit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Usage(Protocol):
    """Counts calls in windows of time."""

    def count(self, key: str, expires_at: int) -> int:
        """Add one under *key* and return the count; the row may go after *expires_at* (epoch s)."""


@dataclass(frozen=True, slots=True)
class Client:
    """A system that calls us. *body*: the outside body for which it answers, if any."""

    id: str
    name: str
    digest: str
    per_minute: int = 60
    per_day: int = 5000
    body: str = ""
    revoked_at: str = ""

    def shown(self) -> dict[str, Any]:
        """Return what administrators see; the digest is nobody's business."""
        return {
            "id": self.id,
            "name": self.name,
            "per_minute": self.per_minute,
            "per_day": self.per_day,
            "body": self.body or None,
            "revoked_at": self.revoked_at or None,
        }


def digest_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(f"client-key|{key}".encode()).hexdigest()


@dataclass(frozen=True)
class Clients:
    """Knows who calls, how often they may, and keeps the list.

    listed: the list as this process has it; secret: a fresh random text.
    """

    listed: Callable[[], Any]
    administer: Administer
    usage: Usage
    clock: Clock
    secret: Callable[[], str]

    def known(self, key: str) -> Client:
        """Return the client in force that has *key*; raise KeyUnknown."""
        if not key or len(key) > _MAX_KEY:
            raise KeyUnknown
        digest = digest_of(key)
        for row in self.listed():
            same = hmac.compare_digest(str(row["digest"]), digest)
            if same and not row.get("revoked_at"):
                return _client(row)
        raise KeyUnknown

    def admit(self, key: str) -> Client:
        """Return the client after counting this call; raise KeyUnknown or LimitReached."""
        client = self.known(key)
        now = self.clock.now()
        gone = int((now + timedelta(days=2)).timestamp())
        spans = (("%Y%m%d%H%M", client.per_minute), ("%Y%m%d", client.per_day))
        for form, limit in spans:
            span = now.strftime(form)
            if self.usage.count(f"{client.id}#{span}", gone) > limit:
                raise LimitReached
        return client

    def all(self) -> tuple[Client, ...]:
        """Return every client, revoked ones too, as of now."""
        return tuple(_client(row) for row in self.administer.latest("document", DOCUMENT).body)

    def add(self, fields: Mapping[str, Any], act: Act, key: str = "") -> tuple[Client, str]:
        """Register a client and return it with its key, which is shown this once.

        Raises ClientInvalid, TryAgain.
        """
        made = key or KEY_PREFIX + self.secret()
        client = Client(**{**fields, "digest": digest_of(made)})
        if not _ID.fullmatch(client.id):
            raise ClientInvalid("id")
        if not client.name.strip():
            raise ClientInvalid("name")

        def edit(rows: Any) -> Any:
            if any(row["id"] == client.id for row in rows):
                raise ClientInvalid("id")
            return [*rows, _row(client)]

        self.administer.change(act, "document", DOCUMENT, edit)
        return client, made

    def renew(self, id: str, act: Act) -> str:
        """Give client *id* a new key; the old one is dead. Raises KeyUnknown."""
        made = KEY_PREFIX + self.secret()
        self._set(id, act, digest=digest_of(made), revoked_at="")
        return made

    def revoke(self, id: str, act: Act) -> None:
        """Shut client *id* out. Raises KeyUnknown."""
        self._set(id, act, revoked_at=instant(self.clock.now()))

    def _set(self, id: str, act: Act, **values: Any) -> None:
        def edit(rows: Any) -> Any:
            if not any(row["id"] == id for row in rows):
                raise KeyUnknown(id)
            return [row | values if row["id"] == id else row for row in rows]

        self.administer.change(act, "document", DOCUMENT, edit)


_FIELDS: Sequence[str] = ("id", "name", "digest", "per_minute", "per_day", "body", "revoked_at")


def _client(row: Mapping[str, Any]) -> Client:
    return Client(**{name: row[name] for name in _FIELDS if name in row})


def _row(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in _FIELDS}
