"""The form of an SOP: what is accepted, what is refused and where, and its identity."""

from typing import Any

import pytest

from chalicelib.domain.sop import Duration, Sop, SopInvalid, content_hash

STEP: dict[str, Any] = {
    "id": "L3",
    "clock": "agency",
    "at": "PT120M",
    "until": "acknowledged",
    "notify": ["kadis"],
    "repeat": {"every": "PT120M", "times": 2},
}
FULL: dict[str, Any] = {
    "id": "jalan-berlubang",
    "version": 3,
    "name": {"id": "Penanganan jalan berlubang", "en": "Pothole repair"},
    "categories": ["INF-01"],
    "tier": "P2",
    "calendar": "kantor",
    "owner": "PUPR",
    "supporting": ["DLH"],
    "dispatch": "verified",
    "legal_basis": [{"text": "UU 22/2009 ps. 24", "verified_by": None, "note": "baca ulang"}],
    "document": {"number": None, "qualifications": ["tukang"]},
    "activities": [
        {
            "no": 1,
            "activity": "Periksa",
            "actor": "petugas",
            "inputs": ["foto"],
            "time": "PT4H",
            "output": "rencana",
        }
    ],
    "evidence": {"photos_before": 0, "photos_after": 1, "max_distance_m": 50, "gps": True},
    "steps": [
        STEP,
        {
            "id": "AUTO",
            "clock": "confirmation",
            "at": "P10D",
            "until": "confirmed",
            "notify": ["pelapor"],
            "act": "close_automatically",
            "calendar": "24x7",
        },
        {
            "id": "LEGAL",
            "clock": "citizen",
            "at": "P14D",
            "until": "resolved",
            "notify": ["sekda"],
            "limit": "legal",
            "basis": "PermenPANRB 62/2018",
        },
    ],
}
MINIMAL: dict[str, Any] = {
    "id": "X",
    "version": 1,
    "calendar": "kantor",
    "steps": [{"id": "L0", "clock": "agency", "at": "PT0M"}],
}


@pytest.mark.parametrize(
    ("text", "seconds", "days"),
    [
        ("PT0M", 0, 0),
        ("PT4H", 14400, 0),
        ("PT120M", 7200, 0),
        ("PT90S", 90, 0),
        ("PT1H30M15S", 5415, 0),
        ("P3D", 0, 3),
        ("P14D", 0, 14),
    ],
)
def test_a_duration_is_working_time_or_a_number_of_closings(
    text: str, seconds: int, days: int
) -> None:
    duration = Duration.parse(text)
    assert (duration.seconds, duration.days, duration.text) == (seconds, days, text)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P0D", "P1W", "P1M", "P1DT2H", "PT1.5H", "-PT1H", "4H", "pt4h", 30, None],
)
def test_any_other_duration_is_refused(text: object) -> None:
    with pytest.raises(SopInvalid):
        Duration.parse(text)


def test_only_four_keys_are_compulsory_and_the_rest_has_defaults() -> None:
    sop = Sop.from_dict(MINIMAL)
    assert (sop.dispatch, sop.owner, sop.legal_basis, sop.evidence) == (
        "immediate",
        "category",
        (),
        None,
    )
    assert (sop.steps[0].act, sop.steps[0].until, sop.steps[0].notify) == ("notify", None, ())


def test_the_full_form_survives_a_round_trip() -> None:
    assert Sop.from_dict(FULL).to_dict() == FULL
    assert Sop.from_dict(MINIMAL) == Sop.from_dict(Sop.from_dict(MINIMAL).to_dict())


def test_an_sop_names_all_the_calendars_it_needs() -> None:
    assert Sop.from_dict(FULL).calendar_names() == {"kantor", "24x7"}


def test_equal_content_has_one_hash_whatever_the_order_of_its_keys() -> None:
    turned = dict(reversed(FULL.items()))
    assert content_hash(Sop.from_dict(turned)) == content_hash(Sop.from_dict(FULL))
    changed = {**FULL, "steps": [{**STEP, "at": "PT121M"}]}
    assert content_hash(Sop.from_dict(changed)) != content_hash(Sop.from_dict(FULL))


def with_step(**change: Any) -> dict[str, Any]:
    return {**MINIMAL, "steps": [{**STEP, **change}]}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({**MINIMAL, "id": ""}, "id"),
        ({**MINIMAL, "version": 0}, "version"),
        ({**MINIMAL, "version": True}, "version"),
        ({**MINIMAL, "calendar": None}, "sop.calendar"),
        ({**MINIMAL, "steps": []}, "steps"),
        ({**MINIMAL, "steps": {}}, "steps"),
        ({**MINIMAL, "steps": [STEP, STEP]}, "steps[1].id"),
        ({**MINIMAL, "escalation": []}, "sop.escalation"),
        ({**MINIMAL, "dispatch": "later"}, "dispatch"),
        (with_step(clock="wall"), "steps[0].clock"),
        (with_step(until="done"), "steps[0].until"),
        (with_step(act="explode"), "steps[0].act"),
        (with_step(limit="moral"), "steps[0].limit"),
        (with_step(at="soon"), "steps[0].at"),
        (with_step(id="a#b"), "steps[0].id"),
        (with_step(notify="kadis"), "steps[0].notify"),
        (with_step(unless="x"), "steps[0].unless"),
        (with_step(repeat={"every": "PT0M", "times": 1}), "steps[0].repeat.every"),
        (with_step(repeat={"every": "PT1M", "times": 0}), "steps[0].repeat.times"),
        (with_step(repeat={"every": "PT1M"}), "steps[0].repeat.times"),
        ([], "sop"),
    ],
)
def test_what_is_not_an_sop_is_refused_with_the_place(data: Any, path: str) -> None:
    with pytest.raises(SopInvalid) as caught:
        Sop.from_dict(data)
    assert caught.value.path == path
