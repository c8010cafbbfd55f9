"""The list of public reports, narrowed by kind and place."""

from __future__ import annotations

import pytest

from tests.fakes.world import WITH_MAIL, World


@pytest.fixture
def world():
    with World().running() as running:
        yield running


def see(world, path):
    answer = world.get(path)
    assert answer.status == 200, answer.body
    return answer.body.decode()


def test_public_reports_are_found_by_kind_and_place(world):
    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    world.project()
    for fits in ("", "?category=INF-01", "?area=36.71.01", "?area=36.71.01.1007"):
        assert number in see(world, f"/laporan{fits}"), fits
    for other in ("?category=INF-07", "?area=36.71.02"):
        assert number not in see(world, f"/laporan{other}"), other
    assert "/umpan/kategori-INF-01" in see(world, "/laporan?category=INF-01")
    assert world.get("/umpan/kategori-INF-01").status == 200
    assert "warga@example.org" not in see(world, "/laporan")


def test_what_is_confidential_is_not_listed(world):
    number = world.filed(WITH_MAIL | {"visibility": "confidential"})["number"]
    world.act(number, "verify", user="operator")
    world.project()
    assert number not in see(world, "/laporan")
