"""An agency's own page: its deadlines, its promise, and what went to and fro."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import assigned, signed_in


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
    assert "0 ÷ (0 tepat waktu + 0 terlambat + 1 sedang lewat batas)" in see(world, "kadis.pupr")


def test_what_was_declined_is_marked_and_at_last_left_to_the_secretary(world):
    number = assigned(world)
    turned = {"agency": "DISPERKIMTAN", "reason": "Jalan lingkungan"}
    world.act(number, "decline", turned, user="petugas.pupr")
    shown = see(world, "sekda", "/dinas?agency=LIVEROOM")
    assert number in shown and "ditolak 1×" in shown
    assert "Sesudah ditolak 2 kali" in shown


def test_leaders_choose_the_agency(world):
    world.filed(WITH_MAIL)
    assert '<select class="input" id="agency"' in see(world, "sekda")
    assert '<select class="input" id="agency"' not in see(world, "kadis.pupr")
