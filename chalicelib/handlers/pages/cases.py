"""Staff's own pages: today's work by deadline, and one case with everything that can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.evidence import lacking_before
from chalicelib.domain.replies import filled, fitting
from chalicelib.handlers.actions import act_as_staff, command_for, room_for_photo
from chalicelib.handlers.definitions import NewPhoto
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import clean, idempotency_key, ok
from chalicelib.handlers.pages.case_forms import BY_ACTION, body_of, offered, proof_of
from chalicelib.handlers.pages.plates import plate_of
from chalicelib.handlers.pages.refusals import answer_to, problem_of
from chalicelib.handlers.pages.rendering import (
    NOT_KEPT,
    in_words,
    language_of,
    page,
    redirect,
    thing_of,
    url,
)
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import CSRF_FIELD, form_of, session_token
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.check_words import words_of
from chalicelib.services.photos import SIZES, shown_key
from chalicelib.services.ports import Stored

blueprint = Blueprint(__name__)


@shows(blueprint, "GET", "/kasus/{number}")
def case(call: Call) -> Response:
    """One case: deadline, facts, SOP checklist, ladder, record, and a form for each action."""
    return _case(call)


@shows(blueprint, "POST", "/kasus/{number}/{action}")
def act(call: Call) -> Response:
    """Do what a form of the case says, then show the case again; a refusal says why, in place.

    A script that keeps acts until there is a network gets JSON: where to go on, or the problem.
    """
    action, number = call.params["action"], call.number
    if action not in BY_ACTION:
        raise Problem("not_found")
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    stored = bootstrap.store().load(number)
    photos = proof_of(stored.report) if stored else ()
    try:
        key = idempotency_key(given.get("key", ""))
        command = command_for(action, body_of(action, given, photos), call.caller, key)
        act_as_staff(number, command, session=session_token(call.request))
    except (ActionRefused, Problem) as refused:
        if getattr(refused, "code", "") in ("not_found", "not_yours"):
            raise
        return answer_to(refused) if call.wants_json else _case(call, refused)
    back = "/tugas" if given.get("back", "") == "/tugas" else f"/kasus/{number}"
    return ok({"page": url(back)}) if call.wants_json else redirect(back)


@shows(blueprint, "POST", "/kasus/{number}/foto")
def add_photo(call: Call) -> Response:
    """Make room for a photo of the result; as JSON, for the page's script."""
    given = form_of(call.request)
    try:
        purpose = given.get("purpose") or "result"
        form = msgspec.convert({"type": given.get("type"), "purpose": purpose}, NewPhoto)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None
    key = idempotency_key(given.get("key", ""))
    return ok(room_for_photo(call.caller, call.number, form, key), 201)


def _case(call: Call, refused: Exception | None = None) -> Response:
    number, language = call.number, language_of(call)
    views = bootstrap.views()
    stored = bootstrap.note_reading()(bootstrap.store().load(number), call.caller)
    report = views.report(stored, call.caller, number)
    if stored is None or "actions" not in report:
        raise Problem("not_found")
    now = bootstrap.clock().now()
    progress = bootstrap.show_progress()(stored, now)
    names = {_PATHS.get(name, name) for name in report["actions"]}
    if stored.report.instructed_until is None:
        names.discard("answer_instruction")
    problem = problem_of(refused) if refused else None
    sop = bootstrap.catalogue().sop(stored.report.sop_id, stored.report.sop_version)
    return page(
        call,
        "case.html",
        headers=NOT_KEPT,
        report=report,
        photos=_photos(views.photos(stored, call.caller, number), number),
        thing=thing_of(report["category"]["name"], language),
        progress=progress,
        plate=plate_of(progress.countdown, language),
        forms=offered(report["status"], bool(report["on_scene_at"]), names),
        problem=problem,
        sop=sop,
        before_missing=lacking_before(stored.events, sop.evidence),
        agencies=sorted(
            bootstrap.catalogue().agencies().values(), key=lambda row: str(row["name"]["id"])
        ),
        categories=list(bootstrap.catalogue().categories().values()),
        proof=proof_of(stored.report),
        new_key=bootstrap.salt,
        history=[one for one in reversed(report["history"]) if one["type"] != "fired"],
        tomorrow=(now.astimezone(CITY_ZONE) + timedelta(days=1)).date().isoformat(),
        replies=_replies(stored, report, language),
        csrf_field=CSRF_FIELD,
        say=lambda pair: pair[language == "en"],
        words_of_check=lambda mark: words_of(mark)[language],
    )


def _photos(rows: Sequence[Mapping[str, Any]], number: str) -> list[dict[str, Any]]:
    """The case's photos with addresses that work for some minutes, and what was found in each."""
    link = bootstrap.blobs().link
    found = []
    for row in rows:
        addresses = {size: link(shown_key(number, row["id"], size)) for size in SIZES}
        failed = [one for one in row.get("checks", ()) if one["outcome"] != "passed"]
        found.append({**row, **(addresses if row["large"] else {}), "marks": failed})
    return found


def _replies(
    stored: Stored, report: Mapping[str, Any], language: str
) -> Mapping[str, list[dict[str, str]]]:
    """The city's texts for each form, with this report's facts filled in; nobody's identity."""
    area, due = report["area"], [one["due_at"] for one in report["promises"] if one["due_at"]]
    facts = {
        "number": stored.report.number,
        "category": thing_of(report["category"]["name"], language).lower(),
        "kelurahan": area["kelurahan"]["name"] if area else "",
        "agency": ((report["agency"] or {}).get("name") or {}).get(language, ""),
        "deadline": in_words(due[-1], language) if due else "",
    }
    rows = bootstrap.catalogue().replies()
    return {
        action: [
            {"name": row["name"][language], "text": filled(row["text"][language], facts)}
            for row in fitting(rows, action)
        ]
        for action in BY_ACTION
    }


#: Rows of the transitions that go by another name in paths.
_PATHS: Mapping[str, str] = {"comment": "comments"}
