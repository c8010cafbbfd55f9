"""Layers: wheels for the right machine, only what is opened, equal bytes for equal files."""

from __future__ import annotations

import re
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.deploy import layers
from infra.deploy.layers import AWS_SERVICES, LAYERS, LayerFailed
from infra.policies import FUNCTIONS, Place, stage_settings
from tests.infra.test_policies import ACCOUNT, ENVIRONMENT, REGION, arn

ROOT = Path(__file__).parents[2]
_CLIENT = re.compile(r'client\(\s*"([\w-]+)"\)|_call\("([\w-]+)", "')


def test_every_function_names_layers_that_are_built_and_each_is_used():
    assert {name for row in FUNCTIONS.values() for name in row.layers} <= set(LAYERS)
    assert all(row.layers[0] == "base" and len(row.layers) <= 5 for row in FUNCTIONS.values())
    assert all((ROOT / file).exists() for file in LAYERS.values())


def test_botocore_keeps_the_descriptions_of_what_the_code_calls():
    called = {
        name
        for path in (ROOT / "chalicelib").rglob("*.py")
        for found in _CLIENT.findall(path.read_text())
        for name in found
        if name
    }
    by_pynamodb, for_credentials = {"dynamodb"}, {"sts", "sso", "sso-oidc"}
    assert called | by_pynamodb | for_credentials == AWS_SERVICES


@pytest.mark.parametrize(
    ("minor", "newest"), [(11, "manylinux_2_26_aarch64"), (12, "manylinux_2_34_aarch64")]
)
def test_wheels_are_for_lambdas_c_library(minor, newest):
    tags = layers.platforms("arm64", minor)
    assert tags[0] == newest
    assert tags[-1] == "manylinux2014_aarch64"


def fake_install(requirements, target, architecture, minor):
    for name, text in {
        "mine/code.py": "x = 1",
        "mine/native.so": "\x7fELF",
        "mine/__pycache__/code.pyc": "z",
        "mine/hints.pyi": "x: int",
        "mine-1.dist-info/METADATA": "Version: 1",
        "mine-1.dist-info/RECORD": f"{target}",
        "botocore/data/endpoints.json": "{}",
        "botocore/data/sqs/2012-11-05/service-2.json.gz": "q",
        "botocore/data/ec2/2016-11-15/service-2.json.gz": "e",
        "bin/tool": "#!",
    }.items():
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def test_a_layer_holds_what_is_opened_and_equal_files_give_equal_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "_install", fake_install)
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    built = layers.build("base", first)
    assert layers.build("base", second).sha256 == built.sha256
    with zipfile.ZipFile(built.path) as packed:
        names = set(packed.namelist())
        assert packed.getinfo("python/mine/native.so").external_attr >> 16 == 0o755
    assert names == {
        "python/mine/code.py",
        f"python/mine/__pycache__/code.cpython-3{sys.version_info.minor}.pyc",
        "python/mine/native.so",
        "python/mine-1.dist-info/METADATA",
        "python/botocore/data/endpoints.json",
        "python/botocore/data/sqs/2012-11-05/service-2.json.gz",
    }


def test_what_is_built_is_not_built_again_until_the_requirements_change(tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "_install", fake_install)
    built = layers.build("base", tmp_path)
    before = built.path.stat().st_mtime_ns
    assert layers.build("base", tmp_path) == built
    assert built.path.stat().st_mtime_ns == before
    other = layers.build("base", tmp_path, minor=sys.version_info.minor + 1)
    assert other.path != built.path


def test_two_builds_at_once_leave_one_whole_layer(tmp_path, monkeypatch):
    both_are_there = threading.Barrier(2)

    def together(*given):
        both_are_there.wait(60)
        fake_install(*given)
        both_are_there.wait(60)

    monkeypatch.setattr(layers, "_install", together)
    with ThreadPoolExecutor(2) as pool:
        builds = [pool.submit(layers.build, "base", tmp_path) for _ in range(2)]
    first, second = (build.result() for build in builds)
    assert first == second
    with zipfile.ZipFile(first.path) as packed:
        assert packed.testzip() is None
    assert list(tmp_path.iterdir()) == [first.path]


def test_a_requirement_without_wheels_is_named(tmp_path, monkeypatch):
    (tmp_path / "requirements-none.txt").write_text("/nowhere/at-all.whl\n")
    monkeypatch.setattr(layers, "ROOT", tmp_path)
    monkeypatch.setattr(layers, "LAYERS", {"none": "requirements-none.txt"})
    with pytest.raises(LayerFailed, match=r"requirements-none\.txt"):
        layers.build("none", tmp_path)


def test_the_arns_of_a_functions_layers_are_in_its_settings_and_none_are_in_git():
    made = {name: arn("lambda", f"layer:live-room-dev-{name}:3") for name in LAYERS}
    place = Place("dev", ACCOUNT, REGION, ENVIRONMENT, made)
    with_layers = stage_settings(place, "dev")["lambda_functions"]
    without = stage_settings(None, "dev")["lambda_functions"]
    for name, row in FUNCTIONS.items():
        assert with_layers[name]["layers"] == [made[layer] for layer in row.layers]
        assert "layers" not in without[name]
