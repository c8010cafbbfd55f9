"""Filters of work lists that a member of staff keeps under a name of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.actions import ActionRefused, Caller
from chalicelib.services.administering import Act, Administer, VersionMoved, Write
from chalicelib.services.ports import TryAgain

KIND = "filters"
MOST = 12
_TRIES = 4
Filter = Mapping[str, str]


@dataclass(frozen=True)
class KeepFilters:
    """The use case: one small document per person."""

    administer: Administer

    def of(self, person: str) -> Sequence[Filter]:
        """Return the person's filters, as ``name`` and ``query``, by name."""
        return self._rows(person)[0]

    def keep(self, caller: Caller, name: str, query: str) -> None:
        """Keep *query* under *name*, in the place of an earlier one of that name.

        Raises ActionRefused when there are as many as there may be, or nothing to keep.
        """
        if not name or not query:
            raise ActionRefused("invalid", "field_missing", field="name")

        def edit(rows: Sequence[Filter]) -> list[Filter]:
            others = [row for row in rows if row["name"] != name]
            if len(others) >= MOST:
                raise ActionRefused("conflict", "too_many_filters", limit=MOST)
            return sorted([*others, {"name": name, "query": query}], key=lambda row: row["name"])

        self._write(caller, "keep_filter", edit)

    def drop(self, caller: Caller, name: str) -> None:
        """Forget the filter of that name; one that is gone already is no fault."""
        self._write(
            caller, "drop_filter", lambda rows: [row for row in rows if row["name"] != name]
        )

    def _rows(self, person: str) -> tuple[Sequence[Filter], int]:
        found = self.administer.register.latest(KIND, person)
        return (found.body["filters"], found.version) if found else ((), 0)

    def _write(self, caller: Caller, what: str, edit: Any) -> None:
        for _ in range(_TRIES):
            rows, version = self._rows(caller.person)
            changed = edit(rows)
            if list(changed) == list(rows):
                return
            write = Write(KIND, caller.person, {"filters": changed}, based_on=version)
            try:
                self.administer.write(Act(what, caller, min(caller.roles)), write)
            except VersionMoved:
                continue
            return
        raise TryAgain("the filters are being changed elsewhere")
