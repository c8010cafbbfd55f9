"""An in-memory accounts table with the guarantees of the real one, and an issuer."""

from __future__ import annotations

from chalicelib.services.sessions import Session, Standing


class MemoryAccountStore:
    """Sessions and standings in dictionaries."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.standings: dict[str, Standing] = {}

    def put_session(self, digest: str, session: Session) -> None:
        self.sessions[digest] = session

    def session(self, digest: str) -> Session | None:
        return self.sessions.get(digest)

    def end_session(self, digest: str) -> None:
        self.sessions.pop(digest, None)

    def standing(self, person: str) -> Standing:
        return self.standings.get(person, Standing())

    def put_standing(self, person: str, standing: Standing) -> None:
        self.standings[person] = standing
