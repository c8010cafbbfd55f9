"""The hand-over of a shift: what is open, who is on duty, and the record of every change.

The desk is one administrative document, so every change is a version with who, when and why, and
of two people who take over at the same moment one wins and the other is told. A change of shift
keeps with it what was open at that instant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import shifts
from chalicelib.domain.accounts import roles_of
from chalicelib.domain.actions import ActionRefused, Caller
from chalicelib.domain.events import instant, parse_instant
from chalicelib.domain.publishing import ROOM
from chalicelib.domain.report import CLOSED, CONTROL_ROOM
from chalicelib.domain.shifts import Desk
from chalicelib.services.administering import Act, Administer, Version, VersionMoved, Write
from chalicelib.services.calling import Calls
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Clock, ReportStore, TryAgain
from chalicelib.services.viewing import Views
from chalicelib.services.views import ViewStore
from chalicelib.services.watching import Running, board

#: The room's desk: one document of its own kind.
KIND, ROOM_DESK = "shift", "live-room"
#: Promises that end within so long concern whoever comes.
SOON = timedelta(hours=4)
_EMERGENCIES, _PER_AGENCY, _WAITING = 40, 5, 50
_TRIES = 4
#: Lists read at the same time, less than the connections that a client keeps open.
_AT_ONCE = 8
#: Acts of which each is a line of the history; the others are notes on the desk.
HAND_OVER, TAKE_OVER = "hand_over", "take_over"
Edit = Callable[[Desk, datetime], Desk]


@dataclass(frozen=True, slots=True)
class Open:
    """What is open at an instant, as far as the asking person may see it.

    due: rows of work lists, beside the emergencies, whose promise ends soon or has ended, nearest
    first. waiting: what the room itself must move; more: whether there is more than is counted.
    """

    at: datetime
    emergencies: tuple[Running, ...]
    due: tuple[Mapping[str, Any], ...]
    waiting: int
    more: bool
    calls: tuple[Mapping[str, Any], ...]

    @property
    def late(self) -> tuple[Running, ...]:
        """The emergencies past their limit: the alarms that somebody must answer for now."""
        return tuple(one for one in self.emergencies if one.state == "late")

    def to_data(self) -> dict[str, Any]:
        """Return what the record keeps of it: numbers of reports and times, nothing personal."""
        return {
            "emergencies": [one.row["number"] for one in self.emergencies],
            "late": [one.row["number"] for one in self.late],
            "due": [
                {"number": row["number"], "agency": row["agency"], "due_at": row["due_at"]}
                for row in self.due
            ],
            "waiting": self.waiting,
            "calls": [row["number"] for row in self.calls],
        }


@dataclass(frozen=True)
class Shifts:
    """The use cases of the room's desk."""

    administer: Administer
    catalogue: Catalogue
    store: ReportStore
    view_store: ViewStore
    views: Views
    calls: Calls
    clock: Clock

    def standing(self) -> tuple[Desk, int]:
        """Return the desk and the number of its version, 0 before the first."""
        found = self.administer.register.latest(KIND, ROOM_DESK)
        return (shifts.from_data(found.body), found.version) if found else (Desk(), 0)

    def open_now(self, caller: Caller) -> Open:
        """Return what is open; a bounded number of reads, whatever there is."""
        now = self.clock.now()
        running = board(self.view_store.alarms(_EMERGENCIES), self.catalogue, now)
        own = self._queue(CONTROL_ROOM, _WAITING, caller)
        waiting, more = len(own.items), own.cursor is not None
        rows = list(own.items)
        rows += self._first_of_each(caller)
        until, shown = instant(now + SOON), {one.row["number"] for one in running}
        due = sorted(
            (
                row
                for row in rows
                if row["due_at"] and row["due_at"] <= until and row["number"] not in shown
            ),
            key=lambda row: str(row["due_at"]),
        )
        calls = tuple(self.calls.waiting())
        return Open(now, running, tuple(due), waiting, more, calls)

    def _first_of_each(self, caller: Caller) -> list[Mapping[str, Any]]:
        """The nearest deadlines of each agency: some hundred small reads, eight at a time.

        Each list lies in partitions of its own, so one after the other would keep whoever comes
        on duty waiting for seconds.
        """
        from concurrent.futures import ThreadPoolExecutor

        def first(agency: str) -> Sequence[Mapping[str, Any]]:
            found: Sequence[Mapping[str, Any]] = self._queue(agency, _PER_AGENCY, caller).items
            return found

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [row for found in pool.map(first, self._agencies()) for row in found]

    def _agencies(self) -> Sequence[str]:
        """Whose work lists may hold something: who owns a category, and who has open reports."""
        owners = {str(row["agency"]) for row in self.catalogue.ownership()}
        counts = self.view_store.counts(("agency",), "", "")
        held = {value for (_, _, value, status), n in counts.items() if n and status not in CLOSED}
        return sorted((owners | held) & set(self.catalogue.agencies()) - {CONTROL_ROOM})

    def _queue(self, holder: str, most: int, caller: Caller) -> Any:
        def real(row: Mapping[str, Any]) -> bool:
            return not row.get("drill") and self.views.may_see_row(row, caller)

        return self.store.queue(holder, most, None, real)

    def successors(self, leaving: str = "") -> list[dict[str, str]]:
        """Return who may take over: the accounts that have a role of the room now, by name."""
        now, directory = self.clock.now(), self.catalogue.directory()
        found = [
            {"person": person, "name": str(row["name"])}
            for person, row in self.catalogue.staff().items()
            if person != leaving
            and not row.get("revoked")
            and ROOM & roles_of(row, (one.role for one in directory.positions_of(person, now)))
        ]
        return sorted(found, key=lambda row: row["name"])

    def planned(self) -> list[dict[str, Any]]:
        """Return the rota's present and next shift of the room's offices; empty if none is kept."""
        now = self.clock.now()
        offices = {
            row["id"]
            for row in self.catalogue.positions().values()
            if row["agency"] == CONTROL_ROOM
        }
        rows = [
            one
            for one in self.catalogue.directory().rota
            if one.position in offices and one.end > now
        ]
        return [
            {"name": self.name(one.person), "start": one.start, "end": one.end}
            for one in sorted(rows, key=lambda one: one.start)[:2]
        ]

    def name(self, person: str) -> str:
        """Return what a member of staff is called; the account's id if it is gone."""
        return str(self.catalogue.staff().get(person, {}).get("name", person))

    # -- acting --

    def hand_over(self, caller: Caller, to: str, note: str) -> Desk:
        """Prepare the hand-over to *to* (empty: whoever comes); raise ActionRefused."""
        if to and to not in {row["person"] for row in self.successors()}:
            raise ActionRefused("invalid", "successor_unknown", field="to")
        edit: Edit = lambda desk, now: shifts.offer(desk, caller.person, to, note, now)  # noqa: E731
        return self._write(caller, HAND_OVER, edit, facts=self.open_now(caller).to_data())

    def take_over(self, caller: Caller, reason: str = "") -> Desk:
        """Put *caller* on duty, from now; what was open then stays on record with it."""
        office = caller.positions[0] if caller.positions else ""

        def edit(desk: Desk, now: datetime) -> Desk:
            return shifts.take(desk, caller.person, office, reason, now)

        return self._write(
            caller, TAKE_OVER, edit, reason=reason, facts=self.open_now(caller).to_data()
        )

    def note(self, caller: Caller, text: str) -> Desk:
        """Put a note on the desk; raise ActionRefused when too many stand."""
        edit: Edit = lambda desk, now: shifts.add_note(desk, caller.person, text, now)  # noqa: E731
        return self._write(caller, "note", edit)

    def strike(self, caller: Caller, note: int) -> Desk:
        """Take a note off the desk; the record keeps it."""
        return self._write(caller, "strike_note", lambda desk, _now: shifts.strike(desk, note))

    def _write(
        self,
        caller: Caller,
        what: str,
        edit: Edit,
        *,
        reason: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Desk:
        """Write what *edit* makes of the desk, decided anew if somebody came between."""
        role = next((one for one in ("operator", "verifier") if one in caller.roles), "")
        for _ in range(_TRIES):
            desk, version = self.standing()
            changed = edit(desk, self.clock.now())
            if changed == desk:
                return desk
            body = {
                **shifts.to_data(changed),
                **({"open": facts, "before": shifts.to_data(desk)} if facts is not None else {}),
            }
            write = Write(KIND, ROOM_DESK, body, based_on=version)
            try:
                self.administer.write(Act(what, caller, role, reason), write)
            except VersionMoved:
                continue
            return changed
        raise TryAgain("the desk is being changed by others")

    # -- the record --

    def history(self, before: int, most: int) -> tuple[Sequence[dict[str, Any]], int]:
        """Return changes of shift, newest first, from below version *before* (0: the newest).

        Beside them the version from which the next page begins, 0 if this is the last. At most
        five times *most* versions are read: between two changes lie few notes.
        """
        top = last = before or self.standing()[1] + 1
        found: list[dict[str, Any]] = []
        for number in range(top - 1, max(0, top - 1 - 5 * most), -1):
            last = number
            one = self.administer.register.version(KIND, ROOM_DESK, number)
            if one is not None and one.note.get("act") == TAKE_OVER:
                found.append(self._line(one))
            if len(found) == most:
                break
        return found, last if last > 1 else 0

    def _line(self, one: Version) -> dict[str, Any]:
        """One change of shift: who came, when, whom they relieved, what was said and open."""
        before, now = shifts.from_data(one.body["before"]), shifts.from_data(one.body)
        left, said = before.duty, before.offer
        return {
            "version": one.version,
            "at": parse_instant(one.note["at"]),
            "person": now.duty.person if now.duty else "",
            "relieved": left.person if left else "",
            "since": left.since if left else None,
            "note": said.note if said else "",
            "named": said.to if said else "",
            "offered_at": said.at if said else None,
            "reason": one.note.get("reason", ""),
            "open": one.body["open"],
        }
