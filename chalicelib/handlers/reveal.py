"""The function that may read who reported. It is asked by the API and serves no route itself."""

from __future__ import annotations

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.services.acting import NotFound
from chalicelib.services.identifying import TokenInvalid
from chalicelib.services.revealing import Question

blueprint = Blueprint(__name__)
Json = dict[str, Any]


@blueprint.lambda_function(name="reveal")
def reveal(event: Json, context: Any) -> Json:
    """Answer one question with the contact or with the refusal; nothing of it is logged."""
    try:
        return {"contact": dict(bootstrap.reveal_contact()(Question(**event)))}
    except NotFound:
        return _refused("missing", "not_found")
    except TokenInvalid:
        return _refused("forbidden", "invalid_token")
    except ActionRefused as refused:
        return _refused(refused.kind, refused.code, refused.facts)


def _refused(kind: str, code: str, facts: Json | None = None) -> Json:
    return {"refused": {"kind": kind, "code": code, "facts": facts or {}}}
