"""The audit of libraries: found, clean, and not looked up are three different ends."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from infra.tools import audit

ROOT = Path(__file__).parents[2]
GOOD = {"name": "jinja2", "version": "3.1.6", "vulns": []}
BAD = {
    "name": "pyjwt",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.5.1", "2.0"]}, {"id": "PYSEC-2"}],
}
SKIPPED = {"name": "segno", "skip_reason": "could not be audited: segno (1.6.6)"}


def test_what_lambda_runs_is_asked_for_in_its_installed_version_with_what_it_needs() -> None:
    lines = audit.pins([str(ROOT / "requirements.txt")])
    assert f"jinja2=={version('jinja2')}" in lines
    assert f"botocore=={version('botocore')}" in lines
    assert lines == sorted(lines)
    assert not [one for one in lines if one.startswith("pytest==")]


def test_a_clean_report_passes() -> None:
    assert audit.verdict({"dependencies": [GOOD]}) == (
        audit.CLEAN,
        ["1 of 1 libraries looked up, 0 known vulnerabilities"],
    )


def test_a_known_vulnerability_fails_and_says_what_mends_it() -> None:
    assert audit.verdict({"dependencies": [GOOD, BAD, SKIPPED]}) == (
        audit.VULNERABLE,
        [
            "pyjwt 1.0: PYSEC-1, mended in 1.5.1, 2.0",
            "pyjwt 1.0: PYSEC-2, mended in no version yet",
            "not looked up: could not be audited: segno (1.6.6)",
            "2 of 3 libraries looked up, 2 known vulnerabilities",
        ],
    )


def test_what_could_not_be_looked_up_is_no_pass_and_is_said_shortly() -> None:
    end, said = audit.verdict({"dependencies": [GOOD, *[SKIPPED] * 5]})
    assert end == audit.UNKNOWN
    assert said[-2:] == [
        "… and 2 more",
        "1 of 6 libraries looked up, 0 known vulnerabilities",
    ]


def test_a_report_about_nothing_is_no_pass() -> None:
    assert audit.verdict({"dependencies": []})[0] == audit.UNKNOWN
