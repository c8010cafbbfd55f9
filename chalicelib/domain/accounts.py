"""Staff accounts and who holds which office from which day: pure changes of the directory.

Documents are the rows of ``staff.json`` and ``holders.json``; every function returns new rows and
leaves the given ones alone. What an account may do follows from the offices it holds that day;
only what belongs to no office (writing SOPs, administering, auditing) is granted to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.domain.roles import Directory, Holder, Shift

Row = dict[str, Any]
#: Role of an office in the ladder → role in the API.
OFFICE_ROLES: Mapping[str, str] = {
    "operator": "operator",
    "supervisor": "operator",
    "pusat_kendali": "operator",
    "verifikator": "verifier",
    "petugas": "officer",
    "piket": "officer",
    "danru": "officer",
    "kasi": "officer",
    "kabid": "agency_head",
    "kadis": "agency_head",
    "camat": "territorial",
    "lurah": "territorial",
    "asisten": "secretary",
    "sekda": "secretary",
    "walikota": "mayor",
    "inspektorat": "inspector",
    "irban": "inspector",
    "inspektur": "inspector",
}
#: Roles that belong to no office.
GRANTED_ROLES = ("auditor", "sop_author", "sop_reviewer", "sop_approver", "admin")
#: Offices that several people hold at the same time.
_SHARED = frozenset({"operator", "supervisor", "verifikator", "petugas", "piket", "danru"})
_STANDING_IN = ("plt", "plh")


class AccountRefused(ValueError):
    """The change cannot be made. ``code`` is stable; ``field`` names the culprit."""

    def __init__(self, code: str, field: str = "", **facts: Any) -> None:
        super().__init__(code)
        self.code, self.field, self.facts = code, field, facts


@dataclass(frozen=True, slots=True)
class Move:
    """One person's way into an office (or out of all: *to* empty) on the day of the moves.

    Who takes an office for good leaves those held before, but for *keeps*; who stands in (kind
    ``plt`` or ``plh``) keeps theirs. *until*: last day, None for open.
    """

    person: str
    to: str = ""
    kind: str = "definitive"
    until: date | None = None
    keeps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a plan: *person* begins or ends an office on *day* (its first or last day)."""

    person: str
    position: str
    what: str
    kind: str
    day: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set of moves comes to: the new holders, each change, and offices left empty."""

    holders: tuple[Row, ...]
    changes: tuple[Change, ...]
    vacant: tuple[str, ...]


def roles_of(account: Mapping[str, Any], offices: Iterable[str]) -> frozenset[str]:
    """Return the API roles of an account that holds *offices* (roles of the ladder) now."""
    granted = {role for role in account.get("roles", ()) if role in GRANTED_ROLES}
    return frozenset(granted | {OFFICE_ROLES[one] for one in offices if one in OFFICE_ROLES})


def invited(staff: Sequence[Row], account: Row) -> list[Row]:
    """Return *staff* with a new account; raise AccountRefused if its id or address is in use."""
    if any(row["id"].casefold() == account["id"].casefold() for row in staff):
        raise AccountRefused("account_exists", "id")
    address = account["mail"].casefold()
    if any((row.get("mail") or "").casefold() == address for row in staff):
        raise AccountRefused("address_in_use", "email")
    return [*staff, account]


def changed(staff: Sequence[Row], id: str, **fields: Any) -> list[Row]:
    """Return *staff* with *fields* of one account changed; None removes a field."""
    if not any(row["id"] == id for row in staff):
        raise AccountRefused("no_such_account")
    merged = ({**row, **fields} if row["id"] == id else row for row in staff)
    return [{name: value for name, value in row.items() if value is not None} for row in merged]


def moved(
    staff: Sequence[Row],
    holders: Sequence[Row],
    positions: Sequence[Row],
    moves: Sequence[Move],
    day: date,
) -> Plan:
    """Plan all *moves* for *day*, the first day in the new office; raise AccountRefused.

    Nobody is half moved: the plan stands as a whole or is refused as a whole.
    """
    offices = {row["id"]: row for row in positions}
    known = {row["id"] for row in staff if not row.get("revoked")}
    for number, move in enumerate(moves):
        _check(move, offices, known, day, f"moves.{number}")
    if len({move.person for move in moves if move.kind == "definitive"}) < sum(
        move.kind == "definitive" for move in moves
    ):
        raise AccountRefused("moved_twice", "moves")
    rows = spoken_out(staff, holders)
    changes: list[Change] = []
    for move in moves:
        rows = _leave(rows, move, day, changes)
    for move in moves:
        if move.to:
            rows.append(_row(move, day))
            changes.append(Change(move.person, move.to, "begins", move.kind, day))
    touched = {change.position for change in changes}
    _nobody_beside_another(rows, offices, touched, day)
    return Plan(tuple(rows), tuple(changes), _vacant(rows, offices, touched, day))


def spoken_out(staff: Sequence[Row], holders: Sequence[Row]) -> list[Row]:
    """Return *holders* with a row for what ``staff.json`` alone says (see `Directory`)."""
    told = {row["position"] for row in holders}
    said = [
        {"position": position, "person": row["id"], "from": None, "to": None, "kind": "definitive"}
        for row in staff
        for position in row.get("positions", ())
        if position not in told
    ]
    return [*(dict(row) for row in holders), *said]


def checked_directory(documents: Mapping[str, Any]) -> Directory:
    """Read the four documents together; raise AccountRefused for what does not fit together."""
    try:
        directory = Directory.from_dicts(**documents)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AccountRefused("directory_not_of_the_form", cause=type(error).__name__) from error
    known = {position.id for position in directory.positions}
    people = {row["id"] for row in documents["staff"]}
    rows: list[Holder | Shift] = [*directory.holders, *directory.rota]
    for row in rows:
        if row.position not in known:
            raise AccountRefused("unknown_position", position=row.position)
        if row.person not in people:
            raise AccountRefused("unknown_person", person=row.person)
    return directory


def _check(move: Move, offices: Mapping[str, Row], known: set[str], day: date, field: str) -> None:
    if move.person not in known:
        raise AccountRefused("unknown_person", f"{field}.person", person=move.person)
    if move.to and move.to not in offices:
        raise AccountRefused("unknown_position", f"{field}.to", position=move.to)
    if move.kind in _STANDING_IN and not move.to:
        raise AccountRefused("unknown_position", f"{field}.to", position="")
    if move.until is not None and move.until < day:
        raise AccountRefused("ends_before_it_begins", f"{field}.until")


def _leave(rows: list[Row], move: Move, day: date, changes: list[Change]) -> list[Row]:
    """End what the person holds for good on *day*; what would only begin later is dropped."""
    if move.kind != "definitive":
        return rows
    last = day - timedelta(days=1)
    kept: list[Row] = []
    for row in rows:
        if not _ends_with(row, move, day):
            kept.append(row)
            continue
        changes.append(Change(move.person, row["position"], "ends", "definitive", last))
        if _day(row.get("from")) is None or str(row["from"])[:10] < day.isoformat():
            kept.append({**row, "to": last.isoformat()})
    return kept


def _ends_with(row: Row, move: Move, day: date) -> bool:
    if row["person"] != move.person or (row.get("kind") or "definitive") != "definitive":
        return False
    end = _day(row.get("to"))
    return row["position"] not in move.keeps and (end is None or end >= day)


def _row(move: Move, day: date) -> Row:
    return {
        "position": move.to,
        "person": move.person,
        "from": day.isoformat(),
        "to": move.until.isoformat() if move.until else None,
        "kind": move.kind,
    }


def _holding(rows: Iterable[Row], position: str, day: date, kinds: Sequence[str]) -> list[str]:
    found = []
    for row in rows:
        begin, end = _day(row.get("from")), _day(row.get("to"))
        on_day = (begin is None or begin <= day) and (end is None or day <= end)
        kind = row.get("kind") or "definitive"
        if row["position"] == position and on_day and kind in kinds:
            found.append(str(row["person"]))
    return list(dict.fromkeys(found))


def _nobody_beside_another(
    rows: Sequence[Row], offices: Mapping[str, Row], touched: set[str], day: date
) -> None:
    for position in sorted(touched):
        holding = _holding(rows, position, day, ("definitive",))
        if len(holding) > 1 and offices[position]["role"] not in _SHARED:
            raise AccountRefused("position_taken", "moves", position=position, persons=holding)


def _vacant(
    rows: Sequence[Row], offices: Mapping[str, Row], touched: set[str], day: date
) -> tuple[str, ...]:
    kinds = ("definitive", *_STANDING_IN)
    return tuple(
        position
        for position in sorted(touched)
        if position in offices and not _holding(rows, position, day, kinds)
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
