"""Outcomes without lies: audits by lot and after disputes, silence, endings, a second cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.auditing import SHARE, drawn
from chalicelib.domain.deliveries import FAILED
from chalicelib.domain.endings import ENDINGS, ending_of
from chalicelib.services.acting import NotFound
from chalicelib.services.photos import photo_key
from chalicelib.services.ports import Contact, NeverAgain
from tests.fakes.engine import Engine

MONDAY = "2027-04-05T09:00:00+07:00"


def submitted(engine: Engine, category: str = "INF-01", **fields) -> str:
    """A report whose result waits for validation."""
    number = engine.filed(category, **fields).report.number
    engine.act(number, "verify", "operator")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.act(number, "add_photo", "petugas.pupr", photo="p-1", type="image/jpeg",
               purpose="result")  # fmt: skip
    engine.blobs.keys.add(photo_key(number, "p-1"))
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=["p-1"])
    return number


def validated(engine: Engine, **fields) -> str:
    number = submitted(engine, **fields)
    engine.act(number, "validate", "verifikator")
    engine.pump()
    return number


def types(engine: Engine, number: str) -> list[str]:
    return [event.type for event in engine.loaded(number).events]


@pytest.fixture
def engine() -> Engine:
    return Engine(MONDAY)


# ---------------------------------------------------------------- who may check


def test_whoever_did_the_work_neither_validates_nor_returns_nor_audits_it(engine):
    from chalicelib.domain.actions import Command
    from tests.fakes.engine import staff

    number = submitted(engine)
    both = replace(staff("petugas.pupr"), roles=frozenset({"officer", "verifier"}))
    for action, texts in (("validate", {}), ("return", {"reason": "x"})):
        with pytest.raises(ActionRefused) as refused:
            engine.do(number, Command(action, both, {}, texts))
        assert refused.value.code == "executor_may_not_validate"


# ---------------------------------------------------------------- audits


def test_one_close_in_twenty_is_drawn_and_the_same_ones_every_time():
    hashes = [f"{n:064x}" for n in range(20_000)]
    first = [drawn(f"TL-{n}", one) for n, one in enumerate(hashes)]
    assert first == [drawn(f"TL-{n}", one) for n, one in enumerate(hashes)]
    assert abs(sum(first) / len(first) - SHARE) < 0.005


def test_a_drawn_result_is_ordered_to_the_field_and_those_who_did_the_work_are_not_told(engine):
    ordered = []
    for _ in range(60):
        number = validated(engine)
        stored = engine.loaded(number)
        sealed = stored.events[types(engine, number).index("validated") - 1].hash
        assert ("audit_ordered" in types(engine, number)) is drawn(number, sealed)
        if "audit_ordered" in types(engine, number):
            ordered.append(number)
    assert ordered
    told = {(to, template) for _, template, to in engine.sent(ordered[0])}
    assert ("lurah.sukarasa", "step_instruction") in told or any(
        to.startswith("lurah") for to, template in told if template == "step_instruction"
    )
    assert not any(template == "step_instruction" and "pupr" in to for to, template in told)


def test_every_disputed_result_is_audited_and_what_was_not_done_is_the_agencys_again(engine):
    number = validated(engine)
    engine.act(number, "dispute", reason="Lubangnya masih ada")
    report = engine.loaded(number).report
    assert (report.audit, ending_of(report)) == ("ordered", "disputed")
    with pytest.raises(ActionRefused) as refused:
        engine.act(number, "audit", "petugas.pupr", finding="as_reported", note="x")
    assert refused.value.code == "role_may_not"
    with pytest.raises(NotFound):  # another kecamatan's camat
        engine.act(number, "audit", "camat.karawaci", finding="not_done", note="x")
    engine.act(number, "audit", "inspektorat", finding="not_done", note="Belum ditambal")
    assert engine.loaded(number).report.audit == "not_done"
    with pytest.raises(ActionRefused) as again:
        engine.act(number, "audit", "inspektorat", finding="as_reported", note="x")
    assert again.value.code == "no_audit_ordered"


def test_an_audit_that_finds_nothing_done_reopens_a_closed_report(engine):
    number = validated(engine)
    engine.act(number, "dispute", reason="Belum")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=["p-1"])
    engine.act(number, "validate", "verifikator")
    engine.act(number, "confirm")
    engine.act(number, "audit", "inspektorat", finding="not_done", note="Hanya foto")
    report = engine.loaded(number).report
    assert (report.status, report.audit) == ("reopened", "not_done")


# ---------------------------------------------------------------- silence


def test_silence_closes_a_validated_result_of_somebody_who_was_told(engine):
    number = validated(engine)
    engine.run_until("2027-05-01T09:00:00+07:00")
    report = engine.loaded(number).report
    assert (report.status, ending_of(report)) == ("closed_automatic", "automatic")


def test_silence_closes_also_when_the_wake_up_comes_hours_late(engine):
    number = validated(engine)
    (due,) = [
        one.due_at
        for one in engine.planner.timeline(engine.loaded(number).events).entries
        if one.step == "AUTO"
    ]
    engine.run_until((due - timedelta(days=1)).isoformat())
    engine.off |= {"execution", "sweeper"}
    engine.run_until((due + timedelta(hours=3)).isoformat())
    assert engine.loaded(number).report.status == "awaiting_confirmation"
    engine.off.clear()
    engine.run_until((due + timedelta(hours=4)).isoformat())
    assert engine.loaded(number).report.status == "closed_automatic"


def test_silence_closes_nothing_if_the_message_never_arrived(engine):
    number = submitted(engine)
    engine.pump()
    engine.mail.faults = [NeverAgain("no such mailbox")] * 50
    engine.act(number, "validate", "verifikator")
    engine.run_until("2027-05-01T09:00:00+07:00")
    results = [d for d in engine.store.deliveries(number) if d.template == "reporter_result"]
    assert {d.status for d in results} == {FAILED}
    assert engine.loaded(number).report.status == "awaiting_confirmation"


def test_silence_closes_nothing_of_somebody_who_left_no_way_to_be_told(engine):
    number = validated(engine, contact=Contact())
    engine.run_until("2027-05-01T09:00:00+07:00")
    assert engine.loaded(number).report.status == "awaiting_confirmation"


def test_silence_closes_nothing_that_was_not_validated(engine):
    number = submitted(engine)
    engine.run_until("2027-05-01T09:00:00+07:00")
    assert engine.loaded(number).report.status == "awaiting_validation"


@pytest.mark.parametrize("tier", ["P0", "P1", "P4"])
def test_no_sop_of_an_emergency_or_a_complaint_closes_by_silence(engine, tier):
    from chalicelib.domain.report import NEVER_AUTOMATIC_TIERS

    assert tier in NEVER_AUTOMATIC_TIERS
    sops = [s for s in engine.catalogue.sops_in_force(engine.clock.at).values() if s.tier == tier]
    assert sops
    assert not [s.id for s in sops if any(x.act == "close_automatically" for x in s.steps)]


# ---------------------------------------------------------------- endings


def test_each_ending_is_named_for_what_it_is(engine):
    found = {}
    number = validated(engine)
    engine.act(number, "confirm")
    found["confirmed"] = number
    number = engine.filed().report.number
    engine.act(number, "refer", "operator", body="PLN", reference="A-1", reason="Tiang PLN")
    found["not_ours"] = number
    number = engine.filed().report.number
    engine.act(number, "merge", "operator", into=found["confirmed"])
    found["duplicate"] = number
    number = engine.filed().report.number
    engine.act(number, "withdraw", reason="Sudah baik")
    found["withdrawn"] = number
    for outcome in ("cannot_be_done", "nothing_found"):
        number = engine.filed().report.number
        engine.act(number, "verify", "operator")
        engine.act(number, "submit", "petugas.pupr", outcome=outcome, reason="UU 38/2004 ps. 15")
        engine.act(number, "validate", "verifikator")
        engine.act(number, "confirm")
        found[outcome] = number
    endings = {name: ending_of(engine.loaded(number).report) for name, number in found.items()}
    assert endings == {name: name for name in found}
    assert set(endings.values()) <= set(ENDINGS)
    assert engine.loaded(found["not_ours"]).report.referred_to == "PLN"


def test_what_cannot_be_done_says_why(engine):
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    with pytest.raises(ActionRefused) as refused:
        engine.act(number, "submit", "petugas.pupr", outcome="cannot_be_done")
    assert refused.value.code == "field_missing"


@pytest.mark.parametrize(("status", "was"), [("closed_confirmed", "confirmed"),
                                            ("closed_automatic", "automatic")])  # fmt: skip
def test_done_without_any_photo_is_never_called_more_than_that(engine, status, was):
    number = validated(engine)
    engine.act(number, "confirm")
    closed = replace(engine.loaded(number).report, status=status)
    assert ending_of(closed) == was
    assert ending_of(replace(closed, proof="none")) == "no_proof"


def test_reopening_keeps_the_first_breach(engine):
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-20T09:00:00+07:00")
    breached = [entry for entry in engine.loaded(number).report.fired if entry.startswith("1#R100")]
    assert breached
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.act(number, "add_photo", "petugas.pupr", photo="p-1", type="image/jpeg",
               purpose="result")  # fmt: skip
    engine.blobs.keys.add(photo_key(number, "p-1"))
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=["p-1"])
    engine.act(number, "validate", "verifikator")
    engine.act(number, "dispute", reason="Belum")
    assert set(breached) <= set(engine.loaded(number).report.fired)
    again = [e for e in engine.planner.timeline(engine.loaded(number).events).entries
             if e.step == "R100" and e.cycle == 2]  # fmt: skip
    assert again and again[0].state == "planned"
