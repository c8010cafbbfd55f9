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
    sign_in(visit, user)
    return visit


def sign_in(visit, user):
    """Begin a session of *user* in an open browser."""
    session = session_cookie(bootstrap.sessions().begin(user)).partition(";")[0]
    name, _, value = session.partition("=")
    visit.context.add_cookies([{"name": name, "value": value, "url": visit.city.address}])


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
    page.get_by_role("button", name="Tiba di lokasi").wait_for(state="detached")
    page.locator("#submit-photos").set_input_files(photo)
    page.get_by_text("1 ✓").wait_for()
    page.get_by_label("Apa yang dikerjakan").fill("Ditambal panas 2,4 m²")
    visit.look("case-submit")
    page.get_by_role("button", name="Ajukan hasil").click()
    page.locator("#submit-photos").wait_for(state="detached")
    shown = city.world.get(f"/v1/reports/{oldest}").json
    assert shown["status"] == "awaiting_validation"
    assert shown["on_scene_at"]


def test_nothing_an_officer_presses_is_lost(city, tmp_path):
    """Offline: pressed, shown, also after reloading; then sent once. A refusal keeps its reason."""
    first, second, _ = busy(city.world)
    photo = tmp_path / "hasil.jpg"
    photo.write_bytes(JPEG)
    here = {"latitude": SUKARASA["lat"], "longitude": SUKARASA["lon"]}
    visit = staff(city, "petugas.pupr", PHONE, service_workers="allow", geolocation=here,
                  permissions=["geolocation"])  # fmt: skip
    page, queue = visit.page, visit.page.locator("#unsent")
    visit.go("/tugas")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    visit.context.set_offline(True)
    page.get_by_role("button", name=f"Terima {second}").click()
    queue.get_by_text("Menunggu jaringan").wait_for()
    city.world.act(second, "assign", {"agency": "DISHUB"}, user="operator")
    visit.context.set_offline(False)
    queue.get_by_text("Kasus ini tidak lagi pada instansi Saudara").wait_for()
    visit.look("work-conflict")
    queue.get_by_role("button", name="Hapus dari antrean").click()
    visit.go(f"/kasus/{first}")
    page.get_by_text("Ajukan hasil").first.click()
    page.get_by_role("button", name="Ajukan hasil").click()
    queue.get_by_role("alert").wait_for()
    visit.look("case-refused")
    assert "foto" in queue.locator(".unsent__why").inner_text()
    queue.get_by_role("button", name="Hapus dari antrean").click()
    queue.wait_for(state="hidden")
    visit.context.set_offline(True)
    page.get_by_role("button", name="Terima tugas").click()
    queue.get_by_text("Menunggu jaringan").wait_for()
    page.locator("#submit-photos").set_input_files(photo)
    page.get_by_text("1 menunggu jaringan").wait_for()
    page.get_by_label("Apa yang dikerjakan").fill("Ditambal panas 2,4 m²")
    page.get_by_role("button", name="Ajukan hasil").click()
    queue.get_by_role("heading", name="Belum terkirim: 3").wait_for()
    visit.look("case-unsent")
    page.goto(f"{city.address}/tugas")
    page.get_by_role("heading", name="Belum ada jaringan").wait_for()
    queue.get_by_role("heading", name="Belum terkirim: 3").wait_for()
    visit.look("unsent-frame")
    visit.context.set_offline(False)
    queue.wait_for(state="hidden")
    events = [one.type for one in city.world.engine.loaded(first).events]
    assert [events.count(one) for one in ("acknowledged", "photo_added", "resolved")] == [1, 1, 1]


def test_an_account_that_signed_in_again_sends_what_waits_and_another_does_not(city):
    number = busy(city.world)[0]
    visit = staff(city, "petugas.pupr", PHONE)
    page, queue = visit.page, visit.page.locator("#unsent")
    visit.go("/tugas")
    visit.context.clear_cookies()
    page.get_by_role("button", name=f"Terima {number}").click()
    queue.get_by_role("link", name="Masuk untuk mengirim").wait_for()
    visit.look("work-signed-out")
    sign_in(visit, "kadis.pupr")
    visit.go("/tugas")
    queue.get_by_text("Akun lain masih punya 1 tindakan").wait_for()
    assert city.world.get(f"/v1/reports/{number}").json["status"] == "assigned"
    sign_in(visit, "petugas.pupr")
    visit.go("/tugas")
    # The queue begins hidden; that the task is taken on is what shows that it was sent.
    page.get_by_role("button", name=f"Terima {number}").wait_for(state="detached")
    queue.wait_for(state="hidden")
    assert city.world.get(f"/v1/reports/{number}").json["status"] == "acknowledged"


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
    on_paper(visit, ".top nav", ".bulk", ".row form", "#push", ".foot")
    visit.page.locator(".row__main").first.click()
    visit.page.locator(".plate").wait_for()
    on_paper(visit, ".top nav", ".do", ".foot")
    for shown in (".code", ".plate", ".ladder", ".history"):
        assert visit.page.locator(shown).first.is_visible()


def on_paper(visit, *gone):
    """Hold the page, printed from a dark screen, to black on white without what is pressed."""
    visit.page.emulate_media(media="print", color_scheme="dark")
    colours = visit.page.evaluate("""() => {
        const of = (one) => getComputedStyle(document.querySelector(one));
        return [of("body").color, of("html").backgroundColor, of(".tier").color];
    }""")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    for one in gone:
        assert not any(found.is_visible() for found in visit.page.locator(one).all()), one
    visit.page.emulate_media(media="screen", color_scheme="dark")


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
