"""A proof of work in a real browser, the wait of one without a script, and the misuse page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_desk import staff
from tests.fakes.world import POTHOLE

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])
FROM_OUTSIDE = {"X-Forwarded-For": "36.68.1.9"}


@pytest.fixture
def asked(city, monkeypatch):
    """A city in which everybody who comes from outside is asked for a proof."""
    monkeypatch.setenv("TRUSTED_HOPS", "1")
    on = {"mode": "on", "reason": "Uji"}
    assert city.world.post("/v1/protection", on, user="operator").status == 200
    return city


def fill(page) -> None:
    page.locator("label.choice", has_text="Jalan berlubang").first.click()
    page.get_by_label("Kelurahan", exact=True).select_option(label="Sukarasa")
    page.get_by_label("Keterangan singkat").fill("Lubang sekitar 1 meter")


def test_a_telephone_solves_the_proof_by_itself(asked):
    visit = asked.visit(PHONE, extra_http_headers=FROM_OUTSIDE)
    visit.go("/")
    fill(visit.page)
    visit.page.get_by_role("button", name="Kirim laporan").click()
    visit.page.wait_for_url("**/laporan/TL-*", timeout=60_000)
    assert visit.faults == []


def test_without_a_script_the_form_comes_back_whole_and_says_how_long(asked):
    visit = asked.visit(PHONE, extra_http_headers=FROM_OUTSIDE, java_script_enabled=False)
    visit.go("/")
    fill(visit.page)
    visit.page.get_by_role("button", name="Kirim laporan").click()
    assert "tunggu 60 detik" in visit.page.get_by_role("alert").first.inner_text()
    assert visit.page.get_by_label("Keterangan singkat").input_value() == "Lubang sekitar 1 meter"


@SHAPES
def test_the_page_about_misuse(city, shape):
    world = city.world
    number = world.filed(POTHOLE)["number"]
    world.act(number, "suspect", {"reason": "Suara tertawa"}, user="operator")
    world.project()
    visit = staff(city, "operator", shape)
    visit.go("/penyalahgunaan")
    visit.look("misuse")
    assert number in visit.page.locator(".rows").inner_text()
    visit.page.get_by_label("Alasan, untuk catatan audit").fill("Serangan")
    visit.page.get_by_role("button", name="Minta selama satu jam").click()
    visit.page.get_by_text("sedang diminta bukti kerja").wait_for()
    visit.look("misuse-asked")
