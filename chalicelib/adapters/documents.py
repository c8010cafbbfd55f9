"""The catalogue's documents: in the reference table at run time, in files as they are shipped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from chalicelib.adapters import keys

DATA = Path(__file__).resolve().parent.parent / "data"
_DOCUMENTS = (
    "assignments",
    "categories",
    "agencies",
    "ownership",
    "positions",
    "staff",
    "holders",
    "rota",
    "prices",
    "clients",
    "kindness",
    "channels",
    "crowds",
    "limits",
    "blocks",
    "bodies",
    "replies",
    "places",
    "webhooks",
    "devices",
    "templates",
    "wishes",
)
#: Large, never edited by hand: always read from the package.
_BUNDLED = ("areas", "area_points")


class FileDocuments:
    """The shipped catalogue under ``chalicelib/data``."""

    def __init__(self, root: Path = DATA) -> None:
        self._root = root

    def get(self, kind: str, id: str) -> bytes | None:
        """See `Documents.get`."""
        name, _, version = id.partition("@")
        if kind == "document" and name == "calendars":
            return self._calendar_versions()
        folder = {"sop": "sops", "calendar": "calendars"}.get(kind, "")
        for path in (self._root / folder / f"{id}.json", self._root / folder / f"{name}.json"):
            if path.is_file():
                body = path.read_bytes()
                if not version or json.loads(body).get("version", 1) == int(version):
                    return body
        return None

    def all(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield kind, ``id@version`` and body of everything that a new stage is given."""
        for kind, folder in (("sop", "sops"), ("calendar", "calendars")):
            for path in sorted((self._root / folder).glob("*.json")):
                body = path.read_bytes()
                name = path.stem.partition("@")[0]
                yield kind, f"{name}@{json.loads(body).get('version', 1)}", body
        yield "document", "calendars@1", self._calendar_versions()
        for name in _DOCUMENTS:
            yield "document", f"{name}@1", (self._root / f"{name}.json").read_bytes()

    def _calendar_versions(self) -> bytes:
        versions: dict[str, int] = {}
        for path in sorted((self._root / "calendars").glob("*.json")):
            name = path.stem.partition("@")[0]
            version = json.loads(path.read_bytes()).get("version", 1)
            versions[name] = max(version, versions.get(name, 0))
        return json.dumps(versions).encode()


def message_templates() -> frozenset[str]:
    """Return the ids of the shipped message templates."""
    return frozenset(path.name.partition(".")[0] for path in (DATA / "messages").glob("*.v*.json"))


class TableDocuments:
    """The catalogue in the reference table: ``<kind>#<id>`` / ``V#<version>``."""

    def __init__(self) -> None:
        self._files = FileDocuments()

    def get(self, kind: str, id: str) -> bytes | None:
        """See `Documents.get`. Without a version the highest one is read."""
        if kind == "document" and id in _BUNDLED:
            return self._files.get(kind, id)
        from chalicelib.adapters.tables import ReferenceRow

        name, _, version = id.partition("@")
        key = keys.document_key(kind, name)
        if version:
            try:
                return str(ReferenceRow.get(key, keys.version_key(int(version))).body).encode()
            except ReferenceRow.DoesNotExist:
                return None
        for row in ReferenceRow.query(key, scan_index_forward=False, limit=1):
            return str(row.body).encode()
        return None


def put_absent(documents: Iterable[tuple[str, str, bytes]]) -> tuple[int, int]:
    """Write each document version of which there is none; return how many, and of how many.

    Documents are versioned and immutable: what a city has changed since has a higher version,
    and this never touches it.
    """
    from chalicelib.adapters.registers import DynamoRegister
    from chalicelib.services.administering import Version, digest_of
    from chalicelib.services.ports import Conflict

    register = DynamoRegister()  # one for all: making a client takes longer than a write
    added = count = 0
    for kind, id, body in documents:
        name, _, version = id.partition("@")
        content = json.loads(body)
        count += 1
        try:
            register.put_new(Version(kind, name, int(version or 1), content, digest_of(content)))
        except Conflict:
            continue
        added += 1
    return added, count
