"""What is kept how long, and what is left when it is over: figures and audit, nobody in them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.events import verify_chain
from chalicelib.domain.retention import STAGES
from chalicelib.services.exporting import row_of
from chalicelib.services.ports import Contact
from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import POTHOLE, SUKARASA, World
from tests.unit.handlers.test_photos import upload

NAME, MAIL, PHONE = "Sumiati Kartanegara", "sumiati@example.org", "+6281234567890"
STREET, WORDS = "Gang Melati Nomor 7", "Lubang di depan rumah Sumiati, telepon 0812-3456-7890"
TINI = POTHOLE | {
    "description": WORDS,
    "location": {**SUKARASA, "address": STREET},
    "reporter": {"name": NAME, "email": MAIL, "phone": PHONE},
}
#: Nothing of this may be found where nobody is to be known.
TRACES = (NAME, "Sumiati", MAIL, PHONE, "0812", STREET, "Melati", "-6.1783", "106.6319")


def closed(world: World) -> tuple[str, str]:
    """A case with words and a photo, closed."""
    filed = world.filed(TINI)
    number, token = filed["number"], filed["token"]
    upload(world, number, jpeg(scene(3), taken="2027-04-05T09:40:00", point=(-6.1783, 106.6319)),
           token=token)  # fmt: skip
    world.act(number, "comments", {"text": f"Saya {NAME}, {STREET}"}, token=token)
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    world.post(f"/v1/reports/{number}/contact", {"purpose": "visit", "reason": NAME},
               user="petugas.pupr")  # fmt: skip
    photo = upload(world, number, jpeg(scene(4)), "result", user="petugas.pupr")
    done = {"outcome": "done", "note": f"Rumah {NAME}", "photos": [photo]}
    assert world.act(number, "submit", done, user="petugas.pupr").status == 200
    assert world.act(number, "validate", user="verifikator").status == 200
    assert world.act(number, "confirm", token=token).status == 200
    return number, token


def everything(world: World, number: str) -> str:
    """All that the tables and the bucket hold of a report, as text."""
    store = world.engine.store
    stored = store.load(number)
    parts = [stored.report, [event.to_dict() for event in stored.events]]
    parts += [store.identities.get(number), store.deliveries(number)]
    files = {key: data for key, data in world.engine.blobs.files.items() if number in key}
    return repr(parts) + repr(files)


def test_first_the_contact_then_all_words_are_forgotten_and_the_chain_still_verifies(world):
    number, _ = closed(world)
    engine = world.engine
    assert engine.forget.due() == 0
    engine.clock.at += STAGES[0].after
    assert engine.forget.due() == 1
    assert engine.store.identities[number] == Contact()
    assert engine.loaded(number).report.channels == ()
    assert engine.loaded(number).events[0].texts["description"] == WORDS
    engine.clock.at += STAGES[1].after - STAGES[0].after
    assert engine.forget.due() == 1
    stored = engine.loaded(number)
    assert not any(event.texts or event.salt for event in stored.events)
    assert verify_chain(stored.events) == stored.report.last_hash
    assert stored.report.forgotten == ("contact", "words")
    assert not [key for key in engine.blobs.files if number in key]
    assert engine.forget.due() == 0


def test_nothing_of_the_reporter_is_left_and_every_figure_is(world):
    number, _ = closed(world)
    world.project()
    before = world.get("/v1/statistics").json
    assert any(trace in everything(world, number) for trace in TRACES)
    world.engine.clock.at += STAGES[1].after
    while world.engine.forget.due():
        pass
    left = everything(world, number)
    assert [trace for trace in TRACES if trace in left] == []
    world.project()
    assert world.get("/v1/statistics").json == before
    types = [event.type for event in world.engine.loaded(number).events]
    assert {"filed", "verified", "contact_read", "resolved", "validated", "confirmed"} <= set(types)


def test_a_report_that_is_open_or_open_again_is_not_forgotten(world):
    number = world.filed(TINI)["number"]
    again, token = closed(world)
    world.act(again, "reopen", {"reason": "Rusak lagi"}, token=token)
    world.engine.clock.at += timedelta(days=2000)
    assert world.engine.forget.due() == 0
    assert world.engine.store.identities[number].name == NAME


def test_a_reporter_has_a_closed_report_forgotten_at_once(world):
    number, token = closed(world)
    path = f"/v1/reports/{number}/forget"
    assert world.post(path, token=token).status == 200
    left = everything(world, number)
    assert [trace for trace in TRACES if trace in left] == []
    assert world.post(path, token=token).status == 200
    assert world.get(f"/v1/reports/{number}").json["ending"]["code"] == "confirmed"
    open_one = world.filed(TINI)
    refused = world.post(f"/v1/reports/{open_one['number']}/forget", token=open_one["token"])
    assert (refused.status, refused.code) == (409, "not_in_this_status")


def test_a_run_that_died_half_way_is_repeated(world, monkeypatch):
    number, _ = closed(world)
    world.engine.clock.at += STAGES[1].after
    world.engine.forget.due()

    class Died(Exception):
        pass

    def die(keys):
        raise Died

    kept = world.engine.blobs.delete
    monkeypatch.setattr(world.engine.blobs, "delete", die)
    with pytest.raises(Died):
        world.engine.forget.due()
    monkeypatch.setattr(world.engine.blobs, "delete", kept)
    assert world.engine.forget.due() == 1
    assert not any(event.texts for event in world.engine.loaded(number).events)


def test_t19_a_forgotten_name_is_in_no_past_and_no_queued_notice(world):
    filed = world.filed(TINI)
    number, token = filed["number"], filed["token"]
    world.engine.pump()
    world.act(number, "verify", user="operator")  # messages are planned, none is sent yet
    world.call("DELETE", f"/v1/reports/{number}/contact", token=token)
    for delivery in world.engine.store.deliveries(number):
        assert not any(trace in repr(delivery) for trace in (NAME, MAIL, PHONE, STREET, WORDS))
    before = len(world.engine.mail.sent)
    world.engine.pump()
    assert [d for _, d, _ in world.engine.mail.sent[before:] if d.to_reporter] == []


def test_an_anonymised_export_holds_no_name_number_address_or_face(world):
    numbers = [closed(world)[0]]
    for change in (
        {},
        {"visibility": "anonymous"},
        {"visibility": "confidential"},
        {"about_unit": "PUPR"},
        {"category": "WAS-01"},
        {"category": "LIN-02"},
    ):
        numbers.append(world.filed(TINI | change)["number"])
    rows = [row_of(world.engine.loaded(number)) for number in numbers]
    text = repr(rows)
    people = ("petugas.pupr", "verifikator")
    assert [trace for trace in (*TRACES, *numbers, *people) if trace in text] == []
    first = world.engine.loaded(numbers[0])
    faces = [*first.report.photos, *(str(e.data.get("sha256", "no")) for e in first.events)]
    assert first.report.photos
    assert [face for face in faces if face != "no" and face in text] == []
    sealed = [row for row in rows if row and row.get("withheld")]
    assert sealed == [{"month": "2027-04", "withheld": True}] * 3
    (social,) = [row for row in rows if row and row.get("category") == "LIN-02"]
    assert social["kelurahan"] == "" and social["kecamatan"]
    assert rows[0]["ending"] == "confirmed"


def test_the_export_command_prints_the_same_rows_in_an_order_that_tells_nothing(world, capsys):
    from chalicelib import export

    closed(world)
    world.filed(TINI)
    assert export.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 and lines == sorted(lines)
    assert not any(trace in line for trace in TRACES for line in lines)


def test_what_is_kept_and_why_can_be_read_by_anybody(world):
    answer = world.get("/v1/privacy")
    assert answer.status == 200
    stages = {row["stage"] for row in answer.json["retention"]}
    assert stages == {stage.code for stage in STAGES}
    for row in answer.json["fields"]:
        assert set(row["purpose"]) == set(row["basis"]) == {"id", "en"}
        assert row["stage"] in stages | {None}
    fields = " ".join(row["field"] for row in answer.json["fields"])
    for name in ("name", "email", "phone", "description", "address", "lat", "photos"):
        assert name in fields
