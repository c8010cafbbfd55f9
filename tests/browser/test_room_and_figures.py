"""The wall, the call-taker's desk, leaders and the public figures, as people see them."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE, WALL
from tests.browser.test_desk import staff
from tests.unit.handlers.pages.test_room_and_figures import lived

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])


def flood_night(world):
    """What `lived` leaves, and emergencies in every state."""
    lived(world)
    world.filed({"category": "DRT-02", "location": {"kelurahan": "36.71.08.1001"}})
    tree = world.filed({"category": "DRT-14", "location": {"kelurahan": "36.71.13.1001"}})
    world.act(tree["number"], "acknowledge", user="petugas.bpbd")
    world.filed({"category": "DRT-10", "location": {"kelurahan": "36.71.05.1001"}})
    world.project()


@pytest.mark.parametrize("shape", [WALL, DESK, PHONE], ids=["wall", "desk", "phone"])
def test_the_board_by_eye_and_by_keyboard(city, shape):
    flood_night(city.world)
    visit = staff(city, "operator", shape)
    page = visit.page
    visit.go("/ruang")
    visit.look("room")
    first = page.locator(".board tbody tr").first
    assert "is-late" in first.get_attribute("class")
    before = first.locator("[data-since]").inner_text()
    page.wait_for_function(
        "was => document.querySelector('[data-since]').textContent !== was", arg=before
    )
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/kasus/TL-*")
    assert page.get_by_role("heading", level=1).inner_text() == "Kebakaran"


def test_the_board_in_daylight(city):
    flood_night(city.world)
    visit = staff(city, "operator", DESK)
    visit.go("/ruang")
    visit.page.keyboard.press("w")
    visit.look("room-light")


@SHAPES
def test_a_call_is_taken_while_talking(city, shape):
    visit = staff(city, "operator", shape)
    page = visit.page
    visit.go("/panggilan-112")
    page.get_by_role("radio", name="Kebakaran").check()
    page.get_by_text("Keluar dari bangunan", exact=False).wait_for()
    page.get_by_label("Jalan, nomor, patokan, lantai").fill("Gg. Kamboja 4")
    visit.look("call")
    page.get_by_role("button", name="Kirim regu sekarang").click()
    page.wait_for_url("**/kasus/TL-*")


@SHAPES
def test_the_leaders_page(city, shape):
    flood_night(city.world)
    visit = staff(city, "walikota", shape)
    visit.go("/pimpinan")
    visit.look("leaders")
    assert "darurat tanpa jawaban" in visit.page.get_by_role("heading", level=1).inner_text()


@SHAPES
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_public_figures(city, shape, language):
    flood_night(city.world)
    visit = city.visit(shape)
    visit.go(f"/angka?lang={language}")
    visit.look(f"figures-{language}")


def test_pages_for_reading(city):
    visit = city.visit(PHONE)
    visit.go("/hak")
    visit.look("rights")


def test_the_figures_hold_with_nothing_in_them(city):
    visit = city.visit(PHONE)
    visit.go("/angka")
    visit.look("figures-empty")
