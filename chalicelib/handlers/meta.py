"""Routes about the service itself: health, the API's description, and the catalogue in force."""

from __future__ import annotations

import re
from typing import Any

from chalice import Blueprint, Response

from chalicelib import bootstrap, config
from chalicelib.domain.sop import Sop
from chalicelib.handlers.http import cached, one_line
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.queries import Row, listed, page_of
from chalicelib.handlers.serving import Call, serves
from chalicelib.services.catalogue import NotInCatalogue
from chalicelib.services.viewing import local

blueprint = Blueprint(__name__)
_SOP_ID = re.compile(r"[a-z0-9-]{1,60}")
_VERSION = re.compile(r"[1-9][0-9]{0,4}")
_MINUTES, _DAY = 300, 86400


@serves(blueprint, "GET", "/health")
def health(call: Call) -> Any:
    """Whether the API answers, and the system's time."""
    return {"status": "ok", "time": local(bootstrap.clock().now())}


@serves(blueprint, "GET", "/v1/openapi.json")
def openapi(call: Call) -> Response:
    """The description of every route, from the definitions that validate."""
    from chalicelib.handlers.openapi import document  # needed by nobody else

    return cached(call.request, document(config.public_url()), seconds=_MINUTES)


@serves(blueprint, "GET", "/v1/categories")
def categories(call: Call) -> Response:
    """All categories, or with ``?q=`` those whose name or synonyms have the words."""
    words = one_line(call.query("q"))[:100].casefold().split()
    rows = (
        {
            "code": one.code,
            "name": dict(one.name),
            "kind": one.kind,
            "tier": one.tier,
            "synonyms": list(one.synonyms),
            "dimension": one.dimension,
            "questions": list(one.questions),
        }
        for one in bootstrap.catalogue().categories().values()
        if all(word in _searchable(one) for word in words)
    )
    return listed(call, page_of(call, rows, _code), seconds=_MINUTES)


@serves(blueprint, "GET", "/v1/areas")
def areas(call: Call) -> Response:
    """All kecamatan with their kelurahan."""
    known = bootstrap.catalogue().areas
    rows = (
        {
            "code": kecamatan.code,
            "name": kecamatan.name,
            "kelurahan": [
                {"code": one.code, "name": one.name} for one in known.kelurahan_of(kecamatan.code)
            ],
        }
        for kecamatan in known.all("kecamatan")
    )
    return listed(call, page_of(call, rows, _code), seconds=_MINUTES)


@serves(blueprint, "GET", "/v1/sops")
def sops(call: Call) -> Response:
    """The SOPs in force today, by category."""
    in_force = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    rows = (
        {
            "id": sop.id,
            "version": sop.version,
            "hash": bootstrap.catalogue().sop_hash(sop),
            "category": code,
            "name": dict(sop.name) if sop.name else None,
            "tier": sop.tier,
        }
        for code, sop in in_force.items()
    )
    return listed(call, page_of(call, rows, lambda row: str(row["category"])), seconds=60)


@serves(blueprint, "GET", "/v1/sops/{sop}")
def sop_in_force(call: Call) -> Response:
    """The version of one SOP that is in force today."""
    in_force = bootstrap.catalogue().sops_in_force(bootstrap.clock().now())
    found = next((one for one in in_force.values() if one.id == call.params["sop"]), None)
    if found is None:
        raise Problem("not_found")
    return cached(call.request, found.to_dict(), seconds=60)


@serves(blueprint, "GET", "/v1/sops/{sop}/versions/{version}")
def sop_version(call: Call) -> Response:
    """One version of one SOP, for ever the same."""
    return cached(call.request, version_of(call).to_dict(), seconds=_DAY)


def version_of(call: Call) -> Sop:
    """Return the SOP version that the path names; raise Problem ``not_found``."""
    sop, version = call.params["sop"], call.params["version"]
    if not _SOP_ID.fullmatch(sop) or not _VERSION.fullmatch(version):
        raise Problem("not_found")
    try:
        return bootstrap.catalogue().sop(sop, int(version))
    except NotInCatalogue:
        raise Problem("not_found") from None


def _code(row: Row) -> str:
    return str(row["code"])


def _searchable(category: Any) -> str:
    words = (category.code, *category.name.values(), *category.synonyms)
    return " ".join(words).casefold()
