"""Firing: what is due on a report's timeline is put on record and people are told, once.

Any number of wake-ups, in any order, early, late or stale, come to the same: the report's own
record decides what is due, and one conditional transaction writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chalicelib.domain import notices
from chalicelib.domain.deliveries import BUNDLED, DELIVERED, REPORTER, SENT, as_of
from chalicelib.domain.drills import TIME_UP
from chalicelib.domain.events import Draft, instant
from chalicelib.domain.report import (
    AWAITING_CONFIRMATION,
    NEVER_AUTOMATIC_TIERS,
    PAUSED,
    UNANSWERED,
)
from chalicelib.domain.roles import Recipient
from chalicelib.domain.schedule import DEFERRAL_END, DRILL_ENDED, INSTRUCTION
from chalicelib.domain.timeline import Entry, due
from chalicelib.services.composing import ARM_GRACE, Composer, Planner
from chalicelib.services.measuring import ESCALATION_LAG, Measures, Unmeasured, lag
from chalicelib.services.ports import Alarms, Clock, Conflict, ReportStore, TryAgain, real

_TRIES = 4
#: Keeps one transaction well below DynamoDB's 100 items; the rest follows at once.
_MAX_ITEMS = 60
#: A message that is on its way or has arrived; failed, given up and unheard-of ones tell nobody.
TOLD = frozenset({SENT, DELIVERED, BUNDLED})
FIRED = "fired"
NOTHING_DUE = "nothing_due"
STALE = "stale"
GONE = "gone"


@dataclass(frozen=True)
class FireDueSteps:
    """The use case behind every wake-up, whoever sends it."""

    store: ReportStore
    planner: Planner
    clock: Clock
    alarms: Alarms
    salts: Callable[[], str]
    measures: Measures = field(default_factory=Unmeasured)

    def __call__(self, number: str, epoch: int | None = None, *, rearm: bool = False) -> str:
        """Fire what is due on *number* if *epoch* is current (None: whatever the epoch).

        Returns what came of it: ``fired``, ``nothing_due``, ``stale`` or ``gone``. *rearm*: the
        wake-up came from the sweeper, so the execution is taken for lost and a new epoch begins.
        Raises TryAgain when the store refuses for now.
        """
        for _ in range(_TRIES):
            stored = self.store.load(number)
            if stored is None:
                return GONE
            if epoch is not None and epoch != stored.epoch:
                return STALE
            now = self.clock.now()
            composer = Composer(
                stored,
                number=number,
                now=now,
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            more = self._fire_all(composer)
            if not composer.added:
                return NOTHING_DUE
            composer.say_once(self._ranks(composer))
            lost = rearm and stored.armed_epoch == stored.epoch
            try:
                self.store.save(composer.change(rearm=lost))
            except Conflict:
                continue
            self._measure(composer)
            if not more:
                return FIRED
            epoch = None
        raise TryAgain("the report is being changed by others")

    def _measure(self, composer: Composer) -> None:
        if composer.current.drill:
            return  # what is rehearsed says nothing of what is kept
        keys = set(composer.fired)
        fired = [entry for entry in composer.timeline().entries if entry.key in keys]
        before = composer.stored.events if composer.stored else ()
        late = lag(fired, before, composer.now) / self.clock.speed
        self.measures.record(ESCALATION_LAG, late)

    def _fire_all(self, composer: Composer) -> bool:
        """Fire until nothing is due; True if the rest must wait for another transaction."""
        while True:
            entries = due(composer.timeline(), composer.already_fired(), composer.now)
            if not entries:
                return False
            for entry in entries:
                if len(composer.deliveries) + 2 * len(composer.added) > _MAX_ITEMS:
                    return True
                if self._fire(composer, entry):
                    break

    @staticmethod
    def _ranks(composer: Composer) -> dict[str, int]:
        """How high each step is that fires now: what fell due later tells higher people more."""
        ladder = [entry.key for entry in composer.timeline().entries]
        fired = sorted(composer.fired, key=lambda key: ladder.index(key) if key in ladder else -1)
        return {f"step#{key}": rank for rank, key in enumerate(fired)}

    def _fire(self, composer: Composer, entry: Entry) -> bool:
        """Fire one entry; True if it changed the timeline, so that it must be planned anew."""
        first = entry.clock == "agency" and entry.at_start
        applies = _act_applies(composer, entry) and self._was_told(composer, entry)
        told: list[str] = []
        people: dict[str, str] = {}
        asked = 0
        for role in entry.to if applies else ():
            notice = notices.for_step(entry, role, composer.current, first=first)
            if entry.step == INSTRUCTION:
                notice = replace(notice, facts=_instruction(composer, entry))
            found = composer.tell(notice, f"step#{entry.key}", entry=entry)
            asked += role != notices.REPORTER_ROLE
            told += [_name(one) for one in found]
            people |= {
                one.position: one.person or "" for one in found if isinstance(one, Recipient)
            }
        staff_told = [name for name in told if name != REPORTER]
        composer.fired.append(entry.key)
        composer.add(
            Draft(
                "fired",
                composer.now,
                data={
                    "entry": entry.key,
                    "step": entry.step,
                    "cycle": entry.cycle,
                    "repeat": entry.repeat,
                    "due_at": instant(entry.due_at) if entry.due_at else None,
                    "told": told,
                    **({"limit": entry.limit, "awaited": entry.until} if entry.limit else {}),
                    **({} if applies else {"overtaken": True}),
                    # Who it was that rehearsed; a real case needs no more than the position.
                    **({"people": people} if composer.current.drill else {}),
                },
            )
        )
        changed = applies and self._act(composer, entry)
        if asked and not staff_told and applies:
            self._nobody_reached(composer, entry)
            return True
        return changed

    def _was_told(self, composer: Composer, entry: Entry) -> bool:
        """Silence closes nothing unless the reporter was told of the result, for all that was
        known when the step was due: a late wake-up makes no message less heard of.
        """
        if entry.act != "close_automatically":
            return True
        since = composer.current.validated_at
        return since is not None and any(
            one.recipient == REPORTER
            and one.created_at >= since
            and as_of(one, entry.due_at or composer.now, self.clock.speed).status in TOLD
            for one in self.store.deliveries(composer.number)
        )

    def _nobody_reached(self, composer: Composer, entry: Entry) -> None:
        data = {"step": entry.step, "cycle": entry.cycle, "entry": entry.key}
        composer.add(Draft("unreachable", composer.now, data=data))
        self.alarms.raise_alarm(
            "nobody_reachable",
            {"number": composer.number, "step": entry.step, "roles": list(entry.to)},
        )

    def _act(self, composer: Composer, entry: Entry) -> bool:
        type_ = _ACTS.get(entry.act)
        if not type_ or entry.due_at is None:
            return False
        data = {"step": entry.step}
        if type_ == DRILL_ENDED:
            data["why"] = TIME_UP
        elif entry.act == "second_unit":
            data |= composer.call_second_unit(entry)
        composer.add(Draft(type_, entry.due_at, data=data))
        return type_ != "second_unit_called"


#: What each automatic act writes. The instant is the step's own, however late the wake-up.
_ACTS = {
    "close_automatically": "closed_automatically",
    "resume": "resumed",
    "lapse_acknowledgement": "ack_lapsed",
    "second_unit": "second_unit_called",
    "escalate_tier": "tier_escalated",
    "end_drill": DRILL_ENDED,
}


def _instruction(composer: Composer, entry: Entry) -> dict[str, str]:
    """The words of the instruction that *entry* follows up, as they still stand."""
    given = [event for event in composer.events if event.type == "instructed"]
    said = [event.texts.get("text", "") for event in given if event.at == entry.started_at]
    return {"instruction": said[-1] if said else ""}


def _act_applies(composer: Composer, entry: Entry) -> bool:
    """Whether the step's act still fits the report; if not, the step is recorded as overtaken.

    The report may have moved on between the due instant and a late wake-up: a citizen's dispute
    that came first is never closed over.
    """
    report = composer.current
    if entry.act == "close_automatically":
        fits = report.status == AWAITING_CONFIRMATION and report.reachable
        return fits and report.tier not in NEVER_AUTOMATIC_TIERS
    if entry.act == "resume":
        kind = "deferral" if entry.step == DEFERRAL_END else "question"
        return report.status in PAUSED and report.pause_kind == kind
    if entry.act == "lapse_acknowledgement":
        return not report.closed and report.status not in UNANSWERED
    return True


def _name(told: Recipient | str) -> str:
    return told if isinstance(told, str) else told.position
