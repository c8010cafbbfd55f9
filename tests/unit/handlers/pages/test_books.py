"""The page of the books: what it says of a report that is whole, new, changed, or not for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.fakes.world import POTHOLE, World


@pytest.fixture
def world() -> Iterator[World]:
    with World("2027-04-05T09:55:00+07:00").running() as running:
        running.seal_days()()
        yield running


def said(world: World, number: str, language: str = "id") -> str:
    return world.get(f"/buku?nomor={number}&lang={language}").body.decode()


def closed(world: World) -> None:
    world.engine.run_until("2027-04-06T01:00:00+07:00")
    world.seal_days()()


def test_a_report_in_the_books_matches_and_shows_its_marks(world: World) -> None:
    number = world.filed()["number"]
    closed(world)
    page = said(world, number.lower())
    sealed = world.books.closed["2027-04-05"]
    assert "Cocok." in page and "Senin, 5 April 2027" in page
    assert sealed.day.root in page
    assert "It matches." in said(world, number, "en")


def test_a_report_of_today_is_in_no_books_yet(world: World) -> None:
    assert "belum masuk buku" in said(world, world.filed()["number"])


@pytest.mark.parametrize(("speed", "hurried"), [(1.0, False), (3600.0, True)])
def test_before_the_first_books_the_page_says_when_they_come(speed: float, hurried: bool) -> None:
    with World("2027-04-05T09:55:00+07:00").running() as begun:
        begun.engine.clock.speed = speed
        page = begun.get("/buku").body.decode()
    assert "Buku pertama terbit 30 menit lewat tengah malam." in page
    assert ("tunggulah 30 menit sejak kota ini dijalankan" in page) is hurried


def test_a_report_changed_after_its_day_does_not_match(world: World) -> None:
    number = world.filed()["number"]
    closed(world)
    for marks in world.engine.store.by_day.values():
        for key, mark in marks.items():
            marks[key] = replace(mark, hash="0" * 64)
    assert "Tidak cocok." in said(world, number)


def test_a_confidential_report_and_none_say_the_same(world: World) -> None:
    number = world.filed(POTHOLE | {"visibility": "confidential"})["number"]
    closed(world)
    hidden, absent = said(world, number), said(world, "TL-7K3QX9MW")
    assert "tidak terbuka untuk umum" in hidden
    asked = [f'value="{one}"' for one in (number, "TL-7K3QX9MW")]
    assert hidden.replace(asked[0], "") == absent.replace(asked[1], "")


def test_what_somebody_types_is_shown_as_text(world: World) -> None:
    page = said(world, "%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page and "tidak terbuka untuk umum" in page
