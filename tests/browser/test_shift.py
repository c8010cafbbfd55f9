"""The hand-over of a shift, by telephone and at the desk, and printed."""

from __future__ import annotations

from tests.browser.conftest import DESK, PHONE, WALL
from tests.browser.test_desk import SHAPES, busy, staff


@SHAPES
def test_a_shift_is_handed_over_and_taken_over_by_one_press(city, shape):
    busy(city.world)
    city.world.project()
    leaving, coming = staff(city, "operator", shape), staff(city, "verifikator", shape)
    leaving.go("/ruang/serah-terima")
    leaving.look("shift-nobody")
    leaving.page.get_by_role("button", name="Terima tugas sekarang").click()
    leaving.page.get_by_label("Yang harus diketahui").fill(
        "Kebakaran di Cibodas: Danru baru dihubungi lewat HT.\nGenset ruang server menyala."
    )
    leaving.page.get_by_label("Penerus", exact=True).select_option("verifikator")
    leaving.page.get_by_label("Catatan baru").fill("HT 3 dipinjam Dishub")
    leaving.page.get_by_role("button", name="Tambahkan catatan").click()
    leaving.page.get_by_label("Yang harus diketahui").fill("Kebakaran di Cibodas berjalan.")
    leaving.page.get_by_label("Penerus", exact=True).select_option("verifikator")
    leaving.page.get_by_role("button", name="Serahkan tugas").click()
    leaving.look("shift-offered")
    coming.go("/ruang/serah-terima")
    coming.look("shift-to-take")
    coming.page.get_by_role("button", name="Terima tugas sekarang").click()
    coming.page.get_by_role("heading", name="Anda bertugas").wait_for()
    coming.look("shift-taken")
    coming.page.emulate_media(media="print")
    coming.look("shift-print")


def test_the_wall_says_who_is_on_duty(city):
    busy(city.world)
    city.world.project()
    city.world.post("/v1/shift/take-over", {}, user="operator")
    visit = staff(city, "operator", WALL)
    visit.go("/ruang")
    visit.page.get_by_text("Melati Contoh").wait_for()
    visit.look("wall-on-duty")


def test_the_hand_over_in_english_and_dark(city):
    for shape in (PHONE, DESK):
        visit = staff(city, "operator", shape, color_scheme="dark")
        visit.go("/ruang/serah-terima?lang=en")
        visit.look("shift-english-dark")
