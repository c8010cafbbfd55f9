"""Reading a contact from the case page: purpose and reason, on record, checked where it is read."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from chalicelib.handlers.reveal import reveal
from tests.fakes.world import World
from tests.unit.handlers.pages.test_desk import post, signed_in
from tests.unit.handlers.test_contact import TINI, at_work, readings


@pytest.fixture
def world():
    with World().running() as running:
        yield running


WHY = {"purpose": "visit", "reason": "Perlu janji temu"}


def read(world, number, user="petugas.pupr", **fields):
    path = f"/kasus/{number}/kontak"
    return post(world, path, fields or WHY, signed_in(user), seen=path)


def test_an_officer_reads_it_with_a_purpose_and_the_reporter_sees_who_read(world):
    number = at_work(world)["number"]
    case = world.get(f"/kasus/{number}", headers=signed_in("petugas.pupr")).body.decode()
    assert f"/kasus/{number}/kontak" in case
    asked = world.get(f"/kasus/{number}/kontak", headers=signed_in("petugas.pupr"))
    assert TINI["phone"] not in asked.body.decode()
    answer = read(world, number)
    html = answer.body.decode()
    assert answer.status == 200 and answer.headers["Cache-Control"] == "no-store"
    assert TINI["phone"] in html and TINI["name"] in html and TINI["email"] not in html
    (reading,) = readings(world, number, token=world.token_of(number))
    assert reading["by"]["position"] == "petugas.pupr"
    assert reading["texts"] == {"reason": "Perlu janji temu"}
    again = world.get(f"/kasus/{number}/kontak", headers=signed_in("petugas.pupr"))
    assert TINI["phone"] not in again.body.decode()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"purpose": "visit", "reason": ""}, 422),
        ({"purpose": "examine", "reason": "Ingin tahu"}, 403),
        ({"purpose": "curiosity", "reason": "Ingin tahu"}, 422),
        ({"purpose": "confirm_by_phone", "reason": "Menelepon"}, 403),
    ],
)
def test_what_the_table_of_purposes_refuses_is_said_in_place_and_leaves_no_reading(
    world, fields, status
):
    number = at_work(world)["number"]
    answer = read(world, number, **fields)
    assert answer.status == status and 'role="alert"' in answer.body.decode()
    assert TINI["phone"] not in answer.body.decode()
    assert readings(world, number, user="inspektorat") == []


def test_without_the_sessions_mark_nothing_is_read(world):
    number = at_work(world)["number"]
    answer = world.post(f"/kasus/{number}/kontak", b"purpose=visit&reason=x",
                        headers=signed_in("petugas.pupr"))  # fmt: skip
    assert answer.status == 403
    assert readings(world, number, user="inspektorat") == []


def test_another_agency_and_other_roles_do_not_get_there(world):
    number = at_work(world)["number"]
    path = f"/kasus/{number}/kontak"
    assert world.get(path, headers=signed_in("petugas.dishub")).status == 404
    assert world.get(path, headers=signed_in("walikota")).status == 403


def test_the_function_checks_the_session_itself_and_trusts_no_name_beside_it(world):
    number = at_work(world)["number"]
    asked = {"number": number, "token": "", **WHY}
    session = bootstrap.sessions().begin("petugas.pupr")
    assert reveal({**asked, "session": session}, None) == {
        "contact": {"name": TINI["name"], "phone": TINI["phone"]}
    }
    bootstrap.sessions().end(session)
    for token in (session, "made-up", "x" * 500):
        answer = reveal({**asked, "session": token}, None)
        assert answer["refused"]["code"] == "invalid_token"
    assert len(readings(world, number, user="inspektorat")) == 1
