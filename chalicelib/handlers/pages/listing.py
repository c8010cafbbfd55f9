"""The newest public reports, narrowed by kind and place, with a feed of the same choice."""

from __future__ import annotations

from urllib.parse import urlencode

from chalice import Blueprint, Response

from chalicelib import bootstrap
from chalicelib.domain.numbers import normalise
from chalicelib.handlers.http import one_line
from chalicelib.handlers.pages.rendering import language_of, page, redirect, thing_of
from chalicelib.handlers.queries import LONGEST_QUESTION, cursor_for, cursor_of
from chalicelib.handlers.serving import Call, shows
from chalicelib.services.views import Filters

blueprint = Blueprint(__name__)
_PAGE = 30


@shows(blueprint, "GET", "/laporan")
def newest(call: Call) -> Response:
    """Public reports, newest first. A kind or place that does not exist narrows nothing.

    A number in the field of words leads to its report.
    """
    words = one_line(call.query("q"))[:LONGEST_QUESTION]
    if normalise(words):
        return redirect(f"/laporan/{normalise(words)}")
    known, views = bootstrap.catalogue(), bootstrap.views()
    category, area = (one_line(call.query(name))[:20] for name in ("category", "area"))
    category = category if category in known.categories() else ""
    area = area if area in known.areas else ""
    filters, cursor = Filters(category=category, area=area), cursor_of(call)
    if words:
        found = bootstrap.search()(words, filters, _PAGE, cursor)
    else:
        found = bootstrap.view_store().page(filters, _PAGE, cursor)
    rows = [views.listed(row) for row in found.items]
    given = (("q", words), ("category", category), ("area", area))
    language = language_of(call)
    return page(
        call,
        "listing.html",
        rows=[{**row, "thing": thing_of(row["category"]["name"], language)} for row in rows],
        words=words,
        category=category,
        area=area,
        kinds=sorted(known.categories().values(), key=lambda one: one.code),
        kecamatan=[
            (one, known.areas.kelurahan_of(one.code)) for one in known.areas.all("kecamatan")
        ],
        cursor=cursor_for(found.cursor),
        query=urlencode({k: v for k, v in given if v}),
    )
