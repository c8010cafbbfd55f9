"""Morning and afternoon digests: once each, also when there is nothing to say (T27)."""

from __future__ import annotations

from datetime import datetime

import pytest

from chalicelib.adapters.channels import MailChannel
from chalicelib.services.digesting import SendDigests
from chalicelib.services.ports import Mark
from tests.fakes.engine import Engine
from tests.unit.services.test_peers_t16_hostile_texts import Mails

MONDAY = "2027-04-05T07:46:00+07:00"


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_FROM", "lapor@tangerang.example")


def at(moment: str) -> tuple[Engine, SendDigests]:
    engine = Engine(moment)
    return engine, SendDigests(engine.store, engine.catalogue, engine.clock)


def to_kadis(engine: Engine) -> list[tuple[str, int, bool]]:
    return [
        (one.id, one.context["count"], one.context["nothing"])
        for one in engine.store.messages.values()
        if one.template == "digest" and one.recipient == "kadis.pupr"
    ]


def test_with_nothing_to_say_the_digest_says_that() -> None:
    engine, digests = at(MONDAY)
    assert digests() > 10
    assert to_kadis(engine) == [("digest#2027-04-05#morning#kadis.pupr#kadis.pupr#mail", 0, True)]
    mails = Mails()
    engine.sender.channels["mail"] = MailChannel(mails, lambda number: {})
    engine.pump()
    said = mails.taken[0].decode()
    assert "Tidak ada laporan yang menunggu" in said.replace("=\r\n", "")


def test_each_slot_is_sent_once_however_often_the_schedule_runs() -> None:
    engine, digests = at(MONDAY)
    first = digests()
    assert [digests() for _ in range(3)] == [0, 0, 0]
    engine.clock.at = datetime.fromisoformat("2027-04-05T15:31:00+07:00")
    assert digests() == first
    assert [id.split("#")[2] for id, _, _ in to_kadis(engine)] == ["morning", "afternoon"]


@pytest.mark.parametrize(
    "moment",
    [
        "2027-04-05T07:44:00+07:00",  # before the slot
        "2027-04-05T10:46:00+07:00",  # too late for the morning's
        "2027-04-04T07:46:00+07:00",  # Sunday
        "2027-05-01T07:46:00+07:00",  # Labour Day
    ],
)
def test_outside_the_slots_and_on_days_off_nothing_is_planned(moment: str) -> None:
    _, digests = at(moment)
    assert digests() == 0


def test_a_digest_counts_what_is_open_late_and_due_today() -> None:
    engine = Engine("2027-04-01T10:00:00+07:00")
    for _ in range(2):
        number = engine.filed().report.number
        engine.run_until(engine.clock.at.isoformat())
        engine.act(number, "verify", "operator")
    engine.run_until(MONDAY)
    SendDigests(engine.store, engine.catalogue, engine.clock)()
    [digest] = [
        one
        for one in engine.store.messages.values()
        if one.template == "digest" and one.recipient == "kadis.pupr"
    ]
    assert digest.context["count"] == 2
    assert [row["number"] for row in digest.context["listed"]] == sorted(
        row["number"] for row in digest.context["listed"]
    ) or len(digest.context["listed"]) == 2
    assert [row["label"]["en"] for row in digest.context["figures"]] == [
        "Past their limit",
        "Due today",
    ]


def test_who_unsubscribed_gets_no_digest_and_may_come_back() -> None:
    engine, digests = at(MONDAY)
    engine.store.mark_contact("kadis.pupr", "digest", Mark("", "off", engine.clock.at))
    digests()
    assert to_kadis(engine) == []
    engine.store.mark_contact("kadis.pupr", "digest", Mark("", "on", engine.clock.at))
    digests()
    assert len(to_kadis(engine)) == 1
