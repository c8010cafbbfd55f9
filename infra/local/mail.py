"""Mail that comes in, locally: `POST /_local/mail` stands in for SES.

The body is the mail as it is. Recipients are those of To unless ``X-Recipient`` names one; the
verdicts are PASS unless ``X-Verdict-Dmarc`` (``-Spf``, ``-Dkim``, ``-Spam``, ``-Virus``) says
otherwise. From there on it goes the way of every mail: bucket, queue, function.
"""

from __future__ import annotations

import json
import uuid
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

from infra.local.server import Answer, Request, answer_json, problem
from infra.local.stack import Aws

VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")
STATUSES = frozenset({"PASS", "FAIL", "GRAY", "PROCESSING_FAILED"})


class Inbox:
    """Puts mails where SES would, and tells the queue as the topic would."""

    def __init__(self, aws: Aws, stage: str, bucket: str) -> None:
        self._s3, self._sqs = aws.client("s3"), aws.client("sqs")
        self._bucket, self._texts = bucket, f"live-room-{stage}-inbound-text"
        self._queue = self._sqs.get_queue_url(QueueName=f"live-room-{stage}-inbound-mail")

    def take_text(self, request: Request) -> Answer:
        """Answer `POST /_local/text {"from", "text"}`: a message to a number of AWS's own."""
        said = request.json()
        if not isinstance(said, dict) or not said.get("from"):
            return problem("bad_request")
        told = {
            "originationNumber": str(said["from"]),
            "messageBody": str(said.get("text", "")),
            "inboundMessageId": str(uuid.uuid4()),
        }
        queue = self._sqs.get_queue_url(QueueName=self._texts)
        self._sqs.send_message(QueueUrl=queue["QueueUrl"], MessageBody=json.dumps(told))
        return answer_json(202, {"accepted": True})

    def take(self, request: Request) -> Answer:
        """Answer `POST /_local/mail`."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        verdicts = {name: headers.get(f"x-verdict-{name}", "PASS").upper() for name in VERDICTS}
        if not request.body or not set(verdicts.values()) <= STATUSES:
            return problem("bad_request")
        key = f"mail/{uuid.uuid4().hex}"
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=request.body)
        told = notification(key, recipients(request.body, headers), verdicts)
        self._sqs.send_message(QueueUrl=self._queue["QueueUrl"], MessageBody=json.dumps(told))
        return answer_json(202, {"accepted": True})


def recipients(raw: bytes, headers: dict[str, str]) -> list[str]:
    """Where the mail is to go: the header of the request, else what the mail itself says."""
    named = headers.get("x-recipient")
    if named:
        return [named]
    message = message_from_bytes(raw)
    found = getaddresses([*message.get_all("to", []), *message.get_all("cc", [])])
    return [address for _, address in found if address]


def notification(key: str, to: list[str], verdicts: dict[str, str]) -> dict[str, Any]:
    """What SES publishes for an S3 action."""
    receipt: dict[str, Any] = {
        f"{name}Verdict": {"status": status} for name, status in verdicts.items()
    }
    receipt |= {"recipients": to, "action": {"type": "S3", "objectKey": key}}
    return {"notificationType": "Received", "receipt": receipt, "mail": {"messageId": key}}
