"""A stand-in until the description of the routes is complete."""

from __future__ import annotations

from typing import Any


def document(server: str) -> dict[str, Any]:
    """Return the OpenAPI document."""
    return {"openapi": "3.1.0", "info": {"title": "LIVE Room", "version": "1"}, "paths": {}}
