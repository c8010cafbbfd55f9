"""Field audits: the list by area, the form, and what it leads to."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import post, signed_in


@pytest.fixture
def world():
    with World().running() as running:
        yield running


@pytest.fixture
def disputed(world):
    """A pothole that the agency did not find, and whose reporter says otherwise."""
    place = {"kelurahan": "Bugel"}
    number = world.filed(WITH_MAIL | {"location": place})["number"]
    assert world.get(f"/v1/reports/{number}").json["area"]["kecamatan"]["name"] == "Karawaci"
    for action, user, body in (
        ("verify", "operator", {}),
        ("acknowledge", "petugas.pupr", {}),
        ("start", "petugas.pupr", {}),
        ("submit", "petugas.pupr", {"outcome": "nothing_found", "reason": "Tak ada lubang"}),
        ("validate", "verifikator", {}),
    ):
        assert world.act(number, action, body, user=user).status == 200
    answer = world.act(number, "dispute", {"reason": "Masih ada"}, token=world.token_of(number))
    assert answer.status == 200
    world.project()
    return number


def listed(world, user):
    return world.get("/pemeriksaan", headers=signed_in(user)).body.decode()


def record(world, number, user="camat.karawaci", **fields):
    path = f"/pemeriksaan/{number}"
    return post(world, path, fields, signed_in(user), seen=path)


def test_a_disputed_result_waits_for_the_camat_of_the_place(world, disputed):
    html = listed(world, "camat.karawaci")
    assert disputed in html and "disanggah pelapor" in html
    page = world.get(f"/pemeriksaan/{disputed}", headers=signed_in("camat.karawaci")).body.decode()
    assert "benarkah selesai?" in page and 'value="not_done"' in page
    assert world.get("/pemeriksaan", headers=signed_in("petugas.pupr")).status == 403


def test_what_is_found_is_recorded_counted_and_waits_no_more(world, disputed):
    assert record(world, disputed, finding="not_done").status == 422
    answer = record(world, disputed, finding="not_done", note="Lubangnya masih ada")
    assert (answer.status, answer.headers["Location"]) == (303, "/pemeriksaan")
    assert world.engine.loaded(disputed).report.audit == "not_done"
    world.project()
    html = listed(world, "camat.karawaci")
    assert disputed not in html
    assert "1 hasil diperiksa di lapangan" in html and "1 tidak dikerjakan" in html
    again = record(world, disputed, "inspektorat", finding="partly", note="Sekali lagi")
    assert again.status in (403, 409)


def test_whoever_only_watches_sees_the_list_and_gets_no_form(world, disputed):
    assert disputed in listed(world, "auditor")
    page = world.get(f"/pemeriksaan/{disputed}", headers=signed_in("auditor")).body.decode()
    assert 'value="not_done"' not in page
