"""A Standard Operating Procedure as data: who is told what, counted on which clock, until when.

A version is immutable once active: a report is pinned to the version it was filed under. What
drives the clocks (steps) is checked strictly; what only describes (legal basis, the activity
table of PermenPANRB 35/2012, evidence) keeps whatever further keys its authors need.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CLOCKS = (
    "agency",
    "citizen",
    "verification",
    "validation",
    "confirmation",
    "pause",
    "follow_up",
)
"""``follow_up`` runs after a report was referred to an outside body."""

UNTIL = ("verified", "acknowledged", "on_scene", "resolved", "validated", "confirmed", "resumed")
"""Events that make a step moot. Of the first six a later one implies the earlier ones."""

ACTS = (
    "notify",
    "close_automatically",
    "resume",
    "lapse_acknowledgement",
    "second_unit",
    "escalate_tier",
)
LIMITS = ("service", "legal")
DISPATCH = ("immediate", "verified")

#: No budget and no ladder is longer: what is meant as a limit of an SOP is none of more years.
LONGEST_DAYS = 3660
MOST_REPEATS = 500
_DURATION = re.compile(r"P(?:(?P<d>\d+)D|T(?=\d)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)")


class SopInvalid(ValueError):
    """The data of an SOP are not an SOP. ``path`` says where (``steps[2].at``), ``reason`` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Duration:
    """A budget: working seconds (``PT4H``) or a number of closings (``P3D``), never both.

    text: the ISO 8601 form as its author wrote it.
    """

    text: str
    seconds: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: object, path: str = "at") -> Duration:
        """Return the duration that *text* means: exactly ``PT…H…M…S`` or ``P<n>D``, n ≥ 1.

        Raises SopInvalid. Months and weeks are refused: they have no fixed working time.
        """
        match = _DURATION.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise SopInvalid(path, f"{text!r} is not a duration (PT4H, PT30M, PT90S or P3D)")
        if len(match[0]) > 30:
            raise SopInvalid(path, "is longer than ten years")
        if match["d"] is not None:
            if int(match["d"]) > LONGEST_DAYS:
                raise SopInvalid(path, "is longer than ten years")
            if int(match["d"]) < 1:
                raise SopInvalid(path, "P0D has no closing; use PT0M for at once")
            return cls(match[0], days=int(match["d"]))
        hours, minutes, seconds = (int(match[part] or 0) for part in "hms")
        total = hours * 3600 + minutes * 60 + seconds
        if total > LONGEST_DAYS * 86_400:
            raise SopInvalid(path, "is longer than ten years")
        return cls(match[0], seconds=total)


@dataclass(frozen=True, slots=True)
class Repeat:
    """``times`` more firings after the first, each ``every`` later on the same clock."""

    every: Duration
    times: int


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: at ``at`` on ``clock``, unless ``until`` came first, tell ``notify`` and ``act``.

    notify: roles, resolved to people at the moment of firing (S5). limit: ``service`` or
    ``legal`` when the step marks a promise. calendar: the step's own, or None for the SOP's.
    """

    id: str
    clock: str
    at: Duration
    until: str | None = None
    notify: tuple[str, ...] = ()
    repeat: Repeat | None = None
    calendar: str | None = None
    limit: str | None = None
    basis: str | None = None
    act: str = "notify"
    name: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None
    message: str | None = None
    channels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the data form; what is left at its default is left out."""
        form: dict[str, Any] = {"id": self.id, "clock": self.clock, "at": self.at.text}
        if self.until:
            form["until"] = self.until
        form["notify"] = list(self.notify)
        if self.repeat:
            form["repeat"] = {"every": self.repeat.every.text, "times": self.repeat.times}
        if self.act != "notify":
            form["act"] = self.act
        for key in ("calendar", "limit", "basis", "note", "message"):
            value = getattr(self, key)
            if value is not None:
                form[key] = value
        if self.name:
            form["name"] = dict(self.name)
        if self.channels:
            form["channels"] = list(self.channels)
        return form


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A statute that the SOP rests on. verified_by: who has read it; None while nobody has."""

    text: str
    verified_by: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the activity table with its quality standard: completeness, time, output."""

    no: int
    activity: str
    actor: str = ""
    inputs: tuple[str, ...] = ()
    time: str = ""
    output: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What must be shown before a report may be closed. max_distance_m: from the reported place."""

    photos_before: int = 0
    photos_after: int = 0
    max_distance_m: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sop:
    """One version of an SOP. Only ``id``, ``version``, ``calendar`` and ``steps`` are compulsory.

    owner: ``category`` (who owns the category there and then) or an agency's code. dispatch:
    ``immediate`` (to its owner at filing) or ``verified`` (waits for verification).
    """

    id: str
    version: int
    calendar: str
    steps: tuple[Step, ...]
    name: Mapping[str, str] = field(default_factory=dict)
    summary: Any = None
    categories: tuple[str, ...] = ()
    tier: str | None = None
    owner: str = "category"
    supporting: tuple[str, ...] = ()
    dispatch: str = "immediate"
    legal_basis: tuple[LegalBasis, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    activities: tuple[Activity, ...] = ()
    evidence: Evidence | None = None
    targets: Any = None
    season: Any = None
    drill: Any = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Sop:
        """Return the SOP that *data* describe. Raises SopInvalid with the place and the reason."""
        fields = _object(data, "sop", _SOP_KEYS, ("id", "version", "calendar", "steps"))
        evidence = fields.get("evidence")
        return cls(
            id=_text(fields["id"], "id"),
            version=_integer(fields["version"], "version", 1),
            calendar=_text(fields["calendar"], "calendar"),
            steps=_steps(fields["steps"]),
            name=_name(fields.get("name", fields.get("title", {})), "name"),
            summary=fields.get("summary"),
            categories=_texts(fields.get("categories", ()), "categories"),
            tier=_optional_text(fields.get("tier"), "tier"),
            owner=_text(fields.get("owner", "category"), "owner"),
            supporting=_texts(fields.get("supporting", ()), "supporting"),
            dispatch=_choice(fields.get("dispatch") or "immediate", "dispatch", DISPATCH),
            legal_basis=_each(fields.get("legal_basis", ()), "legal_basis", _legal_basis),
            document=_free(fields.get("document") or {}, "document"),
            activities=_each(fields.get("activities", ()), "activities", _activity),
            evidence=None if evidence is None else _evidence(evidence),
            targets=fields.get("targets"),
            season=fields.get("season"),
            drill=fields.get("drill"),
            extra=_free(fields.get("extra") or {}, "extra"),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the data form, such that ``from_dict(to_dict())`` equals this SOP."""
        form: dict[str, Any] = {"id": self.id, "version": self.version, "calendar": self.calendar}
        form.update(self._described())
        form["steps"] = [step.to_dict() for step in self.steps]
        return form

    def step(self, step_id: str) -> Step | None:
        """Return the step of that id, or None."""
        return next((step for step in self.steps if step.id == step_id), None)

    def calendar_names(self) -> frozenset[str]:
        """Return the names of all calendars that this SOP needs."""
        return frozenset({self.calendar, *(step.calendar for step in self.steps if step.calendar)})

    def _described(self) -> dict[str, Any]:
        parts: dict[str, Any] = {
            "name": dict(self.name),
            "summary": self.summary,
            "categories": list(self.categories),
            "tier": self.tier,
            "owner": self.owner,
            "supporting": list(self.supporting),
            "dispatch": self.dispatch,
            "legal_basis": [
                {"text": basis.text, "verified_by": basis.verified_by, **basis.extra}
                for basis in self.legal_basis
            ],
            "document": dict(self.document),
            "activities": [_activity_form(activity) for activity in self.activities],
            "evidence": None if self.evidence is None else _evidence_form(self.evidence),
            "targets": self.targets,
            "season": self.season,
            "drill": self.drill,
            "extra": dict(self.extra),
        }
        return {key: value for key, value in parts.items() if value not in (None, {}, [])}


def content_hash(sop: Sop) -> str:
    """Return the SHA-256 of the SOP's canonical JSON, hexadecimal: equal means the same SOP."""
    text = json.dumps(sop.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_SOP_KEYS = (*Sop.__dataclass_fields__, "title")
_STEP_KEYS = tuple(Step.__dataclass_fields__)


def _steps(value: object) -> tuple[Step, ...]:
    steps = _each(value, "steps", _step)
    if not steps:
        raise SopInvalid("steps", "an SOP has at least one step")
    seen: set[str] = set()
    for index, step in enumerate(steps):
        if step.id in seen:
            raise SopInvalid(f"steps[{index}].id", f"{step.id!r} is used twice")
        seen.add(step.id)
    return steps


def _step(value: object, path: str) -> Step:
    fields = _object(value, path, _STEP_KEYS, ("id", "clock", "at"))
    until = fields.get("until")
    limit = fields.get("limit")
    return Step(
        id=_step_id(fields["id"], f"{path}.id"),
        clock=_choice(fields["clock"], f"{path}.clock", CLOCKS),
        at=Duration.parse(fields["at"], f"{path}.at"),
        until=None if until is None else _choice(until, f"{path}.until", UNTIL),
        notify=_texts(fields.get("notify", ()), f"{path}.notify"),
        repeat=_repeat(fields.get("repeat"), f"{path}.repeat"),
        calendar=_optional_text(fields.get("calendar"), f"{path}.calendar"),
        limit=None if limit is None else _choice(limit, f"{path}.limit", LIMITS),
        basis=_optional_text(fields.get("basis"), f"{path}.basis"),
        act=_choice(fields.get("act") or "notify", f"{path}.act", ACTS),
        name=_name(fields.get("name", {}), f"{path}.name"),
        note=_optional_text(fields.get("note"), f"{path}.note"),
        message=_optional_text(fields.get("message"), f"{path}.message"),
        channels=_texts(fields.get("channels", ()), f"{path}.channels"),
    )


def _step_id(value: object, path: str) -> str:
    text = _text(value, path)
    if "#" in text:
        raise SopInvalid(path, "must not contain '#', which separates the parts of a key")
    return text


def _repeat(value: object, path: str) -> Repeat | None:
    if value is None:
        return None
    fields = _object(value, path, ("every", "times"), ("every", "times"))
    every = Duration.parse(fields["every"], f"{path}.every")
    if not every.seconds and not every.days:
        raise SopInvalid(f"{path}.every", "must be longer than nothing")
    times = _integer(fields["times"], f"{path}.times", 1)
    if times > MOST_REPEATS:
        raise SopInvalid(f"{path}.times", f"is more than {MOST_REPEATS}")
    return Repeat(every, times)


def _legal_basis(value: object, path: str) -> LegalBasis:
    if isinstance(value, str):
        return LegalBasis(value)
    fields = dict(_free(value, path))
    text = _text(fields.pop("text", None), f"{path}.text")
    verified_by = _optional_text(fields.pop("verified_by", None), f"{path}.verified_by")
    return LegalBasis(text, verified_by, fields)


def _activity(value: object, path: str) -> Activity:
    fields = dict(_free(value, path))
    return Activity(
        no=_integer(fields.pop("no", None), f"{path}.no", 1),
        activity=_text(fields.pop("activity", None), f"{path}.activity"),
        actor=str(fields.pop("actor", "") or ""),
        inputs=_texts(fields.pop("inputs", ()), f"{path}.inputs"),
        time=str(fields.pop("time", "") or ""),
        output=str(fields.pop("output", "") or ""),
        extra=fields,
    )


def _activity_form(activity: Activity) -> dict[str, Any]:
    return {
        "no": activity.no,
        "activity": activity.activity,
        "actor": activity.actor,
        "inputs": list(activity.inputs),
        "time": activity.time,
        "output": activity.output,
        **activity.extra,
    }


def _evidence(value: object) -> Evidence:
    fields = dict(_free(value, "evidence"))
    distance = fields.pop("max_distance_m", None)
    return Evidence(
        photos_before=_integer(fields.pop("photos_before", 0), "evidence.photos_before", 0),
        photos_after=_integer(fields.pop("photos_after", 0), "evidence.photos_after", 0),
        max_distance_m=(
            None if distance is None else _integer(distance, "evidence.max_distance_m", 1)
        ),
        extra=fields,
    )


def _evidence_form(evidence: Evidence) -> dict[str, Any]:
    form: dict[str, Any] = {
        "photos_before": evidence.photos_before,
        "photos_after": evidence.photos_after,
    }
    if evidence.max_distance_m is not None:
        form["max_distance_m"] = evidence.max_distance_m
    return form | dict(evidence.extra)


def _object(
    value: object, path: str, known: tuple[str, ...], compulsory: tuple[str, ...]
) -> Mapping[str, Any]:
    fields = _free(value, path)
    for key in fields:
        if key not in known:
            raise SopInvalid(f"{path}.{key}", "is not a part of the form")
    for key in compulsory:
        if fields.get(key) is None:
            raise SopInvalid(f"{path}.{key}", "is missing")
    return fields


def _free(value: object, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SopInvalid(path, "must be an object")
    return value


def _each(value: object, path: str, parse: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise SopInvalid(path, "must be a list")
    return tuple(parse(part, f"{path}[{index}]") for index, part in enumerate(value))


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SopInvalid(path, "must be a text that is not empty")
    return value


def _optional_text(value: object, path: str) -> str | None:
    return None if value is None else _text(value, path)


def _texts(value: object, path: str) -> tuple[str, ...]:
    return _each(() if value is None else value, path, _text)


def _integer(value: object, path: str, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise SopInvalid(path, f"must be a whole number of at least {least}")
    return value


def _choice(value: object, path: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise SopInvalid(path, f"{value!r} is not one of {', '.join(choices)}")
    return str(value)


def _name(value: object, path: str) -> Mapping[str, str]:
    if isinstance(value, str):
        return {"id": value, "en": value}
    return {key: _text(text, f"{path}.{key}") for key, text in _free(value, path).items()}
