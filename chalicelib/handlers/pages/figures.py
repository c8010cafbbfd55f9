"""What became of our reports: honest figures, and open data to recompute them.

Every figure comes from the exact counters; the open data hold the rows from which anybody gets the
same. A figure that is not known is said so.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.report import CLOSED, STATUSES
from chalicelib.domain.sources import CHANNELS, MEDIA, place_of, source_class
from chalicelib.domain.text import spreadsheet_cell
from chalicelib.handlers.http import cached
from chalicelib.handlers.pages.citymap import city_map
from chalicelib.handlers.pages.figure_rows import (
    city_shape,
    promise_row,
    reports_by,
    sources,
    tiles,
    timings,
    wait,
)
from chalicelib.handlers.pages.rendering import language_of, page, thing_of, url
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.queries import cursor_for, cursor_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.services import measures
from chalicelib.services.tallies import TIMED
from chalicelib.services.viewing import STATUS_NAMES
from chalicelib.services.views import PEOPLE, TIME_CLASSES, Filters, city_day

blueprint = Blueprint(__name__)
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
#: Rows of one page of open data: far below what a function may answer with.
_ROWS = 1000
#: An area far below the city's average of reports per resident does not know the service; with
#: less than one report per 10,000 nothing can be said yet.
_UNKNOWN_SHARE, _ENOUGH = 0.5, 1.0
#: The columns of the open data, each with what it means; also the data dictionary.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("Nomor laporan", "Report number"),
    "category": ("Kode jenis laporan", "Code of the kind of report"),
    "tier": ("Tingkat P0 sampai P5", "Tier, P0 to P5"),
    "kelurahan": ("Kode kelurahan (Kemendagri)", "Code of the kelurahan"),
    "kecamatan": ("Kode kecamatan (Kemendagri)", "Code of the kecamatan"),
    "agency": ("Kode instansi yang menangani", "Code of the agency in charge"),
    "status": ("Status terakhir", "Current status"),
    "outcome": ("Hasil menurut petugas", "Outcome as submitted"),
    "promise": (
        "Janji layanan: on_time, late, overdue, kosong bila belum jatuh tempo",
        "Service promise: on_time, late, overdue; empty while not due",
    ),
    "reopenings": ("Berapa kali dibuka kembali", "How often reopened"),
    "source": (
        "Saluran masuk; kode poster: media-kelurahan",
        "Channel; codes of posters: medium-kelurahan",
    ),
    "filed_at": ("Waktu masuk, UTC", "Filed, UTC"),
    "acknowledged_at": ("Waktu diterima petugas, UTC", "Taken on, UTC"),
    "on_scene_at": ("Waktu petugas tiba, UTC", "Officers on scene, UTC"),
    "resolved_at": ("Waktu hasil diajukan, UTC", "Result submitted, UTC"),
    "closed_at": ("Waktu selesai, UTC", "Closed, UTC"),
}


#: Kept for a minute by whoever stands between, each language and each visitor apart.
_PUBLIC = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language, Cookie"}


@shows(blueprint, "GET", "/angka")
def figures(call: Call) -> Response:
    """The public figures, for all time or from one month on."""
    first = call.query("dari") if _MONTH.fullmatch(call.query("dari")) else ""
    return page(
        call,
        "figures.html",
        headers=_PUBLIC if not call.header("cookie") else {},
        **city_figures(first, language_of(call))[0],
    )


@shows(blueprint, "GET", "/hak")
def rights(call: Call) -> Response:
    """How the service works, and what people may ask of it."""
    return page(call, "rights.html")


@shows(blueprint, "GET", "/data/laporan.csv")
def open_data(call: Call) -> Response:
    """The public reports of one month as CSV; a ``Link`` header names the next page, if any."""
    month = call.query("bulan") or city_day(bootstrap.clock().now())[:7]
    if not _MONTH.fullmatch(month):
        raise Problem("invalid_field")
    filters = Filters(first_day=f"{month}-01", last_day=f"{month}-31")
    found = bootstrap.view_store().page(filters, _ROWS, cursor_of(call))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS), extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(map(_open_row, found.items))
    headers = {
        **SAFE_HEADERS,
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": f'attachment; filename="laporan-{month}.csv"',
        "Cache-Control": "public, max-age=60",
    }
    if found.cursor:
        after = url(f"/data/laporan.csv?bulan={month}&cursor={cursor_for(found.cursor)}")
        headers["Link"] = f'<{after}>; rel="next"'
    return Response(text.getvalue(), headers=headers, status_code=200)


@shows(blueprint, "GET", "/data/kamus.json")
def dictionary(call: Call) -> Response:
    """The data dictionary: columns, codes, and how each figure follows from the rows."""
    names = bootstrap.catalogue()
    body = {
        "license": "CC BY 4.0",
        "columns": {name: {"id": pair[0], "en": pair[1]} for name, pair in COLUMNS.items()},
        "statuses": {name: dict(STATUS_NAMES[name]) for name in STATUSES},
        "closed": sorted(CLOSED),
        "agencies": {code: dict(row["name"]) for code, row in names.agencies().items()},
        "categories": {code: dict(one.name) for code, one in names.categories().items()},
        "sources": {**CHANNELS, **MEDIA},
        "categories_about_people": sorted(
            code for code, one in names.categories().items() if one.sensitivity != "none"
        ),
        "dimensions": {code: one.dimension for code, one in names.categories().items()},
        "areas": {area.code: area.name for area in names.areas.all()},
        "residents": _residents(),
        "time_classes_minutes": list(TIME_CLASSES),
        "formulas": {
            "on_time_share": "on_time / (on_time + late + overdue), column promise",
            "half": "smallest class with at least 1/2 of all times at or below its upper end",
            "nine_tenths": "the same with 9/10; times are *_at minus filed_at",
            "precision": "times are given as the upper end of their class, time_classes_minutes: "
            "the true median lies within the class, never above what is said",
            "by_dimension": "as by category, with the dimension of each category",
            "by_kelurahan": "rows of categories_about_people count under 'people'",
            "by_source": "column source; <medium>-<kelurahan> also under its medium",
            "per_residents": "rows of a kecamatan * 10000 / its residents",
        },
        "withheld": {
            "id": "Laporan rahasia dan pengawasan tidak ada di data ini; jumlahnya disebut.",
            "en": "Confidential and integrity cases are not in these data; their number is given.",
        },
    }
    return cached(call.request, body, seconds=300)


def _open_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """One line of the open data; of a source its class alone, since anybody may write one."""
    shown = {**row, "source": source_class(str(row.get("source", "")))}
    return {name: spreadsheet_cell(shown.get(name)) for name in COLUMNS}


def city_figures(first_month: str, language: str) -> tuple[dict[str, Any], Mapping[Any, int]]:
    """Return the public figures since *first_month*, and the counters that they come from."""
    counted = bootstrap.view_store().counts(_COUNTED, first_month, "")
    ends = measures.endings(counted)
    promised = {group: measures.promises(group, counted) for group in _NAMED}
    rates = _rates(counted)
    place = bootstrap.catalogue().areas.name
    shown = {
        "first_month": first_month,
        "ends": ends,
        "ended": [
            {"status": status, "name": STATUS_NAMES[status], "count": ends.by_status.get(status, 0)}
            for status in measures.ENDINGS[2:]
        ],
        "withheld": sum(n for key, n in counted.items() if key[0] == "withheld"),
        "whole": measures.together(promised["agency"]),
        **{
            group: [promise_row(row, _namer(group, language)) for row in promised[group]]
            for group in _NAMED
        },
        "waits": [
            {"name": name, **wait(row, language)}
            for name in TIMED
            for row in measures.waiting(name, counted)
            if not row.key
        ],
        "timings": _timings(counted, language),
        "dimensions": _dimensions(counted, language),
        "rates": rates,
        "shape": city_shape(rates["rows"]),
        "view_box": " ".join(str(one) for one in city_map()["viewBox"]),
        "tiles": tiles(reports_by(counted, "kelurahan"), place),
        "unplaced": reports_by(counted, "kelurahan")[PEOPLE],
        "sources": sources(counted, _namer("source", language), each_place=False),
        "campaigns": [
            row
            for row in sources(counted, _namer("source", language), each_place=True)
            if place_of(row["key"])
        ],
    }
    return shown, counted


_NAMED = ("agency", "category", "kelurahan")
_COUNTED = (
    *("status", "category", "kecamatan", "kelurahan", "source"),
    *(f"promise-{group}" for group in _NAMED),
    *(f"time-{name}" for name in TIMED),
    *(f"time-{name}-kelurahan" for name in TIMED),
)


def _namer(group: str, language: str) -> Callable[[str], str]:
    """What values of *group* are called on the page."""
    views = bootstrap.views()

    def named(value: str) -> str:
        if not value and group == "agency":
            return "Belum ditetapkan" if language == "id" else "Not settled yet"
        return thing_of(views.group_name(group, value), language)

    return named


def _dimension_of() -> Callable[[str], str]:
    known = bootstrap.catalogue().categories()
    return lambda code: known[code].dimension if code in known else ""


def _timings(counted: Mapping[Any, int], language: str) -> dict[str, Any]:
    """Times per category, kelurahan and smart-city dimension."""
    fold = _dimension_of()
    return {
        "category": timings(counted, _namer("category", language), language),
        "kelurahan": timings(counted, _namer("kelurahan", language), language, "kelurahan"),
        "dimension": timings(counted, measures.same, language, fold=fold),
    }


def _dimensions(counts: Mapping[Any, int], language: str) -> list[dict[str, Any]]:
    """Reports per smart-city dimension with how promises were kept, most reports first."""
    fold = _dimension_of()
    found: Counter[str] = Counter()
    for code, count in reports_by(counts, "category").items():
        found[fold(code)] += count
    kept = {row.key: row for row in measures.promises("category", counts, fold)}
    return [
        promise_row(kept.get(key, measures.Promise(key, 0, 0, 0)), measures.same)
        | {"reports": count}
        for key, count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
        if key
    ]


def _rates(counts: Mapping[Any, int]) -> dict[str, Any]:
    reports = reports_by(counts, "kecamatan")
    residents = _residents()
    rows = measures.per_residents(reports, residents)
    everybody = sum(residents.values())
    average = sum(reports[code] for code in residents) * 10_000 / everybody if everybody else 0.0
    most = max((rate for *_, rate in rows), default=0) or 1
    areas = bootstrap.catalogue().areas
    return {
        "average": f"{average:.1f}".replace(".", ","),
        "average_at": 100 * average / most,
        "residents": everybody,
        "rows": [
            {
                "code": code,
                "name": areas.name(code),
                "reports": count,
                "residents": people,
                "rate": f"{rate:.1f}".replace(".", ","),
                "exact": rate,
                "bar": 100 * rate / most,
                "unknown": average >= _ENOUGH and rate < average * _UNKNOWN_SHARE,
            }
            for code, count, people, rate in rows
        ],
    }


def _residents() -> dict[str, int]:
    return {
        one.code: one.population
        for one in bootstrap.catalogue().areas.all("kecamatan")
        if one.population
    }
