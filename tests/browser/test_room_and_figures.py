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
    place = {"kelurahan": "36.71.03.1005", "address": "Gg. Kamboja 2"}
    text = "Asap tebal dari dapur, warga mencoba memadamkan"
    fire = {"category": "DRT-01", "location": place, "description": text}
    first = city.world.filed(fire)["number"]
    city.world.engine.pump()
    city.world.project()
    visit = staff(city, "operator", shape)
    page = visit.page
    visit.go("/panggilan-112")
    page.get_by_role("radio", name="Kebakaran").check()
    page.get_by_text("Keluar dari bangunan", exact=False).wait_for()
    page.get_by_label("Jalan, nomor, patokan, lantai").press_sequentially("asap daan mogot kebon")
    page.get_by_role("radio", name="Kebon Besar", exact=True).wait_for()
    page.keyboard.type(" besar")
    page.locator(".found .choice").first.wait_for()
    page.wait_for_function("document.querySelectorAll('[type=radio][name=pick]').length === 2")
    page.keyboard.press("ArrowDown")
    page.get_by_role("heading", name="Mungkin sudah dilaporkan").wait_for()
    assert page.get_by_label("Kelurahan", exact=True).input_value() == "36.71.03.1005"
    visit.look("call")
    page.keyboard.press("Escape")
    assert page.get_by_label("Kelurahan", exact=True).input_value() == ""
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("0812-3456-7890")
    page.keyboard.press("Enter")  # sends nothing
    assert page.get_by_label("Nomor telepon").input_value() == "0812-3456-7890"
    if shape is PHONE:
        page.get_by_role("button", name=f"Gabungkan ke laporan ini {first}").click()
        page.wait_for_url("**/kasus/TL-*")
        page.get_by_role("link", name=first).wait_for()
        visit.look("case-joined")
        return
    page.get_by_role("button", name="Kirim regu sekarang").click()
    page.wait_for_url("**/kasus/TL-*")


def test_a_call_is_taken_without_a_script(city):
    place = {"kelurahan": "36.71.03.1005", "address": "Gg. Kamboja 2"}
    first = city.world.filed({"category": "DRT-01", "location": place})["number"]
    city.world.engine.pump()
    city.world.project()
    visit = staff(city, "operator", PHONE, java_script_enabled=False)
    page = visit.page
    visit.go("/panggilan-112")
    page.get_by_role("radio", name="Kebakaran").check()
    page.get_by_label("Jalan, nomor, patokan, lantai").fill("kebon besar")
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Kel. Kebon Besar").check()
    page.get_by_role("button", name="Kirim regu sekarang").click()
    page.get_by_role("heading", name="Belum terkirim").wait_for()
    assert page.get_by_label("Jalan, nomor, patokan, lantai").input_value() == "kebon besar"
    page.get_by_role("button", name="kirim sebagai kejadian baru").click()
    page.wait_for_url("**/kasus/TL-*")
    assert first not in page.url


@SHAPES
def test_the_leaders_page(city, shape):
    flood_night(city.world)
    visit = staff(city, "walikota", shape)
    visit.go("/pimpinan")
    visit.look("leaders")
    assert "darurat tanpa jawaban" in visit.page.get_by_role("heading", level=1).inner_text()
    camat = staff(city, "camat.karawaci", shape)
    camat.go("/pimpinan")
    camat.look("leaders-territory")


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
