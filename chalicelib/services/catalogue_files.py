"""The whole catalogue as files that can live in git: out as it stands, in as drafts and versions.

The files are those of ``chalicelib/data``, so that an export can be the data of another stage. Who
holds which office is personal data and stays out. An SOP that differs comes in as a draft, since
only three people can put it into force; which SOP serves when is theirs to say as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain import lifecycle
from chalicelib.domain.actions import Caller
from chalicelib.domain.catalogue_checks import DocumentInvalid
from chalicelib.domain.lifecycle import MoveRefused
from chalicelib.domain.sop import Sop, SopInvalid, content_hash
from chalicelib.services.administering import NoSuchDocument, digest_of
from chalicelib.services.cataloguing import CALENDAR, DOCUMENT, EDITABLE, ROLE, KeepCatalogue
from chalicelib.services.drafting import SOP, DraftSops

DOCUMENTS = (*EDITABLE, "assignments", "positions")
SAME, WRITE, BEGIN, REFUSED = "unchanged", "new_version", "draft", "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """What an import does, or would do, with one file. code and why: of a refusal."""

    path: str
    outcome: str
    code: str = ""
    why: str = ""


class ImportRefused(Exception):
    """At least one file cannot come in; none was written. *lines* say which and why."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        super().__init__("import refused")
        self.lines = lines


@dataclass(frozen=True)
class CatalogueFiles:
    """Export and import."""

    keep: KeepCatalogue
    desk: DraftSops

    def export(self) -> dict[str, Any]:
        """Return every file: path → content, SOPs and calendars in all their versions."""
        files = {f"{name}.json": self._current(DOCUMENT, name) for name in DOCUMENTS}
        for kind, folder in ((SOP, "sops"), (CALENDAR, "calendars")):
            for id, _ in self.keep.administer.register.listed(kind):
                files.update(self._versions(kind, folder, id))
        return files

    def take_in(
        self, caller: Caller, files: Mapping[str, Any], reason: str, *, dry_run: bool
    ) -> tuple[Line, ...]:
        """Take in what differs, or only say what that would be. Raises ImportRefused."""
        lines = tuple(self._judged(caller, path, body) for path, body in sorted(files.items()))
        if any(line.outcome == REFUSED for line in lines):
            raise ImportRefused(lines)
        if not dry_run:
            for line in lines:
                self._write(caller, line, files[line.path], reason)
        return lines

    def _versions(self, kind: str, folder: str, id: str) -> Iterator[tuple[str, Any]]:
        for number, one in enumerate(self.keep.administer.register.versions(kind, id)):
            name = id if number == 0 else f"{id}@{one.version}"
            yield f"{folder}/{name}.json", one.body

    def _current(self, kind: str, id: str) -> Any:
        return self.keep.administer.latest(kind, id).body

    def _judged(self, caller: Caller, path: str, body: Any) -> Line:
        try:
            outcome = self._outcome(path, body)
        except SopInvalid as error:
            return Line(path, REFUSED, "sop_invalid", str(error))
        except DocumentInvalid as error:
            return Line(path, REFUSED, "document_invalid", str(error))
        except MoveRefused as error:
            return Line(path, REFUSED, error.code)
        except NoSuchDocument:
            return Line(path, REFUSED, "not_found")
        needed = lifecycle.AUTHOR if outcome == BEGIN else ROLE
        if outcome != SAME and needed not in caller.roles:
            return Line(path, REFUSED, "role_may_not")
        return Line(path, outcome)

    def _outcome(self, path: str, body: Any) -> str:
        """What becomes of a file; raises what refuses it."""
        folder, _, name = path.rpartition("/")
        name = name.removesuffix(".json")
        if "@" in name:
            return self._old(folder, name, body)
        if folder == "sops":
            return self._sop(name, body)
        if folder == "calendars":
            return self._calendar(name, body)
        if folder or name not in DOCUMENTS:
            raise NoSuchDocument(path)
        if digest_of(self._current(DOCUMENT, name)) == digest_of(body):
            return SAME
        if name not in EDITABLE:
            raise DocumentInvalid(name, "is not written by an import")
        if not isinstance(body, list):
            raise DocumentInvalid(name, "must be a list")
        self.keep.check(name, body)
        return WRITE

    def _old(self, folder: str, name: str, body: Any) -> str:
        """An earlier version can only be what it was."""
        id, _, version = name.partition("@")
        kind = {"sops": SOP, "calendars": CALENDAR}.get(folder, "")
        found = None
        if kind and version.isdigit():
            found = self.keep.administer.register.version(kind, id, int(version))
        if found is None or digest_of(found.body) != digest_of(body):
            raise DocumentInvalid(name, "an earlier version is never written again")
        return SAME

    def _sop(self, id: str, body: Any) -> str:
        sop = Sop.from_dict(body)
        if sop.id != id:
            raise SopInvalid("id", f"is {sop.id}, the file's name says {id}")
        current = self.keep.administer.register.latest(SOP, id)
        if current is not None:
            stands = Sop.from_dict({**current.body, "version": sop.version})
            if content_hash(stands) == content_hash(sop):
                return SAME
        draft = self.keep.administer.register.latest("draft", id)
        if draft is not None and lifecycle.Workbench.from_dict(draft.body).open:
            raise MoveRefused("draft_is_open")
        return BEGIN

    def _calendar(self, name: str, body: Any) -> str:
        current = self.keep.calendar(name)
        if not isinstance(body, Mapping):
            raise DocumentInvalid(name, "must be an object")
        wanted = {**body, "version": current.version}
        if digest_of(wanted) == digest_of(current.body):
            return SAME
        self.keep.check_calendar(name, body)
        return WRITE

    def _write(self, caller: Caller, line: Line, body: Any, reason: str) -> None:
        folder, _, name = line.path.rpartition("/")
        name = name.removesuffix(".json")
        if line.outcome == BEGIN:
            self.desk.begin(caller, name, body, reason)
        elif line.outcome == WRITE and folder == "calendars":
            based_on = self.keep.administer.latest(CALENDAR, name).version
            self.keep.put_calendar(caller, name, body, based_on, reason)
        elif line.outcome == WRITE:
            based_on = self.keep.administer.latest(DOCUMENT, name).version
            self.keep.put(caller, name, body, based_on, reason)
