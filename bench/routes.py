"""What each route and function asks of AWS, and whether that grows with what is stored."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from bench.cases import MONDAY, act
from bench.city import City
from bench.filling import fill, read_only
from bench.meter import Metered
from chalicelib import bootstrap
from chalicelib.handlers.session import session_cookie

FILING = {
    "category": "INF-01",
    "description": "Lubang besar",
    "location": {"lat": -6.1783, "lon": 106.6319},
    "reporter": {"email": "warga@example.org"},
}
#: Reports on a page of a list.
PAGE = 20
READING = {
    "GET /v1/reports": ("/v1/reports?limit=20", ""),
    "GET /v1/reports by area": ("/v1/reports?limit=20&area=36.71.01.1007", ""),
    "GET /v1/reports/{number}": ("/v1/reports/{number}", ""),
    "GET /v1/reports/{number}/timeline": ("/v1/reports/{number}/timeline", ""),
    "GET /v1/reports/similar": (
        "/v1/reports/similar?category=INF-01&lat=-6.1783&lon=106.6319", ""
    ),
    "GET /v1/reports by words": ("/v1/reports?limit=20&q=lubang", ""),
    "GET /v1/statistics": ("/v1/statistics?by=category", ""),
    "GET /v1/statistics/arrivals": ("/v1/statistics/arrivals", ""),
    "GET /v1/queue": ("/v1/queue?limit=20", "operator"),
    "GET /v1/reports/{number}/similar": ("/v1/reports/{number}/similar", "operator"),
    "GET /ruang/ganda: duplicates": ("/ruang/ganda", "operator"),
    "GET /ruang: map and work": ("/ruang", "operator"),
    "GET /angka: map and figures": ("/angka", ""),
}  # fmt: skip


def measure(stored: int = 0) -> dict[str, list[Metered]]:
    """Return what every route and function cost once, beside *stored* other reports."""
    city = City(MONDAY)
    with city.open():
        city.ran.clear()
        first = city.measured("POST /v1/reports", "POST", "/v1/reports", FILING)
        number = first.json["number"]
        city.settle()
        if stored:
            fill(number, stored)
        with read_only() if stored else nullcontext():
            _read(city, number, stored)
        if not stored:
            act(city, number, "verify", "operator")
        return dict(city.ran)


def _read(city: City, number: str, stored: int) -> None:
    for name, (target, user) in READING.items():
        who = _as(user, page=not target.startswith("/v1"))
        answer = city.measured(name, "GET", target.format(number=number), **who)
        assert answer.status == 200, (name, answer.body)
        assert _full(answer, stored), (name, "the list shows fewer reports than are stored")
    city.sweep()


def _as(user: str, *, page: bool) -> dict[str, Any]:
    if not (page and user):
        return {"user": user}
    cookie = session_cookie(bootstrap.sessions().begin(user)).partition(";")[0]
    return {"headers": {"Cookie": cookie}}


def _full(answer: Any, stored: int) -> bool:
    """Whether a list of the API holds a whole page of what is stored; others have no say."""
    if "json" not in answer.headers.get("content-type", "") or "items" not in answer.json:
        return True
    return len(answer.json["items"]) >= min(PAGE, stored)


def growth(sizes: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """Return for every reading route its calls, units and bytes at each number of reports."""
    found: dict[str, dict[str, Any]] = {}
    for stored in sizes:
        for name, many in measure(stored).items():
            if name in (*READING, "sweep"):
                one = many[0]
                found.setdefault(name, {})[str(stored)] = {
                    "calls": sum(one.calls.values()),
                    "read_units": one.read,
                    "bytes": one.bytes_read,
                }
    return found
