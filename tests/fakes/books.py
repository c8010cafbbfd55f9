"""The books of the days in memory, with the guarantees of table, KMS and locked bucket."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.domain.books import Sealed, Shard
from chalicelib.domain.ecdsa import PublicKey


class MemoryBooks:
    """Closed days in dictionaries."""

    def __init__(self) -> None:
        self.closed: dict[str, Sealed] = {}
        self.parts: dict[tuple[str, str], Shard] = {}
        self.kept: dict[str, PublicKey] = {}

    def last(self) -> Sealed | None:
        return self.closed[max(self.closed)] if self.closed else None

    def day(self, day: str) -> Sealed | None:
        return self.closed.get(day)

    def days(self, limit: int, before: str | None) -> tuple[Sealed, ...]:
        found = sorted((day for day in self.closed if not before or day < before), reverse=True)
        return tuple(self.closed[day] for day in found[:limit])

    def close_once(self, sealed: Sealed) -> bool:
        return self.closed.setdefault(sealed.day.day, sealed) is sealed

    def part(self, day: str, shard: str) -> Shard | None:
        return self.parts.get((day, shard))

    def keep_part(self, day: str, shard: str, part: Shard) -> None:
        self.parts.setdefault((day, shard), part)

    def keep_key(self, key: PublicKey) -> None:
        self.kept.setdefault(key.mark, key)

    def public_keys(self) -> tuple[PublicKey, ...]:
        return tuple(key for _, key in sorted(self.kept.items()))


class LocalSigner:
    """A key of its own, as KMS would hold it."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        public = self._private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self._key = PublicKey(public)

    def key(self) -> PublicKey:
        return self._key

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message, ec.ECDSA(hashes.SHA256()))


class MemoryVault:
    """Files of which the first of a name stays."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put_once(self, name: str, body: bytes) -> None:
        self.files.setdefault(name, body)
