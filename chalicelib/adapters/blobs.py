"""Photos and other files in S3: uploaded straight to the bucket, never through a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.ports import TryAgain

_FORM_SECONDS = 900


class S3Blobs:
    """The stage's private photo bucket."""

    def upload_form(
        self, key: str, content_type: str, max_bytes: int, redirect: str = ""
    ) -> Mapping[str, Any]:
        """See `Blobs.upload_form`: the signature binds key, type, size and way back."""
        back = {"success_action_redirect": redirect} if redirect else {}
        form = aws.client("s3").generate_presigned_post(
            Bucket=config.setting("PHOTO_BUCKET"),
            Key=key,
            Fields={"Content-Type": content_type, **back},
            Conditions=[
                {"Content-Type": content_type},
                *([back] if back else []),
                ["content-length-range", 1, max_bytes],
            ],
            ExpiresIn=_FORM_SECONDS,
        )
        return {"url": form["url"], "fields": form["fields"]}

    def exists(self, key: str) -> bool:
        """See `Blobs.exists`."""
        try:
            aws.client("s3").head_object(Bucket=config.setting("PHOTO_BUCKET"), Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                return False
            raise TryAgain(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error
        return True
