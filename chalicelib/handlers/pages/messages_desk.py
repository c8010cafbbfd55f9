"""The desk of message templates as pages: read, changed by one person, approved by another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.lifecycle import APPROVER, AUTHOR, MoveRefused
from chalicelib.handlers.http import clean, one_line
from chalicelib.handlers.pages.refusals import said
from chalicelib.handlers.pages.rendering import NOT_KEPT, language_of, page, redirect
from chalicelib.handlers.pages.template_words import differences, with_words, words_of
from chalicelib.handlers.pages.words import Pair
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.administering import NoSuchDocument, VersionMoved
from chalicelib.services.messages import LANGUAGES, Template
from chalicelib.services.template_desk import MAX_PARTS, PROPOSED, Finding, findings

blueprint = Blueprint(__name__)
#: What stands in a template's text besides words.
_OTHERWISE = re.compile(r"{%\s*else\s*%}.*?{%\s*endif\s*%}", re.S)
_CHOICE, _FILLED = re.compile(r"{%.*?%}", re.S), re.compile(r"{{.*?}}", re.S)
_NAME = re.compile(r"[a-z_]{1,40}")
_REFUSALS = (MoveRefused, VersionMoved, Problem)
#: Who reads the messages of a template.
READERS: Mapping[str, Pair] = {
    "staff": ("Petugas dan pimpinan", "Officers and leaders"),
    "reporter": ("Pelapor", "The reporter"),
    "list": ("Petugas dan pimpinan", "Officers and leaders"),
    "any": ("Semua", "Everybody"),
    "follower": ("Pengikut", "Followers"),
}
CHANNELS: Mapping[str, Pair] = {
    "mail": ("Surel", "Mail"),
    "sms": ("SMS", "Text message"),
}
#: What a text is in its block.
PARTS: Mapping[str, Pair] = {
    "subject": ("Perihal", "Subject"),
    "preheader": ("Kalimat pratinjau", "Preview line"),
    "text": ("Kalimat", "Text"),
    "label": ("Label", "Label"),
    "value": ("Isi", "Value"),
    "note": ("Catatan", "Note"),
    "otherwise": ("Tombol lain", "Other button"),
    "title": ("Judul", "Title"),
}
#: What keeps proposed words from being taken, by code of the finding.
FINDINGS: Mapping[str, Pair] = {
    "too_long": ("Terlalu panjang untuk SMS", "Too long for a text message"),
    "needed_missing": ("Bagian yang wajib hilang", "A part that must stay is missing"),
    "address_in_text": (
        "Alamat situs tidak boleh ditulis; tautan diisi oleh sistem",
        "No web address may be written; links are filled in",
    ),
    "hostile_text": ("Tulisan warga dapat menjadi tautan", "A citizen’s words could become a link"),
    "TemplateInvalid": (
        "Isian {{ … }} tidak dikenal atau tidak tertutup",
        "A {{ … }} is not known or not closed",
    ),
    "NotGsm7": ("Ada huruf yang tidak ada di SMS", "A letter that text messages lack"),
}


@shows(blueprint, "GET", "/meja-pesan")
def index(call: Call) -> Response:
    """Every template with its version, who reads it, and what waits for approval."""
    rows = bootstrap.template_desk().listed()
    return page(
        call,
        "messages_desk.html",
        headers=NOT_KEPT,
        rows=sorted(
            _named_by_subject(rows, language_of(call)),
            key=lambda row: (not row["proposed"], row["template"]),
        ),
        waiting=sum(row["proposed"] for row in rows),
        readers=READERS,
        channels=CHANNELS,
    )


@shows(blueprint, "GET", "/meja-pesan/{template}")
def template(call: Call) -> Response:
    """One template as the messages that leave, its editor, what is proposed, and its history."""
    return _template(call)


@shows(blueprint, "POST", "/meja-pesan/{template}")
def change(call: Call) -> Response:
    """Look at changed words, propose them, approve somebody else's, or take a proposal back."""
    fields = form_of(call.request)
    given = {name: _text(name, value) for name, value in fields.items()}
    wish, id, desk = given.get("do", "look"), _named(call), bootstrap.template_desk()
    channels = with_words(_stored(id).channels, given)
    if wish == "look":
        return _template(call, channels=channels, reason=given.get("reason", ""))
    try:
        _allowed(call, wish)
        reason = given.get("reason", "")
        if wish == "propose":
            desk.propose(call.caller, id, channels, _number(given.get("based_on", "")), reason)
        elif wish == "approve":
            desk.approve(call.caller, id, given.get("hash", ""), reason)
        else:
            desk.withdraw(call.caller, id, reason)
    except _REFUSALS as refused:
        edited = channels if wish == "propose" else None
        return _template(call, refused, edited, given.get("reason", ""))
    return redirect(f"/meja-pesan/{id}")


def _named_by_subject(rows: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """A template's name is for programs; people know a message by its subject."""
    templates = bootstrap.catalogue().templates()
    return [{**row, "subject": _subject(templates.get(row["template"]), language)} for row in rows]


def _subject(one: Template, language: str) -> str:
    """The subject with dots for what is filled in; of two ways to say it, the first."""
    words = str(one.channels["mail"][language]["subject"])
    first = _OTHERWISE.sub("", words)
    return one_line(_FILLED.sub("…", _CHOICE.sub("", first)))


def _template(
    call: Call,
    refused: Exception | None = None,
    channels: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Response:
    id, desk = _named(call), bootstrap.template_desk()
    one, problem = _stored(id), said(refused)
    proposal = desk.proposal(id)
    waiting = proposal if proposal and proposal.status == PROPOSED else None
    content = channels if channels is not None else waiting.channels if waiting else one.channels
    found = findings(one, content)
    return page(
        call,
        "message_template.html",
        headers=NOT_KEPT,
        id=id,
        subject=_subject(one, language_of(call)),
        one=one,
        unsaved=channels is not None,
        proposal=waiting,
        texts={
            channel: {
                language: list(words_of(content[channel][language], f"{channel}.{language}"))
                for language in LANGUAGES
            }
            for channel in one.channels
        },
        shown=[] if found else desk.drafted(id, content),
        found=[_worded(finding) for finding in found],
        changes=differences(one.channels, content) if content is not one.channels else [],
        history=desk.history(id),
        may_write=AUTHOR in call.caller.roles,
        may_approve=APPROVER in call.caller.roles
        and waiting is not None
        and waiting.by != call.caller.person,
        may_withdraw=waiting is not None and bool(call.caller.roles & {AUTHOR, APPROVER}),
        readers=READERS,
        channels=CHANNELS,
        parts=PARTS,
        max_parts=MAX_PARTS,
        reason=reason,
        problem={**problem, "findings": []} if problem else None,
    )


def _worded(one: Finding) -> dict[str, Any]:
    return {"path": one.path, "words": FINDINGS.get(one.code, (one.code, one.code)),
            "detail": one.detail}  # fmt: skip


def _allowed(call: Call, wish: str) -> None:
    needed = {"propose": {AUTHOR}, "approve": {APPROVER}, "withdraw": {AUTHOR, APPROVER}}
    if wish not in needed:
        raise Problem("not_found")
    if not call.caller.roles & needed[wish]:
        raise Problem("role_may_not")


def _stored(id: str) -> Any:
    try:
        return bootstrap.template_desk().template(id)
    except NoSuchDocument:
        raise Problem("not_found") from None


def _named(call: Call) -> str:
    if not _NAME.fullmatch(call.params["template"]):
        raise Problem("not_found")
    return call.params["template"]


def _text(name: str, value: str) -> str:
    """A template's text may begin or end with a blank that its neighbour needs."""
    kept = clean(value) if name == "reason" else value.replace("\r\n", "\n")
    return kept if name == "reason" or name.startswith("t.") else one_line(value)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
