"""The work list's filters and its one act for several reports, and an agency's own page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_desk import busy, staff
from tests.fakes.world import WITH_MAIL

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])


@SHAPES
def test_several_tasks_are_taken_on_at_once(city, shape):
    oldest, *_ = busy(city.world)
    visit = staff(city, "petugas.pupr", shape)
    visit.go("/tugas?tier=P2")
    page = visit.page
    page.get_by_role("checkbox", name=f"Pilih {oldest}").check()
    visit.look("work-picked")
    page.get_by_role("button", name="Terima tugas").click()
    page.get_by_role("button", name=f"Mulai {oldest}").wait_for()
    assert page.url.endswith("/tugas?tier=P2")
    city.world.filed(WITH_MAIL | {"description": "Motor jatuh di depan sekolah, lubang dalam"})
    city.world.project()
    room = staff(city, "operator", shape)
    room.go("/tugas?q=lubang")
    room.look("work-found")
    room.page.get_by_role("heading", name="Di luar daftar ini").wait_for()
    room.go("/tugas?q=motor+sekolah")
    assert room.page.locator(".row--pick").count() == 1
    head = staff(city, "kadis.pupr", shape)
    head.go("/dinas")
    head.look("agency")


@SHAPES
def test_anybody_finds_public_reports(city, shape):
    busy(city.world)
    city.world.project()
    visit = city.visit(shape)
    visit.go("/laporan?category=INF-01")
    visit.look("listing")
    assert "Jalan berlubang" in visit.page.locator(".rows").inner_text()
