"""Printed documents in the private bucket, read through presigned addresses."""

from __future__ import annotations

from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.ports import TryAgain


class S3Prints:
    """See `Prints`."""

    def exists(self, key: str) -> bool:
        """See `Prints.exists`."""
        try:
            aws.client("s3").head_object(Bucket=_bucket(), Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise TryAgain(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error
        return True

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """See `Prints.put`."""
        try:
            aws.client("s3").put_object(
                Bucket=_bucket(), Key=key, Body=body, ContentType=content_type
            )
        except (BotoCoreError, ClientError) as error:
            raise TryAgain(type(error).__name__) from error

    def address(self, key: str, filename: str, lasting: timedelta) -> str:
        """See `Prints.address`: the browser shows it, and saves it under *filename*."""
        address: str = aws.client("s3").generate_presigned_url(
            "get_object",
            Params={
                "Bucket": _bucket(),
                "Key": key,
                "ResponseContentDisposition": f'inline; filename="{filename}"',
            },
            ExpiresIn=round(lasting.total_seconds()),
        )
        return address


def _bucket() -> str:
    return config.setting("PHOTO_BUCKET")
