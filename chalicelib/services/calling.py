"""Calls by telephone: who must be called now, what to say, and what came of it.

Where life is in danger and nobody has accepted the task, mail and text message are not enough.
Each call is a message of its own over the channel ``voice``. A stage with a voice gateway has it
call; without one the call waits in the operator's list, for `CALL_WITHIN`, and then counts as
failed: the next person is looked for as for any message that does not arrive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from chalicelib.domain.actions import Caller, Command
from chalicelib.domain.answering import mark_of
from chalicelib.domain.deliveries import ARRIVED, HARD, OPEN, Delivery
from chalicelib.domain.drills import MARK, SAID
from chalicelib.domain.notices import VOICE
from chalicelib.domain.numbers import normalise
from chalicelib.services.acting import ActOnReport, NotFound
from chalicelib.services.answering import Answering
from chalicelib.services.messages import MESSAGES
from chalicelib.services.ports import Clock, ReportStore
from chalicelib.services.receipts import Receipt, TakeReceipt

#: How long a call may wait for a person. P0 climbs by the minute; a call made later helps nobody.
CALL_WITHIN = timedelta(minutes=4)
OUTCOMES = ("accepted", "reached", "no_answer", "busy", "wrong_number")
_REACHED = frozenset({"accepted", "reached"})
_MOST = 100
#: Retries of the sender move a call's next look at most so far ahead.
_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Calls:
    """The operator's list of calls, and the outcomes of calls, whoever made them."""

    store: ReportStore
    answering: Answering
    act_on_report: ActOnReport
    take_receipt: TakeReceipt
    clock: Clock

    def waiting(self) -> list[dict[str, Any]]:
        """Return the calls to make now, most urgent deadline first, with number and script."""
        due = self.store.due(self.clock.now() + _AHEAD)
        ids = (row for row in due if row.kind == "message" and row.id.endswith(f"#{VOICE}"))
        found = []
        for row in islice(ids, _MOST):
            delivery = self.store.delivery(row.number, row.id)
            if delivery is not None and delivery.status in OPEN:
                found.append(self._shown(delivery))
        return sorted(found, key=lambda one: str(one["due_at"]))

    def outcome(self, call: str, outcome: str, note: str, caller: Caller) -> None:
        """Record what came of *call*; raise NotFound for none that is open or was.

        ``accepted``: the person called takes the task on; it is recorded in their name, with who
        made the call. The same outcome again changes nothing.
        """
        delivery = self._call(call)
        number = delivery.number
        fields = {"outcome": outcome, "to": delivery.recipient}
        texts = {"note": note} if note else {}
        key = f"call:{call}:{outcome}"
        self.act_on_report(number, Command("record_call", caller, fields, texts, key))
        if outcome == "accepted":
            self._accepted(delivery)
        kind = ARRIVED if outcome in _REACHED else HARD
        self.take_receipt(
            Receipt(kind, self.clock.now(), "", number, delivery.id, 0, f"call: {outcome}")
        )

    def _accepted(self, delivery: Delivery) -> None:
        stored = self.store.load(delivery.number)
        if stored is None:
            raise NotFound(delivery.number)
        opened = self.answering.spoken(stored, delivery, "accept", f"call-{delivery.id}")
        if opened.may_act:
            self.answering.do(opened, "acknowledge", {}, {})

    def _call(self, call: str) -> Delivery:
        number, _, mark = call.partition("~")
        for one in self.store.deliveries(normalise(number) or ""):
            if one.channel == VOICE and mark_of(one.id).hex() == mark:
                return one
        raise NotFound(call)

    def _shown(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "id": call_id(delivery),
            "number": delivery.number,
            "office": delivery.title or delivery.recipient,
            "phone": delivery.address,
            "script": script(delivery),
            "due_at": delivery.created_at + CALL_WITHIN,
        }


def call_id(delivery: Delivery) -> str:
    """Return by which name a call is known outside."""
    return f"{delivery.number}~{mark_of(delivery.id).hex()}"


def script(delivery: Delivery) -> Mapping[str, str]:
    """Return what is to be said, by language: no name, nothing that a citizen wrote."""
    facts = delivery.context
    category = facts.get("category", "")
    hidden = bool(facts.get("secret"))
    mark = f"{MARK}. " if delivery.drill else ""
    return {
        language: mark
        + text.format(
            number=" ".join(delivery.number),
            category="" if hidden else _named(category, language),
            kelurahan="" if hidden else facts.get("kelurahan", ""),
        )
        + (f" {SAID[language]}" if delivery.drill else "")
        for language, text in _scripts().items()
    }


def _named(text: Any, language: str) -> str:
    return str(text.get(language, "")) if isinstance(text, Mapping) else str(text)


@lru_cache(maxsize=1)
def _scripts() -> Mapping[str, str]:
    texts: Mapping[str, str] = json.loads((MESSAGES / "calls.json").read_text(encoding="utf-8"))
    return texts
