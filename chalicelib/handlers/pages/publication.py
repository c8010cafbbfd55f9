"""What the public sees of a report, and who decides it: texts, photos, and what is withheld.

The reporter releases a text of their own and covers their photos; the control room does it for
reporters who do not, looks at what they covered, and may withhold anything with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain import publishing
from chalicelib.domain.actions import REPORTER, ActionRefused
from chalicelib.domain.publishing import MODERATORS, ROOM
from chalicelib.domain.redaction import masked, personal_spans
from chalicelib.handlers.definitions import Moderate
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages import visitor
from chalicelib.handlers.pages.forms import check_mark, mark_for
from chalicelib.handlers.pages.pictures import STATES, shown_to
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect, thing_of
from chalicelib.handlers.photos import release, withhold
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import cursor_for, cursor_of, one_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import CSRF_FIELD, csrf_token, form_of
from chalicelib.services import telling
from chalicelib.services.acting import viewer_of
from chalicelib.services.ports import Stored
from chalicelib.services.viewing import PUBLIC_TEXTS, local
from chalicelib.services.views import COVER, PUBLISH, REVIEW, hidden

blueprint = Blueprint(__name__)
_PAGE = 50
#: The lists of photos, in the order in which the work is done, with what each asks for.
LISTS: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    REVIEW: (
        ("Menunggu orang kedua", "Waiting for a second person"),
        ("Periksa", "Look"),
    ),
    COVER: (
        ("Belum ditutup", "Not covered yet"),
        ("Tutup", "Cover"),
    ),
    PUBLISH: (
        ("Disetujui, salinan belum jadi", "Approved, copy not made yet"),
        ("Lihat", "See"),
    ),
}
Parts = list[tuple[str, str]]


@shows(blueprint, "GET", "/moderasi")
def lists(call: Call) -> Response:
    """The photos that wait to be covered, looked at and made public, oldest report first."""
    kind = one_of(call, "daftar", tuple(LISTS)) or REVIEW
    views, language = bootstrap.views(), language_of(call)
    found = bootstrap.view_store().waiting(kind, _PAGE, cursor_of(call))
    rows = [row for row in found.items if views.may_see_row(row, call.caller)]
    return page(
        call,
        "moderation.html",
        headers=NOT_KEPT,
        kind=kind,
        lists=LISTS,
        rows=[
            {
                **row,
                "thing": thing_of(views.category(row["category"])["name"], language),
                "area": views.area(row["kelurahan"], row["kecamatan"]),
            }
            for row in rows
        ],
        cursor=cursor_for(found.cursor),
    )


@shows(blueprint, "GET", "/kasus/{number}/umum")
def public_side(call: Call) -> Response:
    """What the public sees of a case, for those who decide about it."""
    return _case(call)


@shows(blueprint, "POST", "/kasus/{number}/umum")
def decide(call: Call) -> Response:
    """Release a text, take it back, withhold something or show it again."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    try:
        if given.get("do") in ("release", "take_back"):
            text = given.get("text", "") if given["do"] == "release" else ""
            if not call.caller.roles & ROOM:
                raise Problem("role_may_not")
            release(call.caller, call.number, text)
        else:
            withhold(call.caller, call.number, _moderation(given))
    except (ActionRefused, Problem) as refused:
        return _case(call, refused, given.get("text"))
    return redirect(f"/kasus/{call.number}/umum")


@shows(blueprint, "GET", "/laporan/{number}/umum")
def own_text(call: Call) -> Response:
    """The reporter's preview: what others read of the report, and the text they may release."""
    return _own(call)


@shows(blueprint, "POST", "/laporan/{number}/umum")
def release_own(call: Call) -> Response:
    """Let the reporter's text be read by everybody, or take it back."""
    token, fields = visitor.reporter_token(call, call.number), form_of(call.request)
    if not token:
        raise Problem("sign_in_needed")
    check_mark(call, fields, token)
    text = clean(fields.get("text", "")) if fields.get("do") == "release" else ""
    try:
        release(REPORTER, call.number, text)
    except ActionRefused as refused:
        return _own(call, refused, text)
    return redirect(f"/laporan/{call.number}/umum")


def _own(call: Call, refused: Exception | None = None, text: str | None = None) -> Response:
    token = visitor.reporter_token(call, call.number)
    if not token:
        raise Problem("sign_in_needed")
    stored = viewer_of(bootstrap.store().load(call.number), REPORTER, call.number)
    problem = said(refused)
    return page(
        call,
        "publication_own.html",
        headers=NOT_KEPT,
        number=call.number,
        drilled=stored.report.drill,
        mark=mark_for(token),
        problem=problem,
        **_texts(stored, text),
    )


def _case(call: Call, refused: Exception | None = None, text: str | None = None) -> Response:
    number, caller = call.number, call.caller
    stored = bootstrap.note_reading()(bootstrap.store().load(number), caller)
    stored = viewer_of(stored, caller, number)
    problem = said(refused)
    return page(
        call,
        "publication.html",
        headers=NOT_KEPT,
        number=number,
        drilled=stored.report.drill,
        photos=shown_to(stored, caller, number),
        states=STATES,
        others=list(_others(stored)),
        may_release=bool(caller.roles & ROOM),
        may_withhold=bool(caller.roles & MODERATORS),
        mark=csrf_token(call.request),
        field_names={"/reason": ("Alasan", "Reason")},
        problem=problem,
        **_texts(stored, text),
    )


def _texts(stored: Stored, text: str | None) -> dict[str, Any]:
    """The description with what to look at marked, the text that is public, and one to begin."""
    shown = bootstrap.views().publication(stored)
    proposed = text if text is not None else shown["text"] or masked(shown["description"])
    return {
        "public": not hidden(stored.report),
        "released": shown["text"],
        "description": marked(shown["description"]),
        "proposed": proposed,
        "found": marked(proposed) if text is not None else None,
        "mark_name": CSRF_FIELD,
    }


def marked(text: str) -> Parts:
    """Return *text* in parts, each with the kind of personal data that it looks like, or none."""
    parts, place = [], 0
    for span in personal_spans(text):
        parts += [(text[place : span.start], ""), (text[span.start : span.end], span.kind)]
        place = span.end
    return [part for part in (*parts, (text[place:], "")) if part[0]]


def _others(stored: Stored) -> Iterator[dict[str, Any]]:
    """What else is public of words: what staff wrote for everybody, withheld or not."""
    gone = publishing.withheld_of(stored.events)
    catalogue = bootstrap.catalogue()
    for event in stored.events:
        for name in PUBLIC_TEXTS.get(event.type, ()):
            if event.texts.get(name):
                yield {
                    "event": event.seq,
                    "field": name,
                    "at": local(event.at),
                    "sentence": telling.of_event(event, catalogue),
                    "parts": marked(event.texts[name]),
                    "withheld": f"{event.seq}:{name}" in gone,
                }


def _moderation(given: Mapping[str, str]) -> Moderate:
    raw: dict[str, Any] = {
        "withhold": given.get("do") == "withhold",
        "reason": given.get("reason", ""),
    }
    if given.get("photo"):
        raw["photo"] = given["photo"]
    else:
        raw |= {"event": given.get("event", "0"), "field": given.get("field", "")}
    try:
        return msgspec.convert(raw, Moderate, strict=False)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
