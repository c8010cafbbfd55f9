"""The life of a report from filing to closing, over the real domain and services."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from chalicelib.adapters.documents import FileDocuments
from chalicelib.domain.actions import REPORTER, ActionRefused
from chalicelib.domain.events import verify_chain
from chalicelib.domain.report import replay
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.photos import photo_key
from chalicelib.services.ports import Contact
from chalicelib.services.viewing import Views
from tests.fakes.engine import Engine, staff

MONDAY = "2027-04-05T10:00:00+07:00"


def with_photo(engine: Engine, number: str, by: str = "petugas.pupr", name: str = "p-1") -> str:
    engine.act(number, "add_photo", by, photo=name)
    engine.blobs.keys.add(photo_key(number, name))
    return name


def steps(engine: Engine, number: str) -> list[str]:
    return [entry for entry, _ in engine.fired(number)]


def test_silence_at_the_agency_climbs_the_whole_ladder_of_a_pothole() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-30T00:00:00+07:00")
    assert [
        (event.data["entry"], event.data["due_at"], event.data["told"])
        for event in engine.loaded(number).events
        if event.type == "fired"
    ] == [
        ("1#V0#0", "2027-04-05T03:00:00Z", ["operator"]),
        ("1#L0#0", "2027-04-05T03:05:00Z", ["petugas.pupr"]),
        ("1#A50#0", "2027-04-05T06:05:00Z", ["petugas.pupr"]),
        ("1#A80#0", "2027-04-05T07:17:00Z", ["petugas.pupr", "kasi.pupr"]),
        ("1#L1#0", "2027-04-05T08:05:00Z", ["kabid.pupr"]),
        ("1#R50#0", "2027-04-06T07:45:00Z", ["petugas.pupr"]),
        ("1#S1#0", "2027-04-06T09:00:00Z", ["kasi.pupr", "kabid.pupr"]),
        ("1#R80#0", "2027-04-07T07:00:00Z", ["petugas.pupr", "kasi.pupr"]),
        ("1#L2#0", "2027-04-07T09:00:00Z", ["kadis.pupr", "camat.tangerang"]),
        ("1#L3#0", "2027-04-08T09:00:00Z", ["pusat_kendali", "asisten"]),
        ("1#R100#0", "2027-04-08T09:00:00Z", ["kabid.pupr", "reporter"]),
        ("1#E2#0", "2027-04-09T09:30:00Z", ["kadis.pupr", "camat.tangerang"]),
        ("1#E3#0", "2027-04-13T09:00:00Z", ["sekda"]),
        ("1#E4#0", "2027-04-15T09:00:00Z", ["walikota"]),
        ("1#LEGAL#0", "2027-04-23T09:30:00Z", ["sekda", "inspektorat", "reporter"]),
    ]
    assert engine.alarms.raised == []


def test_every_message_is_sent_once_at_the_moment_its_step_is_due() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-06T00:00:00+07:00")
    assert [(at.isoformat(), d.template, d.recipient) for at, d, _ in engine.mail.sent] == [
        ("2027-04-05T03:00:00+00:00", "reporter_received", "reporter"),
        ("2027-04-05T03:00:00+00:00", "step_verification", "operator"),
        ("2027-04-05T03:05:00+00:00", "reporter_assigned", "reporter"),
        ("2027-04-05T03:05:00+00:00", "step_task", "petugas.pupr"),
        ("2027-04-05T06:05:00+00:00", "step_reminder", "petugas.pupr"),
        ("2027-04-05T07:17:00+00:00", "step_reminder", "petugas.pupr"),
        ("2027-04-05T07:17:00+00:00", "step_reminder", "kasi.pupr"),
        ("2027-04-05T08:05:00+00:00", "step_escalation", "kabid.pupr"),
    ]
    assert [(at.isoformat(), d.template, d.recipient) for at, d, _ in engine.sms.sent] == [
        ("2027-04-05T03:05:00+00:00", "step_task", "petugas.pupr"),
        ("2027-04-05T08:05:00+00:00", "step_escalation", "kabid.pupr"),
    ]


def test_a_report_is_answered_validated_and_confirmed_with_few_transitions() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T10:20:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    engine.run_until("2027-04-05T11:00:00+07:00")
    photo = with_photo(engine, number)
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=[photo], note="Ditambal")
    engine.run_until("2027-04-05T11:30:00+07:00")
    engine.act(number, "validate", "verifikator")
    engine.run_until("2027-04-05T12:00:00+07:00")
    stored = engine.act(number, "confirm")
    engine.run_until("2027-05-05T12:00:00+07:00")
    assert stored.report.status == "closed_confirmed"
    assert steps(engine, number) == ["1#V0#0", "1#L0#0", "1#H0#0"]
    assert engine.executions.transitions <= 5
    assert engine.executions.running == {}
    assert list(engine.store.due(engine.clock.at)) == []


def test_an_emergency_at_night_reaches_its_unit_at_once_and_climbs_by_the_minute() -> None:
    engine = Engine("2027-05-15T02:13:00+07:00")
    filed = engine.filed("DRT-01", contact=Contact())
    number = filed.report.number
    assert filed.report.status == "assigned"
    engine.run_until("2027-05-15T02:40:00+07:00")
    fired = [
        (event.data["step"], event.data["due_at"][11:19])
        for event in engine.loaded(number).events
        if event.type == "fired"
    ]
    assert fired[0] == ("L0", "19:13:00")
    assert {"L1", "E1", "E2"} <= {step for step, _ in fired}
    assert fired == sorted(fired, key=lambda row: row[1])
    first = engine.mail.sent[0]
    assert first[0] == datetime.fromisoformat("2027-05-14T19:13:00+00:00")
    told = {d.recipient for _, d, _ in engine.sms.sent}
    assert "sekda" in told and "walikota" in told


def test_comments_photos_and_ratings_never_move_a_deadline() -> None:
    quiet, busy = Engine(MONDAY), Engine(MONDAY)
    for engine in (quiet, busy):
        number = engine.filed().report.number
        engine.run_until("2027-04-05T10:05:00+07:00")
        engine.act(number, "verify", "operator")
        engine.run_until("2027-04-05T10:30:00+07:00")
    for second in range(5):
        busy.act(number, "comment", text=f"Masih menunggu {second}")
        busy.act(number, "add_photo", photo=f"p-{second}")
        busy.run_until(f"2027-04-05T10:3{second + 1}:00+07:00")
    for engine in (quiet, busy):
        engine.run_until("2027-05-01T00:00:00+07:00")
    assert busy.fired_due(number) == quiet.fired_due(number)


def test_a_question_to_the_reporter_stops_the_clock_until_the_answer() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T11:05:00+07:00")
    asked = engine.act(number, "ask", "petugas.pupr", question="Di sisi jalan yang mana?")
    assert asked.report.status == "needs_information"
    engine.run_until("2027-04-06T09:00:00+07:00")
    assert steps(engine, number) == ["1#V0#0", "1#L0#0"]
    answered = engine.act(number, "comment", text="Sisi utara")
    assert answered.report.status == "assigned"
    engine.run_until("2027-04-06T10:00:00+07:00")
    assert steps(engine, number) == ["1#V0#0", "1#L0#0", "1#A50#0"]


def test_a_deferral_ends_by_itself_on_the_approved_date() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T10:20:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    until = datetime.fromisoformat("2027-04-19T07:30:00+07:00")
    engine.act(number, "defer", "kadis.pupr", reason="Menunggu aspal", until=until)
    engine.run_until("2027-04-19T07:29:00+07:00")
    assert engine.loaded(number).report.status == "deferred"
    assert steps(engine, number) == ["1#V0#0", "1#L0#0"]
    engine.run_until("2027-04-19T08:00:00+07:00")
    assert engine.loaded(number).report.status == "acknowledged"
    resumed = [event for event in engine.loaded(number).events if event.type == "resumed"]
    assert [event.at.isoformat() for event in resumed] == ["2027-04-19T00:30:00+00:00"]


def test_silence_of_a_reachable_reporter_closes_after_ten_days_and_says_so() -> None:
    engine = Engine(MONDAY)
    number = _awaiting_confirmation(engine)
    engine.run_until("2027-05-01T00:00:00+07:00")
    assert engine.loaded(number).report.status == "closed_automatic"
    assert ("mail", "reporter_closed_automatically", "reporter") in engine.sent(number)


def test_silence_of_a_reporter_who_cannot_be_reached_closes_nothing() -> None:
    engine = Engine(MONDAY)
    number = _awaiting_confirmation(engine, contact=Contact())
    engine.run_until("2027-05-01T00:00:00+07:00")
    assert engine.loaded(number).report.status == "awaiting_confirmation"


def test_a_dispute_that_came_before_a_late_wake_up_is_never_closed_over() -> None:
    engine = Engine(MONDAY)
    number = _awaiting_confirmation(engine)
    engine.off = {"execution", "sweeper"}
    engine.run_until("2027-04-30T00:00:00+07:00")
    engine.act(number, "dispute", reason="Masih berlubang")
    engine.off = set()
    engine.run_until("2027-04-30T07:00:00+07:00")
    assert engine.loaded(number).report.status == "reopened"
    templates = [template for _, template, _ in engine.sent(number)]
    assert "reporter_closed_automatically" not in templates


def test_a_reopened_report_runs_a_new_cycle_and_keeps_the_record_of_the_first() -> None:
    engine = Engine(MONDAY)
    number = _awaiting_confirmation(engine)
    engine.act(number, "confirm")
    engine.run_until("2027-04-12T09:00:00+07:00")
    reopened = engine.act(number, "reopen", reason="Lubang lagi")
    assert reopened.report.status == "reopened"
    engine.run_until("2027-04-12T09:01:00+07:00")
    assert steps(engine, number) == ["1#V0#0", "1#L0#0", "1#H0#0", "2#L0#0"]


def test_a_case_about_a_unit_is_never_shown_or_told_to_that_unit() -> None:
    engine = Engine(MONDAY)
    filed = engine.filed("ADM-03", about_unit="KEC-36.71.01")
    number = filed.report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-05-30T10:05:00+07:00")
    told = {name for _, names in engine.fired(number) for name in names}
    accused = {
        id
        for id, row in engine.catalogue.positions().items()
        if row.get("agency") == "KEC-36.71.01" or row.get("area") == "36.71.01"
    }
    assert told & accused == set()
    assert told


def test_whoever_did_the_work_may_not_check_it_and_proof_is_asked_for() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    with pytest.raises(ActionRefused, match="evidence_missing"):
        engine.act(number, "submit", "petugas.pupr", outcome="done", photos=[])
    with pytest.raises(ActionRefused, match="photo_unknown"):
        engine.act(number, "submit", "petugas.pupr", outcome="done", photos=["made-up"])
    with pytest.raises(ActionRefused, match="role_may_not"):
        engine.act(number, "validate", "petugas.pupr")


def test_state_is_what_the_record_says_and_the_chain_holds() -> None:
    engine = Engine(MONDAY)
    number = _awaiting_confirmation(engine)
    stored = engine.loaded(number)
    assert replay(stored.events) == stored.report
    assert verify_chain(stored.events) == stored.report.last_hash


def test_beyond_the_calendar_nothing_is_guessed_and_filing_still_works() -> None:
    engine = Engine("2027-12-30T10:00:00+07:00")
    filed = engine.filed()
    engine.act(filed.report.number, "verify", "operator")
    engine.pump()
    unknown = {
        entry.step
        for entry in engine.planner.timeline(engine.loaded(filed.report.number).events).entries
        if entry.state == "unknown"
    }
    assert "LEGAL" in unknown
    assert {code for code, _ in engine.alarms.raised} == {"calendar_ends"}


def test_a_third_refusal_is_not_taken_and_only_the_secretary_decides() -> None:
    engine = Engine(MONDAY)
    number = engine.filed().report.number
    engine.act(number, "verify", "operator")
    for _ in range(2):
        engine.act(number, "decline", "petugas.pupr", reason="Bukan kami", agency="DISHUB")
        engine.act(number, "assign", "operator", agency="PUPR")
    with pytest.raises(ActionRefused, match="bounce_limit"):
        engine.act(number, "decline", "petugas.pupr", reason="Bukan kami", agency="DISHUB")
    assert engine.act(number, "assign", "sekda", agency="DISHUB").report.agency == "DISHUB"


def test_nobody_but_the_inspectorate_sees_a_complaint_about_officials() -> None:
    engine = Engine(MONDAY)
    number = engine.filed("WAS-01").report.number
    engine.run_until("2027-08-30T10:05:00+07:00")
    told = {name.partition(".")[0] for _, names in engine.fired(number) for name in names}
    assert told <= {"inspektorat", "irban", "inspektur", "sekda", "walikota", "reporter"}
    assert staff("operator").roles == {"operator"}


def _awaiting_confirmation(engine: Engine, **filing: object) -> str:
    number = engine.filed(**filing).report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T10:20:00+07:00")
    engine.act(number, "acknowledge", "petugas.pupr")
    photo = with_photo(engine, number)
    engine.act(number, "submit", "petugas.pupr", outcome="done", photos=[photo])
    engine.run_until("2027-04-05T11:00:00+07:00")
    engine.act(number, "validate", "verifikator")
    engine.run_until("2027-04-05T11:01:00+07:00")
    return number


def test_a_key_sent_again_gets_the_first_answer_whatever_has_happened_since() -> None:
    engine = Engine(MONDAY)
    key = "k" * 22
    first = engine.filed(key=key)
    engine.act(first.report.number, "verify", "operator")
    again = engine.filed(key=key)
    assert again.repeated
    assert (again.report.number, again.token) == (first.report.number, first.token)
    assert (again.report.status, again.promises) == ("received", first.promises)
    assert len(engine.store.current) == 1


def test_what_is_due_at_once_says_so_and_skips_nothing() -> None:
    engine = Engine("2027-04-05T14:59:22+07:00")
    number = engine.filed().report.number
    views = Views(engine.catalogue, engine.planner)
    entries = views.timeline(engine.loaded(number), REPORTER, number, "id")["entries"]
    assert entries[0]["step"] == "V0"
    assert entries[0]["explanation"] == (
        "Jatuh tempo Senin, 5 April 2027 pukul 14.59.22 WIB: seketika sejak Senin, 5 April 2027 "
        "pukul 14.59.22 WIB."
    )


class EditedDocuments:
    """The shipped catalogue, with a new version of the pothole SOP in force since yesterday."""

    def __init__(self) -> None:
        self._files = FileDocuments()
        self.edited = False

    def get(self, kind: str, id: str) -> bytes | None:
        body = self._files.get(kind, id.replace("jalan-berlubang@2", "jalan-berlubang@1"))
        if self.edited and body and id == "assignments":
            rows = json.loads(body)
            new = {"category": "INF-01", "sop": "jalan-berlubang", "version": 2}
            return json.dumps([*rows, {**new, "from": "2027-04-05", "to": None}]).encode()
        if body and id == "jalan-berlubang@2":
            sop = json.loads(body) | {"version": 2}
            sop["steps"] = [
                step | {"notify": ["sekda"]} if step["id"] == "L1" else step
                for step in sop["steps"]
            ]
            return json.dumps(sop).encode()
        return body


def test_an_sop_edited_while_a_report_runs_changes_nothing_for_it() -> None:
    documents = EditedDocuments()
    seconds = iter(range(0, 10**9, 1000))  # every look at the clock finds the catalogue stale
    engine = Engine(MONDAY, Catalogue(documents, lambda: float(next(seconds))))
    old = engine.filed().report.number
    engine.run_until("2027-04-05T10:05:00+07:00")
    documents.edited = True
    new = engine.filed().report.number
    for number in (old, new):
        engine.act(number, "verify", "operator")
    engine.run_until("2027-04-05T16:00:00+07:00")
    told = {number: dict(engine.fired(number))["1#L1#0"] for number in (old, new)}
    assert told == {old: ["kabid.pupr"], new: ["sekda"]}
    assert {n: engine.loaded(n).report.sop_version for n in (old, new)} == {old: 1, new: 2}
