"""Every hole in an SOP has a reason of its own and says how it is mended."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest

from chalicelib.adapters.documents import DATA, message_templates
from chalicelib.domain.findings import ERROR, TEXTS, errors
from chalicelib.domain.linting import lint
from chalicelib.domain.roles import Directory
from chalicelib.domain.sop import Sop
from chalicelib.domain.surroundings import Surroundings
from chalicelib.services.linting import LintSops
from tests.fakes.engine import SHIPPED, SetClock

AT = "2027-04-05T09:55:00+07:00"
Form = dict[str, Any]


@cache
def around(at: str = AT) -> Surroundings:
    clock = SetClock(datetime.fromisoformat(at))
    return LintSops(SHIPPED, clock, message_templates).surroundings()


def shipped(name: str) -> Form:
    return dict(json.loads((DATA / "sops" / f"{name}.json").read_text()))


def found(form: Form, city: Surroundings | None = None) -> list[tuple[str, str]]:
    """The errors, as (code, where)."""
    findings = lint(Sop.from_dict(form), city or around())
    return [(one.code, one.where) for one in errors(findings)]


def step(form: Form, id: str) -> Form:
    return next(one for one in form["steps"] if one["id"] == id)


def without(form: Form, *ids: str) -> None:
    form["steps"] = [one for one in form["steps"] if one["id"] not in ids]


@pytest.mark.parametrize("name", sorted(path.stem for path in (DATA / "sops").glob("*.json")))
def test_the_shipped_catalogue_has_no_errors(name):
    assert found(shipped(name)) == []


def test_the_warnings_of_the_shipped_catalogue_are_known():
    told = {
        finding.code
        for path in (DATA / "sops").glob("*.json")
        for finding in lint(Sop.from_dict(json.loads(path.read_text())), around())
    }
    assert told == {
        "basis_not_laid_down",
        "basis_unverified",
        "role_by_mailbox",
        "no_phone_in_emergency",
    }


#: what is broken, of which SOP → the one reason with which it is refused.
BROKEN: list[tuple[str, str, Callable[[Form], object], str, str]] = [
    (
        "nobody is told at first",
        "jalan-berlubang",
        lambda sop: without(sop, "L0"),
        "no_first_notice",
        "agency",
    ),
    (
        "a phase is left out",
        "jalan-berlubang",
        lambda sop: without(sop, "H0", "H80", "H1", "H2"),
        "phase_without_steps",
        "validation",
    ),
    (
        "the ladder leaps over two levels",
        "jalan-berlubang",
        lambda sop: (without(sop, "L1"), step(sop, "A80").update(notify=["petugas"])),
        "ladder_hole",
        "steps.L2",
    ),
    (
        "nobody above the agency is ever told",
        "jalan-berlubang",
        lambda sop: (
            without(sop, "L3", "E3", "E4"),
            step(sop, "LEGAL").update(notify=["kadis", "pelapor"]),
        ),
        "ladder_ends_low",
        "steps",
    ),
    (
        "a later rung tells those below",
        "jalan-berlubang",
        lambda sop: step(sop, "E4").update(notify=["kabid"]),
        "ladder_descends",
        "steps.E4",
    ),
    (
        "the mayor is told of a pothole at once",
        "jalan-berlubang",
        lambda sop: step(sop, "L0")["notify"].append("walikota"),
        "recipients_too_high",
        "steps.L0",
    ),
    (
        "steps out of order",
        "jalan-berlubang",
        lambda sop: step(sop, "A80").update(at="PT1H"),
        "steps_out_of_order",
        "steps.A80",
    ),
    (
        "a step waits for what never comes",
        "jalan-berlubang",
        lambda sop: step(sop, "H1").update(until="acknowledged"),
        "until_never_comes",
        "steps.H1",
    ),
    (
        "a step that nothing stops",
        "jalan-berlubang",
        lambda sop: step(sop, "E3").pop("until"),
        "step_never_stops",
        "steps.E3",
    ),
    (
        "the legal limit is later than the law's",
        "jalan-berlubang",
        lambda sop: step(sop, "LEGAL").update(at="P15D"),
        "legal_limit_later_than_law",
        "steps.LEGAL",
    ),
    (
        "no legal limit",
        "jalan-berlubang",
        lambda sop: without(sop, "LEGAL"),
        "legal_limit_missing",
        "citizen",
    ),
    (
        "a legal limit without its law",
        "jalan-berlubang",
        lambda sop: step(sop, "LEGAL").pop("basis"),
        "legal_limit_without_basis",
        "steps.LEGAL",
    ),
    (
        "information of the formal kind is late",
        "informasi-publik-kip",
        lambda sop: step(sop, "LEGAL17").update(at="P18D"),
        "legal_limit_later_than_law",
        "steps.LEGAL17",
    ),
    (
        "the promise is later than the law",
        "spmb-musim",
        lambda sop: (
            without(sop, "E2", "E3", "E4", "R50", "R80"),
            step(sop, "LEGAL").update(at="P2D"),
            sop["steps"].sort(key=lambda one: (one["id"] == "R100", 0)),
        ),
        "service_after_legal",
        "steps.R100",
    ),
    (
        "no promise at all",
        "apresiasi",
        lambda sop: step(sop, "R100").pop("limit"),
        "promise_missing",
        "citizen",
    ),
    (
        "the reporter does not hear of a broken promise",
        "jalan-berlubang",
        lambda sop: [step(sop, id)["notify"].remove("pelapor") for id in ("R100", "LEGAL")],
        "reporter_not_told",
        "citizen",
    ),
    (
        "a role that the city does not have",
        "jalan-berlubang",
        lambda sop: step(sop, "L1").update(notify=["kepala_gudang"]),
        "unknown_role",
        "steps.L1",
    ),
    (
        "a role that the owner does not have",
        "korupsi",
        lambda sop: sop.update(categories=["WAS-02"], owner="TP-PKK"),
        "owner_unknown",
        "owner",
    ),
    (
        "a message that does not exist",
        "jalan-berlubang",
        lambda sop: step(sop, "L1").update(message="step_poem"),
        "template_missing",
        "steps.L1",
    ),
    (
        "a calendar that does not exist",
        "jalan-berlubang",
        lambda sop: sop.update(calendar="bulan"),
        "calendar_missing",
        "calendar",
    ),
    (
        "no proof",
        "jalan-berlubang",
        lambda sop: sop.pop("evidence"),
        "evidence_missing",
        "evidence",
    ),
    (
        "a distance without a photo",
        "jalan-berlubang",
        lambda sop: sop["evidence"].update(photos_after=0),
        "evidence_inconsistent",
        "evidence",
    ),
    (
        "photos of victims",
        "kekerasan-perempuan-anak",
        lambda sop: sop["evidence"].update(photos_after=1),
        "evidence_shows_victims",
        "evidence",
    ),
    (
        "an emergency that waits for the morning",
        "kebakaran",
        lambda sop: step(sop, "E1").update(calendar="kantor"),
        "emergency_on_office_hours",
        "steps.E1",
    ),
    (
        "an emergency that pauses",
        "kebakaran",
        lambda sop: sop["steps"].append(
            {"id": "Z2", "clock": "pause", "at": "PT1H", "until": "resumed", "notify": ["operator"]}
        ),
        "emergency_pauses",
        "steps.Z2",
    ),
    (
        "an emergency that closes by itself",
        "kebakaran",
        lambda sop: step(sop, "C10").update(act="close_automatically"),
        "closes_by_itself",
        "steps.C10",
    ),
    (
        "two days of silence count as thanks",
        "jalan-berlubang",
        lambda sop: (without(sop, "C7"), step(sop, "AUTO").update(at="P2D")),
        "closes_too_soon",
        "steps.AUTO",
    ),
    (
        "the accused unit is told",
        "pungli-petugas",
        lambda sop: step(sop, "L2")["notify"].append("kadis"),
        "accused_unit_told",
        "steps",
    ),
    (
        "the worker validates",
        "jalan-berlubang",
        lambda sop: step(sop, "H0")["notify"].append("petugas"),
        "executor_validates",
        "steps",
    ),
    (
        "a step on a clock that never starts",
        "kebakaran",
        lambda sop: sop["steps"].append(
            {
                "id": "V1",
                "clock": "verification",
                "at": "PT1H",
                "until": "verified",
                "notify": ["operator"],
            }
        ),
        "clock_never_starts",
        "steps.V1",
    ),
    (
        "resuming what is not paused",
        "jalan-berlubang",
        lambda sop: step(sop, "L1").update(act="resume"),
        "act_on_wrong_clock",
        "steps.L1",
    ),
    (
        "messages without end",
        "jalan-berlubang",
        lambda sop: step(sop, "E4").update(repeat={"every": "PT1M", "times": 500}),
        "too_many_firings",
        "steps",
    ),
    (
        "a category that does not exist",
        "jalan-berlubang",
        lambda sop: sop.update(categories=["INF-99"]),
        "unknown_category",
        "categories",
    ),
    (
        "an actor that does not exist",
        "jalan-berlubang",
        lambda sop: sop["activities"][0].update(actor="robot"),
        "activity_actor_unknown",
        "activities.1",
    ),
]


@pytest.mark.parametrize(
    ("name", "spoil", "code", "where"),
    [pytest.param(*row[1:], id=row[0]) for row in BROKEN],
)
def test_each_hole_is_refused_for_its_own_reason(name, spoil, code, where):
    form = copy.deepcopy(shipped(name))
    spoil(form)
    assert (code, where) in found(form)
    others = {one for one, _ in found(form)} - {code}
    # what follows from the same hole may be told as well, and nothing else
    assert others <= {"role_vacant", "legal_limit_missing", "promise_missing"}


def test_no_legal_basis_is_a_warning_that_stays_visible():
    form = shipped("jalan-berlubang")
    form["legal_basis"] = []
    findings = lint(Sop.from_dict(form), around())
    assert ("no_legal_basis", "warning") in [(one.code, one.severity) for one in findings]
    assert errors(findings) == ()


def test_a_target_that_only_the_law_sets_is_told():
    form = shipped("jalan-berlubang")
    without(form, "R100")
    told = [one.code for one in lint(Sop.from_dict(form), around())]
    assert "service_target_missing" in told
    assert "service_target_missing" not in [
        one.code for one in lint(Sop.from_dict(shipped("korupsi")), around())
    ]


def test_a_calendar_that_ends_before_the_longest_promise_is_refused():
    late = around("2027-12-20T09:00:00+07:00")
    assert found(shipped("jalan-berlubang"), late) == [("calendar_ends_too_soon", "calendar")]
    soon = lint(Sop.from_dict(shipped("jalan-berlubang")), around("2027-11-01T09:00:00+07:00"))
    assert [one.code for one in soon if "calendar" in one.code] == ["calendar_ends_soon"]


def test_a_role_that_nobody_holds_today_is_refused():
    city = around()
    positions = [one for one in city.directory.positions if one.id != "kabid.pupr"]
    thinner = Directory(tuple(positions), city.directory.persons, city.directory.holders)
    assert found(shipped("jalan-berlubang"), with_directory(city, thinner)) == [
        ("role_vacant", "roles.kabid")
    ]


def test_somebody_who_cannot_be_reached_is_refused():
    from dataclasses import replace

    city = around()
    positions = [
        replace(one, mail=None) if one.id == "asisten" else one for one in city.directory.positions
    ]
    mute = Directory(tuple(positions), city.directory.persons, city.directory.holders)
    assert found(shipped("jalan-berlubang"), with_directory(city, mute)) == [
        ("unreachable_contact", "contacts")
    ]


def test_a_category_that_nobody_owns_on_that_day_is_refused():
    from dataclasses import replace

    city = around()
    rows = [
        {**row, "to": "2027-03-31"} if row["category"] == "INF-01" else row
        for row in city.ownership
    ]
    gone = replace(city, ownership=rows, _owners={}, _answers={})
    assert ("owner_missing", "owner") in found(shipped("jalan-berlubang"), gone)


def with_directory(city: Surroundings, directory: Directory) -> Surroundings:
    from dataclasses import replace

    return replace(city, directory=directory, _owners={}, _answers={})


def test_every_finding_speaks_both_languages_and_names_its_mend():
    for code, (severity, *texts) in TEXTS.items():
        assert severity in ("error", "warning"), code
        assert all(text.endswith((".", "}")) for text in texts), code


def test_errors_come_first():
    form = shipped("jalan-berlubang")
    without(form, "L0")
    severities = [one.severity for one in lint(Sop.from_dict(form), around())]
    assert severities == sorted(severities, key=lambda one: one != ERROR)


def test_a_season_is_held_against_its_own_first_day():
    clock = SetClock(datetime.fromisoformat(AT))
    service = LintSops(SHIPPED, clock, message_templates)
    far = service(Sop.from_dict(shipped("spmb-musim")), date(2028, 5, 15))
    assert [one.code for one in errors(far)] == ["calendar_ends_too_soon"]
