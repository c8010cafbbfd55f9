"""Any one part may die: the same steps fire, the same people are told, nobody twice."""

from __future__ import annotations

import random

import pytest

from chalicelib.services.ports import NeverAgain, TryAgain
from tests.fakes.engine import Engine

START = "2027-04-05T10:00:00+07:00"
END = "2027-04-30T00:00:00+07:00"


def whole_case(*off: str, lost: str = "") -> tuple[Engine, str]:
    """Run a pothole into silence, then an answer, with parts switched off all the time."""
    engine = Engine(START)
    engine.off = set(off)
    if lost:
        engine.queues.lost = {lost}
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-08T09:00:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    if lost:
        engine.queues.lost = set()
    engine.run_until(END)
    return engine, number


HEALTHY, HEALTHY_NUMBER = whole_case()


@pytest.mark.parametrize("part", ["stream", "execution", "sweeper"])
def test_without_one_part_the_others_bring_the_same_result(part: str) -> None:
    engine, number = whole_case(part)
    assert engine.fired_due(number) == HEALTHY.fired_due(HEALTHY_NUMBER)
    assert engine.sent(number) == HEALTHY.sent(HEALTHY_NUMBER)


@pytest.mark.parametrize("queue", ["arm", "send"])
def test_what_a_queue_loses_the_sweeper_brings_once_the_queue_is_back(queue: str) -> None:
    engine, number = whole_case(lost=queue)
    assert engine.fired_due(number) == HEALTHY.fired_due(HEALTHY_NUMBER)
    assert engine.sent(number) == HEALTHY.sent(HEALTHY_NUMBER)


def test_steps_that_fell_due_while_nothing_woke_fire_together_and_tell_each_person_once() -> None:
    """S31: one message per person and channel with the highest step; the others are on record."""
    engine, number = whole_case(lost="wake")
    assert engine.fired_due(number) == HEALTHY.fired_due(HEALTHY_NUMBER)
    healthy, late = HEALTHY.sent(HEALTHY_NUMBER), engine.sent(number)
    assert {row[2] for row in late} == {row[2] for row in healthy}
    assert [row for row in late if row[2] == "petugas.pupr"] == [
        ("mail", "step_task", "petugas.pupr"),
        ("sms", "step_task", "petugas.pupr"),
    ]
    unsaid = {one.id: one.error for one in engine.store.deliveries(number) if one.error}
    assert unsaid == {
        "step#1#A50#0#petugas.pupr#mail": "said by step#1#L0#0#petugas.pupr#mail",
        "step#1#A80#0#petugas.pupr#mail": "said by step#1#L0#0#petugas.pupr#mail",
        "step#1#R50#0#petugas.pupr#mail": "said by step#1#L0#0#petugas.pupr#mail",
        "step#1#R80#0#petugas.pupr#mail": "said by step#1#L0#0#petugas.pupr#mail",
        "step#1#A80#0#kasi.pupr#mail": "said by step#1#S1#0#kasi.pupr#mail",
        "step#1#R80#0#kasi.pupr#mail": "said by step#1#S1#0#kasi.pupr#mail",
        "step#1#L1#0#kabid.pupr#mail": "said by step#1#S1#0#kabid.pupr#mail",
        "step#1#L1#0#kabid.pupr#sms": "said by step#1#S1#0#kabid.pupr#sms",
    }


def test_executions_killed_in_the_middle_are_replaced_under_a_new_epoch() -> None:
    engine = Engine(START)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T12:00:00+07:00")
    before = engine.loaded(number).epoch
    engine.executions.kill_all()
    engine.run_until("2027-04-08T09:00:00+07:00")
    assert engine.loaded(number).epoch == before + 1
    assert (number, before + 1) in engine.executions.running
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.run_until(END)
    assert engine.fired_due(number) == HEALTHY.fired_due(HEALTHY_NUMBER)
    assert engine.sent(number) == HEALTHY.sent(HEALTHY_NUMBER)


def test_a_restart_begins_a_new_epoch_for_every_running_timeline() -> None:
    engine = Engine(START)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    before = engine.loaded(number)
    engine.executions.kill_all()
    assert engine.arm.renew(number, before.epoch) == "replaced"
    assert engine.arm.renew(number, before.epoch) == "stale"
    engine.pump()
    assert engine.executions.running.keys() == {(number, before.epoch + 1)}


def test_a_used_execution_name_proves_nothing_and_leads_to_a_new_epoch() -> None:
    engine = Engine(START)
    engine.executions.used.add(("TL-NRVZWYZY", 1))
    number = engine.filed().report.number
    assert number == "TL-NRVZWYZY"
    engine.pump()
    assert engine.executions.running.keys() == {(number, 2)}
    assert engine.loaded(number).armed_epoch == 2


@pytest.mark.parametrize("seed", range(12))
def test_wake_ups_doubled_shuffled_late_or_stale_never_change_what_fires(seed: int) -> None:
    chance = random.Random(seed)
    engine = Engine(START)
    original = engine.queues._put

    def unreliable(name, bodies):  # type: ignore[no-untyped-def]
        doubled = [body for body in bodies for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        stale = [{**body, "epoch": body["epoch"] - 1} for body in doubled if "epoch" in body]
        mixed = doubled + stale
        chance.shuffle(mixed)
        original(name, mixed)

    engine.queues._put = unreliable  # type: ignore[method-assign]
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-08T09:00:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.run_until(END)
    assert engine.fired_due(number) == HEALTHY.fired_due(HEALTHY_NUMBER)
    assert engine.sent(number) == HEALTHY.sent(HEALTHY_NUMBER)


def test_a_provider_that_fails_for_a_while_costs_one_recipient_time_and_nobody_a_message() -> None:
    engine = Engine(START)
    engine.mail.faults = [TryAgain("Throttling")] * 3
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-08T09:00:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.run_until(END)
    assert engine.sent(number) == HEALTHY.sent(HEALTHY_NUMBER)
    assert engine.alarms.raised == []


def test_a_final_refusal_fails_that_message_alone_and_raises_an_alarm() -> None:
    engine = Engine(START)
    engine.mail.faults = [NeverAgain("MessageRejected")]
    number = engine.filed().report.number
    engine.run_until("2027-04-05T11:00:00+07:00")
    statuses = {d.recipient: d.status for d in engine.store.deliveries(number)}
    assert statuses == {"reporter": "failed", "operator": "sent"}
    assert [code for code, _ in engine.alarms.raised] == ["message_failed"]


def test_a_sender_that_dies_after_the_provider_accepted_repeats_one_message_after_the_lease() -> (
    None
):
    """The one documented window: acceptance by the provider, death before our record."""
    engine = Engine(START)
    engine.filed()
    settle, died = engine.store.settle, []

    def die_once(delivery):  # type: ignore[no-untyped-def]
        if not died:
            died.append(delivery.id)
            return True  # what it would have written is lost with it
        return settle(delivery)

    engine.store.settle = die_once  # type: ignore[method-assign]
    engine.run_until("2027-04-05T10:01:30+07:00")
    assert len([row for row in engine.mail.sent if row[1].id == died[0]]) == 1
    engine.run_until("2027-04-05T10:10:00+07:00")
    assert len([row for row in engine.mail.sent if row[1].id == died[0]]) == 2
    engine.run_until("2027-04-05T18:00:00+07:00")
    assert len([row for row in engine.mail.sent if row[1].id == died[0]]) == 2


def test_two_thousand_overdue_reports_all_escalate_oldest_first_and_only_once() -> None:
    engine = Engine(START)
    engine.off = {"stream", "execution", "sweeper"}
    numbers = []
    for minute in range(2000):
        numbers.append(engine.filed(contact=_nobody()).report.number)
        if minute % 100 == 99:
            engine.run_until(f"2027-04-05T10:{minute // 100 + 1:02d}:00+07:00")
    engine.clock.at = engine.clock.at.replace(hour=8)
    swept = engine.sweeper.sweep()
    assert swept.woken == 2000
    order = [body["number"] for body in engine.queues.bodies["wake"]]
    filed = {n: engine.loaded(n).report.filed_at for n in numbers}
    assert [filed[n] for n in order] == sorted(filed[n] for n in order)
    assert sorted(order) == sorted(numbers)
    engine.off = {"execution", "sweeper"}
    engine.pump()
    assert all(engine.loaded(n).report.fired == ("1#V0#0",) for n in numbers)
    engine.off = set()
    engine.pump()
    swept = engine.sweeper.sweep()
    assert swept.repairs == 0
    # Two thousand mails for one desk: a few by themselves, the rest in a few that name them all.
    told = {
        number: [d.status for d in engine.store.deliveries(number) if d.recipient == "operator"]
        for number in numbers
    }
    assert set(map(tuple, told.values())) == {("sent",), ("bundled",)}
    engine.run_until("2027-04-05T16:00:00+07:00")
    bundled = [d.context["count"] for _, d, _ in engine.mail.sent if d.template == "bundle"]
    alone = [d.number for _, d, _ in engine.mail.sent if d.template == "step_verification"]
    assert sum(bundled) + len(alone) == 2000
    assert len(alone) == len(set(alone)) == 5


def _nobody():  # type: ignore[no-untyped-def]
    from chalicelib.services.ports import Contact

    return Contact()
