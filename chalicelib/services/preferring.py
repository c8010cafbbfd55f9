"""How the reporter wants to be told: over which of the ways that were left, or not at all.

The contact itself is in the identity table, which this function may not read; the record only
knows which channels there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.events import REPORTER, Draft
from chalicelib.domain.identity import channels_given
from chalicelib.services.acting import NotFound
from chalicelib.services.composing import ARM_GRACE, Composer, Planner, Salts
from chalicelib.services.ports import Clock, Conflict, ReportStore, Stored, TryAgain, real

_TRIES = 4


@dataclass(frozen=True)
class SetChannels:
    """The use case behind following, unfollowing and the reporter's preferences."""

    store: ReportStore
    planner: Planner
    clock: Clock
    salts: Salts

    def __call__(self, number: str, wanted: Sequence[str] | None) -> Stored:
        """Tell the reporter over *wanted* from now on (None: over all there are).

        Raises NotFound, ActionRefused for a channel that was never given, TryAgain.
        """
        for _ in range(_TRIES):
            stored = self.store.load(number)
            if stored is None:
                raise NotFound(number)
            given = channels_given(stored.events)
            channels = given if wanted is None else tuple(dict.fromkeys(wanted))
            if set(channels) - set(given):
                raise ActionRefused("invalid", "channel_not_given", field="channels")
            if channels == stored.report.channels:
                return stored
            now = self.clock.now()
            composer = Composer(
                stored,
                number=number,
                now=now,
                planner=self.planner,
                salts=self.salts,
                arm_grace=real(ARM_GRACE, self.clock),
            )
            composer.add(Draft("contact_changed", now, REPORTER, {"channels": list(channels)}))
            change = composer.change()
            try:
                self.store.save(change)
            except Conflict:
                continue
            return Stored(
                change.report,
                tuple(composer.events),
                change.expected_version + 1,
                change.epoch,
                change.armed_epoch,
            )
        raise TryAgain("the report is being changed by others")
