"""`python -m chalicelib.simulate`: a case in, its notifications out, through the real process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.simulate import simulate

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHARED = json.loads((HERE / "timeline_scenarios.json").read_text())["cases"]
CASE: dict[str, Any] = SHARED[0]["input"]


def run(text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chalicelib.simulate"],
        input=text,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


@pytest.mark.parametrize("case", SHARED, ids=[case["name"] for case in SHARED])
def test_every_shared_scenario_prints_exactly_its_notifications(case: dict[str, Any]) -> None:
    found = simulate(case["input"])["notifications"]
    for notification in found:
        del notification["cycle"]
    expected = case["expected"]
    assert found == (expected["notifications"] if isinstance(expected, dict) else expected)


def test_the_command_reads_standard_input_and_prints_json() -> None:
    done = run(json.dumps(CASE))
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "notifications": [
            {
                "at": "2027-04-05T10:00:00+07:00",
                "step": "L0",
                "repeat": 0,
                "cycle": 1,
                "to": ["petugas"],
            }
        ],
        "unknown": [],
        "clocks": {
            "agency": {
                "state": "stopped",
                "cycle": 1,
                "started_at": "2027-04-05T10:00:00+07:00",
                "consumed_seconds": 23400,
            },
            "citizen": {
                "state": "stopped",
                "cycle": 1,
                "started_at": "2027-04-05T10:00:00+07:00",
                "consumed_seconds": 23400,
            },
            "validation": {
                "state": "running",
                "cycle": 1,
                "started_at": "2027-04-06T09:00:00+07:00",
                "consumed_seconds": 264600,
            },
        },
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{", "input"),
        ("[]", "input"),
        ("{}", "sop"),
        (json.dumps({**CASE, "until": "2027-04-05T10:00:00"}), "until"),
        (json.dumps({**CASE, "events": [{"at": "soon", "type": "filed"}]}), "events[0].at"),
        (json.dumps({**CASE, "calendar": None}), "calendars"),
        (json.dumps({**CASE, "calendar": {"timezone": "Mars", "weekly": {}}}), "calendar.timezone"),
        (json.dumps({**CASE, "sop": {**CASE["sop"], "version": "3"}}), "version"),
    ],
)
def test_bad_input_is_refused_with_exit_code_2_and_the_place(text: str, path: str) -> None:
    done = run(text)
    assert (done.returncode, json.loads(done.stdout)["error"]["path"]) == (2, path)
    assert path in done.stderr


def test_until_is_inclusive() -> None:
    case = {**CASE, "events": CASE["events"][:1], "until": "2027-04-05T10:30:00+07:00"}
    assert [n["step"] for n in simulate(case)["notifications"]] == ["L0", "L1"]


def test_events_after_until_have_not_happened_yet() -> None:
    case = {**CASE, "until": "2027-04-05T10:10:00+07:00"}
    assert simulate(case)["clocks"]["agency"]["state"] == "running"


def test_the_24x7_calendar_need_not_be_given() -> None:
    sop = {**CASE["sop"], "steps": [{**CASE["sop"]["steps"][1], "calendar": "24x7"}]}
    case = {**CASE, "sop": sop, "events": [{"at": "2027-04-10T09:00:00+07:00", "type": "filed"}]}
    assert [n["at"] for n in simulate(case)["notifications"]] == ["2027-04-10T09:30:00+07:00"]


def test_what_lies_beyond_the_calendar_is_listed_as_unknown() -> None:
    case = {
        **CASE,
        "events": [{"at": "2027-12-31T16:00:00+07:00", "type": "filed"}],
        "until": "2028-02-01T00:00:00+07:00",
    }
    found = simulate(case)
    assert [n["step"] for n in found["notifications"]] == ["L0", "L1"]
    assert {entry["step"] for entry in found["unknown"]} == {
        "L2",
        "L3",
        "R80",
        "R100",
        "R150",
        "EXH",
    }
    assert found["unknown"][0]["reason"] == "kantor 2028-01-01"


def test_a_migration_may_name_a_version_given_beside_the_case() -> None:
    newer = {**CASE["sop"], "version": 4}
    case = {
        **CASE,
        "sops": [newer],
        "events": [
            CASE["events"][0],
            {"at": "2027-04-05T10:10:00+07:00", "type": "migrated", "id": "JALAN", "version": 4},
        ],
        "until": "2027-04-05T10:40:00+07:00",
    }
    assert [n["step"] for n in simulate(case)["notifications"]] == ["L0", "L1"]


def test_the_simulator_imports_the_domain_alone() -> None:
    code = (
        "import sys, chalicelib.simulate;"
        "print([m for m in sys.modules if m.startswith(('boto', 'chalice.', 'pynamodb'))"
        " or (m.startswith('chalicelib.') and '.domain' not in m and m != 'chalicelib.simulate')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"
