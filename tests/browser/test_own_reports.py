"""Finding one's own reports again on another telephone, by a link to the address left with them."""

from __future__ import annotations

import pytest

from chalicelib.services.own_reports import TEMPLATE
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_citizen import to_confirm
from tests.fakes.world import WITH_MAIL

SHAPES = pytest.mark.parametrize("shape", [PHONE, DESK], ids=["phone", "desk"])


def link(world):
    world.engine.pump()
    return [one.context["page"] for _, one, _ in world.engine.mail.sent if one.template == TEMPLATE]


@SHAPES
def test_on_another_telephone_without_scripts_by_keyboard_to_the_confirmation(city, shape):
    number = to_confirm(city.world)
    city.world.filed(WITH_MAIL | {"visibility": "confidential"})
    visit = city.visit(shape, java_script_enabled=False)
    page = visit.page
    visit.go("/lacak")
    page.get_by_role("link", name="Minta tautan ke laporan saya").click()
    page.get_by_label("Surel atau nomor telepon").fill("warga@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Periksa surel Anda", exact=True).wait_for()
    [sent] = link(city.world)
    visit.go(f"/laporan-saya/{sent.rpartition('/')[2]}")
    page.get_by_role("button", name=f"Jawab {number}").press("Enter")
    asked = "Jalan berlubang: apakah sudah baik?"
    page.get_by_role("heading", level=1, name=asked, exact=True).wait_for()
    page.get_by_role("button", name="Ya, sudah baik").press("Enter")
    page.get_by_role("heading", level=1, name="Jalan berlubang: selesai", exact=True).wait_for()


@pytest.mark.parametrize(
    "shape, language", [(PHONE, "id"), (DESK, "en")], ids=["phone", "desk-english"]
)
def test_its_pages_look_right(city, shape, language):
    to_confirm(city.world)
    city.world.filed(WITH_MAIL)
    city.world.filed(WITH_MAIL | {"visibility": "confidential"})
    visit = city.visit(shape)
    visit.go(f"/laporan-saya?lang={language}")
    visit.look(f"own-form-{language}")
    visit.page.locator("#kontak").fill("0812")
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")
    visit.look(f"own-wrong-{language}")
    visit.page.locator("#kontak").fill("warga@example.org")
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")
    visit.look(f"own-asked-{language}")
    [sent] = link(city.world)
    path = f"/laporan-saya/{sent.rpartition('/')[2]}"
    visit.go(f"{path}?lang={language}")
    visit.look(f"own-list-{language}")
    city.world.engine.run_until("2027-04-09T09:00:00+07:00")
    visit.go(path)
    visit.look(f"own-over-{language}")
