"""The desk of those who write, check and answer for SOPs: drafts, and their way into force."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain import lifecycle
from chalicelib.domain.actions import Caller
from chalicelib.domain.lifecycle import MoveRefused, Wish, Workbench
from chalicelib.domain.sop import SopInvalid
from chalicelib.handlers.drafts import sop_of
from chalicelib.handlers.field_errors import field_error
from chalicelib.handlers.http import clean
from chalicelib.handlers.pages.refusals import problem_of
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect
from chalicelib.handlers.pages.sop_editor import CHOICES, changed, content_of, rows_from, rows_of
from chalicelib.handlers.pages.sops import drawn, moment
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.administering import VersionMoved
from chalicelib.services.catalogue import NotInCatalogue
from chalicelib.services.drafting import Service, Shown
from chalicelib.services.sop_forms import CLOCK_TITLES, ROLE_TITLES, UNTIL_TITLES

blueprint = Blueprint(__name__)
_REFUSALS = (MoveRefused, SopInvalid, VersionMoved, Problem)
#: Status → what it is called, and whose move it is, Indonesian and English.
STATES: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "draft": (("Sedang ditulis", "Being written"), ("Penyusun", "The author")),
    "in_review": (("Sedang ditinjau", "In review"), ("Peninjau", "The reviewer")),
    "reviewed": (("Sudah ditinjau", "Reviewed"), ("Penyetuju", "The approver")),
    "approved": (
        ("Disetujui, belum berlaku", "Approved, not in force"),
        ("Penyetuju menetapkan harinya", "The approver sets the day"),
    ),
    "active": (("Sudah ditetapkan", "Put in force"), ("", "")),
    "withdrawn": (("Ditarik", "Withdrawn"), ("", "")),
}
#: Move → what its button says, Indonesian and English.
BUTTONS: Mapping[str, tuple[str, str]] = {
    "submit": ("Ajukan untuk ditinjau", "Hand in for review"),
    "review": ("Nyatakan sudah ditinjau", "Sign as reviewed"),
    "approve": ("Setujui", "Approve"),
    "activate": ("Berlakukan", "Put in force"),
    "return": ("Kembalikan kepada penyusun", "Hand back to the author"),
    "comment": ("Tulis catatan", "Write a comment"),
    "withdraw": ("Tarik rancangan", "Withdraw the draft"),
}


@shows(blueprint, "GET", "/meja-sop")
def index(call: Call) -> Response:
    """Every SOP's newest draft with its state and whose move it is, open ones first."""
    return _index(call)


@shows(blueprint, "POST", "/meja-sop")
def begin(call: Call) -> Response:
    """Begin a draft of an SOP that is in force, or of a new one after its pattern."""
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    sop, pattern = given.get("new", "") or given.get("sop", ""), given.get("sop", "")
    try:
        sop_of(Call(call.request, {"sop": sop}, page=True))
        content = None if sop == pattern else _pattern(pattern)
        bootstrap.draft_sops().begin(call.caller, sop, content, given.get("reason", ""))
    except _REFUSALS as refused:
        return _index(call, refused)
    return redirect(f"/meja-sop/{sop}")


@shows(blueprint, "GET", "/meja-sop/{sop}")
def draft(call: Call) -> Response:
    """One draft: what it says and changes, what is wrong with it, what it will do, and who acts."""
    return _draft(call, bootstrap.draft_sops().load(sop_of(call)))


@shows(blueprint, "POST", "/meja-sop/{sop}")
def edit(call: Call) -> Response:
    """Save the editor, or change its rows without saving: both work without a script."""
    fields = form_of(call.request)
    shown = bootstrap.draft_sops().load(sop_of(call))
    button = fields.get("do", "save")
    rows = rows_from({name: clean(value) for name, value in fields.items()})
    if button not in ("save", "raw"):
        return _draft(call, shown, rows=changed(rows, button))
    stored = shown.workbench.content
    try:
        content = _json(fields.get("content", "")) if button == "raw" else content_of(rows, stored)
        bootstrap.draft_sops().edit(
            call.caller,
            shown.workbench.sop,
            content,
            _revision(fields.get("revision", "")),
            clean(fields.get("reason", "")),
        )
    except _REFUSALS as refused:
        raw = fields.get("content", "") if button == "raw" else ""
        return _draft(call, shown, refused, rows=None if raw else rows, raw=raw)
    return redirect(f"/meja-sop/{shown.workbench.sop}")


@shows(blueprint, "POST", "/meja-sop/{sop}/{move}")
def take(call: Call) -> Response:
    """Take one step of the draft's life; a refusal says why, in place."""
    move, sop = call.params["move"], sop_of(call)
    if move not in BUTTONS:
        raise Problem("not_found")
    given = {name: clean(value) for name, value in form_of(call.request).items()}
    try:
        bootstrap.draft_sops().take(sop, *_wish(call, move, given))
    except _REFUSALS as refused:
        return _draft(call, bootstrap.draft_sops().load(sop), refused)
    return redirect(f"/meja-sop/{sop}")


def _wish(call: Call, move: str, given: Mapping[str, str]) -> tuple[Wish, Service | None]:
    first, text = _day(given, "from"), given.get("text", "")
    wish = Wish(
        move,
        call.caller,
        bootstrap.clock().now(),
        text=text,
        step=given.get("step", ""),
        hash=given.get("hash", ""),
        active_from=first,
    )
    if move != "activate" or first is None:
        return wish, None
    season = given.get("season", "")
    return wish, Service(first, _day(given, "to"), season, note=text)


def _index(call: Call, refused: Exception | None = None) -> Response:
    rows = bootstrap.draft_sops().drafts()
    serving = bootstrap.catalogue().sops_in_force(bootstrap.clock().now()).values()
    problem = problem_of(refused) if refused else None
    return page(
        call,
        "sop_desk.html",
        headers=NOT_KEPT,
        rows=sorted(rows, key=lambda row: (row["status"] not in lifecycle.OPEN, row["sop"])),
        open_statuses=lifecycle.OPEN,
        states=STATES,
        sops=sorted({one.id: one for one in serving}.values(), key=lambda one: one.id),
        may_write=lifecycle.AUTHOR in call.caller.roles,
        problem=problem,
    )


def _draft(
    call: Call,
    shown: Shown,
    refused: Exception | None = None,
    *,
    rows: Mapping[str, Any] | None = None,
    raw: str = "",
) -> Response:
    bench, desk = shown.workbench, bootstrap.draft_sops()
    problem = problem_of(refused) if refused else None
    catalogue = bootstrap.catalogue()
    return page(
        call,
        "sop_draft.html",
        headers=NOT_KEPT,
        bench=bench,
        revision=shown.revision,
        state=STATES[bench.status],
        moves=_moves(bench, call.caller),
        buttons=BUTTONS,
        may_write=bench.status == lifecycle.DRAFT and lifecycle.AUTHOR in call.caller.roles,
        rows=rows or rows_of(bench.content),
        unsaved=rows is not None,
        raw=raw or json.dumps(bench.content, ensure_ascii=False, indent=2),
        raw_open=bool(raw),
        choices=CHOICES,
        calendars=sorted(catalogue.calendars()),
        titles={"clock": CLOCK_TITLES, "until": UNTIL_TITLES, "role": ROLE_TITLES},
        findings=[one.to_dict() for one in desk.findings(bench.sop)],
        differences=desk.difference(bench.sop, bench.based_on, bench.number)["differences"]
        if bench.based_on
        else None,
        drawing=_drawing(call, bench),
        today=desk.today().isoformat(),
        problem=problem,
    )


def _drawing(call: Call, bench: Workbench) -> Mapping[str, Any] | None:
    """What the draft will do for the chosen moment; None while it names an unknown calendar."""
    at: datetime = moment(call) or bootstrap.clock().now()
    try:
        return drawn(bench.parsed(), at, language_of(call))
    except NotInCatalogue:
        return None


def _moves(bench: Workbench, caller: Caller) -> dict[str, str]:
    """Return the moves that the caller's role has now, each with why it is barred, or nothing."""
    found = {}
    for move in BUTTONS:
        now = bootstrap.clock().now()
        wish = Wish(move, caller, now, text="-", active_from=bootstrap.draft_sops().today())
        try:
            lifecycle.take(bench, wish)
        except MoveRefused as refused:
            if refused.code == "same_person_twice":
                found[move] = refused.code
            continue
        found[move] = ""
    return found


def _pattern(sop: str) -> Mapping[str, Any]:
    """What a new SOP begins with: another one's content, without its categories."""
    serving = bootstrap.catalogue().sops_in_force(bootstrap.clock().now()).values()
    found = next((one for one in serving if one.id == sop), None)
    if found is None:
        raise Problem("invalid_field", errors=[field_error("not_allowed", "/sop")])
    return {**found.to_dict(), "categories": []}


def _json(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        raise Problem("malformed_json") from None
    if not isinstance(read, dict):
        raise Problem("malformed_json")
    return read


def _revision(text: str) -> int:
    """Return the edit that was read; none that can be is as good as an old one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _day(given: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if given.get(name) else None
    except ValueError:
        raise Problem("invalid_field", errors=[field_error("invalid", f"/{name}")]) from None
