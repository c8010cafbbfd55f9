"""The register of leaks: each entry opens a case under the SOP that runs the law's clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.actions import ActionRefused, Caller
from chalicelib.domain.breaches import notify_by, standing, with_notice
from chalicelib.domain.events import instant, parse_instant
from chalicelib.services.acting import NotFound
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Write
from chalicelib.services.filing import FileReport, Filing
from chalicelib.services.ports import Clock

KIND = "breach"
#: The category whose SOP is about leaks (kebocoran-identitas).
CATEGORY = "WAS-05"
ROLE = "inspector"
#: What an entry may stand at, the most urgent first.
URGENCY = ("overdue", "running", "late", "notified")
#: Kelurahan of the city's offices: a leak has no place of its own, and a case needs one.
CITY_HALL = "Sukaasih"
_LONG_AGO = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Leak:
    """What is known of a leak when it is registered; *people*: how many, as far as is known."""

    known_at: datetime
    what: str
    fields: Sequence[str]
    people: int
    report: str = ""


@dataclass(frozen=True)
class KeepBreaches:
    """The use case behind the register."""

    administer: Administer
    file: FileReport
    clock: Clock

    def register(self, caller: Caller, leak: Leak, key: str = "") -> dict[str, Any]:
        """Open the case and the entry; raise ActionRefused for an instant that cannot be."""
        now = self.clock.now()
        if not now - _LONG_AGO < leak.known_at <= now:
            raise ActionRefused("invalid", "date_not_in_the_past_year", field="known_at")
        filed = self.file(
            Filing(
                category=CATEGORY,
                description=leak.what,
                visibility="confidential",
                source="breach-register",
                kelurahan=CITY_HALL,
                observed_at=instant(leak.known_at),
                key=key,
                actor=caller.actor(ROLE),
            )
        )
        number = filed.report.number
        entry = {
            "known_at": instant(leak.known_at),
            "registered_at": instant(now),
            "fields": list(leak.fields),
            "people": leak.people,
            "report": leak.report,
            "notices": {},
        }
        known = self.administer.register.latest(KIND, number)
        if known is not None:
            return self._shown(number, known.body)
        self.administer.write(Act("register_breach", caller, ROLE), Write(KIND, number, entry))
        return self._shown(number, entry)

    def notice(self, caller: Caller, number: str, whom: str, reference: str) -> dict[str, Any]:
        """Put on the register that *whom* was told, under the letter's number; raise NotFound."""
        now = self.clock.now()
        act = Act("notify_breach", caller, ROLE, reference, {"whom": whom})
        edit: Callable[[Any], Any] = lambda body: with_notice(body, whom, now)  # noqa: E731
        try:
            entry = self.administer.change(act, KIND, number, edit).body
        except NoSuchDocument:
            raise NotFound(number) from None
        return self._shown(number, entry)

    def entry(self, number: str) -> dict[str, Any]:
        """Return one entry; raise NotFound."""
        found = self.administer.register.latest(KIND, number)
        if found is None:
            raise NotFound(number)
        return self._shown(number, found.body)

    def listed(self) -> list[dict[str, Any]]:
        """Return all entries, by number."""
        numbers = [number for number, _ in self.administer.register.listed(KIND)]
        return [self._shown(one, self.administer.latest(KIND, one).body) for one in numbers]

    def _shown(self, number: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "number": number,
            **entry,
            "notify_by": instant(notify_by(parse_instant(entry["known_at"]))),
            "standing": standing(entry, self.clock.now()),
        }
