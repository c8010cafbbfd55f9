"""Where a drill must not appear: every route, page, projection, list, count and outgoing message.

Two cities live the same morning, and one of them drills besides. Whatever either of them shows or
keeps must be the same, but for the places that are named here with the reason. A new route, page
or store is compared by itself, and a new reader of all reports fails until it is on the list.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.drills import MARK
from chalicelib.domain.numbers import number_for_key
from chalicelib.export import rows
from chalicelib.handlers.audience import PAGES, PUBLIC, ROUTES, STAFF_ROLES
from chalicelib.services.digesting import SendDigests
from chalicelib.services.following import Announce
from chalicelib.services.projecting import Projector
from chalicelib.services.rebuilding import Rebuild
from tests.fakes.engine import SECRET, Engine, staff
from tests.fakes.followers import MemoryFollowStore
from tests.fakes.world import SUKARASA, World
from tests.unit.handlers.pages.test_desk import signed_in

ROOT = Path(__file__).parents[2]
KEY = "drill-" + "0" * 20
SCENARIO = "Skenario latihan gudang cat Neglasari"
START, LATER = "2027-04-05T07:30:00+07:00", "2027-04-05T12:00:00+07:00"

#: Routes and pages on which staff find the drills that concern them, and why.
FOR_DRILLS: Mapping[str, str] = {
    "/v1/drills": "the list of drills",
    "/latihan": "the page of that list",
    "/v1/training/{category}": "the training record",
    "/pelatihan": "the page of that record",
    "/v1/queue": "who rehearses works from the work list; each row says that it is a drill",
    "/tugas": "the page of the work list; each row is marked LATIHAN",
    "/ruang": "one line above the board says that a drill is running, and that it is not on it",
    "/v1/calls": "calls are part of the rehearsal; their script says LATIHAN",
}
#: Where the identity provider sends browsers back to; there is none here.
NOT_ASKED = frozenset({"/masuk", "/masuk/kembali"})
#: Demo users, one for each role, so that every audience is asked.
USERS = (
    "operator", "verifikator", "petugas.bpbd", "kadis.bpbd", "camat.karawaci", "sekda", "walikota",
    "inspektorat", "auditor", "penyusun", "peninjau", "penyetuju", "admin",
)  # fmt: skip
PARAMS: Mapping[str, str] = {
    "category": "DRT-01", "kelurahan": "36.71.01.1007", "sop": "kebakaran", "version": "1",
    "template": "step_task", "account": "operator", "document": "rota", "part": "agencies",
    "calendar": "kantor", "name": "base.css", "feed": "kategori-DRT-01.xml", "photo": "p-1",
    "size": "large", "token": "x", "resource": "requests.json", "id": "requests.json",
    "mark": "x", "day": "2027-04-04", "note": "1", "delivery": "x", "provider": "x", "action": "x",
    "webhook": "dasbor", "device": "x", "client": "demo",
}  # fmt: skip


def lived(*, drills: bool) -> Iterator[tuple[World, str]]:
    """A city after a morning with real reports; *drills*: with a drill from its first hour on."""
    world = World(START)
    with world.running():
        drill = number_for_key(SECRET, KEY)
        engine = world.engine
        follow = MemoryFollowStore()
        announced = Announce(engine.store, follow, engine.catalogue, engine.clock)
        if drills:
            assert _drill(world) == drill
        body = {"category": "DRT-01", "location": SUKARASA, "description": "Rumah terbakar"}
        key = {"Idempotency-Key": "fire-" + "0" * 20}
        fire = world.filed(body, headers=key)["number"]
        key = {"Idempotency-Key": "hole-" + "0" * 20}
        world.filed({**body, "category": "INF-01", "description": "Lubang"}, headers=key)
        engine.run_until("2027-04-05T07:33:00+07:00")
        for number in (fire, drill) if drills else (fire,):
            world.act(number, "acknowledge", user="petugas.bpbd")
            world.act(number, "arrive", SUKARASA, user="petugas.bpbd")
        for row in list(engine.store.stream):
            if row.kind == "event":
                announced(row.number, int(row.id))
        engine.run_until("2027-04-05T08:05:00+07:00")
        SendDigests(engine.store, engine.catalogue, engine.clock)()
        engine.run_until(LATER)
        world.project()
        yield world, drill


def _drill(world: World) -> str:
    body = {
        "category": "DRT-01", "location": SUKARASA, "description": SCENARIO, "hours": 72,
    }  # fmt: skip
    key = {"Idempotency-Key": KEY}
    answer = world.post("/v1/drills", body, user="kadis.bpbd", headers=key)
    assert answer.status == 201, answer.body
    return str(answer.json["number"])


def answers(*, drills: bool) -> tuple[dict[str, tuple[int, str]], dict[str, Any], str]:
    """Everything a city shows to everybody, and what it keeps."""
    for world, drill in lived(drills=drills):
        shown: dict[str, tuple[int, str]] = {}
        for path in sorted({path for method, path in (*ROUTES, *PAGES) if method == "GET"}):
            if path in NOT_ASKED:
                continue
            for who in _asked(path):
                page = ("GET", path) in PAGES
                how: dict[str, Any] = {"user": who} if who and not page else {}
                if who and page:
                    how = {"headers": signed_in(who)}
                got = world.get(path.format(**PARAMS, number=drill, call="x", move="x"), **how)
                shown[f"{path} {who or 'anybody'}"] = (got.status, _plain(got.body))
        return shown, _kept(world), drill
    raise AssertionError


#: Staff who have no part in the drill.
_OUTSIDE = ("penyusun", "admin", "camat.karawaci")


def _asked(path: str) -> tuple[str, ...]:
    """A stranger, and of the users those to whom the route says more than "no"."""
    audience = PAGES.get(("GET", path)) or ROUTES["GET", path]
    if PUBLIC in audience:
        return ("", "operator", *_OUTSIDE) if "{number}" in path else ("", "operator")
    inside = [user for user in USERS if staff(user).roles & audience]
    return ("", *inside[:4], *inside[4::3])


def _plain(body: bytes) -> str:
    """Without what is drawn anew for each request."""
    text = body.decode("utf-8", "replace")
    text = re.sub(r'name="(csrf|key)" value="[^"]*"', "", text)
    text = re.sub(r'data-mark="[^"]*"', "", text)
    return re.sub(r'"instance": "[^"]*"', "", text)


#: Stores that a drill may leave something in, and what.
MAY_DIFFER: Mapping[str, str] = {
    "engine.store": "the reports table, where it lives",
    "engine.mail": "its messages, all of them marked",
    "engine.sms": "its messages, all of them marked",
    "engine.executions": "its own execution",
    "engine.queues": "what is on its way",
    "engine.alarms": "a contact that is dead is dead in a drill, too",
    "engine.talks": "which addresses were written to",
    "engine.jobs": "what is on its way",
    "engine.blobs": "photos of its case",
    "accounts": "sessions of the pages, with random names",
    "register": "administration, which a drill is none of",
    "engine.registered": "administration, which a drill is none of",
    "prints": "printed SOPs",
}


def _kept(world: World) -> dict[str, Any]:
    """What every other store holds, by its name: a new store is compared by itself."""
    found: dict[str, Any] = {}
    for place, owner in (("engine.", world.engine), ("", world)):
        for name, part in vars(owner).items():
            kind = type(part).__name__
            if kind.startswith(("Memory", "Recording")) and place + name not in MAY_DIFFER:
                kept = {
                    key: row
                    for key, row in vars(part).items()
                    if key[0] != "_" and not callable(row)
                }
                found[place + name] = _rows(kept, world)
    found["counters"] = dict(+world.views.counters)
    found["export"] = list(rows())
    rebuilt = Rebuild(
        world.engine.store, world.views, Projector(world.views, world.engine.store.load)
    ).compare()
    found["rebuild"] = (rebuilt.views, rebuilt.orphans, dict(rebuilt.counters))
    found["digests"] = sorted(
        json.dumps(one.context, default=str, sort_keys=True)
        for (number, _), one in world.engine.store.messages.items()
        if number.startswith("TO-") and one.template == "digest"
    )
    return found


def _rows(value: Any, world: World) -> str:
    """A store as text, without the empty place that an own report's version keeps."""
    drills = {n for n, c in world.engine.store.current.items() if c.report.drill}

    def without(part: Any) -> Any:
        if isinstance(part, Mapping):
            return {
                str(key): without(one)
                for key, one in part.items()
                if not any(number in str(key) and _blank(one) for number in drills)
            }
        if isinstance(part, list | tuple | set | frozenset):
            return [without(one) for one in part]
        return part

    return repr(without(value))


def _blank(row: Any) -> bool:
    """Whether a row shows and counts nothing: it only keeps the place in the order of versions."""
    parts = row if isinstance(row, list | tuple) else (row,)
    return all(
        not any(getattr(one, name, None) for name in ("shown", "counted", "alarm")) for one in parts
    )


@pytest.fixture(scope="module")
def cities() -> Any:
    return answers(drills=False), answers(drills=True)


def test_every_role_is_asked():
    assert set().union(*(staff(user).roles for user in USERS)) == set(STAFF_ROLES)


def test_no_route_and_no_page_shows_a_drill_or_is_changed_by_one(cities):
    (without, _, _), (drilled, _, number) = cities
    for place, (status, body) in drilled.items():
        path = place.partition(" ")[0]
        if path in FOR_DRILLS or "{number}" in path:
            continue
        assert number not in body and SCENARIO not in body, place
        assert (status, body) == without[place], place


def test_its_number_opens_nothing_to_the_public_nor_to_who_has_no_part_in_it(cities):
    (without, _, _), (drilled, _, _) = cities
    outsiders = {"anybody", *_OUTSIDE}
    for place, (status, body) in drilled.items():
        path, _, who = place.partition(" ")
        if "{number}" in path and who in outsiders:
            absent = without[place]
            assert (status, SCENARIO in body) == (absent[0], False), place


def test_where_staff_do_find_it_it_says_that_it_is_a_drill(cities):
    _, (drilled, _, number) = cities
    seen, unmarked = 0, []
    for place, (status, body) in drilled.items():
        path = place.partition(" ")[0]
        listed = path in FOR_DRILLS or "{number}" in path
        if path.startswith("/v1/reports/{number}/"):
            continue  # parts of the report, which says it
        if status != 200 or not listed or not (number in body or SCENARIO in body):
            continue
        seen += 1
        marked = (
            MARK in body or '"drill": true' in body or path.startswith(("/v1/drills", "/v1/tr"))
        )
        if not marked:
            unmarked.append(place)
    assert (unmarked, seen > 20) == ([], True)


def test_no_projection_counter_feed_card_or_measure_keeps_anything_of_it(cities):
    (_, without, _), (_, drilled, _) = cities
    assert set(without) == set(drilled)
    for name, rows_ in drilled.items():
        assert rows_ == without[name], name


#: Whoever reads many reports at once, and how it leaves drills out (or why it does not).
READERS: Mapping[str, str] = {
    "chalicelib/export.py:numbers": "services.exporting.row_of gives none for a drill",
    "chalicelib/ledger.py:numbers": "the chain of every record is kept, drills included",
    "chalicelib/services/rebuilding.py:numbers": "services.views.view_of counts nothing of one",
    "chalicelib/services/rebuilding.py:every_view": "the same",
    "chalicelib/rebuild.py:numbers": "services.searching.posting_of gives none for a drill",
    "chalicelib/services/forgetting.py:over_time": "what people wrote is erased in time, anywhere",
    "chalicelib/services/sweeping.py:due": "a drill's clocks run like any other",
    "chalicelib/services/errands.py:due": "errands: referrals and webhooks make none for a drill",
    "chalicelib/services/calling.py:due": "calls are part of the rehearsal, marked",
    "chalicelib/services/replanning.py:queue": "a new calendar reaches drills as well",
    "chalicelib/services/digesting.py:queue": "rows of drills are left out",
    "chalicelib/handlers/public.py:owned": "a drill has no owner",
    "chalicelib/handlers/staff.py:queue": "the work list, marked",
    "chalicelib/handlers/pages/work.py:queue": "the work list, marked",
    "chalicelib/services/finding_work.py:queue": "the work list found by words, marked",
    "chalicelib/handlers/pages/agency.py:queue": "rows of drills are left out",
    "chalicelib/handlers/pages/room.py:queue": "rows of drills are left out",
    "chalicelib/services/duplicates.py:queue": "rows of drills are left out",
    "chalicelib/services/shifts.py:queue": "rows of drills are left out",
    "chalicelib/services/drilling.py:drills": "the list of drills",
    "chalicelib/services/drilling.py:trained": "the training record",
    "chalicelib/bootstrap.py:due": "running timelines are armed again after a restart, drills too",
}
_WALKS = frozenset(
    {"numbers", "every_view", "over_time", "due", "queue", "owned", "drills", "trained"}
)


def test_whoever_reads_many_reports_at_once_is_on_the_list():
    found = set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        place = path.relative_to(ROOT).as_posix()
        if "/adapters/" in place or place.endswith("ports.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in _WALKS and re.search(r"\b(store|views)(\(\))?$", owner):
                    found.add(f"{place}:{node.func.attr}")
    assert found == set(READERS)


def test_whoever_hears_of_every_written_event_is_asked_here():
    """Listeners of the stream; what each keeps is among the stores compared above."""
    engine = Engine(START)
    heard = {one.__self__.__class__.__name__ for one in engine.relay.listeners}  # type: ignore[attr-defined]
    assert heard == {"Crowds", "Refer", "SearchIndex", "Webhooks"}
