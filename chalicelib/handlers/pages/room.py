"""The LIVE Room's wall and desk: emergencies with running clocks, map, what waits, who is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.events import parse_instant
from chalicelib.domain.numbers import normalise
from chalicelib.domain.report import CONTROL_ROOM
from chalicelib.domain.text import hour
from chalicelib.handlers.drills import line_of
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages.case_forms import SITUATIONS
from chalicelib.handlers.pages.citymap import city_map, point_of
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.pages.shifts import on_duty
from chalicelib.handlers.queries import LONGEST_QUESTION
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.measures import promises
from chalicelib.services.views import city_day
from chalicelib.services.watching import Running, board

blueprint = Blueprint(__name__)
#: More does not fit on a wall; the rest is said as a number, and on the work lists.
_ON_WALL, _WAITING = 40, 8
_AWAITED = {
    "acknowledged": ("terima", "accepted"),
    "on_scene": ("tiba", "on scene"),
    "resolved": ("selesai", "done"),
}


@shows(blueprint, "GET", "/ruang")
def room(call: Call) -> Response:
    """The board. It refreshes itself; by keyboard everything is at hand."""
    now, language = bootstrap.clock().now(), language_of(call)
    running = board(bootstrap.view_store().alarms(_ON_WALL), bootstrap.catalogue(), now)
    waiting = bootstrap.store().queue(
        CONTROL_ROOM, _WAITING, None, lambda row: not row.get("drill")
    )
    views = bootstrap.views()
    return page(
        call,
        "room.html",
        headers=NOT_KEPT,
        rows=[_row(number, one, now, language) for number, one in enumerate(running, start=1)],
        late=sum(one.state == "late" for one in running),
        more=len(running) == _ON_WALL,
        waiting=[_waits(views.queued(row), now, language) for row in waiting.items],
        waiting_more=waiting.cursor is not None,
        duty=on_duty(now),
        rehearsed=[line_of(row) for row in bootstrap.drills().running(call.caller)],
        overdue=_overdue(now),
        city=city_map(),
        names={one.code: one.name for one in bootstrap.catalogue().areas.all("kecamatan")},
    )


@shows(blueprint, "GET", "/ruang/cari")
def seek(call: Call) -> Response:
    """From a number, however it was said or typed, to its case; from words to the queue."""
    said = one_line(call.query("nomor"))[:LONGEST_QUESTION]
    number = normalise(said)
    if number:
        return redirect(f"/kasus/{number}")
    return redirect(f"/tugas?{urlencode({'q': said})}" if said else "/ruang")


def _row(number: int, one: Running, now: datetime, language: str) -> dict[str, Any]:
    row, views = one.row, bootstrap.views()
    known = bootstrap.catalogue().areas
    area = known.name(row["kelurahan"]) or known.name(row["kecamatan"])
    agency = views.agency(row["agency"])
    return {
        "no": number,
        "number": row["number"],
        "tier": row["tier"],
        "thing": thing_of(views.category(row["category"])["name"], language),
        "where": area,
        "secret": row["secret"],
        "agency": (agency or {}).get("name", {}).get(language, ""),
        "filed_at": one.filed_at,
        "acknowledged_at": one.acknowledged_at,
        "on_scene_at": one.on_scene_at,
        "situation": _situation(row, language),
        "since": one.filed_at.isoformat(),
        "running": running_text((now - one.filed_at).total_seconds()),
        "awaited": _AWAITED[one.awaited][language == "en"],
        "due_at": one.due_at,
        "over": running_text(abs((now - one.due_at).total_seconds())) if one.due_at else "",
        "state": one.state,
        "share": f"{min(one.share, 1) * 100:.1f}",
        "point": point_of(row["kelurahan"], row["kecamatan"]),
    }


def _situation(row: Mapping[str, Any], language: str) -> str:
    """The latest word from the field with its time, empty for none; never what was written."""
    at = row.get("situation_at")
    if not at:
        return ""
    return f"{SITUATIONS[row['situation']][language == 'en']} {hour(parse_instant(at))}"


def running_text(seconds: float) -> str:
    """Return a running time as the board shows it: ``03.06`` or ``1.38.38``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}.{minutes:02d}.{rest:02d}" if hours else f"{minutes:02d}.{rest:02d}"


def _waits(row: Mapping[str, Any], now: datetime, language: str) -> dict[str, Any]:
    filed = parse_instant(row["filed_at"])
    return {
        **row,
        "thing": thing_of(row["category"]["name"], language),
        "waited": running_text((now - filed).total_seconds())[:-3] or "0",
    }


def _overdue(now: datetime) -> list[dict[str, Any]]:
    """Return the agencies with open reports past their limit; a year back is all that is open."""
    year, rest = city_day(now)[:4], city_day(now)[4:7]
    counts = bootstrap.view_store().counts(("promise-agency",), f"{int(year) - 1}{rest}", "")
    rows = [row for row in promises("agency", counts) if row.overdue]
    most = max((row.overdue for row in rows), default=1)
    return [
        {
            "code": row.key,
            "overdue": row.overdue,
            "share": f"{row.overdue / most * 100:.0f}",
            "agency": bootstrap.views().agency(row.key),
        }
        for row in sorted(rows, key=lambda row: -row.overdue)
    ]
