"""Sending on: a report that belongs to another body reaches it, and its answer comes back.

A body with an Open311 endpoint gets a request there, and is asked for news until it has closed
it; one with a mail address gets a mail with our number; for any other the operator, who named the
body, is told that nobody but them can pass the report on. Who reported is never sent along.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from chalicelib.domain.errands import REFER, Errand, finished, later
from chalicelib.domain.events import SYSTEM, Actor, Draft, Event
from chalicelib.domain.open311 import CLOSED
from chalicelib.domain.report import REFERRED, text_of
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.errands import ErrandStore
from chalicelib.services.ports import Clock, Jobs, NeverAgain, ReportStore, Stored, TryAgain
from chalicelib.services.recording import Recorder
from chalicelib.services.webhooks import Outgoing

_NOW = timedelta()
#: How often a body's endpoint is asked for news, and for how long.
ASK_EVERY = timedelta(hours=6)
ASK_FOR = timedelta(days=90)


class BodyMail(Protocol):
    """Mail to another body."""

    def send(self, body: Mapping[str, Any], stored: Stored, reason: str, now: datetime) -> str:
        """Send the referral; return the provider's id. Raises TryAgain or NeverAgain."""


@dataclass(frozen=True)
class Refer:
    """The use case. *secret*: the key of a body's endpoint by the name of its setting."""

    store: ReportStore
    errands: ErrandStore
    jobs: Jobs
    recorder: Recorder
    outgoing: Outgoing
    mail: BodyMail
    catalogue: Catalogue
    clock: Clock
    secret: Callable[[str], str]

    def hear(self, stored: Stored, events: Sequence[Event]) -> None:
        """Plan the passing on of what was just referred. Harmless when told twice."""
        for event in events if not stored.report.drill else ():
            if event.type != "referred" or event.data.get("reference"):
                continue  # a number there says that somebody has passed it on by hand
            now, number = self.clock.now(), stored.report.number
            payload = {"body": event.data["body"], "seq": event.seq}
            errand = Errand(REFER, number, f"r{event.seq}", now, payload, due_at=now)
            if self.errands.put(errand):
                self.jobs.put(REFER, [{"owner": number, "id": errand.id}], _NOW)

    def say(self, errand: Errand, now: datetime) -> Errand:
        """Pass the report on, or ask for news of it; raises TryAgain or NeverAgain."""
        stored = self.store.load(errand.owner)
        if stored is None or not _still(stored, errand):
            return finished(errand, now, "overtaken")
        body = self.body(errand.payload["body"])
        if body is None or not (body.get("open311") or body.get("mail")):
            raise NeverAgain("the body has neither an endpoint nor a mail address")
        if not body.get("open311"):
            if not _sent(stored, errand):
                self.mail.send(body, stored, _reason(stored, errand), now)
                self._reached(errand, {"by": "mail"})
            return finished(errand, now, "mail")
        if not _sent(stored, errand):
            reference = self._post(body, stored, errand)
            self._reached(errand, {"by": "open311", "reference": reference})
            return later(errand, now, f"open311 {reference}", ASK_EVERY)
        return self._ask(body, stored, errand, now)

    def gave_up(self, errand: Errand) -> None:
        """Put on record that the body was not reached, so that a person acts."""

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            if not _still(known, errand) or _sent(known, errand):
                return ()
            why = errand.log[-1]["outcome"] if errand.log else ""
            data = {"seq": errand.payload["seq"], "body": errand.payload["body"], "why": why}
            return (Draft("referral_failed", now, SYSTEM, data),)

        self.recorder.record(errand.owner, decide)

    def body(self, code: str) -> Mapping[str, Any] | None:
        """Return an outside body by its code, or by its name in either language."""
        wanted = code.strip().casefold()
        for row in self.catalogue.document("bodies"):
            names = (row["code"], row["name"]["id"], row["name"]["en"])
            if wanted in {name.casefold() for name in names}:
                found: Mapping[str, Any] = row
                return found
        return None

    def _reached(self, errand: Errand, how: Mapping[str, Any]) -> None:
        data = {"seq": errand.payload["seq"], "body": errand.payload["body"], **how}

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            return () if _sent(known, errand) else (Draft("referral_sent", now, SYSTEM, data),)

        self.recorder.record(errand.owner, decide)

    def _post(self, body: Mapping[str, Any], stored: Stored, errand: Errand) -> str:
        """The request as GeoReport v2 has it; our number makes it the same one when repeated."""
        point = stored.events[0].texts.get("point", "").split(",")
        endpoint = body["open311"]
        codes = endpoint.get("service_codes", {})
        form = {
            "api_key": self.secret(endpoint.get("key_setting", "")),
            "jurisdiction_id": endpoint.get("jurisdiction", ""),
            "service_code": codes.get(stored.report.category, stored.report.category),
            "description": _words(stored, _reason(stored, errand)),
            "address_string": text_of(stored.events, "filed", "address"),
            "attribute[fixmystreet_id]": stored.report.number,
        }
        if len(point) == 2:
            form |= {"lat": point[0], "long": point[1]}
        sent = urlencode({name: value for name, value in form.items() if value}).encode()
        url = f"{endpoint['url'].rstrip('/')}/requests.json"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "Idempotency-Key": f"referral-{stored.report.number}-{errand.id}-of-live-room",
        }
        status, answer = self.outgoing.post(url, sent, headers)
        rows = _rows(status, answer)
        return str(rows[0].get("service_request_id") or rows[0].get("token") or "")

    def _ask(
        self, body: Mapping[str, Any], stored: Stored, errand: Errand, now: datetime
    ) -> Errand:
        if now > errand.created_at + ASK_FOR or not stored.report.reference:
            return finished(errand, now, "asked long enough")
        query = urlencode({"jurisdiction_id": body["open311"].get("jurisdiction", "")})
        base = body["open311"]["url"].rstrip("/")
        url = f"{base}/requests/{stored.report.reference}.json?{query}"
        status, answer = self.outgoing.get(url)
        row = _rows(status, answer)[0]
        if row.get("status") != CLOSED:
            return later(errand, now, "still open there", ASK_EVERY)
        self._closed_there(errand, str(row.get("status_notes") or ""))
        return finished(errand, now, "closed there")

    def _closed_there(self, errand: Errand, said: str) -> None:
        body = errand.payload["body"]

        def decide(known: Stored, now: datetime) -> Sequence[Draft]:
            if known.report.status != REFERRED or known.report.outcome:
                return ()
            actor = Actor("client", role="body", person=body)
            texts = {"text": said} if said else {}
            return (Draft("referral_settled", now, actor, {"body": body}, texts),)

        self.recorder.record(errand.owner, decide)


def _still(stored: Stored, errand: Errand) -> bool:
    """Whether it is this referral that the report is in: it may have come back meanwhile."""
    referrals = [event.seq for event in stored.events if event.type == "referred"]
    here = stored.report.status == REFERRED and not stored.report.outcome
    return here and referrals[-1:] == [errand.payload["seq"]]


def _sent(stored: Stored, errand: Errand) -> bool:
    seq = errand.payload["seq"]
    return any(e.type == "referral_sent" and e.data["seq"] == seq for e in stored.events)


def _reason(stored: Stored, errand: Errand) -> str:
    for event in stored.events:
        if event.seq == errand.payload["seq"]:
            return event.texts.get("reason", "")
    return ""


def _words(stored: Stored, reason: str) -> str:
    said = text_of(stored.events, "filed", "description")
    return f"{said}\n\n{reason}\n\n{stored.report.number}".strip()[:4000]


def _rows(status: int, answer: bytes) -> list[dict[str, Any]]:
    """The rows of an Open311 answer; what is refused for good is told from what may pass."""
    if status >= 500 or status in (408, 425, 429):
        raise TryAgain(f"HTTP {status}")
    if not 200 <= status < 300:
        raise NeverAgain(f"HTTP {status}")
    try:
        rows = json.loads(answer)
    except ValueError:
        raise TryAgain("the answer is no JSON") from None
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        raise TryAgain("the answer holds no request")
    return rows
