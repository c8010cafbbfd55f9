"""Posters, cards and plates with a QR code that opens the form with the place filled in.

Where the service is unknown, a poster on the wall or a plate on the lamp pole makes it known; its
own source code tells the city which campaign works. The page prints on one A4 sheet; the QR code is
drawn into the page, so nothing is fetched from anywhere. The same sheets come as PDF, made by a
function of its own: posters and cards of a kelurahan for anybody, plates for staff, who put them
up.
"""

from __future__ import annotations

import re
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.sources import MEDIA
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages.rendering import language_of, page, redirect
from chalicelib.handlers.problems import SAFE_HEADERS, Problem
from chalicelib.handlers.serving import Call, shows
from chalicelib.handlers.session import form_of
from chalicelib.services.posters import PLATES, NoSuchSheet, Sheet, assets_in

blueprint = Blueprint(__name__)
_MARK = re.compile(r"[0-9a-f]{64}")


@shows(blueprint, "GET", "/poster")
def posters(call: Call) -> Response:
    """Every kelurahan's poster, by kecamatan."""
    areas = bootstrap.catalogue().areas
    rows = [(one, areas.kelurahan_of(one.code)) for one in areas.all("kecamatan")]
    return page(call, "posters.html", kecamatan=rows)


@shows(blueprint, "GET", "/poster/{kelurahan}")
def poster(call: Call) -> Response:
    """One kelurahan's poster; ``?aset=`` and ``?jenis=`` make it one for a pole or a stop."""
    asset, category = one_line(call.query("aset")), call.query("jenis")
    assets = (asset,) if asset else ()
    facts = _facts(Sheet(call.params["kelurahan"], "poster", category, assets, language_of(call)))
    return page(
        call,
        "poster.html",
        kelurahan=call.params["kelurahan"],
        facts=facts,
        item=facts["items"][0],
        code=qr(facts["items"][0]["target"]),
        plates={name: MEDIA[name] for name in PLATES},
        may_order=bool(call.caller.roles),
    )


@shows(blueprint, "GET", "/poster/{kelurahan}/pdf")
def document(call: Call) -> Response:
    """The poster (or with ``?bentuk=kartu`` a sheet of cards) as PDF."""
    medium = "kartu" if call.query("bentuk") == "kartu" else "poster"
    return _document(call, Sheet(call.params["kelurahan"], medium, language=language_of(call)))


@shows(blueprint, "POST", "/poster/{kelurahan}/pdf")
def plates(call: Call) -> Response:
    """Order the plates of the assets that staff name."""
    given = form_of(call.request)
    medium, assets = given.get("bentuk", ""), tuple(assets_in(given.get("aset", "")))
    if medium not in PLATES or not assets:
        raise Problem("invalid_field")
    sheet = Sheet(call.params["kelurahan"], medium, "", assets, language_of(call))
    return _document(call, sheet)


@shows(blueprint, "GET", "/poster/{kelurahan}/pdf/{mark}")
def ordered(call: Call) -> Response:
    """A document that was asked for; while it is being made, a page that asks again by itself."""
    kelurahan, mark = call.params["kelurahan"], call.params["mark"]
    if not _MARK.fullmatch(mark) or bootstrap.catalogue().areas.get(kelurahan) is None:
        raise Problem("not_found")
    url = bootstrap.posters().kept(kelurahan, mark)
    if url is None:
        again = f"/poster/{kelurahan}/pdf/{mark}"
        return page(call, "printing.html", headers={"Refresh": "2"}, again=again)
    sent = {"Location": url, "Cache-Control": "no-store", **SAFE_HEADERS}
    return Response("", headers=sent, status_code=303)


def _document(call: Call, sheet: Sheet) -> Response:
    try:
        asked = bootstrap.posters().asked(sheet)
    except NoSuchSheet as error:
        raise _refused(error) from None
    return redirect(f"/poster/{sheet.kelurahan}/pdf/{asked.mark}")


def _facts(sheet: Sheet) -> dict[str, Any]:
    try:
        return bootstrap.posters().facts(sheet)
    except NoSuchSheet as error:
        raise _refused(error) from None


def _refused(error: NoSuchSheet) -> Problem:
    return Problem("invalid_field" if str(error) == "asset" else "not_found")


def qr(text: str) -> tuple[int, str]:
    """Return a QR code as its size in modules and the path of its dark ones (error level M)."""
    import segno

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    drawn = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return len(rows), drawn
