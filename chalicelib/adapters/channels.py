"""The channels to people: render a planned message for one recipient and hand it to a provider."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from chalicelib import config
from chalicelib.adapters.gateways import GatewayTexter
from chalicelib.adapters.mime import build_mime
from chalicelib.adapters.providers import SnsTexter, mail_from
from chalicelib.adapters.receipts import tags_of
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.kindness import BUNDLE, DIGEST
from chalicelib.domain.report import text_of
from chalicelib.services.answering import Links
from chalicelib.services.contact_checking import TEMPLATE
from chalicelib.services.facts import context_from
from chalicelib.services.following import CONFIRM_TEMPLATE, Leaving
from chalicelib.services.messages import (
    Rendered,
    TemplateInvalid,
    Templates,
    TemplateUnknown,
    default_templates,
    render,
)
from chalicelib.services.ports import Mailer, NeverAgain, ReportStore

Texts = Callable[[str], Mapping[str, str]]
#: Writes down that an address was written to about a report, before it is: a reply that names
#: no report finds it by that.
Noted = Callable[[Delivery, str, datetime], None]


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


def rendered(
    delivery: Delivery,
    channel: Literal["mail", "sms"],
    texts: Texts,
    links: Links | None = None,
    *,
    can_reply: bool = False,
    leaving: Leaving | None = None,
    templates: Templates | None = None,
    linked: bool = True,
) -> Rendered:
    """Render *delivery*; a template that cannot be rendered will never be: raises NeverAgain.

    Staff's one link leads to the task, from which everything else can be done. *linked*: whether
    the words hold their link; a push carries it beside them.
    """
    secret = bool(delivery.context.get("secret"))
    needs_texts = channel == "mail" and not delivery.to_reporter and not secret
    offers, page = _links(delivery, links)
    if leaving is not None and delivery.to_follower:
        offers = _follower_links(delivery, leaving)
    context = context_from(
        delivery.number,
        delivery.context,
        link=(page if delivery.to_reporter else offers.get("view", page)) if linked else "",
        texts=texts(delivery.number) if needs_texts else {},
    )
    context = replace(context, links=offers, can_reply=can_reply)
    try:
        return render(
            delivery.template,
            version=delivery.template_version,
            language=delivery.language,
            channel=channel,
            context=context,
            recipient_title=delivery.title,
            templates=templates,
        )
    except (TemplateUnknown, TemplateInvalid, ValueError) as error:
        raise NeverAgain(f"{type(error).__name__}: {delivery.template}") from error


def _links(delivery: Delivery, links: Links | None) -> tuple[dict[str, str], str]:
    """The signed links of one report's message, and the page for everything else."""
    if delivery.template in (BUNDLE, DIGEST):
        return {}, f"{config.public_url()}/tugas"
    if "page" in delivery.context:
        return {}, str(delivery.context["page"])
    page = f"{config.public_url()}/laporan/{delivery.number}"
    return links.of(delivery) if links and not delivery.to_follower else {}, page


def _follower_links(delivery: Delivery, leaving: Leaving) -> dict[str, str]:
    if delivery.template == CONFIRM_TEMPLATE:
        return {"join": leaving.join_link(delivery)}
    link = leaving.link(delivery)
    return {"leave": link} if link else {}


def _one_click(delivery: Delivery, leaving: Leaving | None) -> str | None:
    """Where a mail program's "unsubscribe" goes; RFC 8058 knows https alone."""
    link = leaving.link(delivery) if leaving else ""
    return link if link.startswith("https://") else None


def _message_id(delivery: Delivery, sender: str) -> str:
    """Return the same id for the same delivery, so that a repeated mail can be recognised."""
    digest = hashlib.sha256(f"{delivery.number}|{delivery.id}".encode()).hexdigest()[:32]
    return f"{digest}@{sender.rpartition('@')[2]}"


def _answered(delivery: Delivery) -> bool:
    """Whether an answer to this message could mean one report."""
    return delivery.template not in (BUNDLE, DIGEST, TEMPLATE) and not delivery.to_follower


@dataclass(frozen=True)
class MailChannel:
    """Mail with a plain and an HTML part."""

    mailer: Mailer
    texts: Texts
    links: Links | None = None
    noted: Noted | None = None
    leaving: Leaving | None = None
    templates: Callable[[], Templates] = default_templates

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`."""
        if self.noted and _answered(delivery):
            self.noted(delivery, address, now)
        reply_to = self.links.reply_to(delivery) if self.links and _answered(delivery) else ""
        content = rendered(
            delivery,
            "mail",
            self.texts,
            self.links,
            can_reply=bool(reply_to),
            leaving=self.leaving,
            templates=self.templates(),
        )
        sender = mail_from()
        try:
            mime = build_mime(
                content,
                sender=sender,
                to=address,
                reply_to=reply_to or None,
                message_id=_message_id(delivery, sender),
                system_time=now,
                thread=delivery.number,
                unsubscribe=_one_click(delivery, self.leaving),
            )
        except ValueError as error:
            raise NeverAgain(f"{type(error).__name__}: the address or a header") from error
        return self.mailer.send(address, mime, tags_of(delivery)), content.version


@dataclass(frozen=True)
class SmsChannel:
    """One text message of at most 160 characters."""

    texter: SnsTexter | GatewayTexter
    links: Links | None = None
    noted: Noted | None = None
    spent: Noted | None = None
    templates: Callable[[], Templates] = default_templates

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        """See `Channel.send`."""
        if self.spent:
            self.spent(delivery, address, now)
        if self.noted and _answered(delivery):
            self.noted(delivery, address, now)
        content = rendered(
            delivery,
            "sms",
            dict,
            self.links,
            can_reply=config.text_replies(),
            templates=self.templates(),
        )
        return self.texter.send(address, content.text, now), content.version
