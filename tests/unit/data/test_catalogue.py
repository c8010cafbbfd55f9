"""The catalogue holds together: every figure in it agrees with its source and with the rest."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from chalicelib.domain.areas import AreaIndex, Areas
from chalicelib.domain.calendar import Calendar
from chalicelib.domain.catalogue import Category, owner_of, serving_sop
from chalicelib.domain.roles import AREA_ROLES, ROLES, Directory, Recipient
from chalicelib.domain.sop import Sop
from chalicelib.domain.timeline import ClockEvent, plan

DATA = Path(__file__).parents[3] / "chalicelib" / "data"
KINDS = {
    "emergency",
    "report",
    "complaint",
    "request",
    "aspiration",
    "information",
    "oversight",
    "referral",
    "appreciation",
}
DIMENSIONS = {"environment", "government", "economy", "people", "living", "mobility"}
QUESTION_TYPES = {"string", "number", "text", "singlevaluelist", "multivaluelist", "datetime"}
API_ROLES = {
    "operator",
    "verifier",
    "officer",
    "agency_head",
    "territorial",
    "secretary",
    "mayor",
    "inspector",
    "sop_author",
    "sop_reviewer",
    "sop_approver",
    "auditor",
    "admin",
}
DEMO_USERS = {
    "operator",
    "verifikator",
    "petugas.pupr",
    "kabid.pupr",
    "kadis.pupr",
    "petugas.bpbd",
    "kadis.bpbd",
    "petugas.dishub",
    "camat.karawaci",
    "sekda",
    "walikota",
    "inspektorat",
    "penyusun",
    "peninjau",
    "penyetuju",
    "auditor",
    "admin",
}
DAYS = [date(2024, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2027, 6, 15)]
WIB = ZoneInfo("Asia/Jakarta")
KELURAHAN, KECAMATAN = "36.71.07.1009", "36.71.07"
AT = datetime(2027, 4, 7, 3, 0, tzinfo=UTC)


@cache
def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def sops() -> dict[str, Sop]:
    found = {}
    for path in sorted((DATA / "sops").glob("*.json")):
        sop = Sop.from_dict(json.loads(path.read_text(encoding="utf-8")))
        assert sop.id == path.stem
        found[sop.id] = sop
    return found


@cache
def calendars() -> dict[str, Calendar]:
    return {
        name: Calendar.from_dict(name, load(f"calendars/{name}.json"))
        for name in ("kantor", "24x7")
    }


@cache
def directory() -> Directory:
    return Directory.from_dicts(
        positions=load("positions.json"),
        staff=load("staff.json"),
        holders=load("holders.json"),
        rota=load("rota.json"),
    )


def categories() -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in load("categories.json")}


def every_sop() -> Any:
    return pytest.mark.parametrize("sop", sops().values(), ids=str_id)


def str_id(sop: Sop) -> str:
    return sop.id


def steps_on(sop: Sop, clock: str) -> list[Any]:
    return [step for step in sop.steps if step.clock == clock]


# -- calendars ---------------------------------------------------------------------------------


def test_closed_dates_are_those_of_the_holidays_package() -> None:
    expected = holidays.country_holidays(
        "ID", years=range(2024, 2028), categories=("public", "government")
    )
    office = load("calendars/kantor.json")
    assert office["closed"] == sorted(day.isoformat() for day in expected)
    assert list(office["notes"]) == office["closed"]


def test_every_closed_date_says_why_and_from_where() -> None:
    notes = load("calendars/kantor.json")["notes"]
    expected = holidays.country_holidays("ID", years=range(2024, 2028), categories=("government",))
    for day, note in notes.items():
        assert note["id"] and note["en"] and note["source"], day
        assert note["kind"] in {"cuti_bersama", "libur", "pemilu"}
    joint = {day for day, note in notes.items() if note["kind"] == "cuti_bersama"}
    public = holidays.country_holidays("ID", years=range(2024, 2028), categories=("public",))
    assert joint == {day.isoformat() for day in expected if day not in public}


def test_islamic_feasts_of_2027_are_provisional() -> None:
    notes = load("calendars/kantor.json")["notes"]
    provisional = {day for day, note in notes.items() if note["provisional"]}
    assert {"2027-03-10", "2027-03-11", "2027-05-17", "2027-05-18"} <= provisional
    assert all(day.startswith("2027") for day in provisional)


def test_ramadan_ends_the_day_before_idul_fitri_and_lasts_29_or_30_days() -> None:
    office = load("calendars/kantor.json")
    feasts = {
        day
        for day, note in office["notes"].items()
        if note["id"] == "Hari Raya Idul Fitri" and note["kind"] == "libur"
    }
    assert len(office["variants"]) == len(feasts) == 4
    for variant, feast in zip(office["variants"], sorted(feasts), strict=True):
        first, last = date.fromisoformat(variant["from"]), date.fromisoformat(variant["to"])
        assert last + timedelta(days=1) == date.fromisoformat(feast)
        assert (last - first).days + 1 in (29, 30)
        assert variant["provisional"] is (first.year == 2027)
        assert variant["source"]


def test_a_working_week_has_the_hours_that_the_state_prescribes() -> None:
    office = load("calendars/kantor.json")
    assert weekly_hours(office["weekly"]) == 37.5
    assert {weekly_hours(variant["weekly"]) for variant in office["variants"]} == {32.5}


def weekly_hours(weekly: dict[str, Any]) -> float:
    return sum(hours(end) - hours(start) for day in weekly.values() for start, end in day)


def hours(text: str) -> float:
    hour, minute = text.split(":")
    return int(hour) + int(minute) / 60


def test_calendars_load_and_speak_of_the_years_they_claim() -> None:
    assert calendars()["24x7"].always_open
    office = calendars()["kantor"]
    assert (office.known_from, office.known_until) == (date(2024, 1, 1), date(2027, 12, 31))


# -- areas -------------------------------------------------------------------------------------


def test_the_city_has_13_kecamatan_and_104_kelurahan() -> None:
    areas = Areas.from_dict(load("areas.json"))
    assert len(areas.all("kecamatan")) == 13
    assert len(areas.all("kelurahan")) == 104
    assert sum(area.population or 0 for area in areas.all("kecamatan")) == 2_047_105
    sizes = [len(areas.kelurahan_of(area.code)) for area in areas.all("kecamatan")]
    assert sizes == [8, 6, 7, 5, 10, 8, 16, 5, 6, 7, 11, 7, 8]


def test_reference_points_name_only_known_areas_and_cover_all_of_them() -> None:
    areas = Areas.from_dict(load("areas.json"))
    named = {code for code, _, _ in load("area_points.json")}
    assert len(load("area_points.json")) == 1350
    assert named - {"luar"} == {area.code for area in areas.all("kelurahan")}


def test_the_town_square_lies_in_the_city() -> None:
    place = AreaIndex(load("area_points.json")).locate(-6.1713, 106.6405)
    assert getattr(place, "kecamatan", None) == "36.71.01"


# -- categories --------------------------------------------------------------------------------


def test_there_are_75_categories_with_unique_codes() -> None:
    rows = load("categories.json")
    assert len(rows) == len({row["code"] for row in rows}) == 75
    tiers = Counter(row["tier"] for row in rows)
    assert tiers == {"P0": 11, "P1": 11, "P2": 18, "P3": 24, "P4": 5, "P5": 6}


@pytest.mark.parametrize("row", load("categories.json"), ids=lambda row: row["code"])
def test_a_category_is_of_the_form(row: dict[str, Any]) -> None:
    Category.from_dict(row)
    agencies = {agency["code"] for agency in load("agencies.json")}
    tokens = {"{kecamatan}", "{kelurahan}"}
    assert row["name"]["id"] and row["name"]["en"]
    assert row["kind"] in KINDS
    assert row["dimension"] in DIMENSIONS
    assert row["sensitivity"] in {"none", "people", "secret"}
    assert row["round_public_location"] is (row["sensitivity"] != "none")
    assert {row["owner"], *row["supporting"]} <= agencies | tokens
    assert len(row["synonyms"]) == len(set(row["synonyms"])) >= 5
    for question in row["questions"]:
        assert question["type"] in QUESTION_TYPES
        assert bool(question["values"]) is question["type"].endswith("valuelist")
        assert question["label"]["id"] and question["label"]["en"]


def test_an_emergency_asks_for_nothing_that_must_be_answered() -> None:
    urgent = [row for row in load("categories.json") if row["tier"] in {"P0", "P1"}]
    assert not [q for row in urgent for q in row["questions"] if q["required"]]


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("PPDB", "PDK-01"),
        ("lampu mati", "INF-07"),
        ("jalan bolong", "INF-01"),
        ("got mampet", "INF-04"),
        ("eror", "TIK-01"),
        ("lemot", "TIK-01"),
    ],
)
def test_people_find_a_category_by_their_own_words(word: str, code: str) -> None:
    assert any(word in synonym for synonym in categories()[code]["synonyms"])


def test_no_legal_number_is_claimed_as_verified_by_anybody() -> None:
    for sop in sops().values():
        assert sop.legal_basis
        for basis in sop.legal_basis:
            assert basis.verified_by is None
            assert basis.extra["confidence"] in {"source", "high", "medium", "low"}
            if "belum ditetapkan" in basis.text:
                assert basis.extra["confidence"] == "low"


# -- ownership and assignment ------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_category_has_an_owner_that_exists(day: date) -> None:
    agencies = {agency["code"] for agency in load("agencies.json")}
    for code in categories():
        owner = owner_of(
            load("ownership.json"), code, kelurahan=KELURAHAN, kecamatan=KECAMATAN, day=day
        )
        assert owner in agencies, code


@pytest.mark.parametrize("category", ["DRT-14", "LIN-05", "LIN-06"])
def test_trees_and_parks_moved_at_the_turn_of_2026(category: str) -> None:
    owners = [
        owner_of(load("ownership.json"), category, kelurahan="", kecamatan="", day=day)
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert owners == ["DISBUDPAR", "DLH"]


def test_a_complaint_about_a_kecamatan_goes_to_the_kecamatan_of_the_place() -> None:
    owner = owner_of(
        load("ownership.json"), "ADM-03", kelurahan=KELURAHAN, kecamatan=KECAMATAN, day=AT.date()
    )
    assert owner == "KEC-36.71.07"


def test_every_parent_agency_exists_and_no_code_is_used_twice() -> None:
    rows = load("agencies.json")
    codes = [row["code"] for row in rows]
    assert len(codes) == len(set(codes))
    assert {row["parent"] for row in rows} - {None} <= set(codes)
    assert Counter(row["kind"] for row in rows)["kelurahan"] == 104
    assert Counter(row["kind"] for row in rows)["kecamatan"] == 13


@pytest.mark.parametrize("day", [*DAYS, datetime.now(UTC).date()], ids=str)
def test_every_category_is_served_by_an_sop_of_its_own(day: date) -> None:
    for code in categories():
        served = serving_sop(load("assignments.json"), code, day)
        assert served is not None, code
        sop = sops()[served[0]]
        assert sop.version == served[1]
        assert code in sop.categories


def test_every_sop_serves_and_has_the_tier_of_its_category() -> None:
    assert {row["sop"] for row in load("assignments.json")} == set(sops())
    for sop in sops().values():
        if sop.id != "spmb":
            assert {categories()[code]["tier"] for code in sop.categories} == {sop.tier}


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_school_admission_has_an_sop_for_its_season(year: int) -> None:
    rows = load("assignments.json")
    served = [serving_sop(rows, "PDK-01", date(year, month, 15)) for month in range(1, 13)]
    names = [pair[0] if pair else "" for pair in served]
    assert names == ["spmb"] * 4 + ["spmb-musim"] * 3 + ["spmb"] * 5
    assert (sops()["spmb"].tier, sops()["spmb-musim"].tier) == ("P3", "P2")


# -- SOPs --------------------------------------------------------------------------------------


@every_sop()
def test_a_step_names_known_roles_and_calendars(sop: Sop) -> None:
    for step in sop.steps:
        assert step.notify, step.id
        assert set(step.notify) <= ROLES, step.id
        assert step.name["id"] and step.name["en"]
    assert sop.calendar_names() <= set(calendars())


@every_sop()
def test_every_role_is_an_office_of_the_owner(sop: Sop) -> None:
    """No step of an agency falls back on somebody higher because the office is missing."""
    for code, day in ((code, day) for code in sop.categories for day in DAYS):
        owner = owner_of(
            load("ownership.json"), code, kelurahan=KELURAHAN, kecamatan=KECAMATAN, day=day
        )
        for role in {role for step in sop.steps for role in step.notify}:
            found = directory().resolve(
                role, agency=owner, kelurahan=KELURAHAN, kecamatan=KECAMATAN, at=AT
            )
            assert found, (role, owner)
            for one in found:
                assert not isinstance(one, Recipient) or one.fallback_from is None, (role, owner)


@every_sop()
def test_the_calendar_and_dispatch_follow_the_tier(sop: Sop) -> None:
    urgent = sop.tier in {"P0", "P1"}
    assert sop.calendar == ("24x7" if urgent else "kantor")
    assert sop.dispatch == ("immediate" if urgent or sop.tier == "P4" else "verified")
    assert bool(steps_on(sop, "verification")) is (sop.dispatch == "verified")
    assert not (urgent and steps_on(sop, "pause"))


FILED = [
    datetime(2027, 4, 5, 7, 30, tzinfo=WIB),  # Monday at opening
    datetime(2027, 4, 9, 16, 29, tzinfo=WIB),  # Friday, a minute before closing
    datetime(2027, 4, 10, 2, 0, tzinfo=WIB),  # Saturday night
    datetime(2027, 2, 9, 8, 0, tzinfo=WIB),  # in Ramadan
    datetime(2027, 2, 11, 23, 0, tzinfo=WIB),  # in Ramadan, at night
    datetime(2026, 12, 23, 15, 55, tzinfo=WIB),  # before a long closure
]


@every_sop()
@pytest.mark.parametrize("filed", FILED, ids=str)
def test_steps_of_a_clock_fall_due_in_the_order_written(sop: Sop, filed: datetime) -> None:
    opening = [ClockEvent("filed", filed)]
    told = {
        "verification": opening,
        "agency": [*opening, ClockEvent("assigned", filed)],
        "citizen": [*opening, ClockEvent("assigned", filed)],
    }
    if sop.dispatch == "immediate":
        told = {"agency": opening, "citizen": opening}
    for clock, events in told.items():
        planned = plan(sop, calendars(), events).entries
        due = {entry.step: entry.due_at for entry in planned if not entry.repeat}
        times = [due[step.id] for step in steps_on(sop, clock) if due.get(step.id)]
        for step, (one, other) in zip(steps_on(sop, clock), pairwise(times), strict=False):
            if step.id in MIXED.get(sop.id, ()):
                continue
            # a target may end with the law's own limit; everything else has a moment of its own
            target = step.limit == "service" and one == other
            assert one < other or target, (clock, step.id, one, other)


#: The 3 x 24 hours of the law on personal data run through weekends, unlike the steps around them.
MIXED = {"kebocoran-identitas": ("T1",)}


@every_sop()
def test_the_same_clock_never_has_two_steps_at_one_budget(sop: Sop) -> None:
    keys = [
        (step.clock, step.at.text, step.calendar or sop.calendar, step.limit == "legal")
        for step in sop.steps
    ]
    assert len(keys) == len(set(keys))


@every_sop()
def test_nothing_closes_by_itself_where_a_life_or_an_office_is_at_stake(sop: Sop) -> None:
    closing = [step for step in sop.steps if step.act == "close_automatically"]
    if sop.tier in {"P0", "P1", "P4"}:
        assert not closing
    else:
        assert [(step.clock, step.at.text, step.calendar) for step in closing] == [
            ("confirmation", "P10D", "24x7")
        ]


#: The law's limit: (clock, basis) → working days, or calendar days on the calendar that never ends.
def legal_days(sop: Sop, step: Any) -> int:
    if step.clock == "verification":
        return 3
    if "UU 14/2008" in step.basis:
        return 17 if "perpanjangan" in step.basis else 10
    if sop.tier == "P4":
        return 60
    return 5 if "INFO-01" in sop.categories else 14


@every_sop()
def test_no_legal_limit_is_later_than_the_law(sop: Sop) -> None:
    for step in sop.steps:
        if step.limit == "legal":
            assert step.basis, step.id
            assert step.at.days and step.at.days <= legal_days(sop, step), step.id
            assert step.at.days == legal_days(sop, step)


@every_sop()
def test_the_target_and_the_limit_of_the_law_are_two_promises(sop: Sop) -> None:
    limits = {step.limit for step in steps_on(sop, "citizen") if step.until == "resolved"}
    kind = categories()[sop.categories[0]]["kind"]
    if kind == "oversight":  # the city promises nothing of its own: sixty days by two laws
        assert "legal" in limits
    elif kind in {"aspiration", "appreciation"}:  # the law sets no limit
        assert "service" in limits
    else:
        assert limits >= {"service", "legal"}


@every_sop()
def test_every_complaint_has_a_legal_limit_and_every_report_a_promise(sop: Sop) -> None:
    row = categories()[sop.categories[0]]
    limits = {step.limit for step in steps_on(sop, "citizen")}
    if row["kind"] not in {"aspiration", "appreciation"}:
        assert "legal" in limits
    assert limits - {None}
    told = [step for step in steps_on(sop, "citizen") if step.limit]
    assert any("pelapor" in step.notify for step in told)


def test_both_counts_of_sixty_days_run_where_an_examination_is_needed() -> None:
    for sop in sops().values():
        if sop.tier == "P4":
            sixty = {step.calendar or sop.calendar for step in sop.steps if step.at.days == 60}
            assert sixty == {"kantor", "24x7"}


def test_no_unit_hears_of_a_complaint_about_officials() -> None:
    allowed = {"inspektorat", "irban", "inspektur", "sekda", "walikota", "pelapor"}
    for sop in sops().values():
        if sop.tier == "P4":
            assert {role for step in sop.steps for role in step.notify} <= allowed


def test_a_secret_case_is_not_copied_to_camat_or_lurah() -> None:
    for sop in sops().values():
        if categories()[sop.categories[0]]["sensitivity"] == "secret":
            assert not AREA_ROLES & {role for step in sop.steps for role in step.notify}, sop.id


def test_life_in_danger_reaches_the_secretary_and_the_mayor_within_minutes() -> None:
    fire = {
        step.id: (step.at.text, step.until, step.notify, step.act)
        for step in sops()["kebakaran"].steps
    }
    assert fire["L1"] == ("PT2M", "acknowledged", ("danru", "supervisor"), "second_unit")
    assert fire["E1"] == ("PT5M", "acknowledged", ("kabid",), "notify")
    assert fire["E2"] == ("PT10M", "acknowledged", ("kadis", "camat"), "notify")
    assert fire["S1"][:2] == ("PT15M", "on_scene") and "sekda" in fire["S1"][2]
    assert fire["S2"] == ("PT20M", "on_scene", ("walikota",), "notify")


def test_only_life_in_danger_calls_a_second_unit() -> None:
    for sop in sops().values():
        calls = [step for step in sop.steps if step.act == "second_unit"]
        assert len(calls) == (1 if sop.tier == "P0" else 0), sop.id


def test_a_pothole_climbs_the_ladder_of_urgent_services() -> None:
    steps = {step.id: (step.at.text, step.notify) for step in sops()["jalan-berlubang"].steps}
    assert steps["A50"] == ("PT2H", ("petugas",))
    assert steps["A80"] == ("PT3H12M", ("petugas", "kasi"))
    assert steps["L1"] == ("PT4H", ("kabid",))
    assert steps["R100"] == ("P3D", ("kabid", "pelapor"))
    assert steps["E2"] == ("P4D", ("kadis", "camat"))
    assert steps["E3"] == ("P6D", ("sekda",))
    assert steps["E4"] == ("P8D", ("walikota",))
    assert steps["LEGAL"] == ("P14D", ("sekda", "inspektorat", "pelapor"))


@every_sop()
def test_the_printed_document_is_filled(sop: Sop) -> None:
    document = sop.document
    assert document["number"] is None
    for part in ("qualifications", "equipment", "warnings", "related", "records"):
        assert document[part], part
    assert [activity.no for activity in sop.activities] == list(range(1, len(sop.activities) + 1))
    actors = ROLES | {"sistem"}
    for activity in sop.activities:
        assert activity.actor in actors
        assert re.fullmatch(r"P(\d+D|T\d+[HMS](\d+M)?)", activity.time), activity.time
        assert activity.output


@every_sop()
def test_who_did_the_work_does_not_validate_it(sop: Sop) -> None:
    workers = {"petugas", "piket", "danru", "irban"}
    judges = {role for step in steps_on(sop, "validation") for role in step.notify}
    assert judges and not workers & judges


@every_sop()
def test_evidence_never_shows_patients_children_or_victims(sop: Sop) -> None:
    assert sop.evidence is not None
    sensitivity = categories()[sop.categories[0]]["sensitivity"]
    assert sensitivity != "secret" or sop.evidence.photos_after == 0
    assert bool(sop.evidence.max_distance_m) is bool(sop.evidence.photos_after)
    assert sop.evidence.photos_after or sop.evidence.extra["documents"]


# -- people ------------------------------------------------------------------------------------


def test_positions_have_unique_ids_and_the_same_desk_only_for_the_same_office() -> None:
    rows = load("positions.json")
    assert len(rows) == len({row["id"] for row in rows})
    desks: dict[str, set[str]] = {}
    for row in rows:
        for value in row["contacts"].values():
            desks.setdefault(value, set()).add(row["id"])
    shared = [ids for ids in desks.values() if len(ids) > 1]
    for ids in shared:
        assert len(ids) == 2
        assert any(one.startswith("kadis.") or one == "irban" for one in ids), ids
    assert len({frozenset(ids) for ids in shared}) == 13 + 3


def test_contacts_are_obviously_invented() -> None:
    people = load("staff.json")
    contacts = [row["contacts"] for row in load("positions.json")]
    phones = {c["phone"] for c in contacts if "phone" in c}
    theirs = [person["phone"] for person in people]
    assert len(theirs) == len(set(theirs)) and not phones & set(theirs)
    assert all(re.fullmatch(r"\+62810000\d{5}", phone) for phone in phones | set(theirs))
    mails = [c["mail"] for c in contacts] + [person["mail"] for person in people]
    assert all(re.fullmatch(r"[a-z0-9.-]+@tangerang\.example", mail) for mail in mails)
    assert all(person["demo"] and "(demo)" in person["name"] for person in people)


def test_13_camat_and_104_lurah() -> None:
    roles = Counter(row["role"] for row in load("positions.json"))
    assert (roles["camat"], roles["lurah"]) == (13, 104)


def test_demo_users_are_there_and_hold_positions_that_exist() -> None:
    people = {person["id"]: person for person in load("staff.json")}
    assert set(people) >= DEMO_USERS
    positions = {row["id"] for row in load("positions.json")}
    for person in people.values():
        assert set(person["positions"]) <= positions
        assert set(person["roles"]) <= API_ROLES
    assert {role for person in people.values() for role in person["roles"]} == API_ROLES
    assert all(people[user]["roles"] for user in DEMO_USERS)


def test_holders_and_shifts_name_people_and_positions_that_exist() -> None:
    people = {person["id"] for person in load("staff.json")}
    positions = {row["id"] for row in load("positions.json")}
    for row in [*load("holders.json"), *load("rota.json")]:
        assert row["person"] in people
        assert row["position"] in positions
    assert {row["substitute"] for row in load("holders.json") if "substitute" in row} <= people


def test_the_camat_is_told_once_although_named_as_camat_and_as_head() -> None:
    at = datetime(2027, 4, 7, 3, 0, tzinfo=UTC)
    for kecamatan in ("36.71.07", "36.71.01"):
        told = directory().resolve_all(
            ("kadis", "camat"), agency=f"KEC-{kecamatan}", kecamatan=kecamatan, at=at
        )
        assert len(told) == 1


def test_an_acting_official_answers_while_the_holder_is_away() -> None:
    at = datetime(2027, 7, 6, 3, 0, tzinfo=UTC)
    (one,) = directory().resolve("kabid", agency="PUPR", at=at)
    assert isinstance(one, Recipient)
    assert one.person == "pengganti"
