"""Mail to another body: the referral with what it needs to act, and nothing of who reported."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib import config
from chalicelib.adapters.mime import build_mime
from chalicelib.adapters.providers import mail_from
from chalicelib.domain.report import text_of
from chalicelib.services.composing import Planner
from chalicelib.services.facts import context_from, facts_of
from chalicelib.services.messages import TemplateInvalid, TemplateUnknown, render
from chalicelib.services.ports import Mailer, NeverAgain, Stored


class ReferralMail:
    """Renders ``referral_request`` and hands it to the mail provider."""

    def __init__(self, mailer: Mailer, planner: Planner, sender: Callable[[], str] = mail_from):
        self._mailer, self._planner, self._sender = mailer, planner, sender

    def send(self, body: Mapping[str, Any], stored: Stored, reason: str, now: datetime) -> str:
        """See `BodyMail.send`."""
        report, sender = stored.report, self._sender()
        facts = facts_of(
            report,
            stored.events,
            self._planner.timeline(stored.events),
            self._planner.catalogue,
            now,
            entry=None,
            extra={"reason": reason},
        )
        texts = {name: text_of(stored.events, "filed", name) for name in ("address", "description")}
        context = context_from(
            report.number,
            facts,
            link=f"{config.public_url()}/laporan/{report.number}",
            texts=texts,
        )
        try:
            content = render(
                "referral_request",
                channel="mail",
                context=context,
                recipient_title=body["name"]["id"],
                templates=self._planner.catalogue.templates(),
            )
            digest = hashlib.sha256(f"{report.number}|{report.seq}|{body['code']}".encode())
            mime = build_mime(
                content,
                sender=sender,
                to=body["mail"],
                message_id=f"{digest.hexdigest()[:32]}@{sender.rpartition('@')[2]}",
                system_time=now,
                thread=report.number,
            )
        except (TemplateUnknown, TemplateInvalid, ValueError) as error:
            raise NeverAgain(f"{type(error).__name__}: the mail cannot be written") from error
        return self._mailer.send(body["mail"], mime)
