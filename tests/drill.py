"""A drill of DRT-01, played over the city in memory or on a running local stack; prints its sheet.

    python -m tests.drill                                  # the city in memory
    python -m tests.drill --at http://127.0.0.1:8000       # a `make run`, best with CLOCK_SPEED=60

What people do is the same in both: the duty desk takes the fire on three and a half minutes after
the alarm (the SOP gives two), the unit checks in at the place fourteen minutes after it, and
nobody submits a result before the leader stops the drill.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

PLACE = {"lat": -6.1783, "lon": 106.6319, "address": "Lapangan Ahmad Yani"}
NEW = {
    "category": "DRT-01",
    "location": PLACE,
    "description": "Gudang cat terbakar, asap tebal, dua orang di dalam",
    "hours": 2,
}
LEADER, OFFICER = "kadis.bpbd", "petugas.bpbd"
#: Minutes after the alarm → who does what.
STORY: tuple[tuple[float, str, str, dict[str, Any]], ...] = (
    (3.5, OFFICER, "acknowledge", {}),
    (14, OFFICER, "arrive", {"lat": -6.1785, "lon": 106.6321}),
    (47, "", "", {}),
)


class City(Protocol):
    """Where a drill is played."""

    def call(self, method: str, path: str, body: Any, user: str) -> Any:
        """Call the API as *user* and return the answer's JSON; raise for a refusal."""

    def wait_until(self, at: datetime) -> None:
        """Let the system's time pass until *at*."""


class InMemory:
    """The engine of the tests behind the real app."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def call(self, method: str, path: str, body: Any, user: str) -> Any:
        answer = self.world.call(method, path, body, user=user)
        if answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.code}")
        return answer.json

    def wait_until(self, at: datetime) -> None:
        self.world.engine.run_until(at.isoformat())


class Stack:
    """A local stack that runs (`make run`), by HTTP."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")
        self._tokens: dict[str, str] = {}

    def call(self, method: str, path: str, body: Any, user: str) -> Any:
        headers = {"Authorization": f"Bearer {self._token(user)}"}
        if path == "/v1/drills" and method == "POST":
            headers["Idempotency-Key"] = secrets.token_urlsafe(24)
        return self._send(method, path, body, headers)

    def wait_until(self, at: datetime) -> None:
        while datetime.fromisoformat(self._now()) < at:
            time.sleep(0.2)

    def _now(self) -> str:
        """The system's clock, as every page shows it to its script."""
        with urllib.request.urlopen(f"{self.base}/lacak", timeout=30) as answer:
            return re.search(r'data-now="([^"]+)"', answer.read().decode())[1]  # type: ignore[index]

    def _token(self, user: str) -> str:
        if user not in self._tokens:
            found = self._send("POST", "/_local/login", {"user": user}, {})
            self._tokens[user] = str(found["access_token"])
        return self._tokens[user]

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, raw, {**kind, **headers}, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())


def play(city: City) -> Mapping[str, Any]:
    """Play the drill to its end and return its score sheet."""
    begun = city.call("POST", "/v1/drills", NEW, LEADER)
    number = begun["number"]
    start = datetime.fromisoformat(
        city.call("GET", f"/v1/drills/{number}", None, LEADER)["begun_at"]
    )
    for minutes, who, action, fields in STORY:
        city.wait_until(start + timedelta(minutes=minutes))
        if action:
            city.call("POST", f"/v1/reports/{number}/{action}", fields, who)
    stopped = {"reason": "Sasaran latihan tercapai"}
    found: Mapping[str, Any] = city.call("POST", f"/v1/drills/{number}/stop", stopped, LEADER)
    return found


def lines(sheet: Mapping[str, Any]) -> list[str]:
    """Return the sheet as text for a terminal."""
    found = [
        f"LATIHAN {sheet['number']}  {sheet['category']['name']['id']}",
        f"SOP {sheet['sop']} versi {sheet['version']}, {sheet['agency']['name']['id']}",
        f"mulai {sheet['begun_at']}  selesai {sheet['ended_at']} ({sheet['over']})",
        f"NILAI {sheet['score']}    lapor tiba {sheet['distance_m']} m dari lokasi",
        "",
        f"{'yang diminta':24}{'diminta':>10}{'dijanjikan':>16}{'dijawab':>10}{'lewat':>8}  oleh",
    ]
    for one in sheet["duties"]:
        found.append(
            f"{one['name']['id']:24}{_at(one['asked_at']):>10}"
            f"{_at(one['promised_at'], sheet['begun_at'][:10]):>16}"
            f"{_at(one['answered_at']):>10}{_long(one['late_by']):>8}  "
            f"{one['answered_by'] or '-'} [{one['state']}]"
        )
    found += ["", f"{'jabatan':44}{'diberi tahu':>12}{'bertindak':>11}{'selang':>8}  hasil"]
    for one in sheet["offices"]:
        found.append(
            f"{one['title']['id'][:43]:44}{_at(one['asked_at']):>12}{_at(one['answered_at']):>11}"
            f"{_long(one['seconds']):>8}  {one['state']}"
        )
    found += ["", "langkah"]
    for one in sheet["steps"]:
        mark = "eskalasi" if one["escalation"] else ""
        told = ", ".join(one["told"])
        found.append(f"  {_at(one['fired_at'])} {one['step']:6} +{one['lag']} dtk {mark:9} {told}")
    return found


def _at(text: str | None, day: str = "") -> str:
    """The time of the day; with its date where that is another day than *day*."""
    if not text:
        return "-"
    other = f"{text[8:10]}/{text[5:7]} " if day and text[:10] != day else ""
    return other + text[11:19].replace(":", ".")


def _long(seconds: int | None) -> str:
    return f"{seconds // 60}.{seconds % 60:02d}" if seconds else "-"


def main(arguments: list[str] | None = None, say: Callable[[str], Any] = print) -> int:
    """Play it and print the sheet."""
    parser = argparse.ArgumentParser(prog="tests.drill", description=__doc__)
    parser.add_argument("--at", default="", help="address of a local stack that runs")
    base = parser.parse_args(sys.argv[1:] if arguments is None else arguments).at
    if base:
        sheet = play(Stack(base))
    else:
        from tests.fakes.world import World

        with World().running() as world:
            sheet = play(InMemory(world))
    for line in lines(sheet):
        say(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
