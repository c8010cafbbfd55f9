"""How much people are told at once, and when they are left in peace."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.kindness import Kindness
from chalicelib.services.ports import Contact, NeverAgain
from tests.fakes.engine import SHIPPED, Engine
from tests.flood import REPORTS, Unbundled, flood, per_person, somewhere, table

START = "2027-04-05T10:00:00+07:00"
BOTH = Contact(email="warga@example.org", phone="+6281200000001")
SMALL = 60


def test_a_flood_comes_as_few_messages_that_name_every_report() -> None:
    """Five by themselves, one for the rest of each five minutes."""
    engine = flood(SHIPPED, SMALL)
    assert per_person(engine) == {
        ("operator", "mail"): 7,
        ("petugas.pupr", "mail"): 7,
        ("petugas.pupr", "sms"): 7,
    }
    bundles = [one for _, one, _ in engine.mail.sent if one.template == "bundle"]
    assert {one.recipient for one in bundles} == {"operator", "petugas.pupr"}
    told = Counter({one.recipient: 0 for one in bundles})
    for one in bundles:
        told[one.recipient] += one.context["count"]
    assert told == {"operator": SMALL - 5, "petugas.pupr": SMALL - 5}
    states = Counter(one.status for one in engine.store.messages.values())
    assert states["bundled"] == 3 * (SMALL - 5)
    assert states["planned"] == states["sending"] == states["failed"] == 0


def test_without_bundling_everybody_gets_every_single_one() -> None:
    from chalicelib.adapters.documents import FileDocuments

    engine = flood(Unbundled(FileDocuments(), lambda: 0.0), SMALL)
    assert set(per_person(engine).values()) == {SMALL}


@pytest.mark.long
def test_the_table_of_five_hundred_reports() -> None:
    assert table(REPORTS).splitlines()[-1].split() == ["all", "1500", "21"]


def test_emergencies_are_never_gathered_however_many_there_are() -> None:
    engine = Engine(START)
    numbers = [engine.filed("DRT-01", contact=Contact()).report.number for _ in range(20)]
    engine.pump()
    for number in numbers:
        assert {one.status for one in engine.store.deliveries(number)} == {"sent"}
    assert {one.template for _, one, _ in engine.sms.sent} & {"bundle"} == set()


def test_a_bundle_that_fails_hands_its_members_back_and_each_takes_another_way() -> None:
    engine = Engine(START)
    send = engine.mail.send

    def refused(delivery, address, now):  # type: ignore[no-untyped-def]
        if delivery.template == "bundle":
            raise NeverAgain("MessageRejected")
        return send(delivery, address, now)

    engine.mail.send = refused  # type: ignore[method-assign]
    numbers = [engine.filed(contact=Contact(), **somewhere(n)).report.number for n in range(9)]
    engine.run_until("2027-04-05T10:30:00+07:00")
    ways = Counter(
        (one.channel, one.status)
        for number in numbers
        for one in engine.store.deliveries(number)
        if one.recipient == "operator"
    )
    assert ways[("mail", "sent")] == 5
    assert ways[("mail", "failed")] == 4
    assert ways[("sms", "sent")] == 4


def test_a_single_message_that_had_to_wait_goes_out_as_itself() -> None:
    engine = Engine(START)
    numbers = [engine.filed(contact=Contact(), **somewhere(n)).report.number for n in range(6)]
    engine.run_until("2027-04-05T10:10:00+07:00")
    mails = [(one.number, one.template) for _, one, _ in engine.mail.sent]
    assert sorted(mails) == sorted((number, "step_verification") for number in numbers)
    moments = [at for at, _, _ in engine.mail.sent]
    assert moments[-1] == moments[0] + timedelta(minutes=5)


NIGHT = "2027-04-05T23:30:00+07:00"


def texts_at(engine: Engine, number: str) -> list[tuple[str, str]]:
    """When which text message to the reporter went out, in Jakarta."""
    return [
        (f"{at + timedelta(hours=7):%d %H:%M}", one.template)
        for at, one, _ in engine.sms.sent
        if one.number == number and one.to_reporter
    ]


def test_at_night_a_citizen_gets_no_text_that_can_wait_but_the_answer_to_the_filing() -> None:
    engine = Engine(NIGHT)
    number = engine.filed(contact=Contact(phone="+6281200000001")).report.number
    engine.run_until("2027-04-05T23:40:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-06T07:00:00+07:00")
    assert texts_at(engine, number) == [
        ("05 23:30", "reporter_received"),
        ("06 06:01", "reporter_assigned"),
    ]


def test_mail_waits_for_no_morning_and_an_emergency_for_nothing() -> None:
    engine = Engine(NIGHT)
    by_mail = engine.filed().report.number
    fire = engine.filed("DRT-01", contact=BOTH).report.number
    engine.act(by_mail, "verify", "operator")
    engine.pump()
    told = [one.template for _, one, _ in engine.mail.sent if one.number == by_mail]
    assert "reporter_assigned" in told
    assert [when[:5] for when, _ in texts_at(engine, fire)] == ["05 23"]


@pytest.mark.parametrize(
    "now, until",
    [
        ("2027-04-05T20:59:59+07:00", None),
        ("2027-04-05T21:00:00+07:00", "2027-04-06T06:00:00+07:00"),
        ("2027-04-06T05:59:59+07:00", "2027-04-06T06:00:00+07:00"),
        ("2027-04-06T06:00:00+07:00", None),
        ("2027-12-31T23:59:59+07:00", "2028-01-01T06:00:00+07:00"),
    ],
)
def test_quiet_hours_end_at_six_in_jakarta(now: str, until: str | None) -> None:
    found = SHIPPED.kindness().quiet_until_after(datetime.fromisoformat(now))
    assert found == (datetime.fromisoformat(until) if until else None)


def test_quiet_hours_that_do_not_cross_midnight_are_understood_too() -> None:
    data = {
        "bundle": {"window_minutes": 5, "free": 5, "listed": 15, "most": 400},
        "quiet": {"from": "12:00", "until": "13:00", "channels": ["sms"]},
        "digest": {"calendar": "kantor", "roles": [], "slots": {}, "late_minutes": 60},
    }
    policy = Kindness.from_dict(data)
    noon = datetime.fromisoformat("2027-04-05T12:30:00+07:00")
    assert policy.quiet_until_after(noon) == noon.replace(hour=13, minute=0)
    assert policy.quiet_until_after(noon.replace(hour=13)) is None


def test_one_person_is_reminded_once_of_a_step_though_two_of_its_roles_lead_to_them() -> None:
    """petugas and piket of PUPR are the same person in the demonstration's directory."""
    engine = Engine(START)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-12T18:00:00+07:00")
    told = Counter(
        (one.cause, one.who, one.channel)
        for one in engine.store.deliveries(number)
        if one.status != "suppressed"
    )
    assert set(told.values()) == {1}
