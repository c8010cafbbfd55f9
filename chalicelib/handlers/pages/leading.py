"""The leaders' page: what is late and whose, then the figures; everybody sees what is theirs.

Mayor, secretary and whoever watches see the city. An agency's head sees the emergencies of the
own agency, a camat or lurah those of the own area, which then comes first. The figures are the
public ones. Nobody's identity is on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import MAX_BOUNCES
from chalicelib.domain.events import parse_instant
from chalicelib.domain.report import CLOSED
from chalicelib.handlers.pages.figure_rows import percent, promise_row, span
from chalicelib.handlers.pages.figures import city_figures
from chalicelib.handlers.pages.plates import in_short
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, short_name
from chalicelib.handlers.serving import Call, shows
from chalicelib.services import measures
from chalicelib.services.tallies import Key
from chalicelib.services.views import (
    ANSWERED,
    BOUNCED,
    INSTRUCTED,
    LEGAL,
    LONGER,
    Filters,
    city_day,
)
from chalicelib.services.watching import Running, board

blueprint = Blueprint(__name__)
Json = dict[str, Any]
#: Reports of one list; a city with more has more to do than to read.
_FOLLOWED = 50
#: Kinds and places shown as the worst, and open reports of one's own area.
_WORST, _OPEN_SHOWN = 10, 20
#: Public reports of an area looked through for those that are open.
_LOOKED_THROUGH = 200
#: Who gives instructions, by role.
_OFFICES: Mapping[str, tuple[str, str]] = {
    "mayor": ("Wali Kota", "the Mayor"),
    "secretary": ("Sekda", "the Secretary"),
}


@shows(blueprint, "GET", "/pimpinan")
def leaders(call: Call) -> Response:
    """What a leader must know now: silence, broken limits, worst places, chronic causes."""
    language = language_of(call)
    shown, counted = city_figures("", language)
    late = _late(call)
    return page(
        call,
        "leaders.html",
        headers=NOT_KEPT,
        silent=[one for one in late if one["awaited"] == "acknowledged"],
        nobody_there=[one for one in late if one["awaited"] == "on_scene"],
        **followed_up(call),
        worst=_worst(shown["kelurahan"]),
        causes=_chronic(shown["category"], counted),
        arrived=_arrived(language),
        territory=_territory(call, shown, counted),
        whole_city=bootstrap.views().may_list("", call.caller),
        **shown,
    )


def followed_up(call: Call, agency: str | None = None) -> Json:
    """Return what leaders follow up and the reader may see: all, or what *agency* holds.

    The empty agency holds what has none yet.
    """
    now, language = bootstrap.clock().now(), language_of(call)

    def listed(kind: str, key: str) -> list[Json]:
        rows = bootstrap.view_store().waiting(kind, _FOLLOWED, None).items
        mine = [
            _row(row, now, language)
            for row in rows
            if bootstrap.views().may_see_row(row, call.caller) and agency in (None, row["agency"])
        ]
        return sorted(mine, key=lambda row: str(row.get(key) or row["filed_at"]))

    return {
        "instructions": listed(INSTRUCTED, "instructed_until"),
        "answered": listed(ANSWERED, "answered_at"),
        "legal": listed(LEGAL, "filed_at"),
        "bounced": sorted(listed(BOUNCED, "filed_at"), key=lambda row: -row["bounces"]),
        "most_bounces": MAX_BOUNCES,
        "offices": _OFFICES,
        "now_utc": now,
    }


def _row(row: Mapping[str, Any], now: datetime, language: str) -> Json:
    due = parse_instant(row["instructed_until"]) if row["instructed_until"] else None
    return {
        **row,
        "thing": _category(row["category"], language),
        "agency": _agency(row["agency"], language),
        "where": bootstrap.catalogue().areas.name(row["kelurahan"]),
        "due": due,
        "over": in_short(now - due, language) if due and now >= due else "",
        "left": in_short(due - now, language) if due and now < due else "",
        "kept": str(row.get("answered_at") or "") <= str(row.get("answer_due") or ""),
        "since_filing": in_short(now - parse_instant(row["filed_at"]), language),
    }


def _late(call: Call) -> list[Json]:
    """Emergencies past a limit that the reader may see, the longest silence first."""
    now, views = bootstrap.clock().now(), bootstrap.views()
    running = board(bootstrap.view_store().alarms(200), bootstrap.catalogue(), now)
    late = [
        (one, one.due_at)
        for one in running
        if one.state == "late"
        and one.due_at
        # The board holds no case about a unit, so its rows do not name one.
        and views.may_see_row({**one.row, "about_unit": ""}, call.caller)
    ]
    language = language_of(call)
    return [_emergency(one, due, now, language) for one, due in sorted(late, key=lambda x: x[1])]


def _emergency(one: Running, due: datetime, now: datetime, language: str) -> Json:
    place = bootstrap.catalogue().areas.name
    return {
        "number": one.row["number"],
        "tier": one.row["tier"],
        "thing": _category(one.row["category"], language),
        "where": place(one.row["kelurahan"]) or place(one.row["kecamatan"]),
        "agency": _agency(one.row["agency"], language),
        "awaited": one.awaited,
        "due_at": due,
        "over": in_short(now - due, language),
    }


def _worst(rows: Sequence[Json]) -> list[Json]:
    broken = [row for row in rows if row["late"] + row["overdue"]]
    return sorted(broken, key=lambda row: -(row["late"] + row["overdue"]))[:_WORST]


def _chronic(rows: Sequence[Json], counted: Mapping[Key, int]) -> list[Json]:
    """Kinds of reports by the number of months in which their promise was broken, most first."""
    months: dict[str, set[str]] = {}
    for (kind, month, value, state), count in counted.items():
        if kind == "promise-category" and count and state in ("late", "overdue"):
            months.setdefault(value, set()).add(month)
    broken = [{**row, "months": len(months[row["key"]])} for row in rows if row["key"] in months]
    return sorted(broken, key=lambda row: (-row["months"], -(row["late"] + row["overdue"])))[
        :_WORST
    ]


def _arrived(language: str) -> dict[str, list[Json]]:
    """From filing to arrival, per kecamatan and hour, of this month and the eleven before it."""
    today = city_day(bootstrap.clock().now())
    first = f"{int(today[:4]) - 1}{today[4:7]}"
    counted = bootstrap.view_store().counts(("arrival",), first, "")
    names = bootstrap.catalogue().areas
    nobody = "belum ada yang tiba" if language == "id" else "nobody there"

    def time(minutes: int) -> str:
        return nobody if minutes == LONGER else span(minutes, language)

    def row(one: measures.Arrival, name: str) -> Json:
        return {
            "name": name,
            "count": one.count,
            "within": one.within,
            "percent": percent(one.share),
            "bar": 100 * (one.share or 0),
            "half": time(one.half),
            "most_came": one.half != LONGER,
            "nine_tenths": time(one.nine_tenths),
        }

    unknown = "Tempat belum diketahui" if language == "id" else "Place not known"
    return {
        "all": [row(one, "") for one in measures.arrivals("all", counted)],
        "areas": [
            row(one, names.name(one.key) or unknown) for one in measures.arrivals("area", counted)
        ],
        "hours": [row(one, f"{one.key}.00") for one in measures.arrivals("hour", counted)],
    }


def _territory(call: Call, shown: Json, counted: Mapping[Key, int]) -> list[Json]:
    """A camat's or lurah's own areas: their figures and what is open there, late ones first."""
    if "territorial" not in call.caller.roles:
        return []
    areas = bootstrap.catalogue().areas
    return [
        _area(area, shown, counted, language_of(call))
        for area in sorted(call.caller.areas)
        if area in areas
    ]


def _area(area: str, shown: Json, counted: Mapping[Key, int], language: str) -> Json:
    level = "kelurahan" if area.count(".") == 3 else "kecamatan"
    inside = [row for row in shown["kelurahan"] if f"{row['key']}.".startswith(f"{area}.")]
    whole = measures.together(
        measures.Promise(row["key"], row["on_time"], row["late"], row["overdue"]) for row in inside
    )
    return {
        "code": area,
        "name": bootstrap.catalogue().areas.name(area),
        "level": level,
        "ends": measures.endings(
            {
                ("status", month, value, status): count
                for (kind, month, value, status), count in counted.items()
                if kind == level and value == area
            }
        ),
        "whole": promise_row(whole, measures.same),
        "kelurahan": inside,
        "rows": _open_reports(area, language),
    }


def _open_reports(area: str, language: str) -> list[Json]:
    """The area's open public reports: past their limit first, then by tier and age."""
    found = bootstrap.view_store().page(Filters(area=area), _LOOKED_THROUGH, None)
    rows = sorted(
        (row for row in found.items if row["status"] not in CLOSED),
        key=lambda row: (row["promise"] != "overdue", row["tier"], row["filed_at"]),
    )
    views, now = bootstrap.views(), bootstrap.clock().now()
    return [
        {
            **views.listed(row),
            "thing": _category(row["category"], language),
            "overdue": row["promise"] == "overdue",
            "since_filing": in_short(now - parse_instant(row["filed_at"]), language),
        }
        for row in rows[:_OPEN_SHOWN]
    ]


def _agency(code: str, language: str) -> str:
    return str((bootstrap.views().agency(code) or {}).get("name", {}).get(language, ""))


def _category(code: str, language: str) -> str:
    return short_name(str(bootstrap.views().category(code)["name"].get(language, code)))
