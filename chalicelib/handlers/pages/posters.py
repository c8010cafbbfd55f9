"""Posters and cards with a QR code that opens the form with the place filled in.

Where the service is unknown, a poster on the lamp pole or at the bus stop makes it known; its own
source code tells the city which campaign works. The page prints on one A4 sheet; the QR code is
drawn into the page, so nothing is fetched from anywhere.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages.rendering import page
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.serving import Call, shows

blueprint = Blueprint(__name__)
#: The code of a lamp pole, bus stop or school, as it stands on its plate.
_ASSET = re.compile(r"[A-Za-z0-9 .-]{1,40}")


@shows(blueprint, "GET", "/poster")
def posters(call: Call) -> Response:
    """Every kelurahan's poster, by kecamatan."""
    areas = bootstrap.catalogue().areas
    rows = [(one, areas.kelurahan_of(one.code)) for one in areas.all("kecamatan")]
    return page(call, "posters.html", kecamatan=rows)


@shows(blueprint, "GET", "/poster/{kelurahan}")
def poster(call: Call) -> Response:
    """One kelurahan's poster; ``?aset=`` and ``?jenis=`` make it one for a pole or a stop."""
    area = bootstrap.catalogue().areas.get(call.params["kelurahan"])
    if area is None or area.level != "kelurahan":
        raise Problem("not_found")
    asset = one_line(call.query("aset"))
    category = call.query("jenis")
    if asset and not _ASSET.fullmatch(asset):
        raise Problem("invalid_field")
    known = bootstrap.catalogue().categories().get(category)
    fields = {"kelurahan": area.code, "source": f"poster-{area.code}"}
    if asset:
        fields["address"] = asset
    if known is not None:
        fields["category"] = known.code
    target = f"{config.public_url()}/?{urlencode(fields)}"
    return page(
        call, "poster.html", area=area, asset=asset, category=known, target=target, code=qr(target)
    )


def qr(text: str) -> tuple[int, str]:
    """Return a QR code as its size in modules and the path of its dark ones (error level M)."""
    import segno

    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    drawn = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return len(rows), drawn
