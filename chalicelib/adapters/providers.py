"""Mail through SES and SMS through SNS: one call each, faults sorted into passing and final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config
from chalicelib.adapters import aws
from chalicelib.domain.events import instant
from chalicelib.services.ports import AddressRefused, NeverAgain, TryAgain

#: What a second attempt cannot mend; everything else is tried again with backoff.
_FINAL = frozenset(
    {
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "BadRequestException",
        "NotFoundException",
        "InvalidParameter",
        "InvalidParameterValue",
        "OptedOut",
        "ParameterValueInvalid",
    }
)


#: Those of them that lie with the address and not with this message.
_ADDRESS = frozenset({"OptedOut"})


class SesMailer:
    """Sends complete MIME messages, so that what is tested is what is sent."""

    def send(self, to: str, mime: bytes, tags: Mapping[str, str] | None = None) -> str:
        """See `Mailer.send`."""
        request: dict[str, Any] = {
            "FromEmailAddress": mail_from(),
            "Destination": {"ToAddresses": [to]},
            "Content": {"Raw": {"Data": mime}},
        }
        configuration = config.setting("MAIL_CONFIGURATION_SET", "")
        if configuration:
            request["ConfigurationSetName"] = configuration
        if tags:
            request["EmailTags"] = [{"Name": name, "Value": value} for name, value in tags.items()]
        return str(_call("sesv2", "send_email", request)["MessageId"])


class SnsTexter:
    """Sends single text messages below a price cap, as transactional traffic."""

    def send(self, to: str, text: str, now: datetime | None = None) -> str:
        """See `Texter.send`. *now* is the system's time, noted for the local inbox."""
        attributes = {
            "AWS.SNS.SMS.SMSType": _text("Transactional"),
            "AWS.SNS.SMS.MaxPrice": _number(config.setting("SMS_MAX_PRICE", "0.50")),
        }
        sender = config.setting("SMS_SENDER_ID", "")
        if sender:
            attributes["AWS.SNS.SMS.SenderID"] = _text(sender)
        if now is not None:
            attributes["SystemTime"] = _text(instant(now))
        request = {"PhoneNumber": to, "Message": text, "MessageAttributes": attributes}
        return str(_call("sns", "publish", request)["MessageId"])


def mail_from() -> str:
    """The sender's address of this stage."""
    return config.setting("MAIL_FROM")


def _call(service: str, operation: str, request: dict[str, Any]) -> Any:
    try:
        return getattr(aws.client(service), operation)(**request)
    except ClientError as error:
        raise _fault(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise TryAgain(type(error).__name__) from error


def _fault(code: str) -> Exception:
    if code in _ADDRESS:
        return AddressRefused(code)
    return NeverAgain(code) if code in _FINAL else TryAgain(code)


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _number(value: str) -> dict[str, str]:
    return {"DataType": "Number", "StringValue": value}
