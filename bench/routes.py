"""What each route and function asks of AWS, and whether that grows with what is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3

from bench.cases import MONDAY, act
from bench.city import REGION, City
from bench.meter import Metered
from chalicelib.domain.numbers import number_from

FILING = {
    "category": "INF-01",
    "description": "Lubang besar",
    "location": {"lat": -6.1783, "lon": 106.6319},
    "reporter": {"email": "warga@example.org"},
}
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
            multiply(number, stored)
        for name, (target, user) in READING.items():
            answer = city.measured(name, "GET", target.format(number=number), user=user)
            assert answer.status == 200, (name, answer.body)
        city.sweep()
        act(city, number, "verify", "operator")
        return dict(city.ran)


def multiply(number: str, times: int) -> None:
    """Put the rows of *number* into the tables again under *times* other numbers."""
    client = boto3.client("dynamodb", region_name=REGION)
    for table in ("live-room-local-reports", "live-room-local-views"):
        rows = client.scan(TableName=table)["Items"]
        # All of them wait for something, and none is due: the sweep must find nothing to do.
        rows = [row | ({"due_at": {"S": _FAR}} if "due_shard" in row else {}) for row in rows]
        rows = [row for row in rows if "packed" not in row]
        about = [row for row in rows if number in json.dumps(row)]
        text = json.dumps(about)
        for other in _numbers(times):
            copies = json.loads(text.replace(number, other))
            for start in range(0, len(copies), 25):
                puts = [{"PutRequest": {"Item": row}} for row in copies[start : start + 25]]
                client.batch_write_item(RequestItems={table: puts})


_FAR = "2099-01-01T00:00:00Z"


def _numbers(count: int) -> Iterator[str]:
    for one in range(1, count + 1):
        yield number_from((one * 7919 + 1_000_003).to_bytes(16, "big"))


def growth(sizes: tuple[int, ...]) -> dict[str, dict[str, Any]]:
    """Return for every reading route its calls and units at each number of stored reports."""
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
