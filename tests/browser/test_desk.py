"""Staff's journeys: today's work, a case from task to result, refusals, by telephone and desk."""

from __future__ import annotations

import pytest

from chalicelib import bootstrap
from chalicelib.handlers.session import session_cookie
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_citizen import JPEG
from tests.fakes.world import SUKARASA, WITH_MAIL

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])


def staff(city, user, shape=DESK, **options):
    """Open a browser in which *user* is signed in."""
    visit = city.visit(shape, **options)
    name, _, value = (
        session_cookie(bootstrap.sessions().begin(user)).partition(";")[0].partition("=")
    )
    visit.context.add_cookies([{"name": name, "value": value, "url": city.address}])
    return visit


def busy(world):
    """Three potholes of different age and one fire."""
    numbers = []
    for address in ("Jl. Daan Mogot 112", "Jl. Moh. Toha 7", "Jl. Merdeka 3"):
        place = SUKARASA | {"address": address}
        numbers.append(world.filed(WITH_MAIL | {"location": place})["number"])
        world.act(numbers[-1], "verify", user="operator")
        world.engine.pump()
        world.engine.run_until(
            {1: "2027-04-06T14:00:00+07:00", 2: "2027-04-07T09:00:00+07:00"}.get(
                len(numbers), "2027-04-07T10:00:00+07:00"
            )
        )
    world.filed({"category": "DRT-01"})
    return numbers


@SHAPES
def test_an_officers_day(city, shape, tmp_path):
    oldest = busy(city.world)[0]
    photo = tmp_path / "hasil.jpg"
    photo.write_bytes(JPEG)
    here = {"latitude": SUKARASA["lat"], "longitude": SUKARASA["lon"]}
    visit = staff(city, "petugas.pupr", shape, geolocation=here, permissions=["geolocation"])
    page = visit.page
    visit.go("/tugas")
    visit.look("work")
    page.get_by_role("button", name=f"Terima {oldest}").click()
    page.get_by_role("button", name=f"Mulai {oldest}").click()
    page.locator(f'a[href="/kasus/{oldest}"]').click()
    visit.look("case")
    page.get_by_role("button", name="Tiba di lokasi").click()
    page.get_by_text("Ajukan hasil").first.click()
    page.locator("#submit-photos").set_input_files(photo)
    page.get_by_text("1 ✓").wait_for()
    page.get_by_label("Apa yang dikerjakan").fill("Ditambal panas 2,4 m²")
    visit.look("case-submit")
    page.get_by_role("button", name="Ajukan hasil").click()
    page.wait_for_load_state("networkidle")
    shown = city.world.get(f"/v1/reports/{oldest}").json
    assert shown["status"] == "awaiting_validation"
    assert shown["on_scene_at"]


def test_a_refusal_stands_on_the_case(city):
    number = busy(city.world)[0]
    visit = staff(city, "petugas.pupr", PHONE)
    visit.go(f"/kasus/{number}")
    visit.page.get_by_text("Ajukan hasil").first.click()
    visit.page.get_by_role("button", name="Ajukan hasil").click()
    visit.page.get_by_role("alert").wait_for()
    visit.look("case-refused")


def test_the_work_list_refreshes_itself(city):
    visit = staff(city, "petugas.pupr")
    visit.go("/tugas")
    assert "Tidak ada tugas terbuka" in visit.page.content()
    number = city.world.filed(WITH_MAIL)["number"]
    city.world.act(number, "verify", user="operator")
    visit.page.evaluate("document.dispatchEvent(new Event('refresh'))")
    visit.page.get_by_text(number).first.wait_for()


def test_work_in_english_and_dark(city):
    busy(city.world)
    visit = staff(city, "kadis.pupr", PHONE, color_scheme="dark")
    visit.go("/tugas?lang=en")
    visit.look("work-dark-english")


@pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])
def test_the_inspectorate_prints_a_case_for_the_ombudsman(city, shape):
    number = city.world.filed(WITH_MAIL)["number"]
    city.world.act(number, "verify", user="operator")
    city.world.engine.run_until("2027-04-13T12:00:00+07:00")
    city.world.seal_days()()
    visit = staff(city, "inspektorat", shape)
    visit.go(f"/kasus/{number}")
    visit.page.get_by_role("link", name="Berkas kasus untuk Ombudsman dan auditor").click()
    visit.page.get_by_role("heading", level=1, name="Berkas kasus").wait_for()
    visit.look("case-file")
