"""Rows, tiles and classes of the public figures: from counters to what the page draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.domain.sources import place_of
from chalicelib.handlers.pages.citymap import city_map
from chalicelib.services import measures
from chalicelib.services.tallies import TIMED, Key
from chalicelib.services.views import LONGER

#: Classes of a map, few to many; each number is printed as well.
CLASSES = 5
#: Side of a tile, in drawn units.
TILE = 64
Json = dict[str, Any]
Named = Callable[[str], str]


def span(minutes: int, language: str) -> str:
    """Return the upper end of a class of time in words."""
    english = language == "en"
    if minutes == LONGER:
        return "longer" if english else "lebih lama"
    for size, one in ((1440, ("hari", "days")), (60, ("jam", "hours")), (1, ("menit", "minutes"))):
        if minutes >= size:
            number = f"{minutes / size:.1f}".rstrip("0").rstrip(".").replace(".", ",")
            return f"{number} {one[english]}"
    return "0"


def percent(share: float | None) -> str:
    """Return a share as people write it: ``78,0``; a dash where there is nothing to share."""
    return "–" if share is None else f"{share * 100:.1f}".replace(".", ",")


def promise_row(row: measures.Promise, named: Named) -> Json:
    """Return one line of how promises were kept."""
    most = row.whole or 1
    return {
        "key": row.key,
        "name": named(row.key) or row.key or "–",
        "on_time": row.on_time,
        "late": row.late,
        "overdue": row.overdue,
        "whole": row.whole,
        "percent": percent(row.share),
        "bars": [100 * part / most for part in (row.on_time, row.late, row.overdue)],
    }


def timings(
    counts: Mapping[Key, int],
    named: Named,
    language: str,
    by: str = "",
    fold: Callable[[str], str] = measures.same,
) -> list[Json]:
    """Return how long each moment took per value, most reports first; see `measures.waiting`."""
    found: dict[str, Json] = {}
    for name in TIMED:
        for row in measures.waiting(name, counts, by, fold):
            if row.key:
                found.setdefault(row.key, {})[name] = wait(row, language)
    rows = [
        {"key": key, "name": named(key) or key, "times": times, "count": _most(times)}
        for key, times in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["key"]))


def wait(row: measures.Waiting, language: str) -> Json:
    """Return one time: in how long half of them were done, and nine of ten, of how many."""
    return {
        "count": row.count,
        "half": span(row.half, language),
        "nine_tenths": span(row.nine_tenths, language),
    }


def _most(times: Mapping[str, Json]) -> int:
    return max(one["count"] for one in times.values())


def reports_by(counts: Mapping[Key, int], group: str) -> Counter[str]:
    """Return how many reports there are per value of *group*."""
    found: Counter[str] = Counter()
    for (kind, _, value, _status), count in counts.items():
        if kind == group:
            found[value] += count
    return +found


def shade(value: float, most: float) -> int:
    """Return the class of *value*, 1 (few) to `CLASSES` (*most*)."""
    if not most:
        return 1
    return min(CLASSES, 1 + int(CLASSES * value / most))


def tiles(reports: Mapping[str, int], named: Named) -> Json:
    """Return a tile for every kelurahan with its number of reports, and the edges between
    kecamatan.
    """
    drawn = city_map()["tiles"]
    at = {code: (column, row) for code, (column, row) in drawn["at"].items()}
    most = max((reports.get(code, 0) for code in at), default=0)
    return {
        "width": drawn["columns"] * TILE,
        "height": drawn["rows"] * TILE,
        "side": TILE,
        "edge": _edges(at),
        "cells": [
            {
                "code": code,
                "name": named(code),
                "kecamatan": named(code.rpartition(".")[0]),
                "x": column * TILE,
                "y": row * TILE,
                "reports": reports.get(code, 0),
                "shade": shade(reports.get(code, 0), most),
            }
            for code, (column, row) in sorted(at.items(), key=lambda one: (one[1][1], one[1][0]))
        ],
    }


def _edges(at: Mapping[str, tuple[int, int]]) -> str:
    """The path of all edges at which another kecamatan, or none, begins."""
    owner = {cell: code.rpartition(".")[0] for code, cell in at.items()}
    drawn = []
    for (column, row), mine in sorted(owner.items()):
        x, y = column * TILE, row * TILE
        if owner.get((column - 1, row)) != mine:
            drawn.append(f"M{x} {y}v{TILE}")
        if owner.get((column, row - 1)) != mine:
            drawn.append(f"M{x} {y}h{TILE}")
        if (column + 1, row) not in owner:
            drawn.append(f"M{x + TILE} {y}v{TILE}")
        if (column, row + 1) not in owner:
            drawn.append(f"M{x} {y + TILE}h{TILE}")
    return "".join(drawn)


def sources(counts: Mapping[Key, int], named: Named, *, each_place: bool) -> list[Json]:
    """Return reports per source, most first; without *each_place* a medium's codes together."""
    found: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    for (kind, _, value, status), count in counts.items():
        if kind != "source":
            continue
        place = place_of(value)
        key = place[0] if place and not each_place else value
        found[key] += count
        confirmed[key] += count * (status == "closed_confirmed")
    rows = [
        {"key": key, "name": named(key), "reports": count, "confirmed": confirmed[key]}
        for key, count in (+found).items()
    ]
    return sorted(rows, key=lambda row: (-row["reports"], row["key"]))


def city_shape(rates: Sequence[Json]) -> list[Json]:
    """Return the kecamatan as drawn, each with its rate and its class."""
    most = max((row["exact"] for row in rates), default=0.0)
    known = {row["code"]: row for row in rates}
    return [
        {
            "path": one["path"],
            "x": one["name_at"][0],
            "y": one["name_at"][1],
            "name": known[code]["name"],
            "rate": known[code]["rate"],
            "shade": shade(known[code]["exact"], most),
        }
        for code, one in city_map()["kecamatan"].items()
        if code in known
    ]
