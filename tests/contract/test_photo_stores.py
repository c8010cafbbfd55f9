"""Files and fingerprints, in memory and on AWS: the same guarantees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.domain.fingerprints import Seen
from tests.fakes.engine import MemoryBlobs, MemoryPhotoIndex

REGION = "ap-southeast-3"


@pytest.fixture
def aws_mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from chalicelib.adapters import aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("PHOTO_BUCKET", "photos")
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


@pytest.fixture(params=["memory", "s3"])
def blobs(request: Any, aws_mock: None) -> Any:
    if request.param == "memory":
        return MemoryBlobs()
    from chalicelib.adapters import aws
    from chalicelib.adapters.blobs import S3Blobs

    place = {"LocationConstraint": REGION}
    aws.client("s3").create_bucket(Bucket="photos", CreateBucketConfiguration=place)
    return S3Blobs()


@pytest.fixture(params=["memory", "dynamo"])
def index(request: Any, aws_mock: None) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryPhotoIndex()
        return
    from chalicelib.adapters.photo_index import DynamoPhotoIndex
    from chalicelib.adapters.tables import PhotoRow

    PhotoRow._connection = None
    PhotoRow.create_table(wait=True)
    yield DynamoPhotoIndex()
    PhotoRow._connection = None


def test_a_file_is_read_as_it_was_put_and_no_further_than_asked(blobs):
    blobs.put("a/b", b"0123456789", "image/jpeg")
    assert blobs.read("a/b", 100) == b"0123456789"
    assert blobs.read("a/b", 4) == b"0123"
    assert blobs.exists("a/b") and not blobs.exists("a/c")
    assert blobs.read("a/c", 4) is None


def test_what_is_put_if_absent_never_overwrites(blobs):
    assert blobs.put_if_absent("a/b", b"first", "image/jpeg") is True
    assert blobs.put_if_absent("a/b", b"second", "image/jpeg") is False
    assert blobs.read("a/b", 100) == b"first"


def test_deleting_twice_is_no_fault(blobs):
    blobs.put("a/b", b"x", "image/jpeg")
    blobs.delete(["a/b", "a/never"])
    blobs.delete(["a/b"])
    assert not blobs.exists("a/b")


def test_a_link_names_the_file_and_is_signed(blobs):
    blobs.put("public/N/p-1-large.jpg", b"x", "image/jpeg")
    link = blobs.link("public/N/p-1-large.jpg")
    assert "public/N/p-1-large.jpg" in link and "?" in link


def test_a_fingerprint_is_found_by_any_one_of_its_bands(index):
    row = Seen("TL-A", "p-1", "whole", "ab" * 32, "2027-04-05T03:00:00Z", sealed=True)
    index.file([row])
    index.file([row])
    assert list(index.look_up(["ab" * 32])) == [row]
    assert list(index.look_up(["abab" + "00" * 30])) == [row]
    assert list(index.look_up(["cd" * 32])) == []
