"""After a night of rain, one agency: messages per person with bundling and without.

    python -m tests.flood            # 500 blocked drains, filed and verified in ten minutes

Real services over the in-memory parts: what is counted is what reaches a provider.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from chalicelib.adapters.documents import DATA, FileDocuments
from chalicelib.domain.kindness import Kindness
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.ports import Contact
from tests.fakes.engine import Engine

REPORTS, MINUTES = 500, 10
MORNING = "2027-01-12T09:00:00+07:00"
BLOCKED_DRAIN = "INF-04"


class Unbundled(Catalogue):
    """The shipped catalogue, with so many free messages that none is ever bundled."""

    def kindness(self) -> Kindness:
        return replace(super().kindness(), free=10**6)


def somewhere(place: int) -> dict[str, float]:
    """Return the *place*-th of a thousand places in the city: no two reports are about one thing.

    Many reports of one place become one case (duplicates and crowds), which is another matter.
    """
    points = [point for point in _points() if point[0] != "luar"]
    _, lat, lon = points[place * 2 % len(points)]
    return {"lat": lat, "lon": lon}


@cache
def _points() -> list[tuple[str, float, float]]:
    return json.loads((DATA / "area_points.json").read_text())


def flood(catalogue: Catalogue, reports: int = REPORTS) -> Engine:
    """Return the engine an hour after *reports* came in within ten minutes."""
    engine = Engine(MORNING, catalogue)
    start = engine.clock.at
    for place in range(reports):
        engine.clock.at = start + timedelta(minutes=MINUTES) * place / reports
        engine.clock.at = engine.clock.at.replace(microsecond=0)
        number = engine.filed(BLOCKED_DRAIN, contact=Contact(), **somewhere(place)).report.number
        engine.pump()
        engine.act(number, "verify", "operator")
        engine.run_until(engine.clock.at.isoformat())
    engine.run_until((start + timedelta(minutes=60)).isoformat())
    return engine


def per_person(engine: Engine) -> Counter[tuple[str, str]]:
    """Return how many messages each person or desk got over each channel."""
    sent = [delivery for part in (engine.mail, engine.sms) for _, delivery, _ in part.sent]
    return Counter((one.who, one.channel) for one in sent)


def table(reports: int = REPORTS) -> str:
    """Return the table that is printed."""
    files = FileDocuments()
    without = per_person(flood(Unbundled(files, lambda: 0.0), reports))
    with_bundles = per_person(flood(Catalogue(files, lambda: 0.0), reports))
    lines = [f"{reports} reports within {MINUTES} minutes, one hour watched", ""]
    lines.append(f"{'person or desk':24}{'channel':9}{'one by one':>11}{'bundled':>9}")
    for who, channel in sorted(without):
        before, after = without[who, channel], with_bundles[who, channel]
        lines.append(f"{who:24}{channel:9}{before:>11}{after:>9}")
    before, after = sum(without.values()), sum(with_bundles.values())
    lines.append(f"{'all':33}{before:>11}{after:>9}")
    return "\n".join(lines)


if __name__ == "__main__":
    began = datetime.now().astimezone()
    print(table())
    print(f"\ncounted in {(datetime.now().astimezone() - began).total_seconds():.0f} s")
