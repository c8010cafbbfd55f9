"""Every figure on the public page is the one that anybody computes from the open data.

The recomputation below knows the CSV and the data dictionary and nothing of the program.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from infra.tools.citymap import tiles as assigned_tiles
from tests.fakes.world import POTHOLE, SUKARASA, WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import signed_in
from tests.unit.handlers.pages.test_room_and_figures import lived

MOMENTS = ("acknowledged", "on_scene", "resolved")
PROMISES = ("on_time", "late", "overdue")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World().running() as running:
        bugel = {"kelurahan": "36.71.07.1001"}
        early = running.filed(POTHOLE | {"location": bugel})["number"]
        running.act(early, "verify", user="operator")
        lived(running)
        for source in ("poster-36.71.01.1007", "poster-36.71.01.1008", "tiang-36.71.01.1007",
                       "open311.jaki", "whatever"):  # fmt: skip
            running.filed(POTHOLE | {"source": source})
        running.filed({"category": "INF-07", "location": bugel})
        running.filed({"category": "DRT-01", "location": SUKARASA})
        people = running.filed({"category": "SOS-02", "location": SUKARASA})["number"]
        running.act(people, "verify", user="operator")
        running.filed(WITH_MAIL | {"visibility": "confidential"})
        running.engine.pump()
        running.project()
        yield running


def open_data(world: World) -> list[dict[str, str]]:
    text = world.get("/data/laporan.csv?bulan=2027-04").body.decode()
    return list(csv.DictReader(io.StringIO(text)))


def figures(html: str) -> dict[str, str]:
    """What the page says, by the name of each figure; one figure said twice is the same twice."""
    found: dict[str, str] = {}
    for name, said in re.findall(r'data-f="([^"]+)">([^<]*)<', html):
        assert found.setdefault(name, said) == said, name
    return found


class Recomputed:
    """The figures from the rows, in the words of the page."""

    def __init__(self, rows: list[dict[str, str]], codes: dict[str, Any]) -> None:
        self.rows, self.codes = rows, codes
        self.people = set(codes["categories_about_people"])
        self.said: dict[str, str] = {}
        self._endings()
        self._promises()
        self._times()
        self._places()
        self._sources()

    def put(self, name: str, value: Any) -> None:
        self.said[name] = f"{value:,}".replace(",", ".") if isinstance(value, int) else value

    def kelurahan(self, row: dict[str, str]) -> str:
        return "people" if row["category"] in self.people else row["kelurahan"]

    def dimension(self, row: dict[str, str]) -> str:
        return str(self.codes["dimensions"][row["category"]])

    def _endings(self) -> None:
        statuses = Counter(row["status"] for row in self.rows)
        for status in self.codes["closed"]:
            self.put(f"end/{status}", statuses[status])
        self.put("end/open", sum(n for s, n in statuses.items() if s not in self.codes["closed"]))
        self.put("end/reports", len(self.rows))
        for dimension, count in Counter(map(self.dimension, self.rows)).items():
            self.put(f"dimension/{dimension}/reports", count)

    def _promises(self) -> None:
        by = {
            "agency": lambda row: row["agency"],
            "category": lambda row: row["category"],
            "kelurahan": self.kelurahan,
        }
        for group, value in by.items():
            for key, kept in self._kept(value).items():
                self._promise(f"promise/{group}/{key}", kept)
        dimensions = self._kept(self.dimension)
        for key in {self.dimension(row) for row in self.rows}:
            self._promise(f"promise/dimension/{key}", dimensions.get(key, Counter()))
        self._promise("whole", Counter(row["promise"] for row in self.rows if row["promise"]))

    def of_leaders(self) -> dict[str, str]:
        """What staff's pages say besides: an agency's promise, an area's figures, months."""
        for agency, kept in self._kept(lambda row: row["agency"]).items():
            self._promise(f"agency/{agency}/whole", kept)
        for row in self.rows:
            if row["promise"] in ("late", "overdue"):
                name = f"promise/category/{row['category']}/months"
                self.put(name, len(self._broken_in(row["category"])))
        for area in {row["kecamatan"] for row in self.rows}:
            self._area(area, [row for row in self.rows if row["kecamatan"] == area])
        return self.said

    def _broken_in(self, category: str) -> set[str]:
        """The months of filing in which the promise of a kind was broken."""
        return {
            row["filed_at"][:7]
            for row in self.rows
            if row["category"] == category and row["promise"] in ("late", "overdue")
        }

    def _area(self, area: str, rows: list[dict[str, str]]) -> None:
        statuses = Counter(row["status"] for row in rows)
        for status in self.codes["closed"]:
            self.put(f"area/{area}/end/{status}", statuses[status])
        still = [row for row in rows if row["status"] not in self.codes["closed"]]
        self.put(f"area/{area}/end/open", len(still))
        places = (row["promise"] for row in rows if self.kelurahan(row) != "people")
        self._promise(f"area/{area}/whole", Counter(one for one in places if one))

    def _kept(self, value: Any) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.rows:
            if row["promise"]:
                found[value(row)][row["promise"]] += 1
        return found

    def _promise(self, name: str, kept: Counter[str]) -> None:
        for part in PROMISES:
            self.put(f"{name}/{part}", kept[part])
        whole = kept.total()
        share = f"{kept['on_time'] / whole * 100:.1f}".replace(".", ",") if whole else "–"
        self.put(f"{name}/percent", share)

    def _times(self) -> None:
        by = {
            "all": lambda row: "",
            "category": lambda row: row["category"],
            "kelurahan": self.kelurahan,
            "dimension": self.dimension,
        }
        for group, value in by.items():
            for moment in MOMENTS:
                found: dict[str, list[int]] = defaultdict(list)
                for row in self.rows:
                    if row[f"{moment}_at"]:
                        found[value(row)].append(self._class(row, moment))
                for key, classes in found.items():
                    name = f"time/{group}/{key}/{moment}"
                    self.put(f"{name}/count", len(classes))
                    self.put(f"{name}/half", in_words(quantile(classes, Fraction(1, 2))))
                    self.put(f"{name}/nine_tenths", in_words(quantile(classes, Fraction(9, 10))))

    def _class(self, row: dict[str, str], moment: str) -> int:
        filed, at = (datetime.fromisoformat(row[n]) for n in ("filed_at", f"{moment}_at"))
        minutes = (at - filed).total_seconds() / 60
        return next(most for most in self.codes["time_classes_minutes"] if minutes <= most)

    def _places(self) -> None:
        residents = self.codes["residents"]
        reports = Counter(row["kecamatan"] for row in self.rows)
        for code, people in residents.items():
            self.put(f"rate/{code}/reports", reports[code])
            self.put(f"rate/{code}/residents", people)
            self.put(f"rate/{code}/rate", decimal(reports[code] * 10_000 / people))
        inside = sum(reports[code] for code in residents)
        self.put("rate/average", decimal(inside * 10_000 / sum(residents.values())))
        tiles = Counter(map(self.kelurahan, self.rows))
        for code in self.codes["areas"]:
            if code.count(".") == 3:
                self.put(f"tile/{code}", tiles[code])
        self.put("tile/people", tiles["people"])

    def _sources(self) -> None:
        for row in self.rows:
            medium = row["source"].partition("-")[0]
            for name in {row["source"], medium}:
                confirmed = row["status"] == "closed_confirmed"
                for part, one in (("reports", 1), ("confirmed", int(confirmed))):
                    key = f"source/{name}/{part}"
                    self.put(key, int(self.said.get(key, "0").replace(".", "")) + one)


def decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def quantile(classes: list[int], share: Fraction) -> int:
    ordered = sorted(classes)
    return next(most for n, most in enumerate(ordered, start=1) if n >= share * len(ordered))


def in_words(minutes: int) -> str:
    for size, word in ((1440, "hari"), (60, "jam"), (1, "menit")):
        if minutes >= size:
            return f"{minutes / size:.1f}".rstrip("0").rstrip(".").replace(".", ",") + f" {word}"
    raise AssertionError(minutes)


def test_every_figure_of_the_page_is_the_one_from_the_open_data(world):
    html = world.get("/angka").body.decode()
    codes = world.get("/data/kamus.json").json
    expected = Recomputed(open_data(world), codes).said
    shown = figures(html)
    assert {name: said for name, said in shown.items() if expected.get(name) != said} == {}
    assert set(expected) - set(shown) == set()
    assert len(shown) > 200


@pytest.mark.parametrize(
    ("user", "path", "some"),
    [
        ("walikota", "/pimpinan", "promise/category/INF-01/months"),
        ("camat.karawaci", "/pimpinan", "area/36.71.07/whole/overdue"),
        ("kadis.pupr", "/dinas", "agency/PUPR/whole/percent"),
    ],
)
def test_every_figure_that_leaders_see_is_the_one_from_the_open_data(world, user, path, some):
    shown = figures(world.get(path, headers=signed_in(user)).body.decode())
    codes = world.get("/data/kamus.json").json
    expected = Recomputed(open_data(world), codes).of_leaders()
    assert {name: said for name, said in shown.items() if expected.get(name) != said} == {}
    assert shown[some] not in ("0", "0,0"), "the figure says something here"


def test_no_number_stands_in_a_table_without_its_name(world):
    html = world.get("/angka").body.decode()
    cells = re.findall(r'<td class="num[^>]*>.*?</td>', html, re.S)
    assert len(cells) > 200
    assert [cell for cell in cells if "data-f=" not in cell and "–</td>" not in cell] == []


def test_the_english_page_says_the_same_numbers(world):
    spoken = re.compile(r"/(half|nine_tenths)$")
    pages = [world.get(f"/angka?lang={one}").body.decode() for one in ("id", "en")]
    first, second = (
        {name: said for name, said in figures(html).items() if not spoken.search(name)}
        for html in pages
    )
    assert first == second


def test_sources_in_the_open_data_are_classes_only(world):
    known = {*world.get("/data/kamus.json").json["sources"]}
    found = {row["source"] for row in open_data(world)}
    assert "other" in found and "open311" in found
    assert {one for one in found if one.partition("-")[0] not in known} == set()


def test_statistics_by_source_name_each_poster(world):
    answer = world.get("/v1/statistics?by=source").json
    items = {one["key"]: one for one in answer["items"]}
    assert items["poster-36.71.01.1007"]["reports"] == 1
    assert items["poster-36.71.01.1007"]["name"]["en"] == "Poster, Kel. Sukasari"
    assert answer["total"]["reports"] == len(open_data(world))
    assert items["web"]["closed_confirmed"] == 3


def test_the_map_prints_each_figure_so_that_no_colour_is_needed(world):
    html = world.get("/angka").body.decode()
    drawn = re.search(r'<svg class="citymap ratemap".*?</svg>', html, re.S).group(0)
    rates = {name: said for name, said in figures(html).items() if name.endswith("/rate")}
    assert sorted(re.findall(r'class="v"[^>]*>([^<]+)<', drawn)) == sorted(rates.values())
    assert len(rates) == 13
    assert len(re.findall(r'<text x="\d+" y="\d+" data-f="tile/', html)) == 104


def test_what_the_page_reads_does_not_grow_with_the_reports(world, monkeypatch):
    """The counters alone: one question to the store, and no list of reports."""
    asked: list[str] = []
    kept = type(world.views).counts
    monkeypatch.setattr(
        world.views, "counts", lambda *given: asked.append("counts") or kept(world.views, *given)
    )
    monkeypatch.setattr(world.views, "page", lambda *given: asked.append("page"))
    assert world.get("/angka").status == 200
    assert asked == ["counts"]


def test_every_kelurahan_has_a_tile_of_its_own_as_the_tool_places_it():
    from chalicelib.handlers.pages.citymap import city_map

    drawn = city_map()
    assert assigned_tiles(drawn["kelurahan"]) == drawn["tiles"]
    cells = {tuple(cell) for cell in drawn["tiles"]["at"].values()}
    assert len(cells) == len(drawn["tiles"]["at"]) == 104
    assert json.loads(json.dumps(drawn["tiles"])) == drawn["tiles"]
