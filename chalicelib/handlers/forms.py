"""Form posts of pages: small, url-encoded, each field once."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from chalicelib.handlers.http import clean
from chalicelib.handlers.problems import Problem

MAX_FORM = 16 * 1024
_MAX_FIELDS = 40


def form_fields(raw: bytes) -> Mapping[str, str]:
    """Return the fields of a url-encoded body, cleaned; raise Problem. The last of two counts."""
    if len(raw) > MAX_FORM:
        raise Problem("body_too_large")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"
        )
    except ValueError:
        raise Problem("invalid_text") from None
    return {name: clean(value) for name, value in pairs}
