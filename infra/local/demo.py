"""What only the local stage is given: an Open311 client with a key that everybody knows."""

from __future__ import annotations

from chalicelib.domain.actions import ANYONE
from chalicelib.services.administering import Act
from chalicelib.services.clients import Clients

OPEN311_KEY = "demo-open311-key"


def register_demo_client(clients: Clients) -> None:
    """Register the demo client unless an earlier start has."""
    if any(one.id == "demo" for one in clients.all()):
        return
    fields = {"id": "demo", "name": "Demo", "per_minute": 6000, "per_day": 1_000_000}
    clients.add(fields, Act("add-client", ANYONE, "", "local stage"), key=OPEN311_KEY)
