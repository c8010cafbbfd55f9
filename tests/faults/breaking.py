"""Parts that fail on command: every port call of an engine is counted, and one of them breaks.

Calls are numbered in the order in which a healthy run makes them. A run is deterministic up to
its fault, so the number names the same call in the healthy run and in the broken one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.services.ports import StreamRow, TryAgain

THROTTLED = "throttled"
TIMED_OUT_BEFORE = "timed out, no effect"
TIMED_OUT_AFTER = "timed out, effect"
SERVER_ERROR = "5xx"
PARTIAL = "partial batch"
TWICE = "twice, reordered"
KILLED_BEFORE = "killed before"
KILLED_AFTER = "killed after"
FAULTS = (
    THROTTLED,
    TIMED_OUT_BEFORE,
    TIMED_OUT_AFTER,
    SERVER_ERROR,
    PARTIAL,
    TWICE,
    KILLED_BEFORE,
    KILLED_AFTER,
)
#: Calls that take several things at once, of which some may get through.
BATCHES = frozenset({"wake", "arm", "send", "receipts", "put", "put_updates", "file"})
BATCH_PARTS = frozenset({"queues", "jobs", "cards", "photo_index"})
_QUEUES = frozenset({"queues", "jobs"})


class TimedOut(Exception):
    """No answer came: whether the call took effect, its caller cannot know."""


class Killed(BaseException):
    """The worker is gone: nothing of it runs on, no handler of errors and no clean-up."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that a worker made: by whom, of which part, the how-manieth of the run."""

    worker: str
    part: str
    method: str
    nth: int

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.worker}: {self.part}.{self.method}"


@dataclass(frozen=True, slots=True)
class Break:
    """Which call fails, and how. *swept*: in a city without a stream, where only sweeps help."""

    nth: int
    fault: str
    swept: bool = False


def possible(call: Call, fault: str) -> bool:
    """Whether a call of this kind can fail in this way at all."""
    if fault == PARTIAL:
        return call.part in BATCH_PARTS and call.method in BATCHES
    if fault == TWICE:
        return call.part in _QUEUES or (call.part, call.method) in _PUBLISHING
    return True


#: Store calls whose rows the table's stream carries.
_PUBLISHING = frozenset(
    ("store", method) for method in ("save", "mark_armed", "settle", "put_message_once", "join")
)


class Breaker:
    """Stands before every public method of the parts it is given."""

    def __init__(self, broken: Break | None, stream: list[StreamRow]) -> None:
        self.broken, self.stream = broken, stream
        self.calls: list[Call] = []
        self.hit: Call | None = None
        self.worker = ""
        self._inside = False

    def stand_before(self, name: str, part: Any) -> None:
        """Count and break what is called on *part*, whose methods are replaced in place."""
        for method, function in inspect.getmembers(part, inspect.ismethod):
            if not method.startswith("_"):
                setattr(part, method, self._guarded(name, method, function))

    def _guarded(self, part: str, method: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*given: Any, **named: Any) -> Any:
            if self._inside or not self.worker:
                return function(*given, **named)
            call = Call(self.worker, part, method, len(self.calls))
            self.calls.append(call)
            self._inside = True
            try:
                if self.broken is None or self.broken.nth != call.nth:
                    return _whole(function(*given, **named))
                self.hit = call
                return self._break(call, function, given, named)
            finally:
                self._inside = False

        return guarded

    def _break(
        self,
        call: Call,
        function: Callable[..., Any],
        given: Sequence[Any],
        named: Mapping[str, Any],
    ) -> Any:
        fault = self.broken.fault if self.broken else ""
        if fault in _BEFORE:
            raise _BEFORE[fault]()
        if fault == PARTIAL:
            function(*_some(call, given), **named)
            raise TimedOut
        if fault == TWICE:
            return self._twice(call, function, given, named)
        answer = _whole(function(*given, **named))
        if fault in _AFTER:
            raise _AFTER[fault]()
        return answer

    def _twice(
        self,
        call: Call,
        function: Callable[..., Any],
        given: Sequence[Any],
        named: Mapping[str, Any],
    ) -> Any:
        before = len(self.stream)
        answer = function(*given, **named)
        if call.part in _QUEUES:
            function(*_reversed(call, given), **named)
        self.stream.extend(list(reversed(self.stream[before:])))
        return answer


_BEFORE: Mapping[str, Callable[[], BaseException]] = {
    THROTTLED: lambda: TryAgain("ThrottlingException"),
    TIMED_OUT_BEFORE: TimedOut,
    SERVER_ERROR: lambda: TryAgain("InternalServerError"),
    KILLED_BEFORE: Killed,
}
_AFTER: Mapping[str, Callable[[], BaseException]] = {
    TIMED_OUT_AFTER: TimedOut,
    KILLED_AFTER: Killed,
}


def _whole(answer: Any) -> Any:
    """What a store yields is read to its end in the call, so that later reading is no other."""
    return iter(list(answer)) if inspect.isgenerator(answer) else answer


def _bodies_at(call: Call) -> int:
    return 1 if call.part == "jobs" else 0


def _replaced(call: Call, given: Sequence[Any], change: Callable[[list[Any]], Any]) -> list[Any]:
    place, found = _bodies_at(call), list(given)
    found[place] = change(list(found[place]))
    return found


def _some(call: Call, given: Sequence[Any]) -> list[Any]:
    return _replaced(call, given, lambda bodies: bodies[: len(bodies) // 2])


def _reversed(call: Call, given: Sequence[Any]) -> list[Any]:
    return _replaced(call, given, lambda bodies: bodies[::-1])
