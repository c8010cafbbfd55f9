"""Settings that follow from others."""

from __future__ import annotations

import pytest

from chalicelib import config

BUCKET = "live-room-dev-photos-123456789012"
REGIONAL = f"https://{BUCKET}.s3.ap-southeast-3.amazonaws.com"


@pytest.mark.parametrize(
    ("variables", "origin"),
    [
        ({}, ""),
        ({"PHOTO_BUCKET": BUCKET}, REGIONAL),
        (
            {"PHOTO_BUCKET": BUCKET, "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
            "http://127.0.0.1:4566",
        ),
        ({"PHOTO_BUCKET": BUCKET, "PHOTO_ORIGIN": "https://foto.example"}, "https://foto.example"),
    ],
)
def test_pages_allow_the_place_where_photos_lie(monkeypatch, variables, origin):
    for name in ("PHOTO_BUCKET", "PHOTO_ORIGIN", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert config.photo_origin() == origin


def test_the_form_for_an_upload_leads_to_that_place(monkeypatch):
    from chalicelib.adapters import aws
    from chalicelib.adapters.blobs import S3Blobs

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("PHOTO_BUCKET", BUCKET)
    monkeypatch.setenv("AWS_REGION", "ap-southeast-3")
    aws.client.cache_clear()
    aws._session.cache_clear()
    form = S3Blobs().upload_form("incoming/N/p", "image/jpeg", 100)
    link = S3Blobs().link("photos/N/p-large.jpg")
    aws.client.cache_clear()
    aws._session.cache_clear()
    assert form["url"].startswith(config.photo_origin() + "/")
    assert link.startswith(config.photo_origin() + "/")
