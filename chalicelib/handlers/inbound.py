"""Answers that come in: mails from SES, text messages from providers and from AWS.

Functions of their own, since a mail's parser and its photos have no place in the API function.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap, config
from chalicelib.domain.inbound import InboundText, Verdicts, phone_of
from chalicelib.handlers.records import each

blueprint = Blueprint(__name__)
log = logging.getLogger("live_room.inbound")
Json = Mapping[str, Any]


@blueprint.on_sqs_message(queue=config.resource("inbound-mail"), batch_size=1, name="inbound_mail")
def inbound_mail(event: Any) -> dict[str, Any]:
    """Take in the mails that SES tells of. Bodies and addresses are never logged."""

    def one(body: Json) -> None:
        from chalicelib.adapters.inbound_mail import read_mail
        from chalicelib.adapters.mail_bucket import fetch

        if body.get("notificationType") != "Received":
            return
        receipt = body["receipt"]
        mail = read_mail(
            fetch(receipt["action"]["objectKey"]),
            tuple(receipt.get("recipients") or ()),
            verdicts_of(receipt),
            own_domains(),
        )
        outcome = bootstrap.mail_replies()(mail)
        log.info("mail", extra={"report": outcome.number, "outcome": outcome.code})

    return each(event, one)


@blueprint.on_sqs_message(queue=config.resource("inbound-text"), batch_size=10, name="inbound_text")
def inbound_text(event: Any) -> dict[str, Any]:
    """Take in text messages: those that the API passed on, and those of AWS's own numbers."""

    def one(body: Json) -> None:
        outcome = bootstrap.text_replies()(text_of(body))
        log.info("text", extra={"report": outcome.number, "outcome": outcome.code})

    return each(event, one)


def verdicts_of(receipt: Json) -> Verdicts:
    """Return what SES found; a verdict that is missing proves nothing."""
    names = ("virus", "spam", "spf", "dkim", "dmarc")
    found = {name: (receipt.get(f"{name}Verdict") or {}).get("status", "GRAY") for name in names}
    return Verdicts(**found)


def text_of(body: Json) -> InboundText:
    """Return the message in a queue's body, in AWS's form or ours."""
    if "originationNumber" in body:
        sender = phone_of(str(body["originationNumber"]))
        text = str(body.get("messageBody") or "")
        return InboundText(str(body.get("inboundMessageId") or ""), sender, text)
    return InboundText(
        str(body["id"]),
        str(body["sender"]),
        str(body["text"]),
        str(body.get("channel") or "sms"),
        bool(body.get("authenticated")),
    )


def own_domains() -> frozenset[str]:
    """Return the domains that our own mails come from: a mail from there is a loop."""
    sender = config.setting("MAIL_FROM", "").rpartition("@")[2].rstrip(">").lower()
    return frozenset({sender, config.reply_domain().lower()} - {""})
