"""Who changes how often anybody may write, and whether reports must carry a proof of work.

The policy is one administrative document: each change is a version with who, when and why, the
system's own switching on included. Other processes read it again within a minute.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.actions import ANYONE
from chalicelib.domain.limits import AUTO, Limits, ProofPolicy
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Version, Write
from chalicelib.services.catalogue import Catalogue, NotInCatalogue

DOCUMENT = "limits"
_SHIPPED = Path(__file__).parents[1] / "data" / "limits.json"


class LimitsInvalid(ValueError):
    """The policy is not of the form."""


@cache
def shipped() -> Mapping[str, Any]:
    """Return the policy that the product comes with."""
    found: Mapping[str, Any] = json.loads(_SHIPPED.read_text())
    return found


def limits_of(catalogue: Catalogue) -> Limits:
    """Return the policy in force; on a stage that has none yet, the one that is shipped."""
    try:
        return catalogue.limits()
    except NotInCatalogue:
        return Limits.from_dict(shipped())


@dataclass(frozen=True)
class Protect:
    """The use cases. *seconds*: real time since 1970."""

    administer: Administer
    seconds: Callable[[], float]

    def current(self) -> tuple[Mapping[str, Any], int]:
        """Return the policy and its version, 0 where none was written yet."""
        try:
            found = self.administer.latest("document", DOCUMENT)
        except NoSuchDocument:
            return shipped(), 0
        return found.body, found.version

    def write(self, act: Act, body: Mapping[str, Any], based_on: int) -> Version:
        """Put *body* in force; raise LimitsInvalid, VersionMoved, TryAgain."""
        try:
            Limits.from_dict(body)
        except (KeyError, TypeError, ValueError) as error:
            raise LimitsInvalid(str(error)) from None
        return self.administer.write(act, Write("document", DOCUMENT, body, based_on=based_on))[0]

    def switch(self, act: Act, mode: str, minutes: int = 0) -> ProofPolicy:
        """Set the mode; ``auto`` with *minutes* asks for proofs for so long. Raises TryAgain."""
        until = self.seconds() + minutes * 60 if mode == AUTO and minutes else 0
        return self._set(act, lambda proof: {**proof, "mode": mode, "until": int(until)})

    def switched_on(self, until: float) -> None:
        """Note that the system itself asks for proofs until *until*. Raises TryAgain."""
        body, _ = self.current()
        if body["proof"]["until"] >= until - 60:
            return  # another process was there first
        act = Act("proof-on", ANYONE, "system", "limit reached", {"until": int(until)})
        self._set(act, lambda proof: {**proof, "until": max(int(until), int(proof["until"]))})

    def _set(self, act: Act, edit: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> ProofPolicy:
        body, version = self.current()
        changed = {**body, "proof": edit(body["proof"])}
        if version:
            changed = self.administer.change(
                act, "document", DOCUMENT, lambda now: {**now, "proof": edit(now["proof"])}
            ).body
        else:
            self.administer.write(act, Write("document", DOCUMENT, changed))
        return Limits.from_dict(changed).proof
