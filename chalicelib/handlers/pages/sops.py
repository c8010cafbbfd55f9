"""SOPs for everybody: which there are, what each will do on the calendar, on which law, printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.explanation import budget_in_words
from chalicelib.domain.sop import Sop
from chalicelib.handlers.http import one_line
from chalicelib.handlers.meta import version_of
from chalicelib.handlers.pages.rendering import language_of, page, redirect
from chalicelib.handlers.pages.strips import Strips
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.administering import NoSuchDocument
from chalicelib.services.catalogue import CITY_ZONE
from chalicelib.services.simulating import Case

blueprint = Blueprint(__name__)
#: Differences shown of each version; all of them are at its address in the API.
_MOST_CHANGES = 6
_LIMIT_STEPS = ("verified", "on_scene", "resolved")


@shows(blueprint, "GET", "/sop")
def index(call: Call) -> Response:
    """Every category with its SOP, tier, promise and legal limit; ``?q=`` narrows."""
    words = one_line(call.query("q"))[:100].casefold().split()
    in_force = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    categories = bootstrap.catalogue().categories()
    rows = [
        _line(code, sop, language_of(call))
        for code, sop in in_force.items()
        if all(word in _searchable(categories[code], sop) for word in words)
    ]
    return page(call, "sops.html", rows=rows, q=" ".join(words), total=len(in_force))


@shows(blueprint, "GET", "/sop/{sop}")
def in_force(call: Call) -> Response:
    """The version of one SOP that is in force."""
    found = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    sop = next((one for one in found.values() if one.id == call.params["sop"]), None)
    if sop is None:
        raise Problem("not_found")
    return _page(call, sop, current=True)


@shows(blueprint, "GET", "/sop/{sop}/versi/{version}")
def version(call: Call) -> Response:
    """One version of one SOP."""
    return _page(call, version_of(call), current=False)


@shows(blueprint, "GET", "/sop/{sop}/versi/{version}/pdf")
def pdf(call: Call) -> Response:
    """The printed form; while it is being made, a page that asks again by itself."""
    sop = version_of(call)
    found = bootstrap.print_sops().printed(sop)
    if found.url is None:
        again = f"/sop/{sop.id}/versi/{sop.version}/pdf"
        return page(call, "printing.html", headers={"Refresh": "2"}, again=again)
    sent = {"Location": found.url, "Cache-Control": "no-store", **SAFE_HEADERS}
    return Response("", headers=sent, status_code=303)


def _page(call: Call, sop: Sop, *, current: bool) -> Response:
    at = moment(call)
    if at is None:
        return redirect(f"/sop/{sop.id}")
    return page(
        call,
        "sop.html",
        sop=sop,
        form=bootstrap.sop_forms().form(sop),
        current=current,
        versions=_versions(sop),
        **drawn(sop, at, language_of(call)),
    )


def drawn(sop: Sop, at: datetime, language: str) -> dict[str, Any]:
    """Return what ``ladder.html`` draws: the ladder of *sop* for a report that comes in *at*.

    Raises NotInCatalogue for an SOP that names an unknown calendar.
    """
    category = sop.categories[0] if sop.categories else ""
    ladder = bootstrap.simulator()(sop, Case(at, category))
    strips = Strips(ladder, language)
    return {
        "category": bootstrap.catalogue().categories().get(category),
        "ladder": ladder,
        "at": at,
        "at_field": at.astimezone(CITY_ZONE).strftime("%Y-%m-%dT%H:%M"),
        "rows": list(strips.rows()),
        "axis": strips.axis(),
        "promise": _budget(sop, "service", "resolved", language),
    }


def moment(call: Call) -> datetime | None:
    """``?at=``: the moment of filing that is drawn, in the city's time; None if it is none."""
    text = call.query("at")
    if not text:
        return bootstrap.clock().now()
    try:
        at = datetime.fromisoformat(text[:32])
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)).replace(microsecond=0)


def _versions(sop: Sop) -> list[Mapping[str, Any]]:
    """Every version, newest first, each with what it changed."""
    desk = bootstrap.draft_sops()
    try:
        rows = desk.versions(sop.id)
    except NoSuchDocument:
        return []
    found: list[Mapping[str, Any]] = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        changes: list[Any] = []
        if before is not None:
            told = desk.difference(sop.id, before["version"], row["version"])
            changes = told["differences"]
        found.append(
            {**row, "changes": changes[:_MOST_CHANGES], "more": len(changes) > _MOST_CHANGES}
        )
    return found


def _line(code: str, sop: Sop, language: str) -> dict[str, Any]:
    catalogue = bootstrap.catalogue()
    return {
        "code": code,
        "name": catalogue.categories()[code].name,
        "sop": sop,
        "promise": _budget(sop, "service", "resolved", language)
        or _budget(sop, "service", "on_scene", language),
        "legal": _budget(sop, "legal", "resolved", language),
        "unverified": any(not basis.verified_by for basis in sop.legal_basis),
    }


def _budget(sop: Sop, limit: str, until: str, language: str) -> str:
    """The time of a limit in words, empty where the SOP has none of that kind."""
    catalogue = bootstrap.catalogue()
    step = next((one for one in sop.steps if (one.limit, one.until) == (limit, until)), None)
    if step is None:
        return ""
    name = step.calendar or sop.calendar
    versions = catalogue.calendar_versions()
    wall = name in versions and catalogue.calendar(name, versions[name]).always_open
    return budget_in_words(step.at.days, step.at.seconds, wall, language)


def _searchable(category: Any, sop: Sop) -> str:
    words = (category.code, *category.name.values(), *category.synonyms, *sop.name.values())
    return " ".join(words).casefold()
