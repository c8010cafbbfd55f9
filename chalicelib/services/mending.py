"""The nightly look for photos that got stuck: examined or made public after all, and said aloud.

A photo is examined when its upload arrives and made public when it is approved. If the function
for photos failed until its messages ran out, nothing would ask it again: the reporter's proof
would wait for ever, an approved picture would never be seen. What waits is on two lists, so that
nothing is searched for; asking once more does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.events import parse_instant
from chalicelib.services.measuring import PHOTOS_REMADE, Measures
from chalicelib.services.ports import Alarms, Clock, Jobs
from chalicelib.services.views import EXAMINE, PUBLISH, ViewStore

#: What has only just begun to wait is on its way.
_UNDER_WAY = timedelta(minutes=15)
#: Uploads are kept so long before they are examined (`infra/template.yaml`); what waits longer was
#: never uploaded.
_KEPT = timedelta(days=2)
_PAGE = 100
#: Reports that an alarm names.
_NAMED = 20


@dataclass(frozen=True)
class MendPhotos:
    """The use case behind the nightly run."""

    views: ViewStore
    jobs: Jobs
    clock: Clock
    measures: Measures
    alarms: Alarms

    def __call__(self) -> int:
        """Ask anew for what is stuck; return how many approved photos have no public copy."""
        now = self.clock.now()
        self._ask(EXAMINE, self._stuck(EXAMINE, now, now - _KEPT))
        unseen = list(self._stuck(PUBLISH, now, None))
        self._ask(PUBLISH, iter(unseen))
        self.measures.record(PHOTOS_REMADE, len(unseen))
        if unseen:
            named = list(dict.fromkeys(number for number, _ in unseen))[:_NAMED]
            facts = {"photos": len(unseen), "reports": named}
            self.alarms.raise_alarm("approved_photos_not_public", facts)
        return len(unseen)

    def _stuck(
        self, kind: str, now: datetime, after: datetime | None
    ) -> Iterator[tuple[str, str]]:  # fmt: skip
        for row in self._rows(kind):
            since = parse_instant(row["since"])
            if since <= now - _UNDER_WAY and (after is None or since > after):
                yield from ((row["number"], photo) for photo in row["photos"])

    def _rows(self, kind: str) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            page = self.views.waiting(kind, _PAGE, cursor)
            yield from page.items
            if page.cursor is None:
                return
            cursor = page.cursor

    def _ask(self, task: str, photos: Iterator[tuple[str, str]]) -> None:
        bodies = [{"task": task, "number": number, "photo": photo} for number, photo in photos]
        self.jobs.put("media", bodies, timedelta(0))
