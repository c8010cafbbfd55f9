"""A flood night: 1,000 reports a second for ten minutes, and where it becomes tight.

    python -m bench.flood        # prints the table, writes bench-flood.svg

Pure computation: the product's own key functions say which partition each write goes to; what one
report writes was counted by `bench.routes`. Half of the reports are blocked drains and inundation
of three kelurahan, for two agencies. The quotas are Jakarta's as far as they are known.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.adapters import card_store, keys, view_store
from chalicelib.domain.books import shard_of
from chalicelib.domain.numbers import number_from
from chalicelib.services import tallies
from chalicelib.services.searching import Posting

RATE, SECONDS = 1000, 600
WRITES_A_PARTITION, READS_A_PARTITION = 1000, 3000
#: Jakarta's quotas of a new account, a second: requests to API Gateway, starts and transitions of
#: Step Functions, calls at once of Lambda; SES as usually granted first.
GATEWAY, STARTS, TRANSITIONS, CONCURRENT, MAILS = 2500, 150, 800, 1000, 14
#: Per report, as `python -m bench` counts it: transitions that come at once, mails at once.
TRANSITIONS_AT_ONCE, MAILS_AT_ONCE = 1, 2
#: Executions that the arming function starts a second at most (`infra.policies`).
KELURAHAN = ("3671011007", "3671021003", "3671051002")
AGENCIES = ("PUPR", "BPBD")
#: Write units of each row of a kind, as `bench.meter` counts a filing's and a projection's.
UNITS = {"reports": 8, "due": 2, "queue": 1, "view": 2, "tally": 2, "feed": 1, "cell": 1,
         "updates": 1, "cards": 1, "mark": 2, "find": 1}  # fmt: skip
#: The kinds of rows in which a filing is counted, and what half of the reports are about.
COUNTED = (tallies.WHAT, tallies.WHERE, tallies.FROM)
CATEGORY = "INF-04"


@dataclass(frozen=True)
class Filed:
    """One report of the night."""

    number: str
    holder: str
    cell: str


def reports(count: int) -> Iterator[Filed]:
    """Yield one second's reports; numbers are spread as real ones are."""
    for one in range(count):
        number = number_from((one * 2_654_435_761 % 2**64).to_bytes(16, "big"))
        if one % 2:
            yield Filed(number, AGENCIES[one // 2 % 2], f"flood-{one // 2 % 3 * 4 + one % 4}")
        else:
            yield Filed(number, f"OTHER-{one % 40}", f"cell-{one % 900}")


def searched(one: Filed) -> tuple[str, ...]:
    """Return the lists in which a filing can be found: its kind, kelurahan and kecamatan."""
    posting = Posting(one.number, "", "", CATEGORY, one.cell, one.cell.partition("-")[0], ())
    if one.holder not in AGENCIES:
        posting = replace(posting, category=one.cell, kecamatan=one.cell)
    return posting.keys


def partitions(second: int = 0, *, day: str = "2027-01-12") -> Counter[tuple[str, str]]:
    """Return write units a second by table or index and partition key."""
    load: Counter[tuple[str, str]] = Counter()
    for one in reports(RATE):
        # The drains wait for verification: their first holder is the control room.
        holder = "LIVEROOM" if one.holder in AGENCIES else one.holder
        load["reports", keys.report_key(one.number)] += UNITS["reports"]
        load["reports", keys.mark_key(day, shard_of(one.number))] += UNITS["mark"]
        load["reports.due", keys.due_shard(one.number)] += UNITS["due"]
        load["reports.queue", keys.queue_key(holder, one.number)] += UNITS["queue"]
        load["views", view_store._view_key(one.number)] += UNITS["view"]
        for kind in COUNTED:
            counter = view_store._tally_key(kind, view_store._shard(one.number))
            load["views", counter] += UNITS["tally"]
        load["views.feed", view_store._feed_key(day[:7])] += UNITS["feed"]
        load["views", card_store._cell_key(one.cell, CATEGORY)] += UNITS["cell"]
        for words in searched(one):
            load["views", f"FIND#{words}"] += UNITS["find"]
        load["views", f"UPDATES#{day}#{card_store._shard(one.number)}"] += UNITS["updates"]
        load["views.feed", f"CARDS#{day[:7]}"] += UNITS["cards"]
    return load


#: Read units of what one filing and one reader ask of a partition, at the most: 200 rows of its
#: cell (0.2 KB each) until a crowd is open there, the crowd's row, its case's card, the report's
#: own record by stream, firing and projection; a page of the public list.
READS = {"cell": 6, "burst": 1, "card": 1, "reports": 6, "feed": 2}
#: Readers of the public list a second who are not served by a cache.
READERS = 1000


def reads() -> Counter[tuple[str, str]]:
    """Return read units a second by table or index and partition key, at the most."""
    load: Counter[tuple[str, str]] = Counter()
    for one in reports(RATE):
        load["reports", keys.report_key(one.number)] += READS["reports"]
        load["views", card_store._cell_key(one.cell, CATEGORY)] += READS["cell"]
        load["views", f"BURST#{one.cell}"] += READS["burst"]
        load["views", f"CARD#case of {one.cell}"] += READS["card"]
    load["views.feed", view_store._feed_key("2027-01")] += READERS * READS["feed"]
    return load


def hottest(load: Counter[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Return the hottest partition of each kind (table and the word before the key's first #)."""
    best: dict[tuple[str, str], tuple[str, int]] = {}
    for (table, key), units in load.items():
        kind = (table, key.partition("#")[0])
        if units > best.get(kind, ("", 0))[1]:
            best[kind] = (key, units)
    found = [(table, key, units) for (table, _), (key, units) in best.items()]
    return sorted(found, key=lambda row: -row[2])


def backlog(rate: float, capacity: float, seconds: int = SECONDS) -> tuple[float, float]:
    """Return the longest queue, and after how many seconds from the end it is empty again."""
    most = max(0.0, (rate - capacity) * seconds)
    return most, most / capacity


def table() -> str:
    """Return what is printed."""
    lines = [f"{RATE} reports a second for {SECONDS} s, write units a second and partition", ""]
    for name, key, units in hottest(partitions()):
        verdict = "fits" if units <= WRITES_A_PARTITION else (
            f"{units / WRITES_A_PARTITION:.1f} times too much: falls behind, caught up after "
            f"{backlog(units, WRITES_A_PARTITION)[1] / 60:.0f} min more"
        )  # fmt: skip
        lines.append(f"{name:15}{key:28}{units:>7} of {WRITES_A_PARTITION}  {verdict}")
    lines += ["", "read units a second and partition, at the most", ""]
    for name, key, units in hottest(reads()):
        verdict = "fits" if units <= READS_A_PARTITION else "too much"
        lines.append(f"{name:15}{key:28}{units:>7} of {READS_A_PARTITION}  {verdict}")
    lines.append("")
    for name, rate, capacity in (
        ("API Gateway, requests", RATE, GATEWAY),
        ("Step Functions, starts", RATE, STARTS),
        ("Step Functions, transitions", RATE * TRANSITIONS_AT_ONCE, TRANSITIONS),
        ("mails (SES's first quota)", RATE * MAILS_AT_ONCE, MAILS),
        ("mails (1,000 a second granted)", RATE * MAILS_AT_ONCE, 1000),
    ):
        most, after = backlog(rate, capacity)
        lines.append(
            f"{name:32}{rate:>6}/s of {capacity:>5}/s  longest queue {most:>9,.0f}, "
            f"empty {after / 60:,.0f} min after the rain"
        )
    lines.append("")
    lines += [f"{name:36}{text}" for name, text in first_messages()]
    return "\n".join(lines)


def first_messages() -> list[tuple[str, str]]:
    """Return how long until a report's first notification, by what it waits for."""
    last = backlog(RATE * MAILS_AT_ONCE, 1000)[1] + 0
    return [
        ("fired by the dispatcher", "seconds: stream and queue, whatever Step Functions' backlog"),
        ("first mail, 1,000/s granted", f"at once for the first, {last / 60:.0f} min for the last"),
        ("first mail, 14/s", f"{backlog(2000, MAILS)[1] / 3600:,.0f} h for the last: ask for more"),
        (
            "armed late",
            f"up to {backlog(RATE, STARTS)[1] / 60:.0f} min; the sweeper fires meanwhile",
        ),
    ]


def picture(load: Counter[tuple[str, str]]) -> str:
    """Return the hottest partitions as bars against the limit, in logarithmic scale."""
    rows = hottest(load)
    height = 40 + 26 * len(rows)
    scale = 420 / math.log10(100_000)
    limit = 230 + scale * math.log10(WRITES_A_PARTITION)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="720" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<text x="8" y="18">Write units a second on the hottest partition, '
        f"{RATE} reports a second (log scale)</text>",
    ]
    for row, (name, key, units) in enumerate(rows):
        y = 30 + 26 * row
        width = max(2.0, scale * math.log10(max(units, 1)))
        colour = "#b3261e" if units > WRITES_A_PARTITION else "#1f6f54"
        parts.append(f'<text x="8" y="{y + 14}">{name} {key[:22]}</text>')
        parts.append(f'<rect x="230" y="{y}" width="{width:.0f}" height="18" fill="{colour}"/>')
        parts.append(f'<text x="{236 + width:.0f}" y="{y + 14}">{units:,}</text>')
    parts.append(
        f'<line x1="{limit:.0f}" x2="{limit:.0f}" y1="26" y2="{height}" stroke="#333" '
        'stroke-dasharray="4"/>'
    )
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    print(table())
    Path("bench-flood.svg").write_text(picture(partitions()))
