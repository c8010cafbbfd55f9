"""The whole back end in memory: real domain and services, fakes for AWS, a clock that jumps.

`Engine.run_until` plays the stream, the queues, the executions and the minute's sweep in the
order in which they fall due. Parts can be switched off, to see that the others make up for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import config
from chalicelib.adapters.documents import FileDocuments
from chalicelib.adapters.gateways import VoiceChannel
from chalicelib.domain.actions import REPORTER, Caller, Command
from chalicelib.domain.deliveries import FOLLOWER, Delivery
from chalicelib.domain.errands import HOOK, REFER
from chalicelib.domain.events import parse_instant
from chalicelib.domain.fingerprints import Seen, bands
from chalicelib.services.acting import ActOnReport
from chalicelib.services.administering import Administer
from chalicelib.services.arming import ArmTimeline
from chalicelib.services.bundling import Bundler
from chalicelib.services.cards import Relay
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.crowds import JOB as CROWD_JOB
from chalicelib.services.crowds import Crowds
from chalicelib.services.dispatching import Dispatcher
from chalicelib.services.drilling import Drills
from chalicelib.services.errands import Errands
from chalicelib.services.examining import ExaminePhotos
from chalicelib.services.filing import Filed, FileReport, Filing
from chalicelib.services.firing import FireDueSteps
from chalicelib.services.forgetting import Forget
from chalicelib.services.own_reports import TEMPLATE as OWN_REPORTS
from chalicelib.services.own_reports import LinkToOwn
from chalicelib.services.photos import SIZES, Box, Picture
from chalicelib.services.ports import AFTER, Contact, Stored
from chalicelib.services.receipts import TakeReceipt
from chalicelib.services.recording import Recorder
from chalicelib.services.referring import Refer
from chalicelib.services.replanning import ReplanCalendar
from chalicelib.services.rerouting import Reroute
from chalicelib.services.searching import SearchIndex
from chalicelib.services.sending import Sender
from chalicelib.services.sensing import Sensing
from chalicelib.services.sweeping import Sweeper
from chalicelib.services.webhooks import Webhooks
from tests.fakes.cards import MemoryCardStore
from tests.fakes.clients import MemoryUsage
from tests.fakes.crowds import MemoryCrowdStore
from tests.fakes.errands import (
    MemoryDeviceStates,
    MemoryErrandStore,
    MemoryOutgoing,
    RecordingBodyMail,
)
from tests.fakes.followers import MemoryFollowStore
from tests.fakes.registers import MemoryRegister
from tests.fakes.search import MemorySearchStore
from tests.fakes.store import MemoryReportStore, MemoryTalks

SHIPPED = Catalogue(FileDocuments(), lambda: 0.0)
SECRET = b"a secret of the tests"


class SetClock:
    """Shows what it was set to."""

    speed = 1.0

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class MemoryQueues:
    """Queues as lists; a queue named in `lost` swallows what it is given."""

    bodies: dict[str, list[Mapping[str, Any]]] = field(
        default_factory=lambda: {"wake": [], "arm": [], "send": [], "receipts": []}
    )
    lost: set[str] = field(default_factory=set)

    def _put(self, name: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        if name not in self.lost:
            self.bodies[name].extend(bodies)

    def wake(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        self._put("wake", bodies)

    def arm(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        self._put("arm", bodies)

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        self._put("send", bodies)

    def receipts(self, bodies: Sequence[Mapping[str, Any]]) -> None:
        self._put("receipts", bodies)

    def take(self, name: str) -> list[Mapping[str, Any]]:
        taken, self.bodies[name] = self.bodies[name], []
        return taken


@dataclass
class MemoryJobs:
    """Jobs as lists; a delay is noted and not waited for."""

    bodies: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def put(self, job: str, bodies: Sequence[Mapping[str, Any]], delay: timedelta) -> None:
        self.bodies.setdefault(job, []).extend(bodies)

    def run(self, job: str, handle: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
        """Hand every message to *handle*, those that come meanwhile too; return what it said."""
        said = []
        while self.bodies.get(job):
            said.append(handle(self.bodies[job].pop(0)))
        return said


@dataclass
class MemoryPrints:
    kept: dict[str, bytes] = field(default_factory=dict)

    def exists(self, key: str) -> bool:
        return key in self.kept

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self.kept[key] = body

    def address(self, key: str, filename: str, lasting: timedelta) -> str:
        return f"https://prints.test/{key}?for={lasting.seconds}"


@dataclass
class MemoryExecutions:
    """Executions as lists of wake-ups to come; names are used once, as on AWS."""

    running: dict[tuple[str, int], list[Mapping[str, Any]]] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)
    transitions: int = 0
    wakes: int = 0
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def start(self, number: str, epoch: int, entries: Sequence[Mapping[str, Any]]) -> bool:
        if (number, epoch) in self.used:
            return (number, epoch) in self.running
        self.used.add((number, epoch))
        self.running[number, epoch] = list(entries)
        self.transitions += 1  # UntilFirst
        return True

    def stop(self, number: str, epoch: int) -> None:
        self.running.pop((number, epoch), None)

    def kill_all(self) -> None:
        self.running.clear()

    def next_at(self) -> datetime | None:
        times = [parse_instant(rows[0]["at"]) for rows in self.running.values() if rows]
        return min(times, default=None)

    def due(self, now: datetime) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        for (number, epoch), rows in list(self.running.items()):
            while rows and parse_instant(rows[0]["at"]) <= now:
                row = rows.pop(0)
                self.wakes += 1
                # The Map once, UntilDue which is over at once, Wake; then UntilDue of the next.
                self.transitions += 1 if (number, epoch) in self._begun else 3
                self.transitions += bool(rows)
                self._begun.add((number, epoch))
                found.append({"number": number, "epoch": epoch, **row, "source": "clock"})
            if not rows:
                del self.running[number, epoch]
        return found


@dataclass
class RecordingChannel:
    """Notes what was handed to the provider; raises what `faults` holds first."""

    sent: list[tuple[datetime, Delivery, str]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def send(self, delivery: Delivery, address: str, now: datetime) -> tuple[str, int]:
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append((now, delivery, address))
        return f"id-{len(self.sent)}", 1


@dataclass
class RecordingAlarms:
    raised: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def raise_alarm(self, code: str, facts: Mapping[str, Any]) -> None:
        self.raised.append((code, facts))


#: Stands for a picture where a test does not care what is in it.
SOME_PICTURE = b"\x89PNG\r\n\x1a\nsome picture"


class RecordingMeasures:
    def __init__(self) -> None:
        self.recorded: list[tuple[str, float]] = []

    def record(self, name: str, value: float) -> None:
        self.recorded.append((name, value))

    def of(self, name: str) -> list[float]:
        return [value for one, value in self.recorded if one == name]


@dataclass
class MemoryBlobs:
    """Files in a dictionary. A key in *keys* alone is there, too, as some picture."""

    keys: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)

    def upload_form(
        self, key: str, content_type: str, max_bytes: int, redirect: str = ""
    ) -> Mapping[str, Any]:
        back = {"success_action_redirect": redirect} if redirect else {}
        return {"url": "https://photos.test/", "fields": {"key": key, **back}}

    def exists(self, key: str) -> bool:
        return key in self.keys or key in self.files

    def read(self, key: str, most: int) -> bytes | None:
        if key in self.files:
            return self.files[key][:most]
        return SOME_PICTURE if key in self.keys else None

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self.files[key] = data

    def put_if_absent(self, key: str, data: bytes, content_type: str) -> bool:
        if self.exists(key):
            return False
        self.files[key] = data
        return True

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.files.pop(key, None)
            self.keys.discard(key)

    def link(self, key: str) -> str:
        return f"https://photos.test/{key}?signed"


@dataclass
class MemoryPhotoIndex:
    """Pictures by band, in dictionaries."""

    rows: dict[str, dict[tuple[str, str, str], Seen]] = field(default_factory=dict)
    read: int = 0

    def file(self, rows: Sequence[Seen]) -> None:
        for row in rows:
            for band in bands(row.fingerprint):
                key = (row.number, row.photo, row.variant)
                self.rows.setdefault(band, {})[key] = row

    def look_up(self, fingerprints: Sequence[str]) -> Sequence[Seen]:
        wanted = dict.fromkeys(band for one in fingerprints for band in bands(one))
        found: dict[tuple[str, str, str], Seen] = {}
        for band in wanted:
            self.read += 1
            found.update(sorted(self.rows.get(band, {}).items())[:100])
        return tuple(found.values())


class TestDarkroom:
    """The real one, and nothing at all for what only stands for a picture."""

    __test__ = False

    def develop(self, data: bytes, kind: str) -> Picture:
        if data == SOME_PICTURE:
            return Picture(1, 1, dict.fromkeys(SIZES, data), {})
        return self._real().develop(data, kind)

    def cover(self, copy: bytes, boxes: Sequence[Box]) -> Mapping[str, bytes]:
        if copy == SOME_PICTURE:
            return dict.fromkeys(SIZES, copy)
        return self._real().cover(copy, boxes)

    @staticmethod
    def _real() -> Any:
        from chalicelib.adapters.darkroom import PillowDarkroom

        return PillowDarkroom()


def staff(user: str) -> Caller:
    """Return the demo user as the API would resolve a token."""
    caller = SHIPPED.staff_caller(user, datetime(2027, 4, 5, tzinfo=UTC))
    assert caller is not None
    return caller


class Engine:
    """One city in memory."""

    def __init__(self, start: str, catalogue: Catalogue = SHIPPED) -> None:
        self.clock = SetClock(datetime.fromisoformat(start))
        self.catalogue = catalogue
        self.store, self.talks = MemoryReportStore(), MemoryTalks()
        self.queues = MemoryQueues()
        self.executions = MemoryExecutions()
        self.mail, self.sms = RecordingChannel(), RecordingChannel()
        self.alarms, self.blobs = RecordingAlarms(), MemoryBlobs()
        self.measures = RecordingMeasures()
        self.off: set[str] = set()
        self._seen = 0
        self._delayed: list[tuple[datetime, Mapping[str, Any]]] = []
        self._next_sweep = self.clock.at
        counter = itertools.count(1)
        planner = Planner(catalogue)

        def salt() -> str:
            return f"{next(counter):032x}"

        def random_bytes() -> bytes:
            return next(counter).to_bytes(16, "big")

        self.planner = planner
        self.file = FileReport(
            self.store, catalogue, planner, self.clock, lambda: SECRET, random_bytes
        )
        self.recorder = Recorder(self.store, planner, self.clock, salt)
        self.photo_index, self.darkroom = MemoryPhotoIndex(), TestDarkroom()
        self.forget = Forget(self.recorder, self.blobs)
        self.media = ExaminePhotos(self.recorder, self.blobs, self.photo_index, self.darkroom)
        self.do = ActOnReport(
            self.store,
            catalogue,
            planner,
            self.clock,
            self.blobs,
            salt,
            self.media,
            self.measures,
        )
        self.fire = FireDueSteps(self.store, planner, self.clock, self.alarms, salt, self.measures)
        self.arm = ArmTimeline(self.store, planner, self.clock, self.executions, self.alarms, salt)
        self.jobs = MemoryJobs()
        self.replan = ReplanCalendar(self.store, catalogue, planner, self.clock, self.jobs, salt)
        self.cards = MemoryCardStore()
        self.crowd = MemoryCrowdStore()
        self.recorder = Recorder(self.store, planner, self.clock, salt)
        self.crowds = Crowds(
            self.store, self.cards, self.crowd, catalogue, self.recorder, self.jobs, self.clock
        )
        self.drills = Drills(self.file, self.store, self.recorder, catalogue, planner, self.clock)
        self.errand_store, self.outgoing = MemoryErrandStore(), MemoryOutgoing()
        self.body_mail = RecordingBodyMail()
        self.registered = MemoryRegister()
        administer = Administer(self.registered, self.clock, salt, lambda: None)
        self.administer = administer
        self.webhooks = Webhooks(
            lambda: self.registered.latest("document", "webhooks").body,
            administer,
            self.errand_store,
            self.jobs,
            self.outgoing,
            catalogue,
            self.clock,
            lambda: SECRET,
        )
        self.refer = Refer(
            self.store,
            self.errand_store,
            self.jobs,
            self.recorder,
            self.outgoing,
            self.body_mail,
            Catalogue(self.registered, itertools.count(0, 1000).__next__),
            self.clock,
            lambda name: f"key of {name}",
        )
        self.errands = Errands(
            self.errand_store,
            self.jobs,
            self.clock,
            self.alarms,
            {HOOK: self.webhooks.say, REFER: self.refer.say},
            {REFER: self.refer.gave_up},
        )
        self.sensing = Sensing(
            lambda: self.registered.latest("document", "devices").body,
            administer,
            MemoryDeviceStates(),
            MemoryUsage(),
            self.store,
            self.file,
            self.recorder,
            self.clock,
            lambda: f"secret-{next(counter)}",
        )
        self.search_store = MemorySearchStore()
        index = SearchIndex(self.search_store)
        listeners = (self.crowds.hear, self.refer.hear, self.webhooks.hear, index.hear)
        self.relay = Relay(self.store, self.cards, catalogue, planner, listeners)
        self.dispatcher = Dispatcher(self.queues, self.clock)
        self.sweeper = Sweeper(self.store, self.queues, self.clock)
        channels: dict[str, Any] = {"mail": self.mail, "sms": self.sms, "voice": VoiceChannel()}
        self.bundler = Bundler(self.store, catalogue.kindness)
        self.followers = MemoryFollowStore()
        self.sender = Sender(
            self.store,
            self.store,
            channels,
            self.clock,
            self.alarms,
            self.bundler,
            lambda one: self.followers.address(
                str(one.context.get("topic", "")), one.recipient.removeprefix(FOLLOWER)
            ),
            {
                OWN_REPORTS: LinkToOwn(
                    self.store, self.store, self.clock, config.link_keys, config.public_url
                )
            },
        )
        self.reroute = Reroute(self.store, planner, self.clock, self.alarms, salt, self.bundler)
        self.take_receipt = TakeReceipt(self.store, self.clock, self.alarms)

    # -- what people do --

    def filed(self, category: str = "INF-01", **fields: Any) -> Filed:
        """File a report in Sukarasa, by a reporter with a mail address unless told otherwise."""
        values: dict[str, Any] = {
            "lat": -6.1783,
            "lon": 106.6319,
            "description": "Lubang besar di depan sekolah",
            "contact": Contact(email="warga@example.org"),
        } | fields
        return self.file(Filing(category=category, **values))

    def act(self, number: str, action: str, by: str = "", **fields: Any) -> Stored:
        """Do *action* as the demo user *by*, or as the reporter."""
        texts = {
            k: str(fields.pop(k))
            for k in ("reason", "note", "question", "text")
            if k in fields and action != "reject"
        }
        caller = staff(by) if by else REPORTER
        return self.do(number, Command(action, caller, fields, texts))

    def loaded(self, number: str) -> Stored:
        found = self.store.load(number)
        assert found is not None
        return found

    # -- what the machine does --

    def pump(self) -> None:
        """Play stream and queues until nothing moves."""
        while True:
            rows = self.store.stream[self._seen :]
            self._seen = len(self.store.stream)
            if rows and "stream" not in self.off:
                self.dispatcher.dispatch(rows)
                self.relay.relay(rows)
            work = [(name, self._take(name)) for name in ("wake", "arm", "send")]
            work += [(n, self.jobs.bodies.pop(n, [])) for n in (CROWD_JOB, HOOK, REFER)]
            if not rows and not any(bodies for _, bodies in work):
                return
            for name, bodies in work:
                for body in bodies:
                    self._handle(name, body)

    def _take(self, name: str) -> list[Mapping[str, Any]]:
        """What a queue shows now: bodies that it holds back come when their time has come."""
        if name != "send":
            return self.queues.take(name)
        for body in self.queues.take(name):
            self._delayed.append((self.clock.at + timedelta(seconds=body.get(AFTER, 0)), body))
        shown = [body for at, body in self._delayed if at <= self.clock.at]
        self._delayed = [(at, body) for at, body in self._delayed if at > self.clock.at]
        return shown

    def _handle(self, name: str, body: Mapping[str, Any]) -> None:
        if name in self.off:
            return
        if name == "wake" and "failed" in body:
            self.reroute(body["number"], body["failed"])
        elif name == "wake":
            self.fire(body["number"], body["epoch"], rearm=body["source"] == "sweeper")
        elif name == "arm":
            self.arm(body["number"], body["epoch"])
        elif name == CROWD_JOB:
            self.crowds.work(body)
        elif name in (HOOK, REFER):
            self.errands.run(name, body["owner"], body["id"])
        else:
            self.sender.send(body["number"], body["id"])

    def run_until(self, until: str) -> None:
        """Let time pass, from one thing that falls due to the next."""
        end = datetime.fromisoformat(until).astimezone(UTC)
        self.pump()
        while self.clock.at < end:
            self.clock.at = min(self._next_moment(), end)
            if "execution" not in self.off:
                self.queues.wake(self.executions.due(self.clock.at))
            self.pump()
            if self.clock.at >= self._next_sweep:
                self._next_sweep = self.clock.at + timedelta(minutes=1)
                if "sweeper" not in self.off:
                    self.sweeper.sweep()
                    self.errands.sweep()
                    self.pump()

    def _next_moment(self) -> datetime:
        minute = timedelta(minutes=1)
        sweep = self._next_sweep if self._next_sweep > self.clock.at else self.clock.at + minute
        later = [sweep if self._needs_sweep() else None, self.executions.next_at()]
        later += [at for at, _ in self._delayed]
        times = [moment for moment in later if moment and moment > self.clock.at]
        return min([*times, self.clock.at + timedelta(hours=1)])

    def _needs_sweep(self) -> bool:
        """Whether a sweep within the next hour could find anything (saves idle minutes)."""
        soon = self.clock.at + timedelta(hours=1)
        said = (next(self.errand_store.due(kind, soon), None) for kind in (HOOK, REFER))
        return next(self.store.due(soon), None) is not None or any(said)

    # -- what can be seen --

    def fired(self, number: str) -> list[tuple[str, list[str]]]:
        """Return what fired, with the positions told, in the order of the record."""
        return [
            (event.data["entry"], event.data["told"])
            for event in self.loaded(number).events
            if event.type == "fired"
        ]

    def fired_due(self, number: str) -> set[tuple[str, str]]:
        """Return which steps fired, each with the instant at which it was due."""
        return {
            (event.data["entry"], event.data["due_at"])
            for event in self.loaded(number).events
            if event.type == "fired"
        }

    def sent(self, number: str) -> list[tuple[str, str, str]]:
        """Return (channel, template, recipient) of every message handed to a provider."""
        return sorted(
            (delivery.channel, delivery.template, delivery.recipient)
            for channel in (self.mail, self.sms)
            for _, delivery, _ in channel.sent
            if delivery.number == number
        )
