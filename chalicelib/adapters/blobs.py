"""Photos and other files in S3: uploaded straight to the bucket, never through a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.services.ports import TryAgain

_FORM_SECONDS = 900
_LINK_SECONDS = 300


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
        answer = _unless(404, lambda: aws.client("s3").head_object(**_place(key)))
        return answer is not None

    def read(self, key: str, most: int) -> bytes | None:
        """See `Blobs.read`."""
        answer = _unless(404, lambda: aws.client("s3").get_object(**_place(key)))
        return None if answer is None else bytes(answer["Body"].read(most))

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """See `Blobs.put`."""
        file = {**_place(key), "Body": data, "ContentType": content_type}
        _unless(0, lambda: aws.client("s3").put_object(**file))

    def put_if_absent(self, key: str, data: bytes, content_type: str) -> bool:
        """See `Blobs.put_if_absent`."""
        file = {**_place(key), "Body": data, "ContentType": content_type, "IfNoneMatch": "*"}
        return _unless(412, lambda: aws.client("s3").put_object(**file)) is not None

    def delete(self, keys: Sequence[str]) -> None:
        """See `Blobs.delete`. Older versions go by the bucket's own rule."""
        for key in keys:
            aws.client("s3").delete_object(**_place(key))

    def link(self, key: str) -> str:
        """See `Blobs.link`."""
        return str(
            aws.client("s3").generate_presigned_url(
                "get_object", Params=_place(key), ExpiresIn=_LINK_SECONDS
            )
        )


def _place(key: str) -> dict[str, str]:
    return {"Bucket": config.setting("PHOTO_BUCKET"), "Key": key}


def _unless(status: int, call: Callable[[], Any]) -> Any:
    """Return what *call* answers, None for that *status*; other faults may be tried again."""
    try:
        return call()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == status:
            return None
        raise TryAgain(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise TryAgain(type(error).__name__) from error
