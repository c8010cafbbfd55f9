"""The books: the fakes and the real adapters (DynamoDB, KMS, S3 by moto) hold to the same."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.domain.books import BEGINNING, SHARDS, Day, Mark, Sealed, Shard, day_of, shard_of
from tests.contract.test_report_store import Changes, store
from tests.fakes.books import LocalSigner, MemoryBooks, MemoryVault
from tests.fakes.engine import SECRET

__all__ = ["store"]
BUCKET, REGION = "live-room-local-books-123456789012", "ap-southeast-3"


def the_fakes() -> Any:
    vault = MemoryVault()
    return SimpleNamespace(
        kept=MemoryBooks(), signer=LocalSigner(), vault=vault, read=vault.files.__getitem__
    )


def the_real_ones(monkeypatch: pytest.MonkeyPatch) -> Any:
    from chalicelib.adapters.books import DynamoBooks, KmsSigner, LockedBucket
    from chalicelib.adapters.tables import BookRow

    BookRow._connection = None
    BookRow.create_table(wait=True)
    s3, kms = boto3.client("s3"), boto3.client("kms")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True
    )
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    monkeypatch.setenv("BOOK_BUCKET", BUCKET)
    monkeypatch.setenv("BOOK_KEY_ARN", key)
    return SimpleNamespace(
        kept=DynamoBooks(),
        signer=KmsSigner(),
        vault=LockedBucket(),
        read=lambda name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read(),
    )


@pytest.fixture(params=["memory", "aws"])
def parts(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield the_fakes()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        aws.client.cache_clear()
        yield the_real_ones(monkeypatch)
        aws.client.cache_clear()


def a_day(day: str, reports: int = 1) -> Sealed:
    shards = (Shard(reports, "ab" * 32), *[Shard(0, "cd" * 32)] * 15)
    return Sealed(Day("live-room-local", day, BEGINNING, shards), "k", "s", f"{day}T17:30:00Z")


def test_days_are_closed_once_and_read_newest_first(parts: Any) -> None:
    assert (parts.kept.last(), parts.kept.day("2027-05-14"), parts.kept.days(5, None)) == (
        *(None, None, ()),
    )
    days = [a_day(f"2027-05-{day}") for day in (14, 15, 16)]
    assert [parts.kept.close_once(one) for one in days] == [True] * 3
    assert parts.kept.close_once(a_day("2027-05-15", reports=2)) is False
    assert parts.kept.day("2027-05-15") == days[1]
    assert parts.kept.last() == days[2]
    assert parts.kept.days(2, None) == (days[2], days[1])
    assert parts.kept.days(2, "2027-05-15") == (days[0],)


def test_a_shards_root_is_kept_as_it_was_first(parts: Any) -> None:
    assert parts.kept.part("2027-05-14", "a") is None
    parts.kept.keep_part("2027-05-14", "a", Shard(3, "ab" * 32))
    parts.kept.keep_part("2027-05-14", "a", Shard(4, "cd" * 32))
    assert parts.kept.part("2027-05-14", "a") == Shard(3, "ab" * 32)
    assert parts.kept.part("2027-05-14", "b") is None


def test_what_the_key_signs_holds_under_the_key_that_is_published(parts: Any) -> None:
    key = parts.signer.key()
    parts.kept.keep_key(key)
    parts.kept.keep_key(key)
    assert parts.kept.public_keys() == (key,)
    signature = base64.b64encode(parts.signer.sign(b"a statement")).decode()
    assert key.signed(b"a statement", signature)


def test_a_file_under_the_lock_stays_as_it_was_put(parts: Any) -> None:
    parts.vault.put_once("days/2027-05-14.json", b"first")
    parts.vault.put_once("days/2027-05-14.json", b"second")
    assert parts.read("days/2027-05-14.json") == b"first"


@pytest.fixture(autouse=True)
def token_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_SECRET", SECRET.decode())


def test_a_days_mark_is_what_the_record_was_when_last_written(store: Any) -> None:
    changes = Changes()
    change = changes.filing()
    store.save(change)
    number, events = change.report.number, change.events
    day, shard = day_of(events[-1].recorded_at), shard_of(number)
    assert list(store.day_marks(day, shard)) == [
        Mark(number, events[-1].seq, change.report.last_hash)
    ]
    others = [one for one in SHARDS if one != shard]
    assert [mark for one in others for mark in store.day_marks(day, one)] == []


def test_a_mark_put_later_takes_no_newer_ones_place(store: Any) -> None:
    mark = Mark("TL-7K3QX9MW", 4, "ab" * 32)
    store.mark_once("2027-05-14", mark)
    store.mark_once("2027-05-14", Mark("TL-7K3QX9MW", 2, "cd" * 32))
    assert list(store.day_marks("2027-05-14", shard_of(mark.number))) == [mark]
