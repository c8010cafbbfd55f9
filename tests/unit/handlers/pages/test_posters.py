"""Posters, cards and plates: the same words on page and PDF, made once, counted apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib import bootstrap
from chalicelib.adapters import poster_pdf
from chalicelib.services.posters import MOST, NoSuchSheet, Sheet, assets_in
from tests.fakes.world import World
from tests.unit.handlers.pages.test_desk import csrf, signed_in

SUKASARI = "36.71.01.1007"
POSTER = f"/poster/{SUKASARI}"


@pytest.fixture
def world() -> Iterator[World]:
    with World().running() as running:
        yield running


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def made(world: World) -> list[str]:
    posters = bootstrap.posters()
    return world.engine.jobs.run("document", lambda body: posters.make(body["sheet"]))


def facts(medium: str = "poster", *assets: str, **more: Any) -> dict[str, Any]:
    return bootstrap.posters().facts(Sheet(SUKASARI, medium, assets=assets, **more))


@pytest.mark.parametrize("form, media", [("", "poster"), ("?bentuk=kartu", "kartu")])
def test_anybody_gets_the_poster_and_the_cards_of_a_kelurahan_as_pdf(world, form, media):
    first = world.get(f"{POSTER}/pdf{form}")
    where = first.headers["Location"]
    assert first.status == 303
    waiting = world.get(where)
    assert (waiting.status, waiting.headers["Refresh"]) == (200, "2")
    assert made(world) == ["made"]
    found = world.get(where)
    assert found.status == 303
    assert found.headers["Location"].startswith("https://prints.test/printed/posters/")
    [pdf] = world.prints.kept.values()
    assert pdf.startswith(b"%PDF-") and pages(pdf) == 1
    assert world.get(f"{POSTER}/pdf{form}").headers["Location"] == where
    assert made(world) == []
    assert facts(media)["items"][0]["target"].endswith(f"source={media}-{SUKASARI}")


def test_each_language_is_a_document_of_its_own(world):
    marks = {world.get(f"{POSTER}/pdf?lang={one}").headers["Location"] for one in ("id", "en")}
    assert len(marks) == 2


def test_staff_order_the_plates_of_a_street(world):
    who = signed_in("operator")
    html = world.get(POSTER, headers=who).body.decode()
    fields = {"bentuk": "tiang", "aset": "KRW-0417\r\nKRW-0418, KRW-0419\n\nKRW-0417"}
    body = urlencode(fields | {"csrf": csrf(html)}).encode()
    ordered = world.post(f"{POSTER}/pdf", body, headers=who)
    assert ordered.status == 303
    assert made(world) == ["made"]
    assert world.get(ordered.headers["Location"]).status == 303


def test_plates_are_for_staff_and_the_form_is_not_shown_to_others(world):
    body = urlencode({"bentuk": "tiang", "aset": "KRW-0417"}).encode()
    assert world.post(f"{POSTER}/pdf", body).status == 401
    assert 'name="aset"' not in world.get(POSTER).body.decode()
    assert world.engine.jobs.bodies == {}


@pytest.mark.parametrize("fields", [{"bentuk": "tiang"}, {"bentuk": "poster", "aset": "KRW-1"},
                                    {"bentuk": "tiang", "aset": "<b>"}])  # fmt: skip
def test_an_order_that_makes_no_plate_is_refused(world, fields):
    who = signed_in("operator")
    html = world.get(POSTER, headers=who).body.decode()
    body = urlencode(fields | {"csrf": csrf(html)}).encode()
    assert world.post(f"{POSTER}/pdf", body, headers=who).status == 400


def test_a_plate_opens_the_form_for_its_own_pole(world):
    [item] = facts("tiang", "KRW-0417")["items"]
    query = urlsplit(item["target"]).query
    assert {name: values[0] for name, values in parse_qs(query).items()} == {
        "kelurahan": SUKASARI,
        "source": f"tiang-{SUKASARI}",
        "address": "KRW-0417",
        "category": "INF-07",
    }
    form = world.get(f"/?{query}").body.decode()
    assert 'value="KRW-0417"' in form and re.search(r'value="INF-07" required checked', form)


def test_a_report_from_a_plate_keeps_the_source_of_the_plate(world):
    query = parse_qs(urlsplit(facts("tiang", "KRW-0417")["items"][0]["target"]).query)
    fields = {name: values[0] for name, values in query.items()}
    answer = world.post("/lapor", urlencode(fields).encode())
    assert answer.status == 303
    number = answer.headers["Location"].rpartition("/")[2]
    assert world.engine.loaded(number).report.source == f"tiang-{SUKASARI}"


def test_four_plates_or_eight_cards_share_a_sheet_and_the_bytes_are_the_same_again(world):
    codes = [f"KRW-{number:04d}" for number in range(9)]
    plates = facts("halte", *codes, language="en")
    pdf = poster_pdf.render(plates)
    assert pages(pdf) == 3
    assert poster_pdf.render(plates) == pdf
    assert pages(poster_pdf.render(facts("kartu"))) == 1
    assert pages(poster_pdf.render(facts("poster", "HALTE TERMINAL PORIS PLAWAD UTARA 12"))) == 1


def test_no_sheet_for_what_does_not_exist_or_for_too_many(world):
    posters = bootstrap.posters()
    many = tuple(f"A{number}" for number in range(MOST + 1))
    for wrong in (
        Sheet("36.71.01"),
        Sheet("x"),
        Sheet(SUKASARI, "spanduk"),
        Sheet(SUKASARI, "tiang", assets=("<b>",)),
        Sheet(SUKASARI, "tiang", assets=many),
    ):
        with pytest.raises(NoSuchSheet):
            posters.facts(wrong)
    assert world.get("/poster/36.71.01/pdf").status == 404
    assert world.get(f"{POSTER}/pdf/{'a' * 63}").status == 404
    assert world.get(f"/poster/x/pdf/{'a' * 64}").status == 404


def test_codes_are_read_from_lines_and_commas_each_once():
    assert assets_in(" A-1\nB 2;C.3,A-1\n\n") == ["A-1", "B 2", "C.3"]
