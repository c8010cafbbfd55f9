"""The hand-over of a shift over HTTP and on its page: what is open, who comes, what is kept."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from tests.fakes.world import SUKARASA, WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import post, signed_in

PLACE = "/ruang/serah-terima"


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def busy(world):
    """One pothole with an agency, one to verify, one fire that nobody has accepted for minutes."""
    known = world.filed(WITH_MAIL)["number"]
    world.act(known, "verify", user="operator")
    new = world.filed(WITH_MAIL)["number"]
    fire = world.filed({"category": "DRT-01", "location": SUKARASA})["number"]
    world.engine.pump()
    world.engine.run_until("2027-04-06T13:00:00+07:00")
    world.project()
    return known, new, fire


def take(world, user, reason=""):
    return world.post("/v1/shift/take-over", {"reason": reason}, user=user)


def test_a_shift_goes_from_one_to_the_next_and_what_was_open_is_on_record(world):
    known, _new, fire = busy(world)
    assert world.get("/v1/shift", user="operator").json["duty"] is None
    assert take(world, "operator").json["duty"] == {
        "person": "operator",
        "name": "Melati Contoh (demo)",
        "position": "operator",
        "since": "2027-04-06T13:00:00+07:00",
    }
    world.engine.run_until("2027-04-06T13:50:00+07:00")
    note = {"note": f"{fire} belum diterima, Danru dihubungi lewat HT", "to": "verifikator"}
    offered = world.post("/v1/shift/hand-over", note, user="operator")
    assert offered.json["offer"]["to"] == "verifikator"
    world.engine.run_until("2027-04-06T14:00:00+07:00")
    assert take(world, "verifikator").status == 200
    newest, first = world.get("/v1/shift/history", user="auditor").json["items"]
    assert (first["person"], first["relieved"], first["since"]) == ("operator", "", None)
    assert newest == {
        "version": 3,
        "at": "2027-04-06T14:00:00+07:00",
        "person": "verifikator",
        "relieved": "operator",
        "since": "2027-04-06T13:00:00+07:00",
        "note": note["note"],
        "named": "verifikator",
        "offered_at": "2027-04-06T13:50:00+07:00",
        "reason": "",
        "open": {
            "emergencies": [fire],
            "late": [fire],
            "due": newest["open"]["due"],
            "waiting": 1,
            "calls": newest["open"]["calls"],
        },
    }
    assert known in {row["number"] for row in newest["open"]["due"]}
    audit = world.get("/v1/admin/audit", user="auditor").json["items"]
    assert [one["act"] for one in audit] == ["take_over", "hand_over", "take_over"]
    assert audit[0]["by"]["person"] == "verifikator"


def test_the_promises_of_every_agency_within_four_hours_are_shown_and_later_ones_are_not(world):
    soon = world.filed(WITH_MAIL)["number"]
    world.act(soon, "verify", user="operator")
    assert world.get("/v1/shift", user="operator").json["open"]["due"] == []
    world.engine.run_until("2027-04-06T12:30:00+07:00")  # its promise: 6 April, 16.00
    due = world.get("/v1/shift", user="operator").json["open"]["due"]
    assert [(row["number"], row["agency"]) for row in due] == [(soon, "PUPR")]


def test_without_an_offer_a_reason_is_asked_for_and_kept(world):
    take(world, "operator")
    refused = take(world, "verifikator")
    assert (refused.status, refused.code) == (422, "field_missing")
    assert take(world, "verifikator", "Operator sakit").status == 200
    newest = world.get("/v1/shift/history", user="operator").json["items"][0]
    assert (newest["relieved"], newest["reason"]) == ("operator", "Operator sakit")
    assert take(world, "verifikator").code == "already_on_duty"


def test_the_successor_must_be_of_the_room(world):
    take(world, "operator")
    for to in ("petugas.pupr", "nobody", "operator"):
        answer = world.post("/v1/shift/hand-over", {"to": to}, user="operator")
        assert (answer.status, answer.code) == (422, "successor_unknown")
    away = world.post("/v1/shift/hand-over", {}, user="verifikator")
    assert (away.status, away.code) == (409, "not_on_duty")


def test_of_two_who_take_over_at_once_the_second_is_decided_anew(world):
    service, register, latest = bootstrap.shifts(), world.register, world.register.latest
    raced = []

    def slow(kind, id):
        found = latest(kind, id)
        if kind == "shift" and not raced:
            raced.append(True)
            assert take(world, "verifikator").status == 200
        return found

    register.latest = slow
    mine = world.post("/v1/shift/take-over", {}, user="operator")
    register.latest = latest
    # Somebody is on duty by now who offered nothing, so it takes a reason.
    assert (mine.status, mine.code) == (422, "field_missing")
    assert service.standing()[0].duty.person == "verifikator"


def test_notes_are_kept_over_shifts_and_struck_off_once(world):
    take(world, "operator")
    noted = world.post("/v1/shift/notes", {"text": "Genset mati"}, user="verifikator").json
    assert [(one["id"], one["by"], one["text"]) for one in noted["notes"]] == [
        (1, "verifikator", "Genset mati")
    ]
    for _ in range(2):
        done = world.post("/v1/shift/notes/1/done", {}, user="operator")
        assert (done.status, done.json["notes"]) == (200, [])
    assert world.post("/v1/shift/notes/x/done", {}, user="operator").status == 400
    assert world.post("/v1/shift/notes", {"text": ""}, user="operator").status == 400


def test_history_is_paged_and_notes_between_do_not_hide_a_change(world):
    for turn in range(5):
        take(world, ("operator", "verifikator")[turn % 2], "x")
        world.post("/v1/shift/notes", {"text": "y"}, user="operator")
    seen, cursor = [], ""
    while True:
        page = world.get(f"/v1/shift/history?limit=2{cursor}", user="operator").json
        seen += [one["person"] for one in page["items"]]
        if not page["cursor"]:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == ["operator", "verifikator", "operator", "verifikator", "operator"]
    assert world.get("/v1/shift/history?cursor=x", user="operator").code == "invalid_cursor"


def test_the_desk_is_seen_by_those_who_watch_and_moved_by_the_room_alone(world):
    assert world.get("/v1/shift", user="walikota").status == 200
    assert world.get("/v1/shift", user="petugas.pupr").status == 403
    assert take(world, "walikota").status == 403
    assert take(world, "petugas.pupr").status == 403


def test_by_the_page_alone_from_taking_over_to_the_next_one(world):
    *_, fire = busy(world)
    ani, budi = signed_in("operator"), signed_in("verifikator")
    assert "Belum ada yang bertugas" in world.get("/ruang", headers=ani).body.decode()
    assert post(world, PLACE, {"do": "take_over"}, ani, PLACE).status == 303
    html = world.get(PLACE, headers=ani).body.decode()
    assert "Anda bertugas" in html and fire in html and "1, 1 lewat batas" in html
    said = {"do": "hand_over", "note": "Jaga <b>Cibodas</b>", "to": "verifikator"}
    assert post(world, PLACE, said, ani, PLACE).status == 303
    html = world.get(PLACE, headers=budi).body.decode()
    assert "Jaga &lt;b&gt;Cibodas&lt;/b&gt;" in html and "Terima tugas sekarang" in html
    assert post(world, PLACE, {"do": "take_over"}, budi, PLACE).status == 303
    html = world.get(PLACE, headers=ani).body.decode()
    assert "menerima tugas dari Melati Contoh (demo)" in html
    assert "Rangga Contoh (demo)" in world.get("/ruang", headers=ani).body.decode()


def test_a_refusal_on_the_page_loses_no_word(world):
    ani, budi = signed_in("operator"), signed_in("verifikator")
    post(world, PLACE, {"do": "take_over"}, ani, PLACE)
    wrong = {"do": "hand_over", "note": "Penting sekali", "to": "petugas.pupr"}
    answer = post(world, PLACE, wrong, ani, PLACE)
    assert answer.status == 422 and "Penting sekali" in answer.body.decode()
    answer = post(world, PLACE, {"do": "take_over"}, budi, PLACE)
    assert answer.status == 422 and "Ambil tugas tanpa serah terima" in answer.body.decode()
    assert post(world, PLACE, {"do": "fly"}, ani, PLACE).status == 404
    assert post(world, PLACE, {"do": "note", "text": ""}, ani, PLACE).status == 422
    assert post(world, PLACE, {"do": "note", "text": "Ingat"}, ani, PLACE).status == 303
    assert post(world, PLACE, {"do": "strike", "strike": "1"}, ani, PLACE).status == 303
