"""The commands for SOPs and the doctor: on files, and against a stage as three people."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib import doctor, sop
from chalicelib.adapters.documents import DATA
from infra.local.server import Gateway, Server, answer_json
from tests.fakes.world import MORNING, World, access_token

POTHOLES = DATA / "sops" / "jalan-berlubang.json"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def stage() -> Iterator[str]:
    """A stage that listens on loopback, with the local runner's sign-in."""
    with World(MORNING, administered=True).running():
        gateway = Gateway(importlib.import_module("app").app)
        gateway.local_route(
            "POST",
            "/_local/login",
            lambda request: answer_json(
                200, {"access_token": access_token(request.json()["user"])}
            ),
        )
        server = Server(gateway, 0)
        server.start()
        try:
            yield server.address
        finally:
            server.stop()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        code = sop.main([str(word) for word in words])
        return code, capsys.readouterr().out

    return command


def edited(folder: Path, name: str = "baru.yaml", **times: str) -> Path:
    content = json.loads(POTHOLES.read_text())
    for step in content["steps"]:
        step["at"] = times.get(step["id"], step["at"])
    file = folder / name
    file.write_text(yaml.safe_dump(content, allow_unicode=True))
    return file


def test_the_shipped_catalogue_is_clean_and_its_warnings_are_counted(run):
    code, said = run("lint", "--on", "2027-04-05")
    assert code == 0
    assert "PERINGATAN basis_unverified: 76" in said
    assert said.splitlines()[-1].startswith("76 SOP, 0 galat / errors")


def test_a_yaml_file_is_held_against_the_city(run, tmp_path):
    code, said = run("lint", edited(tmp_path, LEGAL="P20D"), "--on", "2027-04-05")
    assert code == 1
    assert "GALAT legal_limit_later_than_law (steps.LEGAL)" in said
    assert "→ Ubah menjadi paling lambat P14D." in said


def test_a_file_that_is_no_sop_says_where(run, tmp_path):
    code, said = run("lint", edited(tmp_path, L1="P1M"), "--on", "2027-04-05")
    assert (code, "sop_invalid (steps[8].at)" in said) == (1, True)


def test_two_files_are_compared_step_by_step(run, tmp_path):
    code, said = run("diff", POTHOLES, edited(tmp_path, L1="PT3H30M"))
    assert code == 0
    assert said.splitlines()[1:] == ["Langkah L1: waktu PT4H → PT3H30M."]


def test_three_people_bring_a_file_into_force(run, stage, tmp_path):
    def as_user(user: str, *words: object) -> tuple[int, str]:
        return run("--api", stage, "--user", user, *words)

    file = edited(tmp_path, L1="PT3H30M")
    assert as_user("penyusun", "draft", file, "--reason", "evaluasi")[0] == 0
    file = edited(tmp_path, L1="PT3H20M")
    code, said = as_user("penyusun", "draft", file, "--reason", "lebih cepat")
    assert (code, said.split()[:3]) == (0, ["jalan-berlubang", "v2", "draft"])
    assert as_user("penyusun", "submit", "jalan-berlubang")[0] == 0
    code, said = as_user("penyusun", "review", "jalan-berlubang")
    assert (code, json.loads(said)["code"]) == (1, "role_may_not")
    assert as_user("peninjau", "review", "jalan-berlubang")[0] == 0
    assert as_user("penyetuju", "approve", "jalan-berlubang")[0] == 0
    code, said = as_user("penyetuju", "activate", "jalan-berlubang", "--from", "2027-04-12")
    assert (code, said.rstrip()[-10:]) == (0, "2027-04-12")
    code, said = as_user("auditor", "versions", "jalan-berlubang")
    assert [line.split()[:2] for line in said.splitlines() if line.startswith("v")] == [
        ["v2", "scheduled"],
        ["v1", "active"],
    ]
    code, said = as_user("auditor", "list")
    assert said.startswith("jalan-berlubang v2  active")


def test_the_catalogue_goes_out_to_a_folder_and_comes_back_unchanged(run, stage, tmp_path):
    assert run("--api", stage, "--user", "admin", "export", tmp_path)[0] == 0
    assert json.loads((tmp_path / "sops/taman-rusak.json").read_text())["id"] == "taman-rusak"
    code, said = run(
        "--api", stage, "--user", "admin", "import", tmp_path, "--reason", "kembali", "--write"
    )
    assert code == 0
    assert {line.split()[0] for line in said.splitlines()} == {"unchanged"}
    assert len(said.splitlines()) == 76 + 2 + 7


def test_a_single_file_is_shown_before_it_is_taken_in(run, stage, tmp_path):
    file = edited(tmp_path, "jalan-berlubang.yaml", L1="PT3H30M")
    words = ("--api", stage, "--user", "penyusun", "import", file, "--reason", "dari git")
    assert run(*words) == (0, "draft  sops/jalan-berlubang.json\n")
    assert "jalan-berlubang v2" not in run("--api", stage, "--user", "penyusun", "list")[1]
    assert run(*words, "--write") == (0, "draft  sops/jalan-berlubang.json\n")
    assert run(*words)[0] == 1


def test_the_doctor_passes_the_shipped_city_and_stops_it_from_going_live(capsys):
    found = doctor.findings(at=datetime.fromisoformat(MORNING))
    assert [one for one in found if one.severity == "error"] == []
    assert doctor.main(["--live"]) == 1
    said: Any = capsys.readouterr().out
    assert "GALAT demo_account (accounts)" in said
    assert "→ Cabut akun contoh dan undang pejabat yang sebenarnya." in said
