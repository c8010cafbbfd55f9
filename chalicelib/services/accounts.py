"""Administration of staff accounts: invite, revoke, restore, move, and the directory's documents.

The directory says who may do what; the identity provider says who somebody is. Revoking begins
with the mark that every request reads, so that it counts at once whatever fails afterwards; each
act can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

from chalicelib.domain import accounts as rules
from chalicelib.domain.accounts import AccountRefused, Move, Plan
from chalicelib.domain.actions import Caller
from chalicelib.domain.roles import Directory
from chalicelib.services.administering import Act, Administer, NoSuchDocument, Version, Write
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.ports import Clock
from chalicelib.services.sessions import AccountStore, Standing

ROLE = "admin"
_KIND = "document"
#: The directory's documents and in which of them an administrator may write.
DOCUMENTS = ("positions", "staff", "holders", "rota")


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What the identity provider says of an account.

    managed: whether it can be asked at all (another issuer keeps its accounts by itself).
    status: the provider's own word. mfa: the second factors that are set up.
    """

    managed: bool
    exists: bool = False
    enabled: bool = False
    status: str = ""
    mfa: tuple[str, ...] = ()


class Provider(Protocol):
    """The identity provider's administration. Every call may be repeated; raises TryAgain."""

    def invite(self, id: str, mail: str, name: str) -> None:
        """Make the account if there is none, and have the provider mail the invitation."""

    def disable(self, id: str) -> None:
        """Let the account sign in no more, and end its sessions there."""

    def enable(self, id: str) -> None:
        """Let the account sign in again."""

    def sign_out(self, id: str) -> None:
        """End the account's sessions at the provider."""

    def reset_mfa(self, id: str) -> None:
        """Have the account set up its second factor anew at the next sign-in (lost telephone)."""

    def state(self, id: str) -> ProviderState:
        """Return what the provider says of the account."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account; *positions* are held from *day* on."""

    id: str
    name: str
    mail: str
    phone: str = ""
    language: str = "id"
    roles: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()


@dataclass(frozen=True)
class ManageAccounts:
    """The use case. *wall* gives real Unix seconds: tokens and sessions keep real time."""

    administer: Administer
    accounts: AccountStore
    provider: Provider
    clock: Clock
    wall: Callable[[], float]

    def listed(self) -> list[dict[str, Any]]:
        """Return every account as the directory has it, by id."""
        directory, now = self._directory(), self.clock.now()
        rows = sorted(self._body("staff"), key=lambda row: str(row["id"]))
        return [_shown(row, directory, now) for row in rows]

    def shown(self, id: str) -> dict[str, Any]:
        """Return one account with its standing and the provider's word; raise AccountRefused."""
        row = self._account(id)
        standing, state = self.accounts.standing(id), self.provider.state(id)
        return {
            **_shown(row, self._directory(), self.clock.now()),
            "standing": {"revoked": standing.revoked, "not_before": standing.not_before},
            "provider": {
                "managed": state.managed,
                "exists": state.exists,
                "enabled": state.enabled,
                "status": state.status,
                "mfa": list(state.mfa),
            },
        }

    def invite(self, caller: Caller, invitation: Invitation, reason: str) -> dict[str, Any]:
        """Put a new account into the directory and have the provider invite it.

        Raises AccountRefused, VersionMoved, TryAgain. Repeated after a fault of the provider it
        goes on where it stopped.
        """
        row = _account_row(invitation)
        staff = self.administer.latest(_KIND, "staff")
        if row not in staff.body:
            self._put_in(caller, row, invitation, staff, reason)
        self.provider.invite(invitation.id, invitation.mail, invitation.name)
        return self.shown(invitation.id)

    def revoke(self, caller: Caller, id: str, reason: str) -> dict[str, Any]:
        """Take an account out of service, at once; nobody revokes their own."""
        self._not_own(caller, id)
        self._account(id)
        self.accounts.put_standing(id, Standing(revoked=True, not_before=int(self.wall())))
        self._set(caller, "revoke_account", id, reason, revoked=True)
        self.provider.disable(id)
        return self.shown(id)

    def restore(self, caller: Caller, id: str, reason: str) -> dict[str, Any]:
        """Put a revoked account back; what was issued before stays void."""
        self._account(id)
        self._set(caller, "restore_account", id, reason, revoked=None)
        self.provider.enable(id)
        self.accounts.put_standing(id, Standing(not_before=int(self.wall())))
        return self.shown(id)

    def sign_out(self, caller: Caller, id: str, reason: str) -> dict[str, Any]:
        """End every session and token of an account that was issued up to now."""
        self._account(id)
        standing = replace(self.accounts.standing(id), not_before=int(self.wall()) + 1)
        self.accounts.put_standing(id, standing)
        self.provider.sign_out(id)
        self.administer.record(Act("sign_out_account", caller, ROLE, reason, {"account": id}))
        return self.shown(id)

    def reset_mfa(self, caller: Caller, id: str, reason: str) -> dict[str, Any]:
        """Have an account set up its second factor anew, signed out everywhere."""
        self._not_own(caller, id)
        self._account(id)
        self.provider.reset_mfa(id)
        self.administer.record(Act("reset_mfa", caller, ROLE, reason, {"account": id}))
        return self.sign_out(caller, id, reason)

    def grant(self, caller: Caller, id: str, roles: Sequence[str], reason: str) -> dict[str, Any]:
        """Set the roles that belong to no office; nobody sets their own."""
        self._not_own(caller, id)
        self._account(id)
        self._set(caller, "grant_roles", id, reason, roles=sorted(roles))
        return self.shown(id)

    def move(
        self, caller: Caller, day: date, moves: Sequence[Move], reason: str, *, dry_run: bool
    ) -> Plan:
        """Move many officials on one day, or show what that would come to; raise AccountRefused.

        A day before today is refused: who was told then was told.
        """
        if day < self.clock.now().astimezone(CITY_ZONE).date():
            raise AccountRefused("day_is_past", "day")
        holders = self.administer.latest(_KIND, "holders")
        plan = rules.moved(self._body("staff"), holders.body, self._body("positions"), moves, day)
        if not dry_run:
            facts = {"day": day.isoformat(), "moves": len(moves)}
            act = Act("move_officials", caller, ROLE, reason, facts)
            rows = list(plan.holders)
            self._checked("holders", rows)
            self.administer.write(act, Write(_KIND, "holders", rows, based_on=holders.version))
        return plan

    def document(self, name: str) -> Version:
        """Return one of the directory's documents; raise NoSuchDocument."""
        if name not in DOCUMENTS:
            raise NoSuchDocument(name)
        return self.administer.latest(_KIND, name)

    def put(self, caller: Caller, name: str, body: Any, based_on: int, reason: str) -> Version:
        """Write a whole document of the directory if it fits the others.

        Raises NoSuchDocument, AccountRefused, VersionMoved, DocumentTooLarge, TryAgain. Accounts
        are revoked by `revoke` alone: a mark set or lost here would count only a minute later.
        """
        before = self.document(name)
        if name == "staff" and _revoked(before.body) != _revoked(body):
            raise AccountRefused("revoke_by_itself", "body")
        self._checked(name, body)
        act = Act(f"put_{name}", caller, ROLE, reason)
        return self.administer.write(act, Write(_KIND, name, body, based_on=based_on))[0]

    def _put_in(
        self, caller: Caller, row: dict[str, Any], new: Invitation, staff: Version, reason: str
    ) -> None:
        holders = self.administer.latest(_KIND, "holders")
        positions = {one["id"] for one in self._body("positions")}
        for position in new.positions:
            if position not in positions:
                raise AccountRefused("unknown_position", "positions", position=position)
        people = rules.invited(staff.body, row)
        day = self.clock.now().astimezone(CITY_ZONE).date()
        moves = [Move(new.id, position, keeps=new.positions) for position in new.positions]
        rows = list(holders.body)
        for move in moves:
            rows = list(rules.moved(people, rows, self._body("positions"), [move], day).holders)
        act = Act("invite_account", caller, ROLE, reason, {"account": new.id})
        writes = [Write(_KIND, "staff", people, based_on=staff.version)]
        if moves:
            writes.append(Write(_KIND, "holders", rows, based_on=holders.version))
        self.administer.write(act, *writes)

    def _set(self, caller: Caller, what: str, id: str, reason: str, **fields: Any) -> None:
        act = Act(what, caller, ROLE, reason, {"account": id})
        self.administer.change(
            act, _KIND, "staff", lambda staff: rules.changed(staff, id, **fields)
        )

    def _checked(self, name: str, body: Any) -> Directory:
        documents = {one: self._body(one) for one in DOCUMENTS if one != name}
        return rules.checked_directory({**documents, name: body})

    def _directory(self) -> Directory:
        return Directory.from_dicts(**{name: self._body(name) for name in DOCUMENTS})

    def _body(self, name: str) -> Any:
        return self.administer.latest(_KIND, name).body

    def _account(self, id: str) -> Mapping[str, Any]:
        found = next((row for row in self._body("staff") if row["id"] == id), None)
        if found is None:
            raise AccountRefused("no_such_account")
        return dict(found)

    def _not_own(self, caller: Caller, id: str) -> None:
        if caller.person == id:
            raise AccountRefused("own_account")


def _account_row(new: Invitation) -> dict[str, Any]:
    row = {"id": new.id, "name": new.name, "mail": new.mail, "language": new.language}
    phone = {"phone": new.phone} if new.phone else {}
    return {**row, **phone, "positions": [], "roles": sorted(new.roles)}


def _shown(row: Mapping[str, Any], directory: Directory, now: Any) -> dict[str, Any]:
    offices = directory.positions_of(str(row["id"]), now)
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row.get("mail") or "",
        "phone": row.get("phone") or "",
        "language": row.get("language") or "id",
        "revoked": bool(row.get("revoked")),
        "granted": sorted(row.get("roles", ())),
        "roles": sorted(rules.roles_of(row, (office.role for office in offices))),
        "positions": [office.id for office in offices],
    }


def _revoked(staff: Any) -> set[str]:
    rows = staff if isinstance(staff, list) else []
    return {str(row.get("id")) for row in rows if isinstance(row, dict) and row.get("revoked")}
