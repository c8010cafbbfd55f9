"""The list of libraries names what is pinned, in the version that is installed."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from infra.tools import sbom

ROOT = Path(__file__).parents[2]


def written(capsys: pytest.CaptureFixture[str], *files: str) -> dict[str, Any]:
    assert sbom.main([str(ROOT / name) for name in files]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_lambda_runs_is_listed_with_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    found = written(capsys, "requirements.txt")
    versions = {one["name"]: one["version"] for one in found["components"]}
    pinned = {sbom.usual(one.name) for one in sbom.named_in(ROOT / "requirements.txt")}
    assert pinned <= versions.keys()
    assert versions["botocore"] == version("botocore")  # nobody pins it there: pynamodb needs it
    assert not {"pytest", "chalice", "moto", "pydantic"} & versions.keys()
    assert [one["purl"] for one in found["components"] if one["name"] == "jinja2"] == [
        f"pkg:pypi/jinja2@{version('jinja2')}"
    ]


def test_the_same_libraries_give_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys) == written(capsys)
    assert (found := written(capsys))["bomFormat"] == "CycloneDX"
    assert {"pytest", "chalice"} <= {one["name"] for one in found["components"]}
