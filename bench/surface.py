"""The whole surface: every route, page and function asked once, with what it asks of AWS.

Routes are asked as somebody who may, with the example of the API's own description; what is not
there for an example to find is answered with a refusal, whose status stands in the table. Calls
and units come from the app over moto, CPU time from the app over stores in memory, since moto
would be most of it.
"""

from __future__ import annotations

import importlib
import os
import re
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bench.cases import MONDAY
from bench.city import City
from bench.meter import Metered
from chalicelib.handlers.audience import ACTION, ACTIONS, PAGES, PUBLIC, REPORTER, ROUTES
from chalicelib.handlers.openapi import document
from tests.fakes.world import USER_OF, WITH_MAIL, World

#: Names in paths → what stands for them; the report's number is the one that was filed.
NAMED = {
    "category": "INF-01",
    "sop": "jalan-berlubang",
    "version": "1",
    "calendar": "kantor",
    "document": "positions",
    "agency": "PUPR",
    "resource": "services.json",
    "area": "36.71.01.1007",
    "account": "operator",
    "template": "reporter_received",
}
#: Functions that the cases wake, or the sweeper's minute (`bench.routes`).
PLAYED = (
    "dispatch", "project", "fire", "arm", "send", "delivery_events", "announce", "sweep",
)  # fmt: skip
#: Functions that nothing in the cases wakes: what they do hangs on files, letters and other
#: systems, and is counted nowhere here. A new function is either played or put here, with a reason.
UNPLAYED: Mapping[str, str] = {
    "accept": "writes filings that the table refused for a while; a case has none",
    "crowd": "hears only of reports that lie near each other; a case has one",
    "digest": "twice a day, one message to each head of an agency: no report's cost",
    "document": "prints a form when it is first asked for",
    "forget": "nightly, over what is kept too long",
    "hook": "tells systems that have subscribed; a case has none",
    "inbound_mail": "reads letters that SES has put down",
    "inbound_text": "reads text messages that a provider passes on",
    "media": "examines uploaded pictures, with a library of its own",
    "mend": "nightly, over photos that got stuck",
    "refer": "speaks to other bodies' systems",
    "replan": "plans open reports anew when a calendar changes",
    "replay": "plays a draft SOP over past reports",
    "reveal": "shows a contact for a purpose on record, when it is asked for",
    "seal": "nightly, over the day's marks",
    "text_receipts": "reads the provider's log of text messages",
}
_MISSING = "x"


def places() -> Iterator[tuple[str, str, Collection[str]]]:
    """Yield method, path and audience of every route, each action by itself, and of every page."""
    for (method, path), who in {**ROUTES, **PAGES}.items():
        if path.endswith(ACTION):
            for action, may in ACTIONS.items():
                yield method, path.replace(ACTION, action), may
        else:
            yield method, path, who


def calls(only: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Return what every route and page asks of AWS (*only*: those), by ``METHOD path``."""
    city = City(MONDAY)
    found: dict[str, dict[str, Any]] = {}
    with city.open():
        number = _case(city)
        for name, status, counted in _asked(city, number, only):
            found[name] = {"status": status, **counted.to_dict()}
    return found


def _asked(city: City, number: str, only: Collection[str]) -> Iterator[tuple[str, int, Metered]]:
    bodies = _bodies()
    for method, path, who in places():
        name = f"{method} {path}"
        if only and name not in only:
            continue
        city.meter.take()
        status = _ask(city, number, method, path, who, bodies.get((method, path)))
        yield name, status, city.meter.take()
        city.meter.stream, city.meter.queued = [], []


def warm(times: int = 2) -> dict[str, float]:
    """Return CPU milliseconds of every route that only reads, after it was asked before."""
    world = World()
    found: dict[str, float] = {}
    with world.running():
        number = world.filed(WITH_MAIL)["number"]
        world.project()
        for method, path, who in places():
            if method != "GET":
                continue
            _ask(world, number, method, path, who, None)
            began = time.process_time()
            for _ in range(times):
                _ask(world, number, method, path, who, None)
            spent = (time.process_time() - began) * 1000 / times
            found[f"{method} {path}"] = round(spent, 1)
    return found


def _case(city: City) -> str:
    answer = city.call("POST", "/v1/reports", WITH_MAIL)
    city.settle()
    return str(answer.json["number"])


def _ask(world: World, number: str, method: str, path: str, who: Collection[str], body: Any) -> int:
    target = re.sub(r"\{(\w+)\}", lambda found: _named(found[1], number), path)
    how: dict[str, str] = {}
    if PUBLIC not in who:
        role = next((role for role in USER_OF if role in who), "")
        if role:
            how["user"] = USER_OF[role]
        elif REPORTER in who:
            how["token"] = world.token_of(number)
    given = (body if body is not None else {}) if method != "GET" else None
    return int(world.call(method, target, given, **how).status)


def _named(name: str, number: str) -> str:
    return number if name == "number" else NAMED.get(name, _MISSING)


def _bodies() -> dict[tuple[str, str], Any]:
    """Return the description's example of every body."""
    described = document("http://127.0.0.1")
    schemas = described["components"]["schemas"]
    found = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                found[method.upper(), path] = _example(content, schemas)
    return found


def _example(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    if "example" in content:
        return content["example"]
    schema = content.get("schema", {})
    schema = schemas.get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    return schema.get("example") or next(iter(schema.get("examples", [])), {})


def functions() -> frozenset[str]:
    """Return the names of all functions that events wake."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "ap-southeast-3")
    return frozenset(importlib.import_module("app").app.handler_map)
