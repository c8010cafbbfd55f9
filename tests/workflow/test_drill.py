"""A drill: the real SOP with the real people, marked everywhere, confined, stoppable, scored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from chalicelib.adapters.channels import citizen_texts, rendered
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.deliveries import SUPPRESSED
from chalicelib.domain.drills import MARK
from chalicelib.services.calling import script
from chalicelib.services.drilling import DrillRefused
from chalicelib.services.filing import Filing
from chalicelib.services.messages import sms_length
from chalicelib.services.ports import Contact
from tests.drill import InMemory, lines, play
from tests.fakes.engine import Engine, staff
from tests.fakes.world import World

START = "2027-04-05T09:55:00+07:00"
FIRE = {"category": "DRT-01", "lat": -6.1783, "lon": 106.6319, "description": "Gudang cat"}


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2027-04-05T{clock}+07:00")


@pytest.fixture
def city() -> Engine:
    return Engine(START)


def begun(city: Engine, hours: float = 2, by: str = "kadis.bpbd", **fields: Any) -> str:
    filing = Filing(**{**FIRE, **fields})
    return city.drills.begin(filing, hours, staff(by)).report.number


def sheet(city: Engine, number: str) -> Any:
    return city.drills.show(number, staff("sekda")).sheet


def test_the_drill_of_a_fire_shows_who_was_asked_who_answered_and_what_came_late():
    with World().running() as world:
        said = "\n".join(lines(play(InMemory(world))))
    assert (
        said
        == """\
LATIHAN TL-NRVZWYZY  Kebakaran (rumah, lahan, kendaraan, pabrik)
SOP kebakaran versi 1, Badan Penanggulangan Bencana Daerah (termasuk Damkar)
mulai 2027-04-05T09:55:00+07:00  selesai 2027-04-05T10:42:00+07:00 (stopped)
NILAI 50    lapor tiba 31 m dari lokasi

yang diminta               diminta      dijanjikan   dijawab   lewat  oleh
Diterima petugas          09.55.00        09.57.00  09.58.30    1.30  petugas.bpbd [late]
Tiba di lokasi            09.55.00        10.10.00  10.09.00       -  petugas.bpbd [in_time]
Selesai dikerjakan        09.55.00  06/04 09.55.00         -       -  - [open]

jabatan                                      diberi tahu  bertindak  selang  hasil
Piket Damkar dan Penyelamatan                   09.55.00   09.58.30    3.30  answered
Operator LIVE Room                              09.55.00          -       -  silent
Camat Tangerang                                 09.55.00          -       -  informed
Lurah Sukasari                                  09.55.00          -       -  informed
Danru Damkar dan Penyelamatan                   09.57.00          -       -  silent
Supervisor LIVE Room                            09.57.00          -       -  relieved

langkah
  09.55.00 L0     +0 dtk           piket.bpbd, operator
  09.55.00 T0     +0 dtk           camat.tangerang, lurah.sukasari
  09.57.00 L1     +0 dtk eskalasi  danru.bpbd, supervisor
  10.40.00 LS     +0 dtk eskalasi  danru.bpbd, operator"""
    )


def test_nobody_answers_and_the_sheet_says_so_up_to_the_mayor(city):
    number = begun(city, hours=0.5)
    city.run_until("2027-04-05T10:26:00+07:00")
    found = sheet(city, number)
    assert (found.over, found.ended_at, found.score) == ("time_up", at("10:25:00"), 0)
    assert found.unanswered == ("acknowledged", "on_scene")
    told = {place for one in found.firings for place in one.told}
    assert {"kabid.bpbd", "kadis.bpbd", "sekda", "walikota"} <= told
    assert {one.state for one in found.offices} == {"silent", "informed"}


def test_every_message_says_that_it_is_a_drill_in_every_channel_and_language(city):
    number = begun(city, contact=Contact(email="pemeran@example.org", phone="+6281200000001"))
    city.run_until("2027-04-05T10:20:00+07:00")
    city.act(number, "acknowledge", by="petugas.bpbd")
    city.act(number, "comment", text="Regu dua menyusul", by="petugas.bpbd")
    city.act(number, "instruct", by="walikota", text="Utamakan korban")
    city.act(number, "escalate", by="operator", reason="Perlu bantuan")
    city.drills.stop(number, staff("kadis.bpbd"), "")
    city.pump()
    planned = city.store.deliveries(number)
    assert {"step_emergency", "step_escalation", "reporter_emergency", "drill_over"} <= {
        one.template for one in planned
    }
    for one in planned:
        if one.channel == "voice":
            assert all(text.startswith(f"{MARK}. ") for text in script(one).values())
            continue
        for language in ("id", "en"):
            from dataclasses import replace

            message = rendered(
                replace(one, language=language), one.channel, citizen_texts(city.store)
            )
            assert message.text.startswith(MARK), (one.template, message.text)
            if one.channel == "mail":
                assert message.subject.startswith(f"{MARK}: ")
                assert MARK in message.html
            else:
                assert sms_length(message.text) <= 160, message.text


def test_the_real_ones_mail_says_nothing_of_a_drill(city):
    number = city.filed("DRT-01").report.number
    city.run_until("2027-04-05T09:56:00+07:00")
    for one in city.store.deliveries(number):
        if one.channel != "voice":
            message = rendered(one, one.channel, citizen_texts(city.store))
            assert MARK not in message.subject + message.text + message.html


def test_a_stopped_drill_has_no_timer_left_and_sends_nothing_but_that_it_is_over(city):
    number = begun(city)
    city.run_until("2027-04-05T09:56:00+07:00")
    city.off.add("send")
    city.run_until("2027-04-05T09:57:30+07:00")  # L1 fires; its messages wait to be sent
    waiting = {one.id for one in city.store.deliveries(number) if one.status == "planned"}
    city.off.clear()
    before = len(city.fired(number))
    city.drills.stop(number, staff("operator"), "Kebakaran nyata di Cibodas")
    city.run_until("2027-04-07T10:00:00+07:00")
    stored = city.loaded(number)
    assert len(city.fired(number)) == before
    assert (stored.report.status, stored.report.holder, city.executions.running) == (
        "withdrawn", "", {},
    )  # fmt: skip
    found = {one.id: one for one in city.store.deliveries(number)}
    assert waiting and all(found[one].status == SUPPRESSED for one in waiting)
    late = [d.template for when, d, _ in city.mail.sent if when > at("09:57:00")]
    assert set(late) == {"drill_over"}
    assert sheet(city, number).over == "stopped"


def test_it_ends_by_itself_when_its_hours_are_over(city):
    number = begun(city, hours=0.25)
    city.run_until("2027-04-06T10:00:00+07:00")
    ended = [one for one in city.loaded(number).events if one.type == "drill_ended"]
    assert [(one.at, one.data["why"], one.actor.kind) for one in ended] == [
        (at("10:10:00"), "time_up", "system")
    ]
    assert all(one.at <= at("10:10:00") for one in city.loaded(number).events)


def test_one_drill_of_an_sop_at_a_time_in_one_part_of_the_city(city):
    first = begun(city)
    with pytest.raises(DrillRefused) as refused:
        begun(city, by="sekda")
    assert refused.value.code == "drill_is_running"
    elsewhere = begun(city, by="sekda", lat=None, lon=None, kelurahan="36.71.07.1001")
    assert elsewhere != first
    city.drills.stop(first, staff("kadis.bpbd"), "")
    assert begun(city) not in (first, elsewhere)


def test_the_same_key_twice_is_one_drill_even_after_it_ended(city):
    first = begun(city, key="k" * 22)
    assert begun(city, key="k" * 22) == first
    city.drills.stop(first, staff("kadis.bpbd"), "")
    assert begun(city, key="k" * 22) == first
    assert city.store.slots == {}


def test_the_head_of_an_agency_drills_that_agencys_sops_alone(city):
    with pytest.raises(DrillRefused) as refused:
        begun(city, by="kadis.pupr")
    assert refused.value.code == "drill_not_yours"
    with pytest.raises(DrillRefused) as refused:
        begun(city, by="sekda", category="WAS-01")
    assert refused.value.code == "drill_not_of_this_kind"


def test_what_is_real_and_what_is_rehearsed_are_never_merged(city):
    drill, real = begun(city), city.filed("DRT-01", contact=Contact()).report.number
    for number, into in ((real, drill), (drill, real)):
        with pytest.raises(ActionRefused) as refused:
            city.act(number, "merge", by="operator", into=into)
        assert refused.value.code in ("merge_target_unknown", "not_in_a_drill")
    for action, fields in (("refer", {"body": "PLN", "reason": "x"}), ("withdraw", {})):
        with pytest.raises(ActionRefused) as refused:
            city.act(drill, action, by="operator" if action == "refer" else "", **fields)
        assert refused.value.code == "not_in_a_drill"


def test_a_drill_that_runs_to_its_end_is_over_with_its_last_step(city):
    number = begun(city, category="INF-01", by="kadis.pupr", hours=100)
    city.run_until("2027-04-05T10:00:00+07:00")
    city.act(number, "verify", by="operator")
    city.run_until("2027-04-05T10:30:00+07:00")
    city.act(number, "acknowledge", by="petugas.pupr")
    city.run_until("2027-04-06T09:00:00+07:00")
    city.act(number, "submit", by="petugas.pupr", outcome="nothing_found", reason="Sudah rata")
    city.act(number, "validate", by="verifikator")
    city.act(number, "confirm", by="operator", note="Ditelepon: sudah rata")
    found = sheet(city, number)
    assert (found.over, found.score) == ("finished", 100)
    assert {one.state for one in found.duties} == {"in_time"}
    assert city.store.slots == {} and city.drills.running(staff("sekda")) == ()
    with pytest.raises(ActionRefused) as refused:
        city.act(number, "reopen")
    assert refused.value.code == "drill_is_over"


def test_the_training_record_says_who_rehearsed_which_version_and_who_never_did(city):
    before = city.drills.training("DRT-01")
    standing = {one.position.id for one in before.untrained if not one.territorial}
    assert {"piket.bpbd", "danru.bpbd", "kadis.bpbd", "operator", "sekda"} <= standing
    number = begun(city)
    city.run_until("2027-04-05T09:58:00+07:00")
    city.act(number, "acknowledge", by="petugas.bpbd")
    city.run_until("2027-04-05T10:05:00+07:00")
    city.drills.stop(number, staff("kadis.bpbd"), "")
    after = city.drills.training("DRT-01")
    rows = {one.position.id: one for one in after.offices if one.last}
    assert sorted(rows) == ["danru.bpbd", "operator", "piket.bpbd", "supervisor"]
    last = rows["piket.bpbd"].last
    assert {**last} == {
        "position": "piket.bpbd", "person": "petugas.bpbd", "sop": "kebakaran", "version": 1,
        "category": "DRT-01", "kecamatan": "36.71.01", "drill": number,
        "at": "2027-04-05T03:05:00Z", "state": "answered", "seconds": 180, "score": 0,
        "over": "stopped",
    }  # fmt: skip
    never = {one.position.id for one in after.untrained if not one.territorial}
    assert never == standing - set(rows)


def test_a_drill_is_no_measure_of_the_promise(city):
    number = begun(city)
    city.run_until("2027-04-05T09:56:00+07:00")
    city.act(number, "acknowledge", by="petugas.bpbd")
    assert city.measures.recorded == []
