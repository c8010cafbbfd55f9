"""One whole case under one fault, and what must be true of it afterwards.

Workers are treated as AWS treats them: a batch of the stream and a job come again until they
went through; a message of the queues comes again if its worker said that it failed. A message
whose worker was killed is taken to be lost for good, which is harder than SQS: only the sweeper
can bring it back. A person whose request failed sends the same request again, with its key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib.domain.actions import REPORTER, Command
from chalicelib.domain.errands import HOOK, REFER
from chalicelib.domain.events import ChainBroken, parse_instant, verify_chain
from chalicelib.domain.report import replay
from chalicelib.services.crowds import JOB as CROWD_JOB
from chalicelib.services.filing import Filing
from chalicelib.services.photos import photo_key
from chalicelib.services.ports import Contact
from chalicelib.services.projecting import Projector
from chalicelib.services.rebuilding import Rebuild
from chalicelib.services.sweeping import GRACE
from tests.fakes.engine import Engine, staff
from tests.fakes.views import MemoryViewStore
from tests.faults.breaking import Break, Breaker, Call, Killed

START = "2027-04-05T10:00:00+07:00"
END = "2027-04-08T00:00:00+07:00"
#: What is late is found by the first sweep after the grace; sweeps are a minute apart.
ONE_SWEEP = GRACE + timedelta(minutes=1)
_TRIES = 3
_QUEUES = ("wake", "arm", "send")
_JOBS = (CROWD_JOB, HOOK, REFER)
#: In these calls of the sender the provider may have accepted what our record does not say yet.
_WINDOW = frozenset(
    {("mail", "send"), ("sms", "send"), ("store", "remember_sent"), ("store", "settle")}
)


class Unexpected(AssertionError):
    """A worker failed although nothing was broken under it, or a person got no answer at all."""


class BrokenEngine(Engine):
    """An engine of which one call fails once."""

    def __init__(self, broken: Break | None, *, swept: bool) -> None:
        super().__init__(START)
        self.swept = swept
        self.views = MemoryViewStore()
        self.projector = Projector(self.views, lambda number: self.store.load(number))
        self.breaker = Breaker(broken, self.store.stream)
        for name in ("store", "queues", "executions", "mail", "sms", "alarms", "blobs", "jobs"):
            self.breaker.stand_before(name, getattr(self, name))
        for name in ("photo_index", "cards", "crowd", "errand_store", "views"):
            self.breaker.stand_before(name, getattr(self, name))
        self._consumers: dict[str, Callable[[Any], Any]] = {
            "dispatch": self.dispatcher.dispatch,
            "relay": self.relay.relay,
            "project": self.projector.project,
        }
        if swept:
            del self._consumers["dispatch"]
        self._read = dict.fromkeys(self._consumers, 0)

    def worked(self, worker: str, work: Callable[[], Any]) -> str:
        """Have *worker* do it: ``done``, ``failed`` or ``killed``. Only the fault may fail it."""
        before = self.breaker.hit
        self.breaker.worker = worker
        try:
            work()
        except Killed:
            return "killed"
        except Exception as error:
            if self.breaker.hit is before:
                raise Unexpected(f"{worker}: {type(error).__name__}: {error}") from error
            return "failed"
        finally:
            self.breaker.worker = ""
        return "done"

    def asked(self, worker: str, work: Callable[[], Any]) -> None:
        """Have the API answer somebody who asks again until there is an answer."""
        for _ in range(_TRIES):
            if self.worked(worker, work) == "done":
                return
        raise Unexpected(f"{worker}: no answer")

    def pump(self) -> None:
        """Play stream and queues until nothing moves."""
        while self._stream_moved() | self._queues_moved() | self._jobs_moved():
            pass

    def _stream_moved(self) -> bool:
        moved = False
        for name, consume in self._consumers.items():
            rows = self.store.stream[self._read[name] :]
            if not rows:
                continue
            moved = True
            if self.worked(name, lambda consume=consume, rows=rows: consume(rows)) == "done":
                self._read[name] += len(rows)
        return moved

    def _queues_moved(self) -> bool:
        taken = [(name, body) for name in _QUEUES for body in self._take(name)]
        for name, body in taken:
            worker = "fire" if name == "wake" else name
            said = self.worked(worker, lambda name=name, body=body: self._handle(name, body))
            if said == "failed":
                self.queues.bodies[name].append(body)
        return bool(taken)

    def _jobs_moved(self) -> bool:
        taken = [(name, body) for name in _JOBS for body in self.jobs.bodies.pop(name, [])]
        for name, body in taken:
            said = self.worked(name, lambda name=name, body=body: self._handle(name, body))
            if said != "done":
                self.jobs.bodies.setdefault(name, []).append(body)
        return bool(taken)

    def run_until(self, until: str) -> None:
        """Let time pass; the sweeper is a worker like the others."""
        end = parse_instant(until)
        self.pump()
        while self.clock.at < end:
            self.clock.at = min(self._next_moment(), end)
            self.queues.wake(self.executions.due(self.clock.at))
            self.pump()
            if self.clock.at >= self._next_sweep:
                self._next_sweep = self.clock.at + timedelta(minutes=1)
                if "sweeper" not in self.off:
                    self.worked("sweep", self.sweeper.sweep)
                    self.worked("sweep", self.errands.sweep)
                self.pump()


def run(
    broken: Break | None = None, *, swept: bool = False, off: str = ""
) -> tuple[BrokenEngine, str]:
    """Play the case: filed, verified, escalated, acknowledged, done, validated, confirmed."""
    engine = BrokenEngine(broken, swept=swept)
    engine.off = {off}
    numbers: list[str] = []
    filing = Filing(
        category="INF-01",
        lat=-6.1783,
        lon=106.6319,
        description="Lubang besar di depan sekolah",
        contact=Contact(email="warga@example.org"),
        key="one filing",
    )
    engine.asked("file", lambda: numbers.append(engine.file(filing).report.number))
    number = numbers[-1]

    def act(at: str, action: str, by: str = "", **fields: Any) -> None:
        engine.run_until(at)
        caller = staff(by) if by else REPORTER
        texts = {"note": fields.pop("note")} if "note" in fields else {}
        command = Command(action, caller, fields, texts, key=f"one {action}")
        engine.asked("act", lambda: engine.do(number, command))

    act("2027-04-05T10:05:00+07:00", "verify", "operator")
    act("2027-04-05T15:30:00+07:00", "acknowledge", "petugas.pupr")
    act("2027-04-06T09:00:00+07:00", "add_photo", "petugas.pupr", photo="p-1")
    engine.blobs.keys.add(photo_key(number, "p-1"))
    done = {"outcome": "done", "photos": ["p-1"], "note": "Ditambal"}
    act("2027-04-06T09:10:00+07:00", "submit", "petugas.pupr", **done)
    act("2027-04-06T10:00:00+07:00", "validate", "verifikator")
    act("2027-04-06T11:00:00+07:00", "confirm")
    engine.run_until(END)
    return engine, number


@dataclass(frozen=True)
class Healthy:
    """What a run without a fault came to."""

    number: str
    calls: tuple[Call, ...]
    fired: frozenset[tuple[str, str]]
    events: Mapping[str, int]
    messages: Mapping[str, str]
    handed_over: Mapping[str, int]
    shown: Any


@cache
def healthy(swept: bool = False) -> Healthy:
    """Return the run that all others are held against."""
    engine, number = run(swept=swept)
    return Healthy(
        number,
        tuple(engine.breaker.calls),
        frozenset(engine.fired_due(number)),
        _kinds(engine, number),
        _statuses(engine, number),
        _handed_over(engine),
        _shown(engine, number),
    )


def wrongs(broken: Break, off: str = "") -> list[str]:
    """Play the case under *broken* and return every promise that did not hold.

    *off*: a part that is missing besides, to see that its work is missed.
    """
    well = healthy(broken.swept)
    try:
        engine, number = run(broken, swept=broken.swept, off=off)
    except Unexpected as error:
        return [str(error)]
    if number != well.number or engine.store.load(number) is None:
        return ["the report is lost"]
    found = [*_of_the_record(engine, number, well), *_of_messages(engine, number, well)]
    if not Rebuild(engine.store, engine.views, engine.projector).compare().equal:
        found.append("views or statistics differ from those rebuilt from events")
    if _shown(engine, number) != well.shown:
        found.append("cards or updates differ")
    if list(engine.store.due(engine.clock.at)):
        found.append("something is still due at the end")
    return found


def _of_the_record(engine: BrokenEngine, number: str, well: Healthy) -> list[str]:
    stored, found = engine.loaded(number), []
    try:
        verify_chain(stored.events)
    except ChainBroken as error:
        found.append(f"chain: {error}")
    if replay(stored.events).status != "closed_confirmed":
        found.append(f"status: {stored.report.status}")
    if _kinds(engine, number) != well.events:
        found.append(f"events: {_kinds(engine, number)}")
    if engine.fired_due(number) != well.fired:
        found.append(f"fired: {engine.fired_due(number) ^ well.fired}")
    # Where sweeps alone fire, the first one is the healthy way, and a broken one needs the next.
    grace = ONE_SWEEP * 2 if engine.swept else ONE_SWEEP
    late = [
        event.data["entry"]
        for event in stored.events
        if event.type == "fired" and event.recorded_at > parse_instant(event.data["due_at"]) + grace
    ]
    if late:
        found.append(f"not fired by one sweep: {late}")
    return found


def _of_messages(engine: BrokenEngine, number: str, well: Healthy) -> list[str]:
    found = []
    if _statuses(engine, number) != well.messages:
        differ = set(_statuses(engine, number).items()) ^ set(well.messages.items())
        found.append(f"messages: {sorted(differ)}")
    hit, sent = engine.breaker.hit, _handed_over(engine)
    window = hit is not None and hit.worker == "send" and (hit.part, hit.method) in _WINDOW
    unsent = [id for id in well.handed_over if id not in sent]
    repeated = {id: count for id, count in sent.items() if count > well.handed_over.get(id, 0)}
    if unsent:
        found.append(f"never sent: {unsent}")
    if repeated and not (window and list(repeated.values()) == [2]):
        found.append(f"sent again: {repeated}")
    if engine.alarms.raised:
        found.append(f"alarms: {engine.alarms.raised}")
    return found


def _kinds(engine: Engine, number: str) -> Mapping[str, int]:
    return Counter(event.type for event in engine.loaded(number).events)


def _statuses(engine: Engine, number: str) -> Mapping[str, str]:
    return {one.id: one.status for one in engine.store.deliveries(number)}


def _handed_over(engine: Engine) -> Mapping[str, int]:
    return Counter(row[1].id for part in (engine.mail, engine.sms) for row in part.sent)


def _shown(engine: Engine, number: str) -> Any:
    card = engine.cards.card(number)
    updates = Counter(
        update.shown["type"] for update in engine.cards.steps.values() if update.shown
    )
    return card and card.shown and card.shown["status"], updates
