"""How counters are kept: few rows of many numbers, so that one step of a report changes two.

Every figure is a sum over cells. A cell is a column of a row; a row stands for what is reported
(month, category, agency), where (month, kecamatan, kelurahan) or how it came (month, source), and
its columns for how the reports in it stand. From the first two every breakdown follows, and how
often one report's step changes a counter does not grow with the number of breakdowns
(docs/adr/0045). How a report came is counted with how it ended, so that row changes twice in its
life and not with each step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

#: One counter as figures see it: group, month of filing, value of the group, status.
Key = tuple[str, str, str, str]
#: One counter as it is kept: row and column.
Cell = tuple[str, str]

#: Carries the number withheld, for the whole city.
WITHHELD = "withheld"
WHAT, WHERE, FROM = "what", "where", "from"
#: How long it took to the scene of emergencies, by area and hour of filing.
ARRIVAL = "arrival"
#: Every kind of row.
KINDS = (WHAT, WHERE, FROM, ARRIVAL, WITHHELD)
#: How a report stands in the rows of sources while it is not closed.
RUNNING = "running"
#: What is timed from filing on, by category, and the letter that begins its columns.
TIMED: Mapping[str, str] = {"acknowledged": "A", "on_scene": "O", "resolved": "R"}
#: The words of columns; a word's place is its letter. For ever: words are only added at the end.
WORDS = (
    "", "received", "needs_information", "verified", "assigned", "acknowledged", "in_progress",
    "deferred", "awaiting_validation", "returned", "awaiting_confirmation", "closed_confirmed",
    "closed_automatic", "reopened", "referred", "rejected", "merged", "withdrawn", "running",
    "confirmed", "automatic", "no_proof", "disputed", "cannot_be_done", "nothing_found",
    "not_ours", "duplicate", "none_yet", "photo", "despite", "none", "ordered", "as_reported",
    "partly", "not_done", "on_time", "late", "overdue",
)  # fmt: skip
_LETTERS = "-abcdefghijklmnopqrstuvwxyz0123456789BCDEFGHIJKLMNPQSTUVWXYZ"
_LETTER = dict(zip(WORDS, _LETTERS, strict=False))
_WORD = {letter: word for word, letter in _LETTER.items()}


def what(month: str, category: str, agency: str, standing: Sequence[str]) -> Cell:
    """Return the cell of one report; *standing*: status, ending, proof, audit, promise."""
    return f"{WHAT}#{month}#{category}#{agency}", _column(standing)


def where(month: str, kecamatan: str, kelurahan: str, standing: Sequence[str]) -> Cell:
    """Return the cell of one report; *standing*: status, promise."""
    return f"{WHERE}#{month}#{kecamatan}#{kelurahan}", _column(standing)


def took(month: str, category: str, agency: str, name: str, most: int) -> Cell:
    """Return the cell of one time of a report; *most*: upper end of its class in minutes."""
    return f"{WHAT}#{month}#{category}#{agency}", f"{TIMED[name]}{most}"


def arrived(month: str, kecamatan: str, hour: int, most: int, *, kept: bool) -> Cell:
    """Return the cell of one emergency's arrival. hour: of filing, 0 to 23, in the city.

    most: upper end of its class in minutes; kept: within the limit of its own SOP.
    """
    return f"{ARRIVAL}#{month}#{kecamatan}", f"{hour:02d}.{most}.{'k' if kept else 'l'}"


def took_there(month: str, kecamatan: str, kelurahan: str, name: str, most: int) -> Cell:
    """Return the cell of the same time by place."""
    return f"{WHERE}#{month}#{kecamatan}#{kelurahan}", f"{TIMED[name]}{most}"


def came_from(month: str, source: str, standing: str) -> Cell:
    """Return the cell of one report by its source's class; *standing*: how it ended, or RUNNING."""
    return f"{FROM}#{month}#{source}", _column((standing,))


def withheld(month: str) -> Cell:
    """Return the cell of a report of which nothing is shown."""
    return f"{WITHHELD}#{month}", "n"


def kinds_of(groups: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of rows in which *groups* and the number withheld are counted."""
    return (*sorted({_kind_of(group) for group in groups}), WITHHELD)


def _kind_of(group: str) -> str:
    if group.endswith("kelurahan"):
        return WHERE
    return {"source": FROM, "kecamatan": WHERE, ARRIVAL: ARRIVAL}.get(group, WHAT)


def keys_of(cell: Cell) -> tuple[Key, ...]:
    """Return every counter that one report in *cell* adds to."""
    kind, month, *rest = cell[0].split("#")
    if kind == WITHHELD:
        return ((WITHHELD, month, "", ""),)
    if kind == ARRIVAL:
        hour, _, how = cell[1].partition(".")
        return ((ARRIVAL, month, f"{rest[0]}#{hour}", how),)
    if kind == FROM:
        return (("source", month, rest[0], _words(cell[1])[0]),)
    first, second = rest
    timed = _timed(cell[1])
    if kind == WHERE:
        return _keys_of_where(month, first, second, cell[1], timed)
    if timed:
        return ((f"time-{timed}", month, first, cell[1][1:]),)
    return _keys_of_what(month, first, second, cell[1])


def _timed(column: str) -> str:
    """The moment whose time a column counts, empty if it counts how reports stand."""
    return next((name for name, letter in TIMED.items() if column.startswith(letter)), "")


def _keys_of_where(
    month: str, kecamatan: str, kelurahan: str, column: str, timed: str
) -> tuple[Key, ...]:
    if timed:
        return ((f"time-{timed}-kelurahan", month, kelurahan, column[1:]),)
    status, promise = _words(column)
    found = [("kecamatan", month, kecamatan, status), ("kelurahan", month, kelurahan, status)]
    return (*found, *_promised({"kelurahan": kelurahan}, month, promise))


def counts_in(cells: Mapping[Cell, int], groups: Collection[str]) -> dict[Key, int]:
    """Return the counters of *groups* and the withheld that *cells* come to, without zeros."""
    found: Counter[Key] = Counter()
    for cell, count in cells.items():
        for key in keys_of(cell) if count else ():
            if key[0] in groups or key[0] == WITHHELD:
                found[key] += count
    return {key: count for key, count in found.items() if count}


def _keys_of_what(month: str, category: str, agency: str, column: str) -> tuple[Key, ...]:
    status, ending, proof, audit, promise = _words(column)
    values = {
        "category": category,
        "status": status,
        "agency": agency,
        "month": month,
        "ending": ending,
        "proof": proof,
        "audit": audit,
    }
    counted = [(group, month, value, status) for group, value in values.items()]
    return (*counted, *_promised({"agency": agency, "category": category}, month, promise))


def _promised(values: Mapping[str, str], month: str, promise: str) -> Iterable[Key]:
    if promise:
        for group, value in values.items():
            yield f"promise-{group}", month, value, promise


def _column(words: Sequence[str]) -> str:
    return ".".join(_LETTER.get(word, word) for word in words)


def _words(column: str) -> list[str]:
    return [_WORD.get(part, part) for part in column.split(".")]
