"""The page behind a link in a message: what is asked, until when, and one button that acts.

Opening it changes nothing (mail scanners open every link); only its POST does, and the answer to
that is a redirect, so that going back or loading again sends nothing twice. No script is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.answering import Reference, mark_of
from chalicelib.handlers.forms import form_fields
from chalicelib.handlers.pages.refusals import to_people
from chalicelib.handlers.pages.rendering import OF_A_LINK, page, redirect
from chalicelib.handlers.problems import PROBLEMS, document
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.answering import Opened, asked_time
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.photos import photo_key
from chalicelib.services.tasking import task_of

blueprint = Blueprint(__name__)
_LONGEST = 1000
_PHOTO_BYTES = 12 * 1024 * 1024
#: An agency's day ends; a date without an hour means until then.
_END_OF_DAY = time(16, 0)


@shows(blueprint, "GET", "/t/{token}")
def task(call: Call) -> Response:
    """Show what the link offers."""
    return _page(call, bootstrap.answering().open(call.params["token"]))


@shows(blueprint, "POST", "/t/{token}")
def act(call: Call) -> Response:
    """Do what the link offers, once, and show what is so afterwards."""
    token = call.params["token"]
    given = form_fields(call.body)
    opened = bootstrap.answering().open(token)
    try:
        fields, texts = _FORMS.get(opened.offer, _nothing)(given)
        bootstrap.answering().act(token, fields, texts)
    except ActionRefused as refused:
        return _page(call, bootstrap.answering().open(token), given=given, refused=refused)
    return redirect(f"/t/{token}", headers=OF_A_LINK)


def _page(
    call: Call,
    opened: Opened,
    *,
    given: Mapping[str, str] | None = None,
    refused: ActionRefused | None = None,
) -> Response:
    facts = task_of(opened, bootstrap.views(), bootstrap.clock().now())
    problem = _said(refused) if refused else None
    return page(
        call,
        "task.html",
        headers=OF_A_LINK,
        opened=opened,
        task=facts,
        offer=_shown_offer(opened),
        others=_others(opened),
        given=_prefilled(opened, given or {}),
        problem=problem,
        agencies=_agencies(opened),
        upload=_upload(call, opened),
        uploaded=len(_uploaded(opened)),
        map_link=_map_link(facts["location"]),
        tomorrow=(bootstrap.clock().now().astimezone(CITY_ZONE) + timedelta(days=1)).date(),
    )


def _said(refused: ActionRefused) -> dict[str, Any]:
    return to_people(document(refused.code if refused.code in PROBLEMS else "invalid_field"))


def _shown_offer(opened: Opened) -> str:
    """Return whose form is shown: the link's own, or what comes first when it shows the task."""
    if opened.refusal or opened.used is not None:
        return ""
    return opened.offer if opened.offer in opened.open_offers else ""


def _others(opened: Opened) -> list[dict[str, str]]:
    """Return the further things that can be done from here, each by a link of its own."""
    if opened.refusal:
        return []
    links = bootstrap.links()
    return [
        {"name": name, "url": links.link(_reference(opened, name))}
        for name in opened.open_offers
        if name not in (opened.offer, "withdraw", "view")
    ]


def _reference(opened: Opened, name: str) -> Reference:
    return Reference(opened.stored.report.number, mark_of(opened.delivery.id), name)


def _prefilled(opened: Opened, given: Mapping[str, str]) -> Mapping[str, str]:
    if given or opened.offer != "more_time":
        return given
    until, reason = asked_time(opened.stored)
    if until is None:
        return given
    return {"until": until.astimezone(CITY_ZONE).date().isoformat(), "reason": reason}


def _agencies(opened: Opened) -> list[Mapping[str, Any]]:
    if opened.offer != "decline":
        return []
    mine = opened.stored.report.agency
    known = bootstrap.catalogue().agencies().values()
    return [row for row in known if row["code"] != mine]


def _uploaded(opened: Opened) -> tuple[str, ...]:
    if _shown_offer(opened) != "submit":
        return ()
    return bootstrap.answering().uploaded(opened)


def _upload(call: Call, opened: Opened) -> Mapping[str, Any] | None:
    """Return the form that sends the next photo straight to the bucket, and comes back here."""
    if _shown_offer(opened) != "submit":
        return None
    come = _uploaded(opened)
    names = bootstrap.answering().photo_ids(opened.use_id)
    following = next((name for name in names if name not in come), "")
    if not following:
        return None
    key = photo_key(opened.stored.report.number, following)
    back = f"{config.public_url()}/t/{call.params['token']}"
    return bootstrap.blobs().upload_form(key, "image/jpeg", _PHOTO_BYTES, redirect=back)


def _map_link(location: Mapping[str, float] | None) -> str:
    """Return where the place can be seen or driven to; ``MAP_LINK`` may name another map."""
    if location is None:
        return ""
    form = config.setting(
        "MAP_LINK", "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}"
    )
    return form.format(**location)


_Form = Callable[[Mapping[str, str]], tuple[dict[str, Any], dict[str, str]]]


def _nothing(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    return {}, {}


def _text(name: str, given: Mapping[str, str]) -> dict[str, str]:
    text = given.get(name, "")
    if len(text) > _LONGEST:
        raise ActionRefused("invalid", "invalid_field", field=name)
    return {name: text} if text else {}


def _texts(*names: str) -> _Form:
    def read(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        return {}, {k: v for name in names for k, v in _text(name, given).items()}

    return read


def _decline(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    return {"agency": given.get("agency", "")}, _text("reason", given)


def _until(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        day = datetime.strptime(given.get("until", ""), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise ActionRefused("invalid", "field_missing", field="until") from None
    return {"until": datetime.combine(day, _END_OF_DAY, CITY_ZONE)}, _text("reason", given)


def _submit(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    outcome = given.get("outcome", "done")
    if outcome not in ("done", "cannot_be_done", "nothing_found"):
        raise ActionRefused("invalid", "invalid_field", field="outcome")
    note, reason = given.get("note", ""), given.get("reason", "")
    if outcome != "done":
        # One field for both: what was done, or why it could not be.
        note, reason = "", note or reason
    said = {"note": note, "reason": reason}
    return {"outcome": outcome}, {k: v for name in said for k, v in _text(name, said).items()}


def _rate(given: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    score = given.get("score", "")
    if score not in ("1", "2", "3", "4", "5"):
        raise ActionRefused("invalid", "field_missing", field="score")
    return {"score": int(score)}, _text("text", given)


_FORMS: Mapping[str, _Form] = {
    "decline": _decline,
    "more_time": _until,
    "ask_time": _until,
    "submit": _submit,
    "return": _texts("reason"),
    "instruct": _texts("text"),
    "comment": _texts("text"),
    "answer": _texts("text"),
    "dispute": _texts("reason"),
    "appeal": _texts("text"),
    "reopen": _texts("reason"),
    "withdraw": _texts("reason"),
    "rate": _rate,
}
