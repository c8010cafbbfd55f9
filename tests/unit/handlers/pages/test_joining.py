"""Many voices and posters: joining a report, a photo without script, codes that open the form."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib.handlers.pages.posters import qr
from tests.fakes.world import WITH_MAIL, World


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def test_somebody_else_joins_and_nobody_learns_who(world):
    number = world.filed(WITH_MAIL)["number"]
    html = world.get(f"/laporan/{number}").body.decode()
    assert "Saya juga mengalami" in html
    path = f"/laporan/{number}/dukung"
    first = world.post(path, urlencode({"contact": "tetangga@example.org"}).encode())
    again = world.post(path, urlencode({"contact": "tetangga@example.org"}).encode())
    assert (first.status, first.body) == (again.status, again.body)
    assert "tetangga" not in first.body.decode()
    assert world.post(path, urlencode({"contact": "x"}).encode()).status == 422


def test_ones_own_report_offers_a_photo_instead(world):
    number = world.filed(WITH_MAIL)["number"]
    mine = {"Cookie": f"lr_{number}={world.token_of(number)}"}
    html = world.get(f"/laporan/{number}", headers=mine).body.decode()
    assert "Saya juga mengalami" not in html
    mark = re.search(r'name="csrf" value="([0-9a-f]+)"', html).group(1)
    path = f"/laporan/{number}/foto"
    room = world.post(path, urlencode({"csrf": mark}).encode(), headers=mine).body.decode()
    assert 'enctype="multipart/form-data"' in room and f"/laporan/{number}" in room
    assert world.post(path, b"csrf=wrong", headers=mine).status == 403
    assert world.post(path, urlencode({"csrf": mark}).encode()).status == 401


def test_a_poster_leads_to_the_form_with_its_place_filled_in(world):
    page = world.get("/poster/36.71.01.1007?aset=KRW-0417&jenis=INF-07").body.decode()
    target = re.search(r'class="poster__url small">([^<]+)<', page).group(1).replace("&amp;", "&")
    fields = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    assert fields == {
        "kelurahan": "36.71.01.1007",
        "source": "poster-36.71.01.1007",
        "address": "KRW-0417",
        "category": "INF-07",
    }
    form = world.get(f"/?{urlsplit(target).query}").body.decode()
    assert '<option value="36.71.01.1007" selected>' in form
    assert re.search(r'value="INF-07" required checked', form)
    assert 'value="KRW-0417"' in form and 'value="poster-36.71.01.1007"' in form


@pytest.mark.parametrize(
    "path", ["/poster/36.71.01", "/poster/x", "/poster/36.71.01.1007?aset=<b>"]
)
def test_no_poster_for_what_is_no_place(world, path):
    assert world.get(path).status in (400, 404)


def test_a_qr_code_is_a_square_with_its_three_finders():
    size, path = qr("https://lapor.tangerangkota.go.id/?kelurahan=36.71.01.1007")
    for x, y in ((0, 0), (size - 7, 0), (0, size - 7)):
        assert all(f"M{x + i} {y}h1" in path for i in range(7))
