"""The providers' delivery events as `Receipt`s: SES event publishing and SNS text message logs."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.deliveries import (
    ARRIVED,
    COMPLAINED,
    DELAYED,
    HARD,
    SOFT,
    Delivery,
)
from chalicelib.services.receipts import Receipt

#: Names of the message tags that come back with every event of a mail.
REPORT, MESSAGE, ATTEMPT = "report", "message", "attempt"
#: What SNS says of a text message that no further attempt can bring to this number.
_NUMBER_AT_FAULT = ("invalid", "opted out", "blocked", "unreachable", "unknown")
Json = Mapping[str, Any]


def tags_of(delivery: Delivery) -> dict[str, str]:
    """Return the tags that lead a receipt to *delivery*: letters, digits, ``-`` and ``_`` only."""
    message = base64.urlsafe_b64encode(delivery.id.encode()).decode().rstrip("=")
    return {REPORT: delivery.number, MESSAGE: message, ATTEMPT: str(delivery.attempts)}


def receipt_from(body: Json) -> Receipt | None:
    """Return what one event says, or None if it says nothing of a message's fate.

    Takes an SES event as it is or as a notification of SNS, and a record of SNS's delivery log.
    Raises KeyError or ValueError for what is neither.
    """
    if body.get("Type") == "Notification":
        return receipt_from(json.loads(body["Message"]))
    if "notification" in body:
        return _text_receipt(body)
    kind = body.get("eventType") or body.get("notificationType")
    read = _MAIL_EVENTS.get(str(kind))
    return read(body) if read else None


def _mail_receipt(
    body: Json, kind: str, part: Json, *, detail: str = "", contact: bool = False
) -> Receipt:
    mail = body["mail"]
    tags = mail.get("tags") or {}
    number, id = _first(tags, REPORT), _message(_first(tags, MESSAGE))
    attempt = _first(tags, ATTEMPT)
    return Receipt(
        kind=kind,
        at=_instant(part.get("timestamp") or mail["timestamp"]),
        provider_id=mail["messageId"],
        number=number if id else "",
        id=id,
        attempt=int(attempt) if attempt.isdigit() else 0,
        detail=detail,
        contact=contact,
    )


def _delivered(body: Json) -> Receipt:
    return _mail_receipt(body, ARRIVED, body["delivery"])


def _bounced(body: Json) -> Receipt:
    """Permanent: no such mailbox. Transient and undetermined: SES gave up, another day may do."""
    part = body["bounce"]
    permanent = part["bounceType"] == "Permanent"
    detail = f"bounce {part['bounceType']}/{part.get('bounceSubType', '')}"
    return _mail_receipt(body, HARD if permanent else SOFT, part, detail=detail, contact=permanent)


def _complained(body: Json) -> Receipt:
    part = body["complaint"]
    kind = part.get("complaintFeedbackType") or "spam"
    return _mail_receipt(body, COMPLAINED, part, detail=f"complaint {kind}", contact=True)


def _rejected(body: Json) -> Receipt:
    return _mail_receipt(body, HARD, {}, detail=f"reject {body['reject'].get('reason', '')}")


def _delayed(body: Json) -> Receipt:
    part = body["deliveryDelay"]
    return _mail_receipt(body, DELAYED, part, detail=f"delay {part.get('delayType', '')}")


_MAIL_EVENTS = {
    "Delivery": _delivered,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "DeliveryDelay": _delayed,
}


def _text_receipt(body: Json) -> Receipt:
    said = str(body.get("delivery", {}).get("providerResponse", ""))
    arrived = body.get("status") == "SUCCESS"
    at_fault = not arrived and any(word in said.lower() for word in _NUMBER_AT_FAULT)
    failing = HARD if at_fault else SOFT
    return Receipt(
        kind=ARRIVED if arrived else failing,
        at=_instant(body["notification"]["timestamp"].replace(" ", "T")),
        provider_id=body["notification"]["messageId"],
        detail="" if arrived else said[:80],
        contact=at_fault,
    )


def _first(tags: Json, name: str) -> str:
    values = tags.get(name) or [""]
    return str(values[0])


def _message(encoded: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        return raw.decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)
