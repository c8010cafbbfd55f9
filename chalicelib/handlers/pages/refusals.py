"""A refusal as a page says it in place: the problem document that programs would get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.http import response_to


def problem_of(refused: Exception) -> dict[str, Any]:
    """Return the problem document that a program would get for *refused*."""
    found: dict[str, Any] = json.loads(response_to(refused).body)
    return found


def said(refused: Exception | None) -> Mapping[str, Any] | None:
    """Return what *refused* says, with its status; None for none.

    That a field is "not valid" is left out: the refusal itself says more.
    """
    if refused is None:
        return None
    found = problem_of(refused)
    errors = [one for one in found.get("errors", ()) if one["code"] != "invalid"]
    return {**found, "errors": errors}
