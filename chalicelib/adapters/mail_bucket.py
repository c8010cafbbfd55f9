"""Mails as SES put them into their bucket."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.adapters.inbound_mail import MAX_MAIL_BYTES
from chalicelib.services.ports import TryAgain


def fetch(key: str) -> bytes:
    """Return a mail's bytes, cut where no mail is so long; raise TryAgain."""
    try:
        answer = aws.client("s3").get_object(Bucket=config.setting("INBOUND_BUCKET"), Key=key)
        return bytes(answer["Body"].read(MAX_MAIL_BYTES))
    except (ClientError, BotoCoreError) as error:
        raise TryAgain(type(error).__name__) from error
