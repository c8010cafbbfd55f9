"""The key of links is exchanged without a link that breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.domain.signing import TokenRefused, open_token, sign

NOW = datetime(2027, 4, 5, 3, 0, tzinfo=UTC)
OLD, NEW, NEWEST = "o" * 48, "n" * 48, "w" * 48


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")
    monkeypatch.delenv("TOKEN_SECRET", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("LINK_SECRET_ID", "links")
    with mock_aws():
        aws.client.cache_clear()
        config.forget_secrets()
        made = boto3.client("secretsmanager", region_name="ap-southeast-3")
        made.create_secret(Name="links", SecretString=OLD)
        yield made
    aws.client.cache_clear()
    config.forget_secrets()


def link() -> str:
    return sign(config.link_keys(), "act", b"x", NOW + timedelta(days=60))


def opens(token: str) -> bool:
    try:
        open_token(config.link_keys(), "act", token, NOW)
    except TokenRefused:
        return False
    return True


def test_a_link_opens_through_a_whole_rotation(secrets) -> None:
    before = link()
    pending = secrets.put_secret_value(
        SecretId="links", SecretString=NEW, VersionStages=["AWSPENDING"]
    )["VersionId"]
    config.forget_secrets()  # what time does
    assert link() == before  # the old key signs on
    current = secrets.describe_secret(SecretId="links")["VersionIdsToStages"]
    (old,) = [id for id, stages in current.items() if "AWSCURRENT" in stages]
    secrets.update_secret_version_stage(
        SecretId="links", VersionStage="AWSCURRENT", MoveToVersionId=pending,
        RemoveFromVersionId=old,
    )  # fmt: skip
    after_elsewhere = sign(
        type(config.link_keys())(NEW.encode()), "act", b"x", NOW + timedelta(days=60)
    )
    assert opens(after_elsewhere)  # a process that has not looked again knows the one to come
    config.forget_secrets()
    assert opens(before) and opens(after_elsewhere)
    assert link() != before


def test_a_key_two_rotations_old_opens_nothing_more(secrets) -> None:
    before = link()
    for value in (NEW, NEWEST):
        secrets.put_secret_value(SecretId="links", SecretString=value)
    config.forget_secrets()
    assert not opens(before)


def test_a_process_looks_again_by_itself(secrets, monkeypatch) -> None:
    before = link()
    secrets.put_secret_value(SecretId="links", SecretString=NEW)
    clock = config.time.monotonic() + 2 * config.KEYS_SECONDS
    monkeypatch.setattr(config.time, "monotonic", lambda: clock)
    assert link() != before and opens(before)
