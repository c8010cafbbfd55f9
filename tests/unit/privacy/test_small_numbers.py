"""Nobody can be told from a figure: small numbers of sensitive kinds are counted together."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.services.views import FEW, FEWEST, PEOPLE, statistics
from tests.fakes.world import POTHOLE, SUKARASA

NAMES = lambda group, value: {"id": value, "en": value}  # noqa: E731
VALUES = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(1, 12))


def counts(values: dict[str, int]) -> dict[tuple[str, str, str, str], int]:
    return {("category", "2027-04", value, "received"): n for value, n in values.items()}


@settings(deadline=None)
@given(VALUES, st.sets(st.sampled_from("ABCDEFGH")))
def test_no_sensitive_kind_is_shown_with_fewer_than_five_and_the_sum_is_kept(values, sensitive):
    shown = statistics("category", counts(values), NAMES, sensitive)
    rows = {row["key"]: row["reports"] for row in shown["items"]}
    assert sum(rows.values()) == sum(values.values()) == shown["total"]["reports"]
    assert all(rows[value] >= FEWEST for value in rows if value in sensitive)
    assert {v: n for v, n in rows.items() if v not in sensitive and v != FEW} == {
        v: n for v, n in values.items() if v not in sensitive
    }
    alone = sum(n for v, n in values.items() if v in sensitive)
    if FEW in rows:
        assert rows[FEW] >= FEWEST or rows[FEW] == alone


def test_reports_about_people_are_not_broken_down_by_kelurahan(world):
    world.filed()
    world.filed(POTHOLE | {"category": "LIN-02", "location": SUKARASA})
    world.project()
    rows = world.get("/v1/statistics?by=kelurahan").json["items"]
    assert Counter(row["key"] for row in rows) == Counter(["36.71.01.1007", PEOPLE])
    kecamatan = world.get("/v1/statistics?by=kecamatan").json["items"]
    assert [(row["key"], row["reports"]) for row in kecamatan] == [("36.71.01", 2)]


def test_a_single_report_of_a_sensitive_kind_is_named_by_no_category(world):
    world.filed()
    world.filed(POTHOLE | {"category": "LIN-02", "location": SUKARASA})
    world.project()
    rows = world.get("/v1/statistics?by=category").json["items"]
    assert {row["key"] for row in rows} == {"INF-01", FEW}
    assert all(set(row["name"]) == {"id", "en"} for row in rows)


def test_the_public_place_of_a_report_about_people_is_rounded(world):
    number = world.filed(POTHOLE | {"category": "LIN-02", "location": SUKARASA})["number"]
    assert world.get(f"/v1/reports/{number}").json["location"] == {"lat": -6.18, "lon": 106.63}
