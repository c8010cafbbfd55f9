"""SP4N-LAPOR! as a folder of files: ``outbox`` is carried there, ``inbox`` comes back.

A file is written under another name first and then renamed, so that whoever carries files over
never takes half of one. What was read is kept in ``taken`` or ``refused``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_MAX_BYTES = 256 * 1024


class FileExchange:
    """See `NationalExchange`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        for name in ("outbox", "inbox", "taken", "refused"):
            (root / name).mkdir(parents=True, exist_ok=True)

    def put(self, id: str, body: bytes) -> bool:
        """See `NationalExchange.put`."""
        if not _NAME.fullmatch(id):
            raise ValueError("not a name for a file")
        target = self._root / "outbox" / f"{id}.json"
        if target.exists():
            return False
        draft = target.with_suffix(".new")
        draft.write_bytes(body)
        draft.replace(target)
        return True

    def inbox(self) -> Iterator[tuple[str, bytes]]:
        """See `NationalExchange.inbox`; by name, so that answers keep their order."""
        for path in sorted((self._root / "inbox").glob("*.json")):
            if path.is_symlink() or not path.is_file():
                continue
            with path.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
            yield path.name, content if len(content) <= _MAX_BYTES else b""

    def done(self, name: str, outcome: str) -> None:
        """See `NationalExchange.done`."""
        source, target = self._root / "inbox" / name, self._root / outcome / name
        number = 1
        while target.exists():
            target = self._root / outcome / f"{name}.{number}"
            number += 1
        source.rename(target)
