"""2,000 timelines fall due in the same second: in which order they fire, and how late the last is.

    python -m bench.together             # 2,000 fires, nobody answers, L1 is due two minutes later

The real sweeper and the real firing, in memory, with executions lost, so that all of it comes from
the sweep. CPU is measured here; the waiting is computed for the workers that Lambda starts for the
queue of wake-ups (it adds 60 a minute, from 5, to the account's concurrency) and for one alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib.services.filing import Filing
from tests.fakes.engine import Engine

START = "2027-01-12T20:00:00+07:00"
COUNT = 2000
#: What the store's two calls of one firing take beside the CPU (a query and a transaction).
STORE_SECONDS = 0.030
WORKERS = (1, 5, 60)


def due_together(count: int) -> Engine:
    """Return a city in which so many fires were filed in one second, two minutes ago."""
    engine = Engine(START)
    engine.off.add("execution")
    for _ in range(count):
        engine.file(Filing(category="DRT-01", lat=-6.1783, lon=106.6319))
    engine.pump()
    engine.clock.at += timedelta(minutes=2)
    return engine


def fire_all(engine: Engine) -> tuple[list[str], list[float], int]:
    """Sweep and fire; return the numbers in their order, each one's CPU, and the sweeps it took."""
    order: list[str] = []
    cpu: list[float] = []
    sweeps = 0
    while True:
        # Without the minute that it leaves to executions: here, all of them are lost.
        engine.sweeper.sweep(timedelta())
        sweeps += 1
        known = set(order)
        fresh = [one for one in engine.queues.take("wake") if one["number"] not in known]
        if not fresh:
            return order, cpu, sweeps
        for body in fresh:
            begun = time.process_time()
            outcome = engine.fire(body["number"], body["epoch"], rearm=True)
            cpu.append(time.process_time() - begun)
            assert outcome == "fired", outcome
            order.append(body["number"])


def lags(cpu: Sequence[float], workers: int) -> list[float]:
    """Return after how many seconds each is fired, in order, by so many workers at once."""
    each = sum(cpu) / len(cpu) + STORE_SECONDS
    return [(place // workers + 1) * each for place in range(len(cpu))]


def lines(count: int) -> Iterator[str]:
    """Yield what is printed."""
    engine = due_together(count)
    order, cpu, sweeps = fire_all(engine)
    fired = sum(
        any(event.data.get("step") == "L1" for event in engine.loaded(number).events[1:])
        for number in order
    )
    yield f"{count} timelines due in one second: {fired} fired, each once, in {sweeps - 1} sweep(s)"
    yield f"CPU of one firing {1000 * sum(cpu) / len(cpu):.1f} ms on this machine"
    yield ""
    yield f"{'workers':>8}{'half after':>14}{'9 of 10 after':>16}{'the last after':>17}"
    for workers in WORKERS:
        late = lags(cpu, workers)
        half, most, last = (late[int(share * (len(late) - 1))] for share in (0.5, 0.9, 1))
        yield f"{workers:>8}{half:>12.1f} s{most:>14.1f} s{last:>15.1f} s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print it."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for line in lines(int(given[0]) if given else COUNT):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
