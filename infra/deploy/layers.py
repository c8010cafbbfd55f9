"""Lambda layers: what the functions import but we did not write, built once and shared.

The functions' own packages hold our code alone, so a deployment uploads a few hundred kilobytes
for each, and the heavy libraries (images, PDFs) go only to the functions whose row in
`infra.policies.FUNCTIONS` names their layer.

A layer is built from wheels for Lambda's machine, whatever machine builds it. The same wheels give
the same bytes, so a layer that AWS has already is not published again.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Layer → the requirements it holds.
LAYERS: Mapping[str, str] = {"base": "requirements.txt", "media": "requirements-media.txt"}
#: What botocore is asked for in a function. It brings descriptions of more than 400 services,
#: half of the package; those of the others stay behind. A test holds this against the code.
AWS_SERVICES = frozenset(
    {
        "cognito-idp",
        "dynamodb",
        "kms",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "sesv2",
        "sns",
        "sqs",
        # Lambda's credentials need no token service; a developer's profile does.
        "sso",
        "sso-oidc",
        "sts",
        "stepfunctions",
    }
)
#: The newest C library whose wheels run there: Python 3.11 is on Amazon Linux 2, the later ones
#: on Amazon Linux 2023.
_GLIBC = {11: 26}
_GLIBC_SINCE_312 = 34
_OLDEST_GLIBC = 17
#: Lambda's name of a machine → the one in wheels.
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
#: An older version with the same bytes is as good.
_LOOK_BACK = 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Lambda's limits: a layer sent in the request, and everything unpacked beside the function.
MAX_ZIPPED = 50 * 1000 * 1000
MAX_UNPACKED = 250 * 1000 * 1000


class LayerFailed(RuntimeError):
    """A layer could not be built; the text says why."""


@dataclass(frozen=True)
class Built:
    """A layer's archive."""

    name: str
    path: Path
    #: Base64 of the archive's SHA-256, as Lambda shows it.
    sha256: str
    zipped: int
    unpacked: int


def platforms(architecture: str, minor: int) -> list[str]:
    """Return pip's names of the platforms that run on Lambda, the newest first.

    >>> platforms("arm64", 11)[0], platforms("arm64", 13)[0]
    ('manylinux_2_26_aarch64', 'manylinux_2_34_aarch64')
    """
    machine = MACHINES[architecture]
    newest = _GLIBC.get(minor, _GLIBC_SINCE_312)
    tags = [f"manylinux_2_{glibc}_{machine}" for glibc in range(newest, _OLDEST_GLIBC - 1, -1)]
    return [*tags, f"manylinux2014_{machine}"]


def build(
    name: str, folder: Path, architecture: str = "arm64", minor: int = sys.version_info.minor
) -> Built:
    """Build layer *name* in *folder* for Python 3.*minor*; what is there already is taken.

    Two builds at once are both whole: each works in a folder of its own, and the last one stays.
    """
    requirements = ROOT / LAYERS[name]
    recipe = f"{requirements.read_text()}|{architecture}|{minor}|{sorted(AWS_SERVICES)}|2"
    key = hashlib.sha256(recipe.encode()).hexdigest()[:16]
    archive = folder / f"{name}-{key}.zip"
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder) as own:
            content, draft = Path(own, "content"), Path(own, archive.name)
            _install(requirements, content / "python", architecture, minor)
            _trim(content / "python")
            if minor == sys.version_info.minor:
                compiled(content / "python")
            _pack(content, draft)
            draft.replace(archive)
    return _measured(name, archive)


def _install(requirements: Path, target: Path, architecture: str, minor: int) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--target", str(target), "--requirement", str(requirements), "--no-compile"]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version=3.{minor}"]
    command += [f"--platform={tag}" for tag in platforms(architecture, minor)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise LayerFailed(
            f"{requirements.name}: no wheels for Python 3.{minor} on {architecture}?\n"
            f"{done.stderr.strip()[-1500:]}"
        )


def _trim(packages: Path) -> None:
    """Drop what no function opens; licences and version numbers stay."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for unused in [*packages.rglob("__pycache__"), *packages.rglob("*.pyi")]:
        if unused.is_dir():
            shutil.rmtree(unused)
        else:
            unused.unlink()
    descriptions = packages / "botocore" / "data"
    if descriptions.is_dir():
        for service in descriptions.iterdir():
            if service.is_dir() and service.name not in AWS_SERVICES:
                shutil.rmtree(service)


def compiled(folder: Path) -> None:
    """Put the bytecode of what is in *folder* beside it.

    Lambda's disk cannot be written, so Python would compile everything at every cold start, which
    is more than half of its work there. The bytecode carries no times, so that equal sources give
    equal bytes, and is not held against its source.
    """
    command = [sys.executable, "-m", "compileall", "-q", "-s", str(folder)]
    command += ["--invalidation-mode", "unchecked-hash", str(folder)]
    # Some libraries carry templates that are no Python; they are left as they are.
    subprocess.run(  # noqa: S603
        command, check=False, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "0"}
    )


def _pack(content: Path, archive: Path) -> None:
    """Zip *content* so that equal files give equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for path in _files(content):
            entry = zipfile.ZipInfo(str(path.relative_to(content)), _EPOCH)
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            out.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _files(content: Path) -> Iterator[Path]:
    # RECORD and direct_url.json name the building machine's paths and times.
    unequal = {"RECORD", "direct_url.json", "REQUESTED"}
    yield from sorted(
        path for path in content.rglob("*") if path.is_file() and path.name not in unequal
    )


def _measured(name: str, archive: Path) -> Built:
    digest = hashlib.sha256(archive.read_bytes()).digest()
    with zipfile.ZipFile(archive) as packed:
        unpacked = sum(entry.file_size for entry in packed.infolist())
    zipped = archive.stat().st_size
    if zipped > MAX_ZIPPED:
        raise LayerFailed(f"layer {name} has {zipped} bytes; Lambda takes {MAX_ZIPPED}")
    return Built(name, archive, base64.b64encode(digest).decode(), zipped, unpacked)


def publish(client: Any, name: str, built: Built, architecture: str) -> tuple[str, bool]:
    """Return the ARN of the layer's version with these bytes, and whether it was published now."""
    versions = client.list_layer_versions(LayerName=name)["LayerVersions"]
    for version in versions[:_LOOK_BACK]:
        if version.get("Description") == built.sha256:
            return str(version["LayerVersionArn"]), False
    answer = client.publish_layer_version(
        LayerName=name,
        Description=built.sha256,
        Content={"ZipFile": built.path.read_bytes()},
        CompatibleArchitectures=[architecture],
    )
    return str(answer["LayerVersionArn"]), True


def remove(aws: Any, name: str) -> None:
    """Delete every version of layer *name*."""
    for version in aws.pages("lambda", "list_layer_versions", "LayerVersions", LayerName=name):
        aws.client("lambda").delete_layer_version(LayerName=name, VersionNumber=version["Version"])
