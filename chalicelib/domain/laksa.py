"""A row of a LAKSA export as a case of ours, or the reason why it cannot be one (domain.md §7).

LAKSA knows three states. "Menunggu" is a report that waits for its agency, "Proses" one in work.
"Selesai" says that the agency called it done: it is never counted as a confirmation by the
citizen. Names, telephone numbers and mail addresses of reporters are not taken over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

WAITING, IN_WORK, DONE, REFUSED = "waiting", "in_work", "done", "refused"
#: Our status for each of their states, as the dry run prints it.
STATUS_OF: Mapping[str, str] = {
    WAITING: "received",
    IN_WORK: "acknowledged",
    DONE: "closed_automatic",
    REFUSED: "rejected",
}
LONGEST_TEXT = 4000
_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y %H:%M:%S",
          "%d/%m/%Y %H:%M", "%d/%m/%Y %H.%M", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y")  # fmt: skip
_NUMBER = re.compile(r"[-+]?\d{1,3}(?:[.,]\d+)?")


class RowRefused(ValueError):
    """The row cannot be imported. ``reason``: a stable word; ``field``, ``value``: the cause."""

    def __init__(self, reason: str, field: str = "", value: str = "") -> None:
        super().__init__(f"{reason}: {field} {value}".strip())
        self.reason, self.field, self.value = reason, field, value


@dataclass(frozen=True, slots=True)
class Case:
    """A report as LAKSA has it, in our words; category and area still as they were written."""

    external: str
    state: str
    status_text: str
    filed_at: datetime
    closed_at: datetime | None
    category: str
    description: str = ""
    address: str = ""
    kelurahan: str = ""
    agency: str = ""
    point: tuple[float, float] | None = None


def columns_of(header: list[str], known: Mapping[str, list[str]]) -> dict[str, str]:
    """Return which of our fields each column of *header* is; a column nobody knows is left out.

    Raises RowRefused ``column_missing`` if number, date, category or status is not among them.
    """
    meant = {word: field for field, words in known.items() for word in words}
    found: dict[str, str] = {}
    for name in header:
        field = meant.get(re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_"))
        if field and field not in found.values():
            found[name] = field
    for field in ("number", "filed_at", "category", "status"):
        if field not in found.values():
            raise RowRefused("column_missing", field, ", ".join(known[field]))
    return found


def case_of(row: Mapping[str, str], states: Mapping[str, str], zone: tzinfo) -> Case:
    """Return the case that *row* (by our field names) says; raises RowRefused."""
    external = row.get("number", "").strip()
    if not external or len(external) > 60:
        raise RowRefused("number_missing", "number", external[:60])
    said = row.get("status", "").strip()
    state = states.get(said.lower())
    if state is None:
        raise RowRefused("unknown_status", "status", said)
    filed_at = _moment(row.get("filed_at", ""), "filed_at", zone)
    closed = row.get("closed_at", "").strip()
    closed_at = _moment(closed, "closed_at", zone) if closed else None
    if closed_at and closed_at < filed_at:
        raise RowRefused("closed_before_filed", "closed_at", closed)
    return Case(
        external=external,
        state=state,
        status_text=said,
        filed_at=filed_at,
        closed_at=closed_at,
        category=" ".join(row.get("category", "").split()),
        description=row.get("description", "").strip()[:LONGEST_TEXT],
        address=" ".join(row.get("address", "").split())[:300],
        kelurahan=" ".join(row.get("kelurahan", "").split()),
        agency=" ".join(row.get("agency", "").split()),
        point=_point(row),
    )


def _moment(text: str, field: str, zone: tzinfo) -> datetime:
    text = text.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = _written(text, field)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _written(text: str, field: str) -> datetime:
    for form in _DATES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added by the caller
        except ValueError:
            continue
    raise RowRefused("date_unreadable", field, text)


def _point(row: Mapping[str, Any]) -> tuple[float, float] | None:
    """The point of a row: one column of two numbers, or two columns; None if there is none."""
    both = str(row.get("point") or "")
    parts = _NUMBER.findall(both) if both else [row.get("lat") or "", row.get("lon") or ""]
    if len(parts) != 2 or not all(parts):
        return None
    try:
        lat, lon = (float(part.strip().replace(",", ".")) for part in parts)
    except ValueError:
        return None
    return (lat, lon)
