"""An agency's own page: its deadlines, its promise, and what went to and fro."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import assigned, signed_in
from tests.unit.handlers.pages.test_figures_from_open_data import figures


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def see(world, user, path="/dinas"):
    answer = world.get(path, headers=signed_in(user))
    assert answer.status == 200, answer.body
    return answer.body.decode()


def test_a_head_sees_the_deadlines_of_the_own_agency_alone(world):
    number = assigned(world)
    world.filed({"category": "DRT-01"})
    shown = see(world, "kadis.pupr")
    assert "1 laporan menunggu langkah instansi ini" in shown
    assert number not in shown, "only what is late is listed by number"
    world.engine.run_until("2027-04-20T10:00:00+07:00")
    late = see(world, "kadis.pupr")
    assert "1 laporan lewat batas" in late and number in late
    assert world.get("/dinas?agency=BPBD", headers=signed_in("kadis.pupr")).status == 403


def test_the_promise_is_printed_with_its_parts(world):
    assigned(world)
    world.engine.run_until("2027-04-20T10:00:00+07:00")
    world.project()
    said = figures(see(world, "kadis.pupr"))
    assert {name.rpartition("/")[2]: value for name, value in said.items()} == {
        "percent": "0,0",
        "on_time": "0",
        "late": "0",
        "overdue": "1",
    }


def test_what_was_declined_is_marked_and_at_last_left_to_the_secretary(world):
    number = assigned(world)
    turned = {"agency": "DISPERKIMTAN", "reason": "Jalan lingkungan"}
    world.act(number, "decline", turned, user="petugas.pupr")
    world.project()
    for path in ("/dinas?agency=LIVEROOM", "/pimpinan"):
        shown = see(world, "sekda", path)
        assert "Buntu dan berpindah-pindah (1)" in shown
        assert f'data-id="b{number}"' in shown and "ditolak 1×" in shown and "buntu<" not in shown
        assert "Sesudah ditolak 2 kali" in shown
    world.act(number, "assign", {"agency": "DISHUB"}, user="operator")
    back = {"agency": "PUPR", "reason": "Bukan rambu"}
    assert world.act(number, "decline", back, user="petugas.dishub").status == 200
    world.project()
    assert "ditolak 2×, buntu<" in see(world, "sekda", "/pimpinan")


def test_leaders_choose_the_agency(world):
    world.filed(WITH_MAIL)
    assert '<select class="input" id="agency"' in see(world, "sekda")
    assert '<select class="input" id="agency"' not in see(world, "kadis.pupr")
