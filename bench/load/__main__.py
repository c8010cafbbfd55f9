"""Load on this machine: ``make load`` or ``python -m bench.load [--minutes 30] [--reports 2400]``.

Starts a city of its own, a minute of whose clock passes in a second, on a Sunday afternoon; so what
is filed falls due together on Monday. Lets the people of `bench.load.people` loose on it, restarts
it in the middle, waits until what is due has fired, and then reads every report's record back.
Prints the table and writes load.json; fails when an answer was an error, a report was lost, a step
fired late beyond the promise or twice, a message was repeated, or memory kept growing.
"""

from __future__ import annotations

# It makes sockets cooperative, which must come before anything opens one.
from locust.env import Environment

# isort: split
import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from bench.load.lateness import fired, lateness, waiting
from bench.load.people import EVERYBODY, USERS, USUAL, Town, pause_for
from bench.load.standing import Standing
from bench.load.verdict import Found, repeated, table

SPEED, START_AT = 60, "2027-04-04T15:00:00+07:00"
#: Reports stop coming at this share of the run.
FILED_BY = 0.55
SETTLE_SECONDS = 300
READ_AT_ONCE = 200


def prepared(standing: Standing, wanted: int, minutes: float) -> Town:
    """Return what the users must know of the started city."""

    def login(user: str) -> str:
        answer = requests.post(f"{standing.base}/_local/login", json={"user": user}, timeout=60)
        return str(answer.json()["access_token"])

    areas = requests.get(f"{standing.base}/v1/areas", timeout=60).json()["items"]
    kelurahan = tuple(one["code"] for area in areas for one in area["kelurahan"])
    pause = pause_for(wanted, minutes * FILED_BY)
    return Town(standing, wanted, kelurahan, USUAL, login, pause)


def crowd(town: Town, minutes: float, restart: bool) -> list[dict[str, Any]]:
    """Let everybody loose for *minutes*; return a row for each kind of request."""
    for kind in EVERYBODY:
        kind.town = town
    environment = Environment(user_classes=list(EVERYBODY), host=town.standing.base)
    runner = environment.create_local_runner()
    runner.start(USERS, spawn_rate=2)
    half = minutes * 30
    time.sleep(half)
    if restart:
        town.standing.restart()
    time.sleep(half)
    runner.quit()
    for error in environment.stats.errors.values():
        print(f"{error.occurrences} × {error.name}: {error.error}", file=sys.stderr)
    return [
        {
            "request": entry.name,
            "asked": entry.num_requests,
            "failed": entry.num_failures,
            "median_ms": round(entry.median_response_time),
            "p95_ms": round(entry.get_response_time_percentile(0.95)),
            "bytes": round(entry.avg_content_length),
        }
        for entry in sorted(environment.stats.entries.values(), key=lambda one: one.name)
    ]


def timelines(town: Town) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each filed report's record as the control room reads it."""
    token = ""
    for place, number in enumerate(town.tokens):
        if place % READ_AT_ONCE == 0:
            token = town.login("operator")
        answer = requests.get(
            f"{town.standing.base}/v1/reports/{number}/timeline",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        if answer.status_code == 200:
            yield number, answer.json()


def _city_time(town: Town) -> datetime:
    answer = requests.get(f"{town.standing.base}/health", timeout=60).json()
    return datetime.fromisoformat(answer["time"])


def settled(town: Town, by: datetime) -> dict[str, dict[str, Any]]:
    """Read all records, again until nothing that was due *by* then is left or patience ends."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        found = dict(timelines(town))
        if not any(waiting(one, by) for one in found.values()) or time.monotonic() > end:
            return found
        time.sleep(5)


def run(home: Path, minutes: float, reports: int, restart: bool) -> Found:
    """Run the whole load in *home*."""
    standing = Standing(home, SPEED, START_AT)
    standing.start()
    end_watch: Callable[[], None] = standing.watch()
    try:
        town = prepared(standing, reports, minutes)
        begun = time.monotonic()
        rows = crowd(town, minutes, restart)
        lasted = (time.monotonic() - begun) / 60
        end_watch()
        by = _city_time(town)
        records = settled(town, by)
        messages = requests.get(f"{standing.base}/_local/messages", timeout=120).json()
    finally:
        end_watch()
        standing.stop()
    all_fired = [one for number, record in records.items() for one in fired(number, record, SPEED)]
    return Found(
        minutes=round(lasted, 1),
        rows=rows,
        filed=len(town.tokens),
        kept=len(records),
        again=town.again,
        lateness=lateness(all_fired),
        unfired=sum(waiting(one, by) for one in records.values()),
        repeated=repeated(messages),
        messages=len(messages),
        memory=standing.memory,
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--reports", type=int, default=2400)
    parser.add_argument("--no-restart", action="store_true")
    parser.add_argument("--home", type=Path, help="keep the city's data here")
    given = parser.parse_args(arguments)
    random.seed(20270404)
    home = given.home or Path(tempfile.mkdtemp(prefix="live-room-load-")) / "home"
    found = run(home, given.minutes, given.reports, not given.no_restart)
    print(table(found))
    written = asdict(found) | {"verdicts": found.verdicts()}
    Path("load.json").write_text(json.dumps(written, indent=1, default=str) + "\n")
    return 0 if all(found.verdicts().values()) else 1


if __name__ == "__main__":
    threading.current_thread().name = "load"
    sys.exit(main())
