"""What a reply does, whatever brought it: act, or say kindly why not and what would help.

A reply acts for the office that the message went to. If it is not certain who wrote it, only the
acknowledgement counts; everything else gets the link, which proves more than a sender's name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from chalicelib.domain import grammar
from chalicelib.domain.actions import REPORTER_ROLE, ActionRefused
from chalicelib.domain.answering import LINK_LIFE, OFFERS, address_marks
from chalicelib.domain.deliveries import Delivery
from chalicelib.domain.events import parse_instant
from chalicelib.domain.grammar import Said
from chalicelib.domain.numbers import normalise
from chalicelib.domain.report import CONTROL_ROOM, UNANSWERED
from chalicelib.domain.signing import Keyring
from chalicelib.domain.text import long_date, short_date
from chalicelib.services.answering import EXPIRED, Answering, Opened
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.facts import facts_of
from chalicelib.services.messages import MESSAGES
from chalicelib.services.ports import Clock, Conflict, ReportStore, Talk, Talks, TryAgain, real
from chalicelib.services.statuses import STATUS_NAMES
from chalicelib.services.telling import of_event

_TRIES = 4
#: Automatic answers about one report to one office: two machines never talk for long.
MAX_ANSWERS = 10
_REPLY = "reply#"

#: What is meant → the link that offers the same.
_OFFER_OF: Mapping[str, str] = {
    grammar.ACCEPT: "accept",
    grammar.DECLINE: "decline",
    grammar.START: "start",
    grammar.ARRIVE: "arrive",
    grammar.SUBMIT: "submit",
    grammar.COMMENT: "comment",
    # "Belum bisa, alatnya dipakai": said by an officer, that is news and no act.
    grammar.NO: "comment",
}
_REPORTER_OFFER_OF: Mapping[str, str] = {
    grammar.YES: "confirm",
    grammar.NO: "dispute",
    grammar.COMMENT: "answer",
    # "Selesai" and "Terima" of a reporter, asked whether it is done, are not a clear yes.
}
_WORDS = "TERIMA, TOLAK, MULAI, TIBA, SELESAI"
_REPORTER_WORDS = "YA, BELUM"
_CODES: Mapping[str, str] = {
    "evidence_missing": "photo_missing",
    "field_missing": "reason_missing",
    "photo_refused": "photo_refused",
    "photo_unknown": "photo_missing",
    "evidence_refused": "photo_refused",
    "evidence_needs_reason": "photo_reason",
    "emergency_never_pauses": "not_now",
}


#: Channel → language → text: a text message has no room for what a mail says.
Texts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a reply. code: stable, for tests and figures. said: our answer, if any."""

    code: str
    number: str = ""
    said: Texts | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply, understood. *trusted*: it is certain who sent it. *text*: all of its words."""

    said: Said
    trusted: bool
    text: str = ""
    photos: Sequence[tuple[str, bytes]] = ()


@dataclass(frozen=True)
class Replying:
    """The use case behind a reply by mail or text message to one known message."""

    store: ReportStore
    answering: Answering
    planner: Planner
    clock: Clock
    salts: Callable[[], str]

    def __call__(self, opened: Opened, heard: Heard) -> Outcome:
        """Do what was said, once for this reply's id; return what came of it."""
        if opened.used is not None:
            return Outcome("repeated", opened.stored.report.number)
        if opened.refusal:
            code = "expired" if opened.refusal == EXPIRED else "left"
            return self._saying(code, opened)
        if heard.said.verb == grammar.STATUS:
            return self._status(opened)
        offer = self._offer(opened, heard)
        if offer == "":
            code = "date_needed" if heard.said.verb == grammar.MORE_TIME else "unclear"
            return self._saying(code, opened)
        if not heard.trusted and offer not in ("accept", "dispute"):
            return self._saying("link_needed", opened)
        if offer not in opened.open_offers:
            return self._saying("not_now", opened)
        return self._act(replace(opened, offer=offer), heard)

    def _offer(self, opened: Opened, heard: Heard) -> str:
        if REPORTER_ROLE in opened.caller.roles:
            return _REPORTER_OFFER_OF.get(heard.said.verb, "")
        return _OFFER_OF.get(heard.said.verb, "")

    def _act(self, opened: Opened, heard: Heard) -> Outcome:
        try:
            fields, texts = self._given(opened, heard)
            if heard.photos:
                self.answering.with_photos(opened, heard.photos)
            after = self.answering.do(
                opened, OFFERS[opened.offer].action, fields, texts, photos=bool(heard.photos)
            )
        except ActionRefused as refused:
            return self._saying(_CODES.get(refused.code, "not_now"), opened)
        shown = self.answering.spoken(
            after, opened.delivery, opened.offer, opened.use_id, opened.caller
        )
        if shown.used is None:
            return self._saying("already", shown)
        if opened.offer in ("comment", "answer"):
            return self._saying("comment", shown)
        return replace(self._saying("recorded", shown), code=OFFERS[opened.offer].action)

    def _given(self, opened: Opened, heard: Heard) -> tuple[dict[str, Any], dict[str, str]]:
        rest = heard.said.rest.strip()[:1000]
        if opened.offer == "decline":
            if len(rest) < 3:
                raise ActionRefused("invalid", "field_missing", field="reason")
            return {"agency": self._agency(opened, rest)}, {"reason": rest}
        if opened.offer == "submit":
            return {"outcome": "done"}, {"note": rest} if rest else {}
        if opened.offer == "dispute":
            return {}, {"reason": rest or "BELUM"}
        if opened.offer in ("comment", "answer"):
            return {}, {"text": heard.text.strip()[:1000] or rest}
        return {}, {"note": rest} if rest else {}

    def _agency(self, opened: Opened, words: str) -> str:
        """The agency named in *words*; the control room, to decide, where none is."""
        known = {"".join(c if c.isalnum() else " " for c in words).upper()}
        said = set(next(iter(known)).split())
        for code, row in self.answering.catalogue.agencies().items():
            names = {code.upper(), str(row.get("short") or code).upper()}
            if names & said and code not in (opened.stored.report.agency, CONTROL_ROOM):
                return code
        return CONTROL_ROOM

    def _status(self, opened: Opened) -> Outcome:
        due = self._due(opened)
        return self._saying("status", opened, due=due)

    def _due(self, opened: Opened) -> Texts:
        stored = opened.stored
        facts = facts_of(
            stored.report,
            stored.events,
            self.planner.timeline(stored.events),
            self.answering.catalogue,
            self.clock.now(),
            entry=None,
            extra={},
        )
        at = facts.get("due_at")
        if not at:
            return {channel: {"id": "", "en": ""} for channel in ("mail", "sms")}
        moment = parse_instant(at)
        return {
            channel: {
                language: text.format(
                    due_at=short_date(moment) if channel == "sms" else long_date(moment, language)
                )
                for language, text in texts.items()
            }
            for channel, texts in answers()["due"].items()
        }

    def _saying(self, code: str, opened: Opened, **more: Texts) -> Outcome:
        report = opened.stored.report
        reporter = REPORTER_ROLE in opened.caller.roles
        sentence = of_event(opened.used, self.answering.catalogue) if opened.used else {}
        said = {
            channel: {
                language: text.format(
                    number=report.number,
                    status=STATUS_NAMES[report.status][language],
                    words=_REPORTER_WORDS if reporter else _WORDS,
                    sentence=sentence.get(language, ""),
                    **{name: value[channel][language] for name, value in more.items()},
                )
                for language, text in texts.items()
            }
            for channel, texts in answers()[code].items()
        }
        return Outcome(code, report.number, said)

    def answer(self, opened: Opened, outcome: Outcome, reply: str, channel: str, to: str) -> bool:
        """Plan our answer to the reply with id *reply*, once; False if there is none to plan.

        *to*: a member of staff's address; a reporter's is looked up by the sender.
        """
        if outcome.said is None:
            return False
        told = opened.delivery
        who = told.person or told.recipient
        mark = hashlib.sha256(reply.encode()).hexdigest()[:16]
        number = opened.stored.report.number
        delivery = Delivery(
            number=number,
            id=f"{_REPLY}{mark}#{who}#{channel}",
            recipient=told.recipient,
            person=told.person,
            channel=channel,
            template="answer_note",
            language=told.language,
            created_at=self.clock.now(),
            title=told.title,
            address="" if told.to_reporter else to,
            # Somebody waits for it: never bundled, never held back until morning.
            urgent=True,
            context={
                "answer": dict(outcome.said[channel]),
                "secret": opened.stored.report.secret,
                **({"drill": True} if opened.stored.report.drill else {}),
            },
        )
        return self._plan(delivery, who)

    def _plan(self, delivery: Delivery, who: str) -> bool:
        for _ in range(_TRIES):
            known = self.store.deliveries(delivery.number)
            mine = [one for one in known if one.id.startswith(_REPLY) and f"#{who}#" in one.id]
            if len(mine) >= MAX_ANSWERS or any(one.id == delivery.id for one in mine):
                return False
            composer = Composer(
                self.store.load(delivery.number),
                number=delivery.number,
                now=self.clock.now(),
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            composer.plan(delivery)
            try:
                self.store.save(composer.change())
            except Conflict:
                continue
            return True
        raise TryAgain("the report is being changed by others")

    def among(
        self, talks: Sequence[Talk], said: Said, use_id: str, address: str = ""
    ) -> list[Opened]:
        """Return the reports of *talks* that *said* can be about, by number.

        A number that was named decides; else those that are still open, and of these, if the
        word fits only some, only those. *address*: a report that was named need not be among the
        talks if this office's address was written to about it (together with others, for one).
        """
        named = [one for one in talks if not said.number or one.number == said.number]
        if said.number and not named:
            named = self._written_to(said.number, address)
        found = [opened for talk in named if (opened := self._talked(talk, use_id)) is not None]
        if said.number:
            return found
        still = [one for one in found if not one.refusal and not one.stored.report.closed]
        if said.choice:
            return still[said.choice - 1 : said.choice]
        fitting = [one for one in still if self._fits(one, said)]
        return fitting or still

    def _written_to(self, number: str, address: str) -> list[Talk]:
        found = [
            Talk(number, one.id, one.created_at)
            for one in self.store.deliveries(number)
            if address and one.address.lower() == address.lower() and not one.id.startswith(_REPLY)
        ]
        return found[-1:]

    def _fits(self, opened: Opened, said: Said) -> bool:
        offer = self._offer(opened, Heard(said, trusted=True))
        if offer == "accept":
            # Joining a task that somebody has accepted is possible, and seldom what is meant.
            return opened.stored.report.status in UNANSWERED
        return offer in opened.open_offers

    def _talked(self, talk: Talk, use_id: str) -> Opened | None:
        stored = self.store.load(talk.number)
        delivery = self.store.delivery(talk.number, talk.id)
        if stored is None or delivery is None:
            return None
        return self.answering.spoken(stored, delivery, "view", use_id)

    def which(self, found: Sequence[Opened]) -> Texts:
        """Return the question which of several reports is meant."""
        return {
            channel: {
                language: text.format(
                    count=len(found),
                    list=self._listed(found, channel, language),
                    example=f"{found[0].stored.report.number} {self._example(found[0])}",
                    word=self._example(found[0]),
                )
                for language, text in texts.items()
            }
            for channel, texts in answers()["which"].items()
        }

    def _example(self, opened: Opened) -> str:
        return "YA" if REPORTER_ROLE in opened.caller.roles else "TERIMA"

    def _listed(self, found: Sequence[Opened], channel: str, language: str) -> str:
        rows = []
        for place, one in enumerate(found, 1):
            report = one.stored.report
            category = self.answering.catalogue.categories().get(report.category)
            hidden = channel == "sms" or report.secret or category is None
            name = "" if hidden or category is None else f" {category.name[language]}"
            rows.append(f"{place}) {report.number}{name}")
        return ("; " if channel == "mail" else " ").join(rows)


def noting(
    talks: Talks, keys: Callable[[], Keyring], clock: Clock
) -> Callable[[Delivery, str, datetime], None]:
    """Return what notes, before a message is sent, which report its address is told about.

    Our own answers to replies are no news that a reply could be about.
    """

    def note(delivery: Delivery, address: str, now: datetime) -> None:
        if delivery.id.startswith(_REPLY) or normalise(delivery.number) is None:
            return
        mark = address_marks(keys(), address)[0]
        until = now + real(LINK_LIFE, clock)
        talks.note_sent(mark, Talk(delivery.number, delivery.id, now), until)

    return note


@lru_cache(maxsize=1)
def answers() -> Mapping[str, Texts]:
    """Return the sentences with which replies are answered, by code, channel and language."""
    texts: Mapping[str, Texts] = json.loads((MESSAGES / "answers.json").read_text(encoding="utf-8"))
    return texts
