"""The accounts table behind the `AccountStore` protocol.

    SESSION#<digest>     SESSION     one session of a browser; DynamoDB removes it after its end
    ACCOUNT#<person>     STANDING    whether the account counts, and since when

Reads are strongly consistent: what was revoked a moment ago is refused now.
"""

from __future__ import annotations

import msgspec

from chalicelib.adapters.tables import AccountRow
from chalicelib.services.sessions import Session, Standing

_SESSION, _STANDING = "SESSION", "STANDING"


class DynamoAccountStore:
    """Sessions and standings in DynamoDB."""

    def put_session(self, digest: str, session: Session) -> None:
        """See `AccountStore.put_session`."""
        row = AccountRow(_session_key(digest), _SESSION, body=_encoded(session))
        row.expires_at = session.expires_at
        row.save()

    def session(self, digest: str) -> Session | None:
        """See `AccountStore.session`."""
        body = _body(_session_key(digest), _SESSION)
        return msgspec.json.decode(body, type=Session) if body else None

    def end_session(self, digest: str) -> None:
        """See `AccountStore.end_session`."""
        row = AccountRow(_session_key(digest), _SESSION)
        row.delete()

    def standing(self, person: str) -> Standing:
        """See `AccountStore.standing`."""
        body = _body(_account_key(person), _STANDING)
        return msgspec.json.decode(body, type=Standing) if body else Standing()

    def put_standing(self, person: str, standing: Standing) -> None:
        """See `AccountStore.put_standing`."""
        row = AccountRow(_account_key(person), _STANDING, body=_encoded(standing))
        row.save()


def _body(key: str, kind: str) -> str:
    try:
        return str(AccountRow.get(key, kind, consistent_read=True).body)
    except AccountRow.DoesNotExist:
        return ""


def _encoded(value: Session | Standing) -> str:
    return msgspec.json.encode(value).decode()


def _session_key(digest: str) -> str:
    return f"SESSION#{digest}"


def _account_key(person: str) -> str:
    return f"ACCOUNT#{person}"
