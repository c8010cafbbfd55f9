"""The table takes no filing: it is accepted with its final number, and written once, later."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.events import verify_chain
from chalicelib.handlers import jobs as handlers
from chalicelib.services.accepting import JOB, PATIENCE, Later, WriteAccepted, packed, unpacked
from chalicelib.services.filing import FileReport
from chalicelib.services.ports import AlreadyExists, TryAgain
from tests.fakes.world import SUKARASA, World

KEY = {"Idempotency-Key": "k" * 22}
FIRE = {
    "category": "DRT-01",
    "location": SUKARASA,
    "description": "Api di gudang",
    "reporter": {"name": "Bu Tini", "email": "warga@example.org"},
}
POTHOLE = FIRE | {"category": "INF-01"}


class Throttled:
    """A reports table that refuses the next *times* writes."""

    def __init__(self, store, times):
        self.store, self.times = store, times

    def __getattr__(self, name):
        return getattr(self.store, name)

    def save(self, change):
        if self.times > 0:
            self.times -= 1
            raise TryAgain("ProvisionedThroughputExceededException")
        self.store.save(change)


class City:
    def __init__(self, world):
        self.world, self.engine = world, world.engine
        self.delays = []
        put = self.engine.jobs.put

        def noting(job, bodies, delay):
            self.delays.append((job, delay))
            put(job, bodies, delay)

        self.engine.jobs.put = noting
        self.write = WriteAccepted(self.engine.store, self.engine.alarms)

    def throttled(self, times):
        """Let the table refuse the next writes of filings."""
        file = self.engine.file
        table = Throttled(self.engine.store, times)
        held = FileReport(
            table, file.catalogue, file.planner, file.clock, file.secret, file.random_bytes,
            Later(self.engine.jobs),
        )  # fmt: skip
        from chalicelib import bootstrap

        bootstrap._made["file_report"] = held
        return table

    def waiting(self):
        return self.engine.jobs.bodies.pop(JOB, [])


@pytest.fixture
def city():
    with World().running() as world:
        yield City(world)


def test_a_filing_that_is_refused_for_now_is_accepted_and_written_as_it_was_decided(city):
    city.throttled(1)
    accepted = city.world.post("/v1/reports", POTHOLE, headers=KEY)
    assert accepted.status == 202
    number = accepted.json["number"]
    assert city.world.get(f"/v1/reports/{number}").status == 404
    city.engine.clock.at += PATIENCE
    (body,) = city.waiting()
    assert city.write(body) == "written"
    stored = city.engine.loaded(number)
    assert verify_chain(stored.events) == stored.report.last_hash
    shown = city.world.get(f"/v1/reports/{number}", token=accepted.json["token"]).json
    assert shown["filed_at"] == "2027-04-05T09:55:00+07:00"
    assert [one["due_at"] for one in shown["promises"]] == [
        one["due_at"] for one in accepted.json["promises"]
    ]
    assert city.engine.store.contact(number).email == "warga@example.org"


def test_the_clocks_run_from_acceptance_and_what_fell_due_meanwhile_fires_at_once(city):
    city.throttled(2)
    number = city.world.post("/v1/reports", FIRE).json["number"]
    city.engine.clock.at = city.engine.clock.at.replace(minute=58)  # 09.58: L1 was due at 09.57
    assert city.write(city.waiting()[0]) == "written"
    city.engine.pump()
    fired = {event.data["step"] for event in city.engine.loaded(number).events[1:]}
    assert {"L0", "T0", "L1"} <= fired


def test_an_emergency_is_tried_again_at_once_and_does_not_wait_in_the_queue(city):
    city.throttled(1)
    assert city.world.post("/v1/reports", FIRE).status == 201
    city.throttled(2)
    assert city.world.post("/v1/reports", FIRE).status == 202
    city.throttled(1)
    assert city.world.post("/v1/reports", POTHOLE).status == 202
    assert [delay.total_seconds() for job, delay in city.delays if job == JOB] == [0, 45]


def test_the_same_message_twice_is_one_report(city):
    city.throttled(1)
    number = city.world.post("/v1/reports", POTHOLE, headers=KEY).json["number"]
    (body,) = city.waiting()
    assert [city.write(body), city.write(body)] == ["written", "there"]
    assert len(city.engine.loaded(number).events) == 1 and city.engine.alarms.raised == []


def test_who_sends_again_meanwhile_gets_the_same_number_and_one_report(city):
    city.throttled(1)
    first = city.world.post("/v1/reports", POTHOLE, headers=KEY)
    again = city.world.post("/v1/reports", POTHOLE, headers=KEY)
    assert (first.status, again.status) == (202, 201)
    assert (first.json["number"], first.json["token"]) == (
        again.json["number"], again.json["token"],
    )  # fmt: skip
    assert city.write(city.waiting()[0]) == "there"
    assert len(list(city.engine.store.numbers())) == 1


def test_a_number_that_somebody_else_took_meanwhile_rings_an_alarm(city):
    city.throttled(1)
    number = city.world.post("/v1/reports", POTHOLE, headers=KEY).json["number"]
    (body,) = city.waiting()
    change = unpacked(body)
    assert city.write(body) == "written"
    from dataclasses import replace

    other = replace(change.events[0], key="another")
    assert city.write(packed(replace(change, events=(other,)))) == "number_taken"
    assert city.engine.alarms.raised == [("accepted_number_taken", {"number": number})]


def test_when_the_queue_takes_nothing_either_the_answer_is_503(city):
    def full(job, bodies, delay):
        raise TryAgain("sqs")

    city.engine.jobs.put = full
    city.throttled(9)
    refused = city.world.post("/v1/reports", FIRE)
    assert (refused.status, refused.code) == (503, "try_again")
    assert list(city.engine.store.numbers()) == []


def test_what_can_never_be_written_is_not_accepted(city):
    table = city.throttled(0)

    def taken(change):
        raise AlreadyExists

    table.store.save, kept = taken, table.store.save
    try:
        assert city.world.post("/v1/reports", POTHOLE).status == 503
    finally:
        table.store.save = kept
    assert city.waiting() == []


def test_a_change_comes_back_from_the_queue_as_it_went_in(city):
    city.throttled(1)
    city.world.post("/v1/reports", FIRE | {"description": "Ä" * 4000}, headers=KEY)
    city.throttled(2)
    city.world.post("/v1/reports", FIRE | {"description": "Ä" * 4000})
    for body in city.waiting():
        assert len(json.dumps(body)) < 256_000
        change = unpacked(body)
        assert packed(change) == body
        assert change.identity is not None and change.events[0].texts["description"] == "Ä" * 4000


def test_the_function_writes_what_the_queue_holds_and_leaves_what_must_wait(city, monkeypatch):
    from chalicelib import bootstrap

    city.throttled(2)
    numbers = [city.world.post("/v1/reports", POTHOLE).json["number"] for _ in range(2)]
    bodies = city.waiting()
    table = Throttled(city.engine.store, 1)
    monkeypatch.setitem(bootstrap._made, "write_accepted", WriteAccepted(table, city.engine.alarms))
    records = [
        {"messageId": str(place), "body": json.dumps(body), "attributes": {}}
        for place, body in enumerate(bodies)
    ]
    answer = handlers.accept({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert city.engine.store.load(numbers[1]) is not None
