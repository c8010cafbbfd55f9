"""How a member of staff would like to be told: in which language, and by push as well.

What is part of a duty cannot be switched off: mail always goes. Push comes beside it, for those
who asked for it in one of their browsers; digests can be left and taken up again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from chalicelib.domain.actions import Caller
from chalicelib.services.administering import Act, Administer, VersionMoved, Write
from chalicelib.services.catalogue import Catalogue, Wish
from chalicelib.services.following import Leave
from chalicelib.services.ports import ReportStore, TryAgain

DOCUMENT = "wishes"
LANGUAGES = ("id", "en")
_DIGEST = "digest"
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Wishes:
    """One person's wishes as they stand."""

    language: str
    push: bool
    digest: bool


@dataclass(frozen=True)
class KeepWishes:
    """The use case behind the page of one's own settings."""

    administer: Administer
    catalogue: Catalogue
    store: ReportStore
    leave: Leave

    def of(self, caller: Caller) -> Wishes:
        """Return the wishes of *caller*, strongly consistent."""
        found = self.administer.register.latest("document", DOCUMENT)
        row = (found.body if found else {}).get(caller.person, {})
        account = self.catalogue.staff().get(caller.person, {})
        mark = self.store.contact_mark(caller.person, _DIGEST)
        return Wishes(
            language=row.get("language") or str(account.get("language", "id")),
            push=bool(row.get("push")),
            digest=mark is None or mark.reason != "off",
        )

    def ask_push(self, caller: Caller) -> None:
        """Let *caller* be told by push as well, from now on; nothing happens the second time."""
        now = self.of(caller)
        if not now.push:
            self._write(caller, Wish(now.language, push=True))

    def put(self, caller: Caller, wished: Wishes) -> None:
        """Let it be as *wished*; raise TryAgain."""
        now = self.of(caller)
        if (now.language, now.push) != (wished.language, wished.push):
            self._write(caller, Wish(wished.language, wished.push))
        if now.digest != wished.digest:
            self.leave((_DIGEST, caller.person, "mail"), back=wished.digest)

    def _write(self, caller: Caller, wish: Wish) -> None:
        act = Act("set_wishes", caller, next(iter(sorted(caller.roles)), ""))
        for _ in range(_TRIES):
            found = self.administer.register.latest("document", DOCUMENT)
            body = {**(found.body if found else {}), caller.person: asdict(wish)}
            based_on = found.version if found else 0
            try:
                self.administer.write(act, Write("document", DOCUMENT, body, based_on=based_on))
            except VersionMoved:
                continue
            return
        raise TryAgain("the wishes are being changed by others")
