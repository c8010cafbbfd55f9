"""The call-taker's form of the emergency line: usable while talking, nothing typed is ever lost.

Places are offered for what the caller says, and open reports that the call may be about, both
live and, without a script, as steps that give the whole form back. An emergency goes out whatever
fails beside it. What a caller says is in no address: these are all POSTs.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.areas import Coordinates
from chalicelib.domain.places import KINDS, Found, Place, completed
from chalicelib.handlers.definitions import NewReport
from chalicelib.handlers.field_errors import from_msgspec
from chalicelib.handlers.http import clean, idempotency_key, one_line
from chalicelib.handlers.pages.refusals import problem_of
from chalicelib.handlers.pages.rendering import NOT_KEPT, page, redirect
from chalicelib.handlers.pages.work_rows import brief_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.public import filing_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.filing import Filed, FilingRefused, KeyReused
from chalicelib.services.ports import TryAgain
from chalicelib.services.taking_calls import Similar

log = logging.getLogger("live_room.calls")
blueprint = Blueprint(__name__)
DATA = Path(__file__).resolve().parents[2] / "data"
#: Kelurahan of one road that are offered; who needs another names it, or takes it from the list.
_PARTS = 16
_LONGEST = 300
#: What "this key was used for another request" means to whoever went back to a sent form.
_SENT = {
    "detail": "Formulir ini sudah terkirim dengan isi lain; laporannya ada pada daftar tugas. "
    "Kirim lagi hanya bila ini panggilan lain.",
    "detail_en": "This form was sent before with other contents; its report is on the work list. "
    "Send it again only if this is another call.",
}


@shows(blueprint, "GET", "/panggilan-112")
def call_taking(call: Call) -> Response:
    """The call-taker's form, in the order in which people speak."""
    return _form(call, {})


@shows(blueprint, "POST", "/panggilan-112")
def take_call(call: Call) -> Response:
    """File the call, or look for its place; the form comes back until it may go, nothing lost."""
    given, chosen = _given(call)
    if given.get("do") == "find":
        return _form(call, given, chosen, looked=True)
    try:
        filing = filing_of(_body(given, chosen), call.caller, idempotency_key(given.get("key", "")))
        similar = [] if given.get("join") else _similar(call, given, chosen)
        if _unseen(similar, given):
            return _form(call, given, chosen, asked=similar)
        filed = _filed(call, replace(filing, joins=given.get("join", "")))
    except KeyReused as refused:
        given["key"] = ""  # whoever sends it again now means another call
        return _form(call, given, chosen, problem={**problem_of(refused), **_SENT})
    except (Problem, FilingRefused, ActionRefused, TryAgain) as refused:
        return _form(call, given, chosen, problem=problem_of(refused))
    return redirect(f"/kasus/{filed.report.number}")


@shows(blueprint, "POST", "/panggilan-112/tempat")
def places(call: Call) -> Response:
    """The places that may be meant: a piece of the form."""
    given, chosen = _given(call)
    groups = _groups(given["address"])
    return page(
        call,
        "call_places.html",
        headers=NOT_KEPT,
        groups=groups,
        picked=chosen.pick,
        looked=False,
    )


@shows(blueprint, "POST", "/panggilan-112/serupa")
def similar(call: Call) -> Response:
    """The open reports that the call may be about: a piece of the form."""
    given, chosen = _given(call)
    rows = _similar(call, given, chosen)
    return page(call, "call_similar.html", headers=NOT_KEPT, similar=rows, asked=False)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Where it is, as far as it was chosen. pick: the value of the place's button."""

    kelurahan: str = ""
    place: Place | None = None

    @property
    def pick(self) -> str:
        return f"{self.place.id}|{self.kelurahan}" if self.place else ""

    @property
    def point(self) -> Coordinates | None:
        return self.place.point if self.place and len(self.place.areas) == 1 else None


def _given(call: Call) -> tuple[dict[str, str], _Chosen]:
    """Return the form's fields and the place chosen in it; the address then names that place."""
    fields = {name: clean(value) for name, value in form_of(call.request).items()}
    given = defaultdict(str, fields)
    chosen = _chosen(given)
    given["kelurahan"] = given["was"] = chosen.kelurahan
    if chosen.place is not None:
        given["address"] = completed(given["address"], chosen.place)[:_LONGEST]
    return given, chosen


def _chosen(given: Mapping[str, str]) -> _Chosen:
    """What was chosen last: a place, unless the list of kelurahan was changed after it."""
    listed = given.get("kelurahan", "")
    id, _, area = given.get("pick", "").partition("|")
    if not id or listed != given.get("was", ""):
        return _Chosen(listed)
    known = (one for one in bootstrap.catalogue().places() if one.id == id)
    place = next((one for one in known if area in one.areas), None)
    return _Chosen(area, place) if place else _Chosen(listed)


def _filed(call: Call, filing: Any) -> Filed:
    if filing.joins:
        return bootstrap.take_calls().join(filing, call.caller)
    return bootstrap.file_report()(filing)


def _body(given: Mapping[str, str], chosen: _Chosen) -> NewReport:
    place: dict[str, Any] = {
        name: one_line(given[name]) for name in ("kelurahan", "address") if given.get(name)
    }
    if chosen.point is not None:
        place |= {"lat": chosen.point.lat, "lon": chosen.point.lon}
    raw = {
        "category": given.get("category", ""),
        "description": given.get("description", ""),
        "location": place or None,
        "reporter": {"name": given.get("name", ""), "phone": given.get("phone", "")},
        "on_behalf": True,
        "source": "112",
    }
    try:
        return msgspec.convert(raw, NewReport)
    except msgspec.ValidationError as error:
        raise Problem("invalid_field", errors=[from_msgspec(str(error))]) from None


def _unseen(similar: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> bool:
    """Whether there is a similar report that the call-taker has not been shown."""
    seen = given.get("seen", "").split()
    return any(row["number"] not in seen for row in similar)


def _similar(call: Call, given: Mapping[str, str], chosen: _Chosen) -> list[dict[str, Any]]:
    said = f"{given.get('address', '')} {given.get('description', '')}"
    try:
        found = bootstrap.take_calls().similar(
            call.caller, given.get("category", ""), chosen.kelurahan, chosen.point, said
        )
    except TryAgain:
        # A crew must leave although nobody can say whether somebody called before.
        log.warning("similar reports not available for a call")
        return []
    return [_shown(one) for one in found]


def _shown(one: Similar) -> dict[str, Any]:
    since = bootstrap.clock().now() - one.stored.report.filed_at
    return {
        **brief_of(one.stored),
        "minutes": int(since.total_seconds() // 60),
        "metres": one.metres,
        "words": one.words[:6],
    }


def _groups(said: str) -> list[dict[str, Any]]:
    """The places that may be meant, each with the kelurahan in which it may be."""
    found = bootstrap.take_calls().places(said)
    return [_group(one, said) for one in found]


def _group(one: Found, said: str) -> dict[str, Any]:
    areas, place = bootstrap.catalogue().areas, one.place
    parts = [area for code in place.areas[:_PARTS] if (area := areas.get(code)) is not None]
    return {
        "name": place.name,
        "kind": place.kind,
        "kind_name": dict(zip(("id", "en"), KINDS[place.kind], strict=True)),
        "address": completed(said, place)[:_LONGEST],
        "more": len(place.areas) > _PARTS,
        "parts": [
            {
                "pick": f"{place.id}|{area.code}",
                "name": area.name,
                "kecamatan": areas.name(area.kecamatan),
            }
            for area in parts
        ],
    }


def _form(
    call: Call,
    given: Mapping[str, str],
    chosen: _Chosen | None = None,
    *,
    looked: bool = False,
    asked: Sequence[Mapping[str, Any]] = (),
    problem: Mapping[str, Any] | None = None,
) -> Response:
    """The form with all that was in it.

    looked: for its place; asked: the reports of which it is asked whether to join one.
    """
    known, chosen = bootstrap.catalogue(), chosen or _Chosen()
    kinds = sorted(known.categories().values(), key=lambda one: (one.tier, one.code))
    groups: Sequence[Mapping[str, Any]] = _groups(given.get("address", "")) if looked else ()
    return page(
        call,
        "call.html",
        headers=NOT_KEPT,
        emergencies=[one for one in kinds if one.kind == "emergency"],
        others=[one for one in kinds if one.kind != "emergency"],
        kecamatan=[
            (one, known.areas.kelurahan_of(one.code)) for one in known.areas.all("kecamatan")
        ],
        given=defaultdict(str, given),
        picked=chosen.pick,
        groups=groups,
        looked=looked,
        similar=asked or (_similar(call, given, chosen) if given else []),
        asked=bool(asked),
        problem=problem,
        advice=_advice(),
        key=given.get("key") or secrets.token_urlsafe(18),
    )


@cache
def _advice() -> Mapping[str, Any]:
    """What the call-taker says to the caller, by kind of emergency."""
    told: Mapping[str, Any] = json.loads((DATA / "advice.json").read_text())
    return told
