"""Administrative documents: every change is a new version with who, when, what and why.

SOPs, calendars, the directory, ownership, templates: a document is never changed in place. A
writer takes the next version number if nobody has taken it (or the change is decided anew), and
the audit record is written with it, in the same transaction or not at all. Each version names the
digest of the one before it, so that a version removed or exchanged later is found.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.actions import Caller
from chalicelib.domain.events import canonical, instant
from chalicelib.services.ports import Clock, Conflict, Page, TryAgain

#: A row of the table holds 400 KB; beyond this a document would stop being writable.
MAX_BYTES = 350_000
_TRIES = 4


class NoSuchDocument(LookupError):
    """There is no such document, or no such version of it."""


class DocumentTooLarge(ValueError):
    """The document has outgrown what one row can hold; split or prune it."""


class VersionMoved(Exception):
    """The writer started from an older version than the current one. *current* is its number."""

    def __init__(self, current: int) -> None:
        super().__init__(f"the current version is {current}")
        self.current = current


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one document as stored.

    note: who wrote it, when, by which act and why (`Act.note`); empty for what was shipped.
    """

    kind: str
    id: str
    version: int
    body: Any
    digest: str
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """A document to write: its next version, or exactly *version* if that is free.

    summary: the facts that lists of this kind show. based_on: the version that the writer read,
    None to take whatever is next.
    """

    kind: str
    id: str
    body: Any
    summary: Mapping[str, Any] = field(default_factory=dict)
    based_on: int | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who does what and why. *what* is a short stable word such as ``approve``."""

    what: str
    caller: Caller
    role: str
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def note(self, at: datetime) -> dict[str, Any]:
        """Return what is kept with every version that this act writes."""
        return {
            "at": instant(at),
            "by": self.caller.actor(self.role).to_dict(),
            "act": self.what,
            "reason": self.reason,
            **({"facts": dict(self.facts)} if self.facts else {}),
        }


class Register(Protocol):
    """The reference table, for those who administer it."""

    def latest(self, kind: str, id: str) -> Version | None:
        """Return the current version, strongly consistent, or None."""

    def version(self, kind: str, id: str, version: int) -> Version | None:
        """Return one version or None."""

    def versions(self, kind: str, id: str) -> Iterator[Version]:
        """Yield every version, newest first."""

    def listed(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield id and summary of every document of a kind, by id."""

    def write_all(
        self,
        versions: Sequence[Version],
        summaries: Mapping[tuple[str, str], Mapping[str, Any]],
        audit: Mapping[str, Any],
    ) -> None:
        """Write all versions and the audit record or nothing.

        Raises Conflict if one of the version numbers is taken.
        """

    def audit(self, limit: int, cursor: str | None) -> Page:
        """Return audit records, newest first."""


def digest_of(body: Any) -> str:
    """Return the SHA-256 of a document's canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(body)).hexdigest()


@dataclass(frozen=True)
class Administer:
    """The one way in which administrative documents are written.

    written: called after each success, so that this process does not go on with what it has kept.
    """

    register: Register
    clock: Clock
    salts: Callable[[], str]
    written: Callable[[], None]

    def latest(self, kind: str, id: str) -> Version:
        """Return the current version; raise NoSuchDocument."""
        found = self.register.latest(kind, id)
        if found is None:
            raise NoSuchDocument(f"{kind} {id}")
        return found

    def write(self, act: Act, *writes: Write) -> tuple[Version, ...]:
        """Write the next version of each document, all of them or none.

        Raises VersionMoved if a document is no longer at `Write.based_on` or its exact number is
        taken, DocumentTooLarge, and TryAgain if others keep writing at the same moment.
        """
        for _ in range(_TRIES):
            now = self.clock.now()
            note = act.note(now)
            versions = tuple(self._next(one, note) for one in writes)
            summaries = {(one.kind, one.id): one.summary for one in writes}
            try:
                self.register.write_all(versions, summaries, self._audit(note, versions))
            except Conflict:
                continue
            self.written()
            return versions
        raise TryAgain("the document is being changed by others")

    def change(self, act: Act, kind: str, id: str, edit: Callable[[Any], Any]) -> Version:
        """Write what *edit* makes of the current body; edited anew if somebody came between.

        *edit* must be pure. Raises NoSuchDocument and what `write` and *edit* raise.
        """
        for _ in range(_TRIES):
            current = self.latest(kind, id)
            body = edit(json.loads(canonical(current.body)))
            try:
                return self.write(act, Write(kind, id, body, based_on=current.version))[0]
            except VersionMoved:
                continue
        raise TryAgain("the document is being changed by others")

    def record(self, act: Act) -> None:
        """Put an act on the audit record that writes no document."""
        self.register.write_all((), {}, self._audit(act.note(self.clock.now()), ()))

    def _next(self, write: Write, note: Mapping[str, Any]) -> Version:
        current = self.register.latest(write.kind, write.id)
        at = current.version if current else 0
        if write.based_on is not None and write.based_on != at:
            raise VersionMoved(at)
        number = write.version or at + 1
        if number <= at:
            raise VersionMoved(at)
        if len(canonical(write.body)) > MAX_BYTES:
            raise DocumentTooLarge(f"{write.kind} {write.id}")
        previous = {"previous": current.digest} if current else {}
        digest = digest_of(write.body)
        return Version(write.kind, write.id, number, write.body, digest, {**note, **previous})

    def _audit(self, note: Mapping[str, Any], versions: Sequence[Version]) -> dict[str, Any]:
        documents = [
            {"kind": one.kind, "id": one.id, "version": one.version, "digest": one.digest}
            for one in versions
        ]
        return {"id": self.salts(), **note, "documents": documents}
