"""Tracking: what is happening, until when, who is told next; and what the reporter can do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import REPORTER
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.actions import command_for, room_for_photo
from chalicelib.handlers.crowds import support_report
from chalicelib.handlers.definitions import ACTION_BODIES, NewPhoto, Support
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages import visitor, words
from chalicelib.handlers.pages.forms import browser_of, check_mark, mark_for
from chalicelib.handlers.pages.pictures import STATES, shown_to
from chalicelib.handlers.pages.plates import plate_of
from chalicelib.handlers.pages.rendering import in_words, language_of, page, redirect, short_name
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import CSRF_FIELD, form_of
from chalicelib.handlers.subscriptions import join_own
from chalicelib.services.progress import Progress

blueprint = Blueprint(__name__)
#: What the holder of the cookie may do from the page, with the fields of each form.
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "confirm": ("note",),
    "dispute": ("reason",),
    "reopen": ("reason",),
    "withdraw": ("reason",),
    "comments": ("text",),
    "rate": ("score", "text"),
    "appeal": ("text",),
}
#: Shown as a line of the history; what only moved machines is on the ladder already.
_NOT_TOLD = frozenset({"fired", "photo_added", "contact_changed", "calendar_changed"})
_OWN = re.compile(r"lr_(TL-[0-9A-Z]{8})=")


@shows(blueprint, "GET", "/lacak")
def find(call: Call) -> Response:
    """Where to enter a number; the reports of this browser stand below."""
    text = one_line(call.query("nomor"))[:40]
    number = normalise(text) if text else None
    if number is not None:
        return redirect(f"/laporan/{number}")
    own = list(dict.fromkeys(_OWN.findall(call.header("cookie"))))[:20]
    status = 422 if text else 200
    return page(call, "find.html", status=status, text=text, own=own)


@shows(blueprint, "GET", "/laporan/{number}")
def show(call: Call) -> Response:
    """One report as whoever looks may see it."""
    number = call.number
    caller = visitor.visitor(call, number)
    stored = bootstrap.store().load(number)
    report = bootstrap.views().report(stored, caller, number)
    if stored is None:
        raise Problem("not_found")
    progress = bootstrap.show_progress()(stored, bootstrap.clock().now())
    own = caller is REPORTER
    return page(
        call,
        "track.html",
        report=report,
        own=own,
        photos=[one for one in shown_to(stored, caller, number) if one["small"] or own],
        photo_states=STATES,
        progress=progress,
        plate=plate_of(progress.countdown, language_of(call)),
        mark=mark_for(visitor.reporter_token(call, number)) if own else "",
        mark_name=CSRF_FIELD,
        push_key=bootstrap.pushing().public_key() if own else "",
        offered=[name for name in _ACTIONS if own and _offered(name, report)],
        history=[one for one in reversed(report["history"]) if one["type"] not in _NOT_TOLD],
        **_sentences(report, progress, language_of(call)),
    )


@shows(blueprint, "POST", "/laporan/{number}/dukung")
def join(call: Call) -> Response:
    """Somebody else has the same trouble: they are told from now on, once they confirm."""
    given = form_of(call.request)
    contact = one_line(given.get("contact", ""))[:254]
    raw = {
        "reporter": {"email" if "@" in contact else "phone": contact[:254]},
        "language": language_of(call),
    }
    try:
        support_report(call, msgspec.convert(raw, Support))
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
    return page(call, "joined.html", number=call.number)


@shows(blueprint, "POST", "/laporan/{number}/foto")
def photo(call: Call) -> Response:
    """Make room for the reporter's photo and show the form that sends it to its storage."""
    number = call.number
    token, fields = visitor.reporter_token(call, number), form_of(call.request)
    if not token:
        raise Problem("sign_in_needed")
    check_mark(call, fields, token)
    back = f"{config.public_url()}/laporan/{number}"
    room = room_for_photo(REPORTER, number, NewPhoto(), "", redirect=back)
    return page(call, "photo.html", number=number, upload=room["upload"])


@shows(blueprint, "POST", "/laporan/{number}/kabar")
def push(call: Call) -> Response:
    """Tell this browser what happens to the report that it sent."""
    number = call.number
    token, fields = visitor.reporter_token(call, number), form_of(call.request)
    if not token:
        raise Problem("sign_in_needed")
    check_mark(call, fields, token)
    join_own(number, browser_of(call, fields))
    return redirect(f"/laporan/{number}")


@shows(blueprint, "POST", "/laporan/{number}/{action}")
def act(call: Call) -> Response:
    """Do what the reporter's form says, then show the report again."""
    number, action = call.number, call.params["action"]
    if action not in _ACTIONS:
        raise Problem("not_found")
    token, fields = visitor.reporter_token(call, number), form_of(call.request)
    if not token:
        raise Problem("sign_in_needed")
    check_mark(call, fields, token)
    bootstrap.act_on_report()(number, command_for(action, _body(action, fields), REPORTER, ""))
    return redirect(f"/laporan/{number}#jawaban")


def _body(action: str, fields: Mapping[str, str]) -> Any:
    given: dict[str, Any] = {
        name: fields[name].strip() for name in _ACTIONS[action] if fields.get(name, "").strip()
    }
    if "score" in given and given["score"].isdecimal():
        given["score"] = int(given["score"][:2])
    try:
        return msgspec.convert(given, ACTION_BODIES[action])
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None


def _offered(action: str, report: Mapping[str, Any]) -> bool:
    allowed = {"comment": "comments"}
    return action in {allowed.get(name, name) for name in report.get("actions", ())}


def _sentences(report: Mapping[str, Any], progress: Progress, language: str) -> dict[str, Any]:
    def named(names: Mapping[str, Any] | None) -> str:
        return str((names or {}).get("name", {}).get(language, ""))

    facts = {
        "thing": short_name(named(report["category"])),
        "agency": named(report["agency"]) or ("The agency" if language == "en" else "Dinas"),
        "until": in_words(report["deferred_until"], language),
        "referred": report["referred_to"] or "",
        "merged": report["merged_into"] or "",
    }
    title, lead = words.STATUS[report["status"]]
    phases = [words.say(pair, language) for pair in words.PHASES]
    return {
        "heading": words.say(title, language, **facts),
        "lead": words.say(lead, language, **facts),
        "phases": list(enumerate(phases)),
        "action_words": {name: words.say(pair, language) for name, pair in words.ACTION.items()},
    }
