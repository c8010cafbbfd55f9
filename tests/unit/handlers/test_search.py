"""Finding public reports by words: what is found, what never is, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib import bootstrap
from chalicelib.domain.search import MOST_ASKED, MOST_WORDS, asked_words, kept_words, words
from chalicelib.services.searching import KEYS, LOOKED_AT, Posting, Search
from chalicelib.services.views import Filters
from tests.fakes.engine import SHIPPED
from tests.fakes.search import MemorySearchStore
from tests.fakes.world import POTHOLE, SUKARASA, World

LAMP = {"category": "INF-07", "location": {"kelurahan": "36.71.07.1001"}}


@pytest.fixture
def city() -> Iterator[World]:
    with World().running() as world:
        yield world


def filed(city: World, body: Any = POTHOLE, text: str = "") -> str:
    number: str = city.filed(body)["number"]
    if text:
        token = city.token_of(number)
        answer = city.post(f"/v1/reports/{number}/publication", {"text": text}, token=token)
        assert answer.status == 200, answer.body
    city.engine.pump()
    city.project()
    return number


def found(city: World, text: str, more: str = "") -> list[str]:
    answer = city.get(f"/v1/reports?q={quote(text)}{more}")
    assert answer.status == 200, answer.body
    return [row["number"] for row in answer.json["items"]]


def test_a_report_is_found_by_its_kind_its_place_and_its_released_words(city):
    number = filed(city, text="Lubang selebar ban di depan Pasar Anyar")
    filed(city, LAMP)
    for question in ("lubang", "jalan bolong", "Sukasari", "pasar anyar", "LUBANG sukasari",
                     "pothole", "berlubang di pasar", "Pásar"):  # fmt: skip
        assert found(city, question) == [number], question


def test_every_word_must_fit(city):
    filed(city, text="Lubang di depan Pasar Anyar")
    assert found(city, "lubang pasar malam") == []
    assert found(city, "lampu sukasari") == []


def test_words_go_together_with_the_other_filters(city):
    here, lamp = filed(city), filed(city, LAMP)
    assert found(city, "tangerang", "&category=INF-01") == [here]
    assert found(city, "lampu", "&area=36.71.07") == [lamp]
    assert found(city, "lampu", "&area=36.71.01") == []
    assert found(city, "lampu", "&status=rejected") == []
    assert found(city, "lampu", "&from=2027-04-06") == []
    assert found(city, "lampu", "&to=2027-04-05") == [lamp]


def test_what_a_citizen_wrote_is_found_only_once_it_was_released(city):
    filed(city, POTHOLE | {"description": "Dekat warung Pak Haji Mansyur"})
    assert found(city, "mansyur") == []
    number = filed(city, text="Dekat warung di tikungan")
    assert found(city, "warung tikungan") == [number]


def test_a_text_that_was_taken_back_or_withheld_finds_nothing_more(city):
    number = filed(city, text="Dekat warung di tikungan")
    path, token = f"/v1/reports/{number}/publication", city.token_of(number)
    city.post(path, {"text": ""}, token=token)
    city.engine.pump()
    assert found(city, "warung") == []
    city.post(path, {"text": "Dekat warung di tikungan"}, token=token)
    city.engine.pump()
    assert found(city, "warung") == [number]
    last = city.engine.loaded(number).events[-1].seq
    target = {"event": last, "field": "text", "withhold": True, "reason": "Menyebut nama orang"}
    answer = city.post(f"/v1/reports/{number}/moderation", target, user="operator")
    assert answer.status == 200, answer.body
    city.engine.pump()
    assert found(city, "warung") == []


@pytest.mark.parametrize(
    "fields",
    [{"visibility": "confidential"}, {"category": "SOS-01"}, {"about_unit": "DISHUB"}],
)
def test_what_is_hidden_is_never_found(city, fields):
    filed(city, POTHOLE | fields)
    assert city.engine.search_store.lists == {}
    assert found(city, "sukasari") == []


def test_what_becomes_hidden_disappears(city):
    number = filed(city, text="Dekat warung di tikungan")
    assert found(city, "sukasari") == [number]
    city.act(number, "verify", {"category": "SOS-01"}, user="operator")
    city.engine.pump()
    assert found(city, "sukasari") == found(city, "warung") == []
    assert not any(city.engine.search_store.lists.values())


def test_a_report_about_somebody_is_found_in_its_kecamatan_only(city):
    sensitive = next(
        one.code for one in SHIPPED.categories().values() if one.sensitivity == "people"
    )
    number = filed(city, {"category": sensitive, "location": SUKARASA})
    assert found(city, "sukasari") == []
    assert found(city, "tangerang") == [number]


def test_the_status_shown_is_the_present_one(city):
    number = filed(city)
    city.act(number, "verify", user="operator")
    city.engine.pump()
    city.project()
    [row] = city.get("/v1/reports?q=lubang").json["items"]
    assert (row["number"], row["status"]) == (number, "assigned")


def test_pages_go_on_where_they_ended_and_miss_nothing(city):
    from datetime import timedelta

    numbers = []
    for _ in range(7):
        city.engine.clock.at += timedelta(minutes=1)
        numbers.append(filed(city))
    seen: list[str] = []
    cursor = ""
    while True:
        more = f"&limit=3{f'&cursor={cursor}' if cursor else ''}"
        page = city.get(f"/v1/reports?q=lubang{more}").json
        seen += [row["number"] for row in page["items"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert seen == numbers[::-1]


def test_the_page_has_the_field_keeps_the_words_and_knows_numbers(city):
    number = filed(city)
    html = city.get("/laporan?q=lubang+sukasari").body.decode()
    assert number in html and 'value="lubang sukasari"' in html
    assert "memuat semua kata itu" in city.get("/laporan?q=gajah").body.decode()
    answer = city.get(f"/laporan?q={number.lower()}")
    assert (answer.status, answer.headers["Location"]) == (303, f"/laporan/{number}")


def many(count: int) -> MemorySearchStore:
    """Half of them potholes in Sukasari, and one with a word of its own."""
    store = MemorySearchStore()
    for number in range(count):
        half = number % 2 == 0
        one = Posting(
            f"TL-{number:07d}X",
            f"2027-04-05T00:00:00+00:00+{number:07d}",
            "2027-04-05",
            "INF-01" if half else "INF-07",
            "36.71.01.1007" if half else "36.71.07.1001",
            "36.71.01" if half else "36.71.07",
            ("gajah",) if number == 0 else (),
        )
        store.post(None, one)
    return store


def cost(count: int, question: str) -> tuple[int, int, int]:
    """Lists read, postings read and rows fetched for one page."""
    store, fetched = many(count), 0

    def shown(numbers: Any) -> dict[str, Any]:
        nonlocal fetched
        fetched += len(numbers)
        return {}

    Search(store, SHIPPED, shown)(question, Filters(), 20, None)
    return len(store.looked), sum(read for _, read in store.looked), fetched


@pytest.mark.parametrize("question", ["lubang", "gajah", "jalan sukasari", "jaya lampu gajah"])
def test_what_a_question_reads_does_not_grow_with_the_reports(question):
    few, more = cost(1000, question), cost(4000, question)
    assert few == more
    lists, postings, rows = more
    assert lists <= KEYS and postings <= KEYS * LOOKED_AT and rows <= 20


def test_a_rare_word_is_found_at_once_among_thousands():
    store = many(3000)
    rows = {"TL-0000000X": {"number": "TL-0000000X", "status": "received", "category": "INF-01",
                            "kelurahan": "", "kecamatan": "", "day": "2027-04-05"}}  # fmt: skip
    page = Search(store, SHIPPED, lambda numbers: rows)("gajah sukasari", Filters(), 20, None)
    assert [row["number"] for row in page.items] == ["TL-0000000X"]
    assert page.cursor is None


def test_lists_that_were_read_to_their_bound_hide_nothing_of_each_other():
    """Two kinds in turn: pages hold what is newest of both, and all of it comes in the end."""
    store = many(400)
    search = Search(store, SHIPPED, lambda numbers: {n: row(n) for n in numbers})
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(40):
        page = search("jalan", Filters(), 20, cursor)
        seen += [one["number"] for one in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == [f"TL-{number:07d}X" for number in range(399, -1, -1)]


def row(number: str) -> dict[str, str]:
    return {"number": number, "status": "received", "category": "INF-01", "kelurahan": "",
            "kecamatan": "", "day": "2027-04-05"}  # fmt: skip


def test_no_word_of_the_catalogue_stands_for_more_lists_than_are_read():
    """Otherwise a common word would leave out reports without saying so."""
    search = Search(MemorySearchStore(), SHIPPED, lambda numbers: {})
    names = [*(one.name[lang] for one in SHIPPED.categories().values() for lang in ("id", "en")),
             *(word for one in SHIPPED.categories().values() for word in one.synonyms),
             *(area.name for area in SHIPPED.areas.all())]  # fmt: skip
    asked = {word for name in names for word in words(name)}
    assert max(len(search._meant(word).keys) for word in asked) < KEYS


def test_words_that_say_nothing_are_left_out():
    assert words("Ada lubang di jalan yang besar, No. 7 RT 03/05 — Jl. Café") == (
        "lubang", "jalan", "besar", "7", "03", "05", "cafe",
    )  # fmt: skip
    assert words("Jalannya berlubang, terbakar, ditutup; dinas") == (
        "jalan", "lubang", "bakar", "tutup", "dinas",
    )  # fmt: skip
    assert len(kept_words(" ".join(f"kata{n}" for n in range(50)))) == MOST_WORDS
    assert len(asked_words(" ".join(f"kata{n}" for n in range(50)))) == MOST_ASKED


def test_a_question_without_a_word_finds_nothing(city):
    filed(city)
    assert found(city, "di yang dan") == []
    assert bootstrap.search()("", Filters(), 20, None).items == ()


def test_reports_from_before_the_search_are_posted_by_the_rebuild(city, capsys):
    from chalicelib import rebuild

    number = filed(city, text="Dekat warung di tikungan")
    filed(city, POTHOLE | {"visibility": "confidential"})
    city.engine.search_store.last.clear()
    city.engine.search_store.lists.clear()
    assert found(city, "warung") == []
    assert rebuild.main(["--search"]) == 0
    assert found(city, "warung sukasari") == [number]
    assert rebuild.main(["--search"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "postings that differed: 1",
        "cards put where their neighbours look: 2",
        "postings that differed: 0",
        "cards put where their neighbours look: 2",
    ]
