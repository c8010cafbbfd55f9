"""Keeping a contact from filing after a confirmed hoax, and what becomes of an appeal.

Nobody sees the contact for this: the function that may read it answers with keyed digests, and the
reading is on the report's record, where its reporter sees it. The list of blocks is an
administrative document: digests, an end and a report's number, each version with who and why. What
is over is taken out with the next change. Filing looks into the list where it lies in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain import misuse
from chalicelib.domain.actions import ActionRefused, Command
from chalicelib.domain.events import instant
from chalicelib.services.acting import ActOnReport, viewer_of
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Write
from chalicelib.services.ports import Clock, ReportStore, Stored
from chalicelib.services.revealing import AskContact, Question

DOCUMENT = "blocks"
#: The purpose for which the function that may read contacts gives digests, and nothing else.
PURPOSE = "misuse"


@dataclass(frozen=True)
class Blocking:
    """The use cases."""

    store: ReportStore
    act: ActOnReport
    ask: AskContact
    administer: Administer
    secret: Callable[[], bytes]
    clock: Clock

    def block(self, number: str, command: Command, token: str, session: str = "") -> Stored:
        """Keep the reporter of *number* from filing, and tell them why and until when.

        Raises ActionRefused (``nobody_to_block`` if no contact was left), NotFound, TryAgain.
        """
        report = viewer_of(self.store.load(number), command.caller, number).report
        why = misuse.blocking_refused(report)
        if why and why != "already_blocked":
            raise ActionRefused("conflict", why)
        if not command.texts.get("reason"):
            raise ActionRefused("invalid", "field_missing", field="reason")
        question = Question(number, token, PURPOSE, command.texts["reason"], session)
        digests = set(self.ask(question).values())
        digests |= misuse.digests(self.secret(), {"owner": self.store.owner(number)})
        if not digests:
            raise ActionRefused("conflict", "nobody_to_block")
        stored = self.act(number, command) if not why else self._again(number, command)
        self._list(stored, command, digests)
        return stored

    def decide(self, number: str, command: Command) -> Stored:
        """Decide an appeal; a block that is lifted ends at once. Raises what acting raises."""
        stored = self.act(number, command)
        if stored.report.appeal == misuse.LIFTED:
            self._list(stored, command, set())
        return stored

    def listed(self) -> list[dict[str, Any]]:
        """Return the blocks that stand: number and end, the next to end first."""
        now = self.clock.now()
        rows = [row for row in self._rows() if datetime.fromisoformat(row["until"]) > now]
        shown = [{"number": row["number"], "until": row["until"]} for row in rows]
        return sorted(shown, key=lambda row: str(row["until"]))

    def _again(self, number: str, command: Command) -> Stored:
        """The record says so already; the list may lack it after a fault, and gets it now."""
        return viewer_of(self.store.load(number), command.caller, number)

    def _list(self, stored: Stored, command: Command, digests: set[str]) -> None:
        report, now = stored.report, self.clock.now()
        reason = command.texts.get("reason", "")
        role = next(iter(sorted(command.caller.roles)), "")
        act = Act(command.action, command.caller, role, reason, {"report": report.number})
        row = _row(report.number, digests, report.blocked_until)

        def edit(rows: Any) -> Any:
            kept = [one for one in rows if one["number"] != report.number and _stands(one, now)]
            return [*kept, row] if row else kept

        try:
            self.administer.change(act, "document", DOCUMENT, edit)
        except NoSuchDocument:
            self.administer.write(act, Write("document", DOCUMENT, edit([])))

    def _rows(self) -> Any:
        try:
            return self.administer.latest("document", DOCUMENT).body
        except NoSuchDocument:
            return []


def _row(number: str, digests: set[str], until: datetime | None) -> Mapping[str, Any] | None:
    if not digests or until is None:
        return None
    return {"number": number, "digests": sorted(digests), "until": instant(until)}


def _stands(row: Mapping[str, Any], now: datetime) -> bool:
    return datetime.fromisoformat(row["until"]) > now
