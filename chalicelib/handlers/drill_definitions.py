"""The form of what drills take and answer."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.drills import MOST_HOURS, USUAL_HOURS
from chalicelib.handlers.answers import Form, KnownPromise, Named, Names, Place, Time
from chalicelib.handlers.definitions import Body, Code, Location, Reporter, Text


class NewDrill(Body, kw_only=True):
    """A drill of the SOP in force of a category. description: the scenario, as a caller tells it.

    reporter: somebody who plays the citizen and is told what a citizen is told; nobody is if it is
    left out. hours: after which it ends by itself.
    """

    category: Code
    description: Annotated[str, Meta(max_length=4000)] = ""
    location: Location | None = None
    reporter: Reporter | None = None
    hours: Annotated[float, Meta(gt=0, le=MOST_HOURS)] = USUAL_HOURS


class StopDrill(Body):
    """Why a drill ends before its time, if somebody says so."""

    reason: Text = ""


class DrillBegun(Form, kw_only=True):
    """A drill that has begun. token: for who plays the citizen. until: when it ends by itself."""

    number: str
    token: str
    sop: str
    version: int
    until: Time
    promises: list[KnownPromise]
    url: str


Over = Literal["stopped", "time_up", "finished"]


class DrillLine(Form, kw_only=True):
    """A drill as lists show it. over null: it runs. score null: nothing has been due."""

    number: str
    category: Named
    sop: str
    version: int
    area: Place | None
    agency: Named | None
    leader: str
    begun_at: Time
    until: Time
    ended_at: Time | None
    over: Over | None
    score: int | None


class DrillList(Form):
    """Drills, newest first; a short page need not be the last, only one without a cursor is."""

    items: list[DrillLine]
    cursor: str | None


class DrillDuty(Form, kw_only=True):
    """What the SOP asked for: from when to when, who answered when, and how late in seconds."""

    awaited: str
    name: Names
    asked_at: Time
    promised_at: Time
    answered_at: Time | None
    answered_by: str
    late_by: int
    state: Literal["in_time", "late", "never", "open"]


class DrillStep(Form, kw_only=True):
    """A step that fired. lag: seconds from when it was due. told: positions."""

    step: str
    name: Names
    repeat: int
    due_at: Time
    fired_at: Time
    lag: int
    told: list[str]
    awaited: str
    escalation: bool
    answered_at: Time | None


class DrillOffice(Form, kw_only=True):
    """How one position did: it acted itself, somebody else did, nobody did, or it had a copy."""

    position: str
    title: Names
    person: str
    steps: list[str]
    asked_at: Time | None
    answered_at: Time | None
    seconds: int | None
    state: Literal["answered", "relieved", "silent", "informed"]


class Drill(DrillLine, kw_only=True):
    """A drill with its score sheet, so far or for good.

    score: what was answered in time of all that was due, in percent. unanswered: what was never
    done. distance_m: of the check-in from the place, null where one of them is not known.
    """

    distance_m: int | None
    unanswered: list[str]
    duties: list[DrillDuty]
    steps: list[DrillStep]
    offices: list[DrillOffice]


class TrainedOffice(Form, kw_only=True):
    """One position in a training record. last_at null: it never rehearsed this version."""

    position: str
    title: Names
    person: str
    times: int
    last_at: Time | None
    drill: str
    state: str
    seconds: int | None
    score: int | None


class TrainingRecord(Form, kw_only=True):
    """Who rehearsed the SOP in force of a category. untrained: positions that never did."""

    category: Named
    sop: str
    version: int
    agency: Named | None
    offices: list[TrainedOffice]
    untrained: list[str]
