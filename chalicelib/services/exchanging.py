"""The national exchange: reports referred to SP4N-LAPOR! go out as documents, answers come in.

`NationalExchange` is the port. Until the city has access to the interface, its adapter is a folder
of files that a person carries over; another adapter changes nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.domain.actions import ActionRefused, Caller, Command
from chalicelib.domain.numbers import normalise
from chalicelib.domain.report import REFERRED, text_of
from chalicelib.domain.sp4n import Answer, NotTheForm, document, read_answer
from chalicelib.services.acting import ActOnReport, NotFound
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import ReportStore

BODY = "SP4N"


class NationalExchange(Protocol):
    """Documents to and from SP4N-LAPOR!."""

    def put(self, id: str, body: bytes) -> bool:
        """Hand over one document; False if one of this id was handed over before."""

    def inbox(self) -> Iterator[tuple[str, bytes]]:
        """Yield what came and was not dealt with, as (name, content)."""

    def done(self, name: str, outcome: str) -> None:
        """Set one of them aside: ``taken`` or ``refused``."""


@dataclass(frozen=True)
class Exchange:
    """Writes what is referred there and reads what came back."""

    store: ReportStore
    act: ActOnReport
    catalogue: Catalogue
    exchange: NationalExchange

    def send(self, number: str) -> bool:
        """Hand one report over; False if it was, or is not for them. Raises NotFound."""
        stored = self.store.load(number)
        if stored is None:
            raise NotFound(number)
        report = stored.report
        if report.drill or report.status != REFERRED or report.referred_to != BODY:
            return False
        category = self.catalogue.categories()[report.category]
        texts = {name: text_of(stored.events, "filed", name) for name in ("description", "address")}
        place = self.catalogue.areas.name(report.kelurahan)
        body = document(report, category, texts, place)
        seq = max(event.seq for event in stored.events if event.type == "referred")
        return self.exchange.put(f"{number}-{seq}", json.dumps(body, ensure_ascii=False).encode())

    def receive(self) -> dict[str, int]:
        """Put every answer that came on its report's record; return how many were taken.

        A file that is not of the form, or of no report that we sent, is set aside and never
        stands in the way of the others. The same answer twice is one.
        """
        counts = {"taken": 0, "refused": 0}
        for name, content in self.exchange.inbox():
            outcome = "taken" if self._take(content) else "refused"
            counts[outcome] += 1
            self.exchange.done(name, outcome)
        return counts

    def _take(self, content: bytes) -> bool:
        try:
            body: Any = json.loads(content)
            answer = read_answer(body)
            self._record(answer)
        except (ValueError, RecursionError, NotTheForm, NotFound, ActionRefused):
            return False
        return True

    def _record(self, answer: Answer) -> None:
        number = normalise(answer.number)
        stored = self.store.load(number) if number else None
        if number is None or stored is None or stored.report.referred_to != BODY:
            raise NotFound(answer.number)
        caller = Caller(frozenset({"body"}), client="sp4n")
        command = Command(
            "answer_referral",
            caller,
            {"meaning": answer.meaning},
            {"text": answer.text},
            f"sp4n|{answer.id}",
        )
        self.act(number, command)
