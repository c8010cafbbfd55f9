"""What a draft SOP would have done with the reports of the last 90 days.

People are taken to have acted as they did; only the ladder is another one. Both ladders are
planned by the same planner, roles are resolved as they were held at each due time, channels and
prices are those of the simulator. The public list says which reports there were, so what is
sealed or confidential is not compared, and the result says so.

The job goes page by page; what has been counted so far travels in its message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import notices
from chalicelib.domain.actions import Caller
from chalicelib.domain.events import Event, instant, parse_instant
from chalicelib.domain.report import Report
from chalicelib.domain.schedule import schedule
from chalicelib.domain.sop import Sop, SopInvalid
from chalicelib.domain.timeline import Entry, Timeline, due
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Version, Write
from chalicelib.services.catalogue import Catalogue
from chalicelib.services.composing import Planner
from chalicelib.services.drafting import DraftSops
from chalicelib.services.ports import Clock, Jobs, ReportStore, Stored
from chalicelib.services.simulating import Simulator
from chalicelib.services.views import Filters, ViewStore

JOB = "replay"
KIND = "replay"
DAYS = 90
PAGE = 40
#: Reports compared at most; a busier SOP is judged by its newest ones, and the result says so.
MOST = 2000
EXAMPLES = 20
ASKED, DONE = "asked", "done"
_NOW = timedelta()
_ESCALATIONS = frozenset({"step_escalation", "step_legal_limit"})
#: Events of a record that another SOP would not have caused.
_OF_THE_OLD_SOP = frozenset({"migrated", "unreachable"})


@dataclass(frozen=True)
class ReplayReports:
    """The use case: ask for a comparison, make it, read it."""

    administer: Administer
    desk: DraftSops
    catalogue: Catalogue
    planner: Planner
    simulator: Simulator
    views: ViewStore
    store: ReportStore
    clock: Clock
    jobs: Jobs

    def ask(self, caller: Caller, role: str, sop: str) -> dict[str, Any]:
        """Ask for the draft of *sop* to be compared; raises NoSuchDocument."""
        shown = self.desk.load(sop)
        now = self.clock.now()
        body = {
            "status": ASKED,
            "sop": sop,
            "number": shown.workbench.number,
            "hash": shown.workbench.hash,
            "from": self.catalogue.day(now - timedelta(days=DAYS)).isoformat(),
            "to": self.catalogue.day(now).isoformat(),
            "now": instant(now),
        }
        act = Act("replay_draft", caller, role, facts={"sop": sop, "hash": shown.workbench.hash})
        version = self.administer.write(act, Write(KIND, sop, body))[0]
        self.jobs.put(JOB, [{"sop": sop, "asked": version.version}], _NOW)
        return body

    def result(self, sop: str) -> dict[str, Any]:
        """Return the newest comparison, finished or not; raises NoSuchDocument."""
        return dict(self.administer.latest(KIND, sop).body)

    def run(self, body: Mapping[str, Any]) -> str:
        """Compare one page of reports and ask for the next; write the result at the end."""
        asked = self.administer.register.version(KIND, body["sop"], body["asked"])
        latest = self.administer.latest(KIND, body["sop"])
        if asked is None or latest.version != asked.version:
            return "overtaken"  # asked anew since, or finished already
        draft = self._draft(asked)
        if draft is None:
            return "draft gone"
        count = Tally.from_dict(body.get("tally") or {})
        categories: Sequence[str] = draft.categories
        place, cursor = body.get("place", 0), body.get("cursor")
        if place < len(categories) and count.reports < MOST:
            page = self._page(asked, categories[place], cursor)
            for row in page.items:
                self._compare(str(row["number"]), draft, asked, count)
            place, cursor = (place, page.cursor) if page.cursor else (place + 1, None)
            after = {"place": place, "cursor": cursor, "tally": count.to_dict()}
            if place < len(categories):
                self.jobs.put(JOB, [{"sop": body["sop"], "asked": body["asked"], **after}], _NOW)
                return f"{count.reports} so far"
        self._finish(asked, draft, count)
        return f"{count.reports} compared"

    def _draft(self, asked: Version) -> Sop | None:
        """The content that was asked about, None once the draft says something else."""
        try:
            bench = self.desk.load(asked.id).workbench
            return bench.parsed() if bench.hash == asked.body["hash"] else None
        except (NoSuchDocument, SopInvalid):
            return None

    def _page(self, asked: Version, category: str, cursor: str | None) -> Any:
        filters = Filters(
            category=category, first_day=asked.body["from"], last_day=asked.body["to"]
        )
        return self.views.page(filters, PAGE, cursor)

    def _compare(self, number: str, draft: Sop, asked: Version, count: Tally) -> None:
        stored = self.store.load(number)
        if stored is None or stored.report.secret:
            return
        now = parse_instant(asked.body["now"])
        before = self._fired(stored.report, self.planner.timeline(stored.events), now)
        other = self._fired(stored.report, self._under(draft, stored), now)
        count.add(number, before, other)

    def _under(self, draft: Sop, stored: Stored) -> Timeline:
        events: list[Event] = [e for e in stored.events if e.type not in _OF_THE_OLD_SOP]
        pinned = dict(stored.events[0].data.get("calendars", {}))
        calendars = dict(self.catalogue.calendars(pinned))
        for event in events:
            if event.type == "calendar_changed":
                name, version = event.data["calendar"], event.data["version"]
                calendars[f"{name}@{version}"] = self.catalogue.calendar(name, version)
        return schedule(events, draft, calendars)

    def _fired(self, report: Report, timeline: Timeline, now: datetime) -> list[dict[str, Any]]:
        """Return what fired up to *now*: its step and time, and who was told by which channel."""
        return [self._shown(entry, report) for entry in due(timeline, (), now)]

    def _shown(self, entry: Entry, report: Report) -> dict[str, Any]:
        at = entry.due_at or report.filed_at
        told = self.simulator.told(entry, report, at)
        return {
            "step": f"{entry.step}#{entry.repeat}",
            "at": instant(at),
            "to": [str(one["position"] or one["role"]) for one in told],
            "channels": Counter(channel for one in told for channel in one["channels"]),
            "escalations": sum(one["template"] in _ESCALATIONS for one in told),
            "broken": entry.limit or "",
        }

    def _finish(self, asked: Version, draft: Sop, count: Tally) -> None:
        body = {
            **asked.body,
            "status": DONE,
            "version": draft.version,
            "reports": count.reports,
            "changed_reports": count.changed,
            "truncated": count.reports >= MOST,
            "left_out": ["secret", "confidential"],
            "before": self._side(count.sides[0]),
            "after": self._side(count.sides[1]),
            "examples": count.examples,
        }
        act = Act(
            "replay_done", Caller(frozenset(), client="replay-job"), "", facts={"sop": asked.id}
        )
        self.administer.write(act, Write(KIND, asked.id, body, based_on=asked.version))

    def _side(self, side: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
        messages = {name: side["messages"].get(name, 0) for name in (notices.MAIL, notices.SMS)}
        return {
            "firings": dict(side["steps"]),
            "escalations": side["sums"].get("escalations", 0),
            "broken": {limit: side["sums"].get(limit, 0) for limit in ("service", "legal")},
            "recipients": dict(side["recipients"]),
            "messages": messages,
            "estimate": self.simulator.estimate(messages),
        }


_COUNTED = ("steps", "recipients", "messages", "sums")


class Tally:
    """What has been counted: for the old and the new ladder alike, and the first examples."""

    def __init__(self) -> None:
        self.reports = 0
        self.changed = 0
        self.sides = [{name: Counter[str]() for name in _COUNTED} for _ in range(2)]
        self.examples: list[dict[str, Any]] = []

    @classmethod
    def from_dict(cls, body: Mapping[str, Any]) -> Tally:
        """Return the tally that a message carries; an empty one from nothing."""
        tally = cls()
        if body:
            tally.reports, tally.changed = body["reports"], body["changed"]
            tally.sides = [
                {name: Counter(side[name]) for name in _COUNTED} for side in body["sides"]
            ]
            tally.examples = list(body["examples"])
        return tally

    def to_dict(self) -> dict[str, Any]:
        """Return the form in which it travels."""
        return {
            "reports": self.reports,
            "changed": self.changed,
            "sides": [{name: dict(side[name]) for name in _COUNTED} for side in self.sides],
            "examples": self.examples,
        }

    def add(self, number: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
        """Count one report."""
        self.reports += 1
        for side, firings in zip(self.sides, (before, after), strict=True):
            _count(side, firings)
        gone, come = _without(before, after), _without(after, before)
        if gone or come:
            self.changed += 1
            if len(self.examples) < EXAMPLES:
                self.examples.append({"number": number, "no_longer": gone, "instead": come})


def _count(side: Mapping[str, Counter[str]], firings: Iterable[Mapping[str, Any]]) -> None:
    for one in firings:
        side["steps"][one["step"]] += 1
        side["recipients"].update(one["to"])
        side["messages"].update(one["channels"])
        side["sums"]["escalations"] += one["escalations"]
        if one["broken"]:
            side["sums"][one["broken"]] += 1


def _without(
    some: Iterable[Mapping[str, Any]], others: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What of *some* has no equal among *others*, as the result shows it."""
    known = {(one["step"], one["at"], tuple(one["to"])) for one in others}
    return [
        {"step": one["step"], "at": one["at"], "to": one["to"]}
        for one in some
        if (one["step"], one["at"], tuple(one["to"])) not in known
    ]
