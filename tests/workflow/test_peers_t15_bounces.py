"""T15 of the peers' failures, the outgoing half: a permanent bounce switches channel, then person.

(That an auto-reply or bounce never becomes an update is the incoming half's.)
"""

from __future__ import annotations

from chalicelib.domain.deliveries import Delivery
from chalicelib.services.ports import Contact, NeverAgain
from tests.fakes.engine import Engine
from tests.workflow.test_peers_t12_receipts import event, take

START = "2027-04-05T10:00:00+07:00"


def assigned() -> tuple[Engine, str]:
    """A verified pothole: petugas.pupr has the task by mail (and, it being P2, by SMS)."""
    engine = Engine(START)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.pump()
    return engine, number


def to(engine: Engine, number: str, who: str, channel: str = "mail") -> list[Delivery]:
    return [
        one
        for one in engine.store.deliveries(number)
        if one.recipient == who and one.channel == channel
    ]


def bounce(engine: Engine, delivery: Delivery, name: str = "hard_bounce") -> None:
    take(engine, event(name, delivery))
    engine.pump()


def test_a_reporter_whose_mail_bounces_gets_the_news_by_sms_if_a_number_was_left() -> None:
    engine = Engine(START)
    contact = Contact(email="warga@example.org", phone="+6281200000001")
    number = engine.filed(contact=contact).report.number
    engine.pump()
    [mail] = to(engine, number, "reporter")
    bounce(engine, mail)
    [text] = to(engine, number, "reporter", "sms")
    assert (text.template, text.status) == ("reporter_received", "sent")
    bounce(engine, mail)
    assert len(engine.sms.sent) == 1


def test_a_reporter_with_no_other_way_is_left_alone_and_nothing_is_repeated() -> None:
    engine = Engine(START)
    number = engine.filed().report.number
    engine.pump()
    [mail] = to(engine, number, "reporter")
    bounce(engine, mail)
    engine.run_until("2027-04-05T11:00:00+07:00")
    assert [row for row in engine.sent(number) if row[2] == "reporter"] == [
        ("mail", "reporter_received", "reporter")
    ]


def test_an_officer_reached_by_sms_needs_no_other_way_when_the_mail_bounces() -> None:
    engine, number = assigned()
    before = engine.sent(number)
    [mail] = to(engine, number, "petugas.pupr")
    bounce(engine, mail)
    assert engine.sent(number) == before


def test_when_both_ways_to_the_officer_fail_the_superior_gets_the_task() -> None:
    engine, number = assigned()
    [mail] = to(engine, number, "petugas.pupr")
    bounce(engine, mail)
    [text] = to(engine, number, "petugas.pupr", "sms")
    line = {
        "notification": {"messageId": text.provider_id, "timestamp": "2027-04-05 03:06:00.000"},
        "delivery": {"providerResponse": "Phone is currently unreachable/unavailable"},
        "status": "FAILURE",
    }
    take(engine, line)
    engine.pump()
    [instead] = to(engine, number, "kasi.pupr")
    assert (instead.template, instead.status, instead.role) == ("step_task", "sent", "petugas")


def test_a_bounced_contact_is_marked_and_a_corrected_address_clears_the_mark() -> None:
    engine, number = assigned()
    [mail] = to(engine, number, "petugas.pupr")
    bounce(engine, mail)
    mark = engine.store.contact_mark(mail.who, "mail")
    assert mark is not None and mark.reason == "bounce Permanent/General"
    assert mail.address not in repr(mark)
    other = engine.filed().report.number
    engine.run_until("2027-04-05T10:20:00+07:00")
    engine.act(other, "verify", "operator")
    engine.pump()
    [second] = to(engine, other, "petugas.pupr")
    assert second.status == "failed" and "known not to work" in second.error
    key = (second.number, second.id)
    engine.store.messages[key] = _again(second, "baru@tangerang.example")
    assert engine.sender.send(*key) == "sent"


def _again(delivery: Delivery, address: str) -> Delivery:
    from dataclasses import replace

    return replace(
        delivery, address=address, status="planned", facts={}, due_at=delivery.created_at
    )


def test_nobody_reachable_fires_the_next_step_at_once_and_tells_who_owns_the_sop() -> None:
    engine, number = assigned()
    while True:
        sent = [
            one
            for one in engine.store.deliveries(number)
            if one.cause == "step#1#L0#0" and one.status == "sent"
        ]
        if not sent:
            break
        for one in sent:
            if one.channel == "sms":
                line = {
                    "notification": {"messageId": one.provider_id, "timestamp": _STAMP},
                    "delivery": {"providerResponse": "Invalid phone number"},
                    "status": "FAILURE",
                }
                take(engine, line)
            else:
                take(engine, event("hard_bounce", one))
            engine.pump()
    engine.pump()
    gave_up = [e for e in engine.loaded(number).events if e.type == "unreachable"]
    assert (gave_up[0].data["step"], gave_up[0].data["entry"]) == ("L0", "1#L0#0")
    fired = [entry for entry, _ in engine.fired(number)]
    assert fired[:3] == ["1#V0#0", "1#L0#0", "1#A50#0"]  # A50, due in an hour, fires now
    assert "nobody_reachable" in [code for code, _ in engine.alarms.raised]
    told = {one.recipient for one in engine.store.deliveries(number) if _dead(one)}
    assert told >= {"kadis.pupr", "pusat_kendali"}


_STAMP = "2027-04-05 03:06:00.000"


def _dead(one: Delivery) -> bool:
    return one.template == "contacts_dead"


def test_a_complaint_marks_the_contact_and_counts_as_arrived() -> None:
    engine = Engine(START)
    number = engine.filed().report.number
    engine.pump()
    [mail] = to(engine, number, "reporter")
    take(engine, event("complaint", mail))
    assert to(engine, number, "reporter")[0].status == "delivered"
    assert engine.store.contact_mark(f"reporter:{number}", "mail") is not None
    engine.act(number, "verify", "operator")
    engine.pump()
    later = [one for one in to(engine, number, "reporter") if one.template != mail.template]
    assert [one.status for one in later] == ["failed"]


def test_final_refusals_of_a_provider_do_not_mark_the_contact() -> None:
    """A message may be at fault and the address fine."""
    engine = Engine(START)
    engine.mail.faults = [NeverAgain("MessageRejected")]
    number = engine.filed().report.number
    engine.pump()
    assert engine.store.contact_mark(f"reporter:{number}", "mail") is None
