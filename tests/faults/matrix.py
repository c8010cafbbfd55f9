"""The whole matrix: which calls there are, in which ways each can fail, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from tests.faults.breaking import FAULTS, Break, Call, possible
from tests.faults.case import healthy, wrongs

#: A sweep that finds nothing is one like the other: so many of them are passed over for each one.
_IDLE = 60


def cells() -> Iterator[tuple[Call, Break]]:
    """Yield every call of the case with every fault that it can have.

    Of sweeps that find nothing one in sixty is taken. Sweeps that find something are those of a
    city without a stream, where everything that is passed on is passed on by them.
    """
    for call in healthy().calls:
        if call.worker != "sweep" or call.nth % _IDLE == 0:
            yield from _each_fault(call, swept=False)
    for call, following in pairwise(healthy(swept=True).calls):
        if call.worker == "sweep" and "queues" in (call.part, following.part):
            yield from _each_fault(call, swept=True)


def _each_fault(call: Call, *, swept: bool) -> Iterator[tuple[Call, Break]]:
    for fault in FAULTS:
        if possible(call, fault):
            yield call, Break(call.nth, fault, swept)


def table(found: Mapping[tuple[Call, Break], list[str]]) -> Iterator[str]:
    """Yield the matrix, a line for each kind of call: survived of tried, for each fault."""
    tried: Counter[tuple[str, str]] = Counter()
    survived: Counter[tuple[str, str]] = Counter()
    for (call, broken), wrong in found.items():
        tried[call.name, broken.fault] += 1
        survived[call.name, broken.fault] += not wrong
    names = dict.fromkeys(name for name, _ in tried)
    width = max(map(len, names))
    yield f"{'call':{width}}  " + "  ".join(f"{fault:>20}" for fault in FAULTS)
    for name in names:
        shown = [_cell(survived[name, fault], tried[name, fault]) for fault in FAULTS]
        yield f"{name:{width}}  " + "  ".join(f"{text:>20}" for text in shown)
    yield f"{'all':{width}}  {sum(survived.values())} of {sum(tried.values())} survived"
    for (call, broken), wrong in found.items():
        for what in wrong:
            yield f"  {call.name} (call {call.nth}), {broken.fault}: {what}"


def _cell(survived: int, tried: int) -> str:
    return f"{survived}/{tried}" if tried else "-"


def played(every: int = 1) -> dict[tuple[Call, Break], list[str]]:
    """Play one in *every* cells and return what did not hold in each."""
    chosen = list(cells())[::every]
    return {(call, broken): wrongs(broken) for call, broken in chosen}
