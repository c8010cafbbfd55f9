"""Push to apps on telephones through SNS: one platform endpoint for each token, made on the way.

Making an endpoint for a token that has one gives that one, so nothing is kept but the token. An
endpoint that the platform has disabled (the app is gone, the token has changed) is deleted with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters import aws
from chalicelib.adapters.web_push import BrowserGone
from chalicelib.services.ports import TryAgain
from chalicelib.services.pushing import Device

#: What SNS says of a token that is none, or of an endpoint that is off or no more.
_GONE = frozenset({"EndpointDisabled", "EndpointDisabledException", "InvalidParameter", "NotFound"})


@dataclass(frozen=True)
class MobilePush:
    """platforms: the ARN of the stage's platform application by ``fcm`` and ``apns``."""

    platforms: Callable[[], Mapping[str, str]]

    def send(self, device: Device, said: Mapping[str, str], *, urgent: bool) -> None:
        """Push *said* (title, body, url, tag). Raises BrowserGone or TryAgain."""
        application = self.platforms().get(device.platform, "")
        if not application:
            raise BrowserGone("the stage has no such platform any more")
        endpoint = ""
        try:
            made = aws.client("sns").create_platform_endpoint(
                PlatformApplicationArn=application, Token=device.token
            )
            endpoint = str(made["EndpointArn"])
            aws.client("sns").publish(
                TargetArn=endpoint, MessageStructure="json", Message=_message(said, urgent=urgent)
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _GONE:
                raise TryAgain(code) from error
            if endpoint:
                aws.client("sns").delete_endpoint(EndpointArn=endpoint)
            raise BrowserGone(code) from error
        except BotoCoreError as error:
            raise TryAgain(type(error).__name__) from error


def _message(said: Mapping[str, str], *, urgent: bool) -> str:
    """The same words in the form of each platform (FCM HTTP v1; APNs)."""
    shown = {"title": said["title"], "body": said["body"]}
    message: dict[str, Any] = {
        "notification": shown,
        "data": {"url": said["url"]},
        "android": {"priority": "high" if urgent else "normal", "collapse_key": said["tag"]},
    }
    apple = {"aps": {"alert": shown, "thread-id": said["tag"]}, "url": said["url"]}
    return json.dumps(
        {
            "default": said["body"],
            "GCM": json.dumps({"fcmV1Message": {"message": message}}, ensure_ascii=False),
            **{name: json.dumps(apple, ensure_ascii=False) for name in ("APNS", "APNS_SANDBOX")},
        },
        ensure_ascii=False,
    )
