"""The channels to people: render a planned message for one recipient and hand it to a provider."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib import config
from chalicelib.adapters.mime import build_mime
from chalicelib.adapters.providers import SnsTexter, mail_from
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.report import text_of
from chalicelib.services.facts import context_from
from chalicelib.services.messages import Rendered, TemplateInvalid, TemplateUnknown, render
from chalicelib.services.ports import Mailer, NeverAgain, ReportStore

Texts = Callable[[str], Mapping[str, str]]


def citizen_texts(store: ReportStore) -> Texts:
    """Return a reader of what the reporter wrote, as it stands at the moment of sending."""

    def read(number: str) -> Mapping[str, str]:
        stored = store.load(number)
        if stored is None:
            return {}
        return {
            "address": text_of(stored.events, "filed", "address"),
            "description": text_of(stored.events, "filed", "description"),
        }

    return read


def rendered(delivery: Delivery, channel: Literal["mail", "sms"], texts: Texts) -> Rendered:
    """Render *delivery*; a template that cannot be rendered will never be: raises NeverAgain."""
    secret = bool(delivery.context.get("secret"))
    needs_texts = channel == "mail" and not delivery.to_reporter and not secret
    context = context_from(
        delivery.number,
        delivery.context,
        link=f"{config.public_url()}/laporan/{delivery.number}",
        texts=texts(delivery.number) if needs_texts else {},
    )
    try:
        return render(
            delivery.template,
            version=delivery.template_version,
            language=delivery.language,
            channel=channel,
            context=context,
            recipient_title=delivery.title,
        )
    except (TemplateUnknown, TemplateInvalid, ValueError) as error:
        raise NeverAgain(f"{type(error).__name__}: {delivery.template}") from error


def _message_id(delivery: Delivery, sender: str) -> str:
    """Return the same id for the same delivery, so that a repeated mail can be recognised."""
    digest = hashlib.sha256(f"{delivery.number}|{delivery.id}".encode()).hexdigest()[:32]
    return f"{digest}@{sender.rpartition('@')[2]}"


@dataclass(frozen=True)
class MailChannel:
    """Mail with a plain and an HTML part."""

    mailer: Mailer
    texts: Texts

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`."""
        content = rendered(delivery, "mail", self.texts)
        sender = mail_from()
        try:
            mime = build_mime(
                content,
                sender=sender,
                to=address,
                message_id=_message_id(delivery, sender),
                system_time=now,
                thread=delivery.number,
            )
        except ValueError as error:
            raise NeverAgain(f"{type(error).__name__}: the address or a header") from error
        return self.mailer.send(address, mime), content.version


@dataclass(frozen=True)
class SmsChannel:
    """One text message of at most 160 characters."""

    texter: SnsTexter

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`."""
        content = rendered(delivery, "sms", dict)
        return self.texter.send(address, content.text, now), content.version
