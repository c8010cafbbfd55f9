"""The books of the days: their table, the key in KMS, and the bucket under a lock.

DAY                <day>           one closed day, put once
KEY                <mark>          a public key
PART#<day>         <shard>         the root of one shard of a day that is being closed
"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PutError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.adapters.tables import BookRow
from chalicelib.domain.books import Sealed, Shard
from chalicelib.domain.ecdsa import PublicKey
from chalicelib.services.ports import TryAgain

_DAY, _KEY, _PART = "DAY", "KEY", "PART#"


class DynamoBooks:
    """See `Books`."""

    def last(self) -> Sealed | None:
        """See `Books.last`."""
        rows = BookRow.query(_DAY, scan_index_forward=False, limit=1, consistent_read=True)
        return next((_sealed(row) for row in rows), None)

    def day(self, day: str) -> Sealed | None:
        """See `Books.day`."""
        row = _row(_DAY, day)
        return _sealed(row) if row else None

    def days(self, limit: int, before: str | None) -> tuple[Sealed, ...]:
        """See `Books.days`."""
        older = BookRow.sk < before if before else None
        rows = BookRow.query(_DAY, older, scan_index_forward=False, limit=limit)
        return tuple(_sealed(row) for row in rows)

    def close_once(self, sealed: Sealed) -> bool:
        """See `Books.close_once`."""
        return _put_once(_DAY, sealed.day.day, _json(sealed.to_dict()))

    def part(self, day: str, shard: str) -> Shard | None:
        """See `Books.part`."""
        row = _row(_PART + day, shard)
        return msgspec.json.decode(row.body, type=Shard) if row else None

    def keep_part(self, day: str, shard: str, part: Shard) -> None:
        """See `Books.keep_part`."""
        _put_once(_PART + day, shard, _json(part))

    def keep_key(self, key: PublicKey) -> None:
        """See `Books.keep_key`."""
        _put_once(_KEY, key.mark, key.pem)

    def public_keys(self) -> tuple[PublicKey, ...]:
        """See `Books.public_keys`."""
        return tuple(PublicKey.from_pem(row.body) for row in BookRow.query(_KEY))


class KmsSigner:
    """See `Signer`: the private key never leaves KMS."""

    def key(self) -> PublicKey:
        """See `Signer.key`."""
        return _public_key(config.setting("BOOK_KEY_ARN"))

    def sign(self, message: bytes) -> bytes:
        """See `Signer.sign`."""
        try:
            answer = aws.client("kms").sign(
                KeyId=config.setting("BOOK_KEY_ARN"),
                Message=message,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        except (ClientError, BotoCoreError) as error:
            raise TryAgain(f"kms: {type(error).__name__}") from error
        return bytes(answer["Signature"])


class LockedBucket:
    """See `Vault`: a bucket whose lock keeps every file for years, whoever asks."""

    def put_once(self, name: str, body: bytes) -> None:
        """See `Vault.put_once`."""
        try:
            aws.client("s3").put_object(
                Bucket=config.setting("BOOK_BUCKET"),
                Key=name,
                Body=body,
                ContentType="application/json",
                IfNoneMatch="*",
                # S3 takes nothing under a lock without a checksum.
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            # 412: it is there. 409: somebody else is putting it at this moment.
            if aws.refusal_code(error) not in ("PreconditionFailed", "412"):
                raise TryAgain(f"s3: {aws.refusal_code(error)}") from error
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error


@cache
def _public_key(arn: str) -> PublicKey:
    try:
        return PublicKey(bytes(aws.client("kms").get_public_key(KeyId=arn)["PublicKey"]))
    except (ClientError, BotoCoreError) as error:
        raise TryAgain(f"kms: {type(error).__name__}") from error


def _row(pk: str, sk: str) -> BookRow | None:
    try:
        return BookRow.get(pk, sk, consistent_read=True)
    except BookRow.DoesNotExist:
        return None


def _put_once(pk: str, sk: str, body: str) -> bool:
    row = BookRow(pk, sk, body=body)
    try:
        row.save(condition=BookRow.pk.does_not_exist())
    except PutError as error:
        if aws.refusal_code(error) == "ConditionalCheckFailedException":
            return False
        raise TryAgain("books") from error
    return True


def _sealed(row: BookRow) -> Sealed:
    return Sealed.from_dict(msgspec.json.decode(row.body))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
