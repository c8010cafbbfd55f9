"""Probable duplicates side by side, and the wall that goes on by itself under the keyboard."""

from __future__ import annotations

from tests.browser.conftest import DESK, PHONE, WALL
from tests.browser.test_desk import SHAPES, staff
from tests.fakes.pictures import jpeg, repaired
from tests.fakes.world import SUKARASA, WITH_MAIL
from tests.unit.handlers.test_photos import upload


def alike(world):
    """Two potholes before one school, the newer one with a photo, and two calls about one fire."""
    numbers = []
    for text in ("Lubang besar di depan sekolah, motor jatuh", "Jalan berlubang dekat sekolah SD"):
        numbers.append(world.filed(WITH_MAIL | {"description": text})["number"])
    upload(world, numbers[1], jpeg(repaired(1)), "problem", token=world.token_of(numbers[1]))
    for text in ("Rumah terbakar, api besar", "Kebakaran rumah, asap tebal"):
        place = {"kelurahan": "36.71.05.1001", "address": "Gg. Kamboja 4"}
        world.filed({"category": "DRT-01", "location": place, "description": text})
    world.engine.pump()
    world.project()
    return numbers


@SHAPES
def test_two_are_merged_and_two_are_told_apart(city, shape):
    older, newer = alike(city.world)
    visit = staff(city, "operator", shape)
    visit.go("/ruang/ganda")
    visit.look("duplicates")
    pair = visit.page.locator(".pair", has_text=newer)
    pair.get_by_role("button", name="Gabungkan yang baru").click()
    visit.page.wait_for_load_state("networkidle")
    assert city.world.get(f"/v1/reports/{newer}").json["merged_into"] == older
    visit.page.get_by_role("button", name="Bukan laporan yang sama").click()
    visit.page.get_by_text("Tidak ada dugaan laporan ganda").wait_for()
    visit.look("duplicates-none")


def test_the_wall_lists_them_and_g_leads_there(city):
    alike(city.world)
    visit = staff(city, "operator", WALL)
    visit.go("/ruang")
    visit.page.locator(".dups").get_by_text("Kebakaran").wait_for()
    visit.look("wall-duplicates")
    visit.page.keyboard.press("g")
    visit.page.wait_for_url("**/ruang/ganda")


def test_the_board_goes_on_while_a_row_is_held_by_the_keyboard(city):
    alike(city.world)
    visit = staff(city, "operator", DESK)
    page = visit.page
    visit.go("/ruang")
    page.keyboard.press("j")
    held = page.evaluate("document.activeElement.getAttribute('href')")
    late = city.world.filed({"category": "DRT-02", "location": {"kelurahan": "36.71.08.1001"}})
    city.world.project()
    page.evaluate("document.dispatchEvent(new Event('refresh'))")
    page.locator(f'.board a[href$="{late["number"]}"]').wait_for()
    assert page.evaluate("document.activeElement.getAttribute('href')") == held
    assert page.locator("tr.is-chosen").count() == 1


def test_what_is_picked_and_written_survives_a_refresh(city):
    number = city.world.filed(WITH_MAIL)["number"]
    visit = staff(city, "operator", DESK)
    page = visit.page
    visit.go("/tugas")
    page.keyboard.press("j")
    page.keyboard.press("x")
    other = city.world.filed(WITH_MAIL)["number"]
    page.evaluate("document.dispatchEvent(new Event('refresh'))")
    page.get_by_text(other).first.wait_for()
    assert page.locator(f'input[name="pick.{number}"]').is_checked()
    assert not page.locator(f'input[name="pick.{other}"]').is_checked()


def test_the_keys_are_listed_and_can_be_switched_off(city):
    for shape, place in ((WALL, "/ruang"), (PHONE, "/tugas")):
        visit = staff(city, "operator", shape)
        page = visit.page
        visit.go(place)
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        visit.look(f"keys-{place.strip('/')}")
        page.get_by_label("Tombol huruf aktif").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        assert page.url.endswith(place)
        page.keyboard.press("?")
        page.get_by_label("Tombol huruf aktif").check()
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        page.wait_for_url("**/ruang/serah-terima")


def test_a_case_by_keyboard_alone(city):
    number = city.world.filed(WITH_MAIL | {"location": SUKARASA})["number"]
    visit = staff(city, "operator", DESK)
    page = visit.page
    visit.go(f"/kasus/{number}")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.get_by_text("Didisposisikan").first.wait_for()
    assert city.world.get(f"/v1/reports/{number}").json["status"] == "assigned"
