"""Drills in a browser: begun by a form, watched, stopped, read on paper; without a script too."""

from __future__ import annotations

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_desk import SHAPES, staff


@SHAPES
def test_a_drill_is_begun_watched_stopped_and_on_the_training_record(city, shape):
    name = "phone" if shape is PHONE else "desk"
    leader = staff(city, "kadis.bpbd", shape)
    leader.go("/latihan")
    leader.look(f"drills-{name}")
    page = leader.page
    page.select_option("#category", "DRT-01")
    page.select_option("#kelurahan", "36.71.01.1007")
    page.fill("#description", "Gudang cat terbakar, asap tebal")
    page.click("text=Mulai latihan sekarang")
    assert "/latihan/TL-" in page.url
    number = page.url.rpartition("/")[2]
    city.world.engine.run_until("2027-04-05T09:58:30+07:00")
    city.world.act(number, "acknowledge", user="petugas.bpbd")
    city.world.engine.run_until("2027-04-05T10:12:00+07:00")
    page.reload()
    assert page.locator(".drill-bar b").inner_text() == "LATIHAN"
    leader.look(f"drill-live-{name}")
    officer = staff(city, "petugas.bpbd", shape)
    officer.go(f"/kasus/{number}")
    assert officer.page.locator(".drill-bar").count() == 1
    officer.look(f"drill-case-{name}")
    officer.go("/tugas")
    assert officer.page.locator(".drill-tag").count() == 1
    room = staff(city, "operator", shape)
    room.go("/ruang")
    assert room.page.locator(".room__drill a").count() == 1
    room.look(f"drill-room-{name}")
    page.click("text=Hentikan sekarang")
    assert "Dihentikan" in page.locator("main").inner_text()
    leader.look(f"drill-sheet-{name}")
    leader.go("/pelatihan?category=DRT-01")
    assert "Piket Damkar" in page.locator("table").inner_text()
    leader.look(f"training-{name}")


def test_without_a_script_a_drill_is_begun_and_stopped_and_in_english(city):
    leader = staff(city, "sekda", DESK, java_script_enabled=False)
    page = leader.page
    page.goto(f"{city.address}/latihan?lang=en")
    page.select_option("#category", "DRT-02")
    page.select_option("#kelurahan", "36.71.07.1001")
    page.click("text=Begin the drill now")
    page.click("text=Stop it now")
    assert "Stopped on" in page.content()
