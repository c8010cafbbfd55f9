"""Forms that act for a reporter: the report's cookie proves who, the mark that the form is ours.

A browser sends our cookies with whatever form leads to us. So every form that acts for the holder
of a report's cookie carries a mark made from that cookie. Staff's forms have their session's own
proof (`chalicelib.handlers.session`).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import msgspec

from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.pages.rendering import language_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call
from chalicelib.handlers.session import CSRF_FIELD, keyed_mark, refuse_foreign
from chalicelib.handlers.subscription_definitions import SubscribeBrowser


def mark_for(token: str) -> str:
    """Return the mark that a form for the holder of the report's *token* carries."""
    return keyed_mark("csrf", token)


def check_mark(call: Call, fields: Mapping[str, str], token: str) -> None:
    """Refuse a form whose mark was not made for *token*; raises Problem ``form_not_ours``."""
    given = fields.get(CSRF_FIELD, "")
    refuse_foreign(call.request)
    if not hmac.compare_digest(mark_for(token).encode(), given.encode()):
        raise Problem("form_not_ours")


def browser_of(call: Call, fields: Mapping[str, str]) -> SubscribeBrowser:
    """Return the browser that a page's push button names; raises Problem ``invalid_field``."""
    given = {
        "endpoint": fields.get("endpoint", ""),
        "keys": {name: fields.get(name, "") for name in ("p256dh", "auth")},
        "key": fields.get("key", ""),
        "language": language_of(call),
    }
    try:
        return msgspec.convert(given, SubscribeBrowser)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
