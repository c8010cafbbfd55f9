"""The reference table in memory; as `Documents` it also serves the catalogue above it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from chalicelib.adapters.documents import FileDocuments
from chalicelib.domain.events import canonical
from chalicelib.services.administering import Version, digest_of
from chalicelib.services.ports import Conflict, Page


@cache
def _shipped() -> tuple[tuple[str, str], ...]:
    """Kind and id of every shipped document, read from the files once."""
    return tuple((kind, id.partition("@")[0]) for kind, id, _ in FileDocuments().all())


class MemoryRegister:
    """Versions in dictionaries, over the shipped files if *shipped*."""

    def __init__(self, *, shipped: bool = True) -> None:
        self._lock = threading.RLock()
        self._files = FileDocuments() if shipped else None
        self.documents: dict[tuple[str, str], dict[int, Version]] = {}
        self.lines: dict[str, dict[str, Mapping[str, Any]]] = {}
        self.records: list[Mapping[str, Any]] = []
        if self._files:
            for kind, name in _shipped():
                self.lines.setdefault(kind, {})[name] = {}

    # -- Documents --

    def get(self, kind: str, id: str) -> bytes | None:
        name, _, version = id.partition("@")
        found = self._versions(kind, name)
        one = found.get(int(version) if version else max(found, default=0))
        if one is None:
            return self._files.get(kind, id) if self._files and not found else None
        return json.dumps(one.body).encode()

    # -- Register --

    def latest(self, kind: str, id: str) -> Version | None:
        found = self._versions(kind, id)
        return found[max(found)] if found else None

    def version(self, kind: str, id: str, version: int) -> Version | None:
        return self._versions(kind, id).get(version)

    def versions(self, kind: str, id: str) -> Iterator[Version]:
        found = self._versions(kind, id)
        return iter([found[number] for number in sorted(found, reverse=True)])

    def listed(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        return iter(sorted(self.lines.get(kind, {}).items()))

    def write_all(
        self,
        versions: Sequence[Version],
        summaries: Mapping[tuple[str, str], Mapping[str, Any]],
        audit: Mapping[str, Any],
    ) -> None:
        with self._lock:
            for one in versions:
                if one.version in self._versions(one.kind, one.id):
                    raise Conflict
            for one in versions:
                self._put(one)
                line = {"version": one.version, **summaries.get((one.kind, one.id), {})}
                self.lines.setdefault(one.kind, {})[one.id] = line
            self.records.append(json.loads(canonical(dict(audit))))

    def audit(self, limit: int, cursor: str | None) -> Page:
        key = lambda record: f"{record['at']}#{record['id']}"  # noqa: E731
        newest = sorted(self.records, key=key, reverse=True)
        left = [one for one in newest if cursor is None or key(one) < cursor]
        more = key(left[limit - 1]) if len(left) > limit else None
        return Page(tuple(left[:limit]), more)

    def _put(self, version: Version) -> None:
        kept = Version(
            version.kind,
            version.id,
            version.version,
            json.loads(canonical(version.body)),
            version.digest,
            json.loads(canonical(dict(version.note))),
        )
        self._versions(version.kind, version.id)[version.version] = kept

    def _versions(self, kind: str, id: str) -> dict[int, Version]:
        """Return the versions of a document; a shipped one is read on first use."""
        if (kind, id) not in self.documents:
            body = self._files.get(kind, id) if self._files else None
            found: dict[int, Version] = {}
            if body is not None:
                content = json.loads(body)
                numbered = kind in ("sop", "calendar")
                number = content.get("version", 1) if numbered else 1
                found[number] = Version(kind, id, number, content, digest_of(content))
            self.documents[kind, id] = found
        return self.documents[kind, id]
