"""Faces and plates: boxes by number fields, a look at the result, a second person, the public."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from chalicelib import bootstrap
from chalicelib.services.photos import public_key
from chalicelib.services.ports import TryAgain
from tests.fakes.pictures import jpeg, scene
from tests.fakes.world import WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import post, signed_in
from tests.unit.handlers.test_photos import upload


@pytest.fixture
def world():
    with World().running() as running:
        yield running


@pytest.fixture
def pictured(world):
    """A report with one photo of its reporter's."""
    number = world.filed(WITH_MAIL)["number"]
    return number, upload(world, number, jpeg(scene(1)), token=world.token_of(number))


ONE = {"x.0": "10", "y.0": "20,5", "w.0": "30", "h.0": "90"}


def own(world, number):
    return {"Cookie": f"lr_{number}={world.token_of(number)}"}


def editor(number, photo):
    return f"/kasus/{number}/foto/{photo}"


def seen(world, number, photo, user="operator"):
    return world.get(editor(number, photo), headers=signed_in(user)).body.decode()


def send(world, number, photo, user="operator", **fields):
    path = editor(number, photo)
    return post(world, path, fields, signed_in(user), seen=path)


def state(world, number):
    return world.engine.loaded(number).report.media


def test_boxes_are_added_changed_and_dropped_without_a_script_and_nothing_is_saved(world, pictured):
    number, photo = pictured
    html = send(world, number, photo, do="add", **ONE).body.decode()
    assert re.findall(r'name="x\.(\d)"[^>]*value="([\d.]+)"', html) == [
        ("0", "10.0"),
        ("1", "40.0"),
    ]
    html = send(world, number, photo, do="drop.0", **ONE | {"x.1": "40", "w.1": "5"}).body.decode()
    assert re.findall(r'name="w\.(\d)"[^>]*value="([\d.]+)"', html) == [("0", "5.0")]
    html = send(world, number, photo, do="look", **ONE).body.decode()
    assert "cover--look" in html and '<rect x="10.0%" y="20.5%" width="30.0%"' in html
    assert state(world, number)[photo].cover == ""


def test_what_is_saved_ends_at_the_pictures_edge_and_waits_for_somebody_else(world, pictured):
    number, photo = pictured
    answer = send(world, number, photo, do="save", **ONE)
    assert (answer.status, answer.headers["Location"]) == (303, f"/kasus/{number}/umum")
    assert state(world, number)[photo].boxes == ((0.1, 0.205, 0.3, 0.795),)
    assert "Sekarang orang lain yang memeriksa" in seen(world, number, photo)
    assert send(world, number, photo, do="approve").status == 403
    assert send(world, number, photo, user="verifikator", do="approve").status == 303
    assert state(world, number)[photo].published
    assert public_key(number, photo, "large") in world.engine.blobs.files


def test_the_reporters_own_boxes_are_looked_at_and_may_be_sent_back(world, pictured):
    number, photo = pictured
    path, who = f"/laporan/{number}/foto/{photo}", own(world, number)
    html = world.get(path, headers=who).body.decode()
    assert "Tutup yang tidak boleh terlihat" in html
    mark = re.search(r'name="csrf" value="([^"]+)"', html).group(1)
    fields = ONE | {"do": "save", "csrf": mark}
    assert world.post(path, urlencode(fields | {"csrf": "x"}).encode(), headers=who).status == 403
    assert world.post(path, urlencode(fields).encode(), headers=who).status == 303
    assert "oleh pelapor" in seen(world, number, photo)
    assert send(world, number, photo, do="refuse").status == 422
    refused = {"do": "refuse", "reason": "Pelat motor di kiri masih terbaca"}
    assert send(world, number, photo, **refused).status == 303
    assert state(world, number)[photo].cover == ""
    approve = urlencode({"do": "approve", "csrf": mark}).encode()
    assert world.post(path, approve, headers=who).status == 403


def test_nobody_covers_what_is_not_theirs(world, pictured):
    number, photo = pictured
    path = f"/laporan/{number}/foto/{photo}"
    assert world.get(path).status == 401
    other = world.filed(WITH_MAIL)["number"]
    assert world.get(path, headers=own(world, other)).status == 401
    assert world.get(editor(number, photo), headers=signed_in("petugas.pupr")).status == 403
    assert world.get(editor(number, "p-none"), headers=signed_in("operator")).status == 404


@pytest.mark.parametrize("bad", [{"x.0": "101"}, {"w.0": "0"}, {"h.0": "tinggi"}, {"y.0": "nan"}])
def test_a_box_that_is_none_is_refused_in_place(world, pictured, bad):
    number, photo = pictured
    answer = send(world, number, photo, do="save", **ONE | bad)
    assert answer.status == 400 and 'role="alert"' in answer.body.decode()


def test_an_approval_stands_though_its_copy_cannot_be_made_now(world, pictured, monkeypatch):
    number, photo = pictured
    send(world, number, photo, do="nothing")

    class Busy:
        def publish(self, number, photo):
            raise TryAgain("media")

    monkeypatch.setitem(bootstrap._made, "ask_media", Busy())
    assert send(world, number, photo, user="verifikator", do="approve").status == 303
    html = world.get(f"/kasus/{number}/umum", headers=signed_in("operator")).body.decode()
    assert "salinan untuk umum sedang dibuat" in html
    world.project()
    listed = world.get("/moderasi?daftar=publish", headers=signed_in("operator")).body.decode()
    assert number in listed


def test_the_lists_lead_from_covering_over_the_second_look_to_nothing(world, pictured):
    number, photo = pictured

    def waiting(kind):
        world.project()
        path = f"/moderasi?daftar={kind}"
        return number in world.get(path, headers=signed_in("operator")).body.decode()

    assert (waiting("cover"), waiting("review")) == (True, False)
    send(world, number, photo, do="nothing")
    assert (waiting("cover"), waiting("review")) == (False, True)
    send(world, number, photo, user="verifikator", do="approve")
    assert [waiting(kind) for kind in ("cover", "review", "publish")] == [False] * 3
    assert world.get("/moderasi?daftar=semua", headers=signed_in("operator")).status == 400


def test_a_covered_photo_stands_on_the_public_page_and_the_original_nowhere(world, pictured):
    number, photo = pictured
    page = f"/laporan/{number}"
    assert "<img" not in world.get(page).body.decode()
    assert (
        f"photos/{number}/{photo}-small"
        in world.get(page, headers=own(world, number)).body.decode()
    )
    send(world, number, photo, do="nothing")
    send(world, number, photo, user="verifikator", do="approve")
    html = world.get(page).body.decode()
    assert f"public/{number}/{photo}-small" in html
    assert "originals/" not in html and f"/{photo}-large" in html
