"""Kept releases: every deployed package in the stage's bucket, and which one runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PREFIX = "releases/"
_CURRENT = "current.txt"


class Kept:
    """The stage's bucket of releases; without a bucket there are none."""

    def __init__(self, aws: Any, bucket: str) -> None:
        self._aws = aws
        self._bucket = bucket

    def all(self) -> tuple[str, ...]:
        """The releases' names, which begin with the time, so the oldest comes first."""
        if not self._bucket:
            return ()
        objects = self._aws.pages(
            "s3", "list_objects_v2", "Contents", Bucket=self._bucket, Prefix=_PREFIX
        )
        names = (one["Key"].removeprefix(_PREFIX).removesuffix(".zip") for one in objects)
        return tuple(sorted(names))

    def current(self) -> str:
        """The release that runs; empty if none does."""
        if not self._bucket:
            return ""
        client = self._aws.client("s3")
        try:
            body = client.get_object(Bucket=self._bucket, Key=_CURRENT)["Body"].read()
        except client.exceptions.NoSuchKey:
            return ""
        return str(body.decode()).strip()

    def keep(self, release: str, project: Path) -> None:
        """Keep *project* under the name *release*, and note that it runs."""
        client = self._aws.client("s3")
        if release not in self.all():
            key = f"{_PREFIX}{release}.zip"
            client.put_object(Bucket=self._bucket, Key=key, Body=_packed(project))
        client.put_object(Bucket=self._bucket, Key=_CURRENT, Body=release.encode())

    def fetch(self, release: str, project: Path) -> None:
        """Unpack *release* into the empty folder *project*."""
        key = f"{_PREFIX}{release}.zip"
        body = self._aws.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            packed.extractall(project)


def _packed(project: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for path in _kept(project):
            out.write(path, path.relative_to(project))
    return buffer.getvalue()


def _kept(project: Path) -> Iterator[Path]:
    """The project without what Chalice makes of it, which is made anew from AWS and the code."""
    made = {project / ".chalice" / "deployed", project / ".chalice" / "deployments"}
    for path in sorted(project.rglob("*")):
        if path.is_file() and not made & set(path.parents) and "__pycache__" not in path.parts:
            yield path
