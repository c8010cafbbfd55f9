"""The SOP desk on the local runner: three people, one new version, a report that moves to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib import sop
from chalicelib.adapters.documents import DATA
from tests.e2e.test_readme_story import file_pothole, runner
from tests.fakes.runner import Runner, eventually

__all__ = ["runner"]  # the fixture of the README's story
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def test_three_people_bring_a_version_into_force_and_a_running_report_moves_to_it(
    runner: Runner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def desk(user: str, *words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = sop.main(["--api", runner.base, "--user", user, *words])
        return code, capsys.readouterr().out

    number = file_pothole(runner)["number"]
    runner.api("operator").verify_report(number)
    eventually(lambda: "L0" in runner.done(number))
    content = json.loads((DATA / "sops" / "jalan-berlubang.json").read_text())
    for step in content["steps"]:
        step["at"] = {"L1": "PT3H30M"}.get(step["id"], step["at"])
    file = tmp_path / "jalan-berlubang.json"
    file.write_text(json.dumps(content))
    assert desk("penyusun", "draft", str(file), "--reason", "evaluasi")[0] == 0
    assert desk("penyusun", "submit", "jalan-berlubang")[0] == 0
    code, said = desk("penyusun", "review", "jalan-berlubang")
    assert (code, json.loads(said)["code"]) == (1, "role_may_not")
    assert desk("peninjau", "review", "jalan-berlubang")[0] == 0
    assert desk("penyetuju", "approve", "jalan-berlubang")[0] == 0
    today = runner.api().get_health()["time"][:10]
    assert desk("penyetuju", "activate", "jalan-berlubang", "--from", today)[0] == 0
    said = desk("auditor", "versions", "jalan-berlubang")[1]
    assert [line.split()[:2] for line in said.splitlines() if line.startswith("v")] == [
        ["v2", "active"],
        ["v1", "superseded"],
    ]
    assert runner.api().get_timeline(number)["sop"]["version"] == 1
    runner.api("sekda").migrate_report(number, {"reason": "Versi baru berlaku"})
    moved = runner.api().get_timeline(number)
    assert moved["sop"] == {"id": "jalan-berlubang", "version": 2}
    fired = [event["data"]["entry"] for event in moved["events"] if event["type"] == "fired"]
    assert len(fired) == len(set(fired))
