"""Every list pages, says where the next page begins, and answers 304 for what has not changed.

The routes come from the audience table and what is a list from the description, so a new list is
tried here from its first day; it needs a line in `LISTS` that says who reads it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.adapters.oidc import Verifier
from chalicelib.domain.sop import Sop
from chalicelib.handlers.openapi import described_routes
from chalicelib.handlers.operation import PAGE_SIZES, WHOLE
from chalicelib.services.administering import Version, digest_of
from chalicelib.services.identifying import IdentifyResident
from tests.fakes.books import LocalSigner
from tests.fakes.engine import SECRET
from tests.fakes.world import SUKARASA, WITH_MAIL, Answer, World, access_token, jwks
from tests.workflow.test_story import with_photo

#: What all these stand on is made once, by one worker.
pytestmark = pytest.mark.xdist_group("lists")

APP = "https://app.tangerang.test"
POTHOLES = "jalan-berlubang"
RESIDENT = "a resident"
#: A list → who reads it, and what its path and query need. Each has two rows or more.
LISTS: dict[str, tuple[str, str]] = {
    "/v1/reports/similar": ("", "category=INF-01&lat=-6.1783&lon=106.6319"),
    "/v1/reports/{number}/similar": ("operator", ""),
    "/v1/reports/{number}/evidence": ("verifikator", ""),
    "/v1/admin/clients": ("admin", ""),
    "/v1/admin/webhooks": ("admin", ""),
    "/v1/admin/webhooks/{webhook}/deliveries": ("admin", ""),
    "/v1/admin/devices": ("admin", ""),
    "/v1/admin/audit": ("auditor", ""),
    "/v1/shift/history": ("auditor", ""),
    "/v1/drills": ("sekda", ""),
    "/v1/admin/contacts": ("auditor", ""),
    "/v1/admin/accounts": ("admin", ""),
    "/v1/admin/doctor": ("auditor", "live=true"),
    "/v1/categories": ("", ""),
    "/v1/areas": ("", ""),
    "/v1/sops": ("", ""),
    "/v1/sops/{sop}/versions": ("", ""),
    "/v1/ledger": ("", ""),
    "/v1/ledger/key": ("", ""),
    "/v1/reports": ("", ""),
    "/v1/breaches": ("inspektorat", ""),
    "/v1/me/reports": (RESIDENT, ""),
    "/v1/queue": ("operator", ""),
    "/v1/calls": ("operator", ""),
    "/v1/templates": ("penyusun", ""),
    "/v1/templates/{template}/preview": ("penyusun", ""),
    "/v1/drafts": ("penyusun", ""),
    "/v1/drafts/{sop}/lint": ("penyusun", ""),
}
#: Answers with ``items`` that are no lists: figures, with a total that belongs to all of them.
NO_LISTS = {"/v1/statistics"}


def found_lists() -> list[str]:
    """Every GET route whose answer is described as rows with a cursor."""
    return [path for method, path, it, _ in described_routes() if method == "GET" and it.is_list]


class City:
    """A city with two rows, at the least, in every list."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._books()
        self.number = self._reports()
        self._systems()
        self._sops()
        for what in ("Tersebar di grup", "Hilang bersama laptop"):
            leak = {"known_at": "2027-04-05T09:00:00+07:00", "what": what, "fields": ["name"]}
            assert world.post("/v1/breaches", leak, user="inspektorat").status == 201
        for user in ("operator", "verifikator"):
            relief = {"reason": "pengganti"}
            assert world.post("/v1/shift/take-over", relief, user=user).status == 200
        for kind in ("DRT-01", "DRT-05"):
            drill = {"category": kind, "location": SUKARASA}
            assert world.post("/v1/drills", drill, user="sekda").status == 201
        world.engine.run_until("2027-04-05T09:57:00+07:00")
        world.project()

    def get(self, path: str, query: str = "", etag: str = "") -> Answer:
        user, given = LISTS[path]
        there = path.format(
            number=self.number, webhook="dasbor", sop=POTHOLES, template="reporter_received"
        )
        target = "&".join(part for part in (f"{there}?{given}", query) if part)
        who: dict[str, Any] = {"token": resident()} if user == RESIDENT else {"user": user}
        headers = {"If-None-Match": etag} if etag else {}
        return self.world.get(target, headers=headers, **who)

    def _reports(self) -> str:
        for id in ("dasbor", "peta"):
            hook = {"id": id, "url": f"https://{id}.example/in"}
            assert self.world.post("/v1/admin/webhooks", hook, user="admin").status == 201
        for _ in range(3):
            number = str(self.world.filed(WITH_MAIL, token=resident())["number"])
        for name in ("p-1", "p-2"):
            with_photo(self.world.engine, number, "verifikator", name)
        # A fire of which nobody takes notice: after two minutes its offices are called.
        self.world.filed({"category": "DRT-01", "location": SUKARASA})
        return number

    def _books(self) -> None:
        """Two closed days, and the key that signed them beside one of former days."""
        clock = self.world.engine.clock
        now = clock.at
        for days in (1, 0):
            clock.at = now - timedelta(days=days)
            self.world.seal_days()()
        self.world.books.keep_key(LocalSigner().key())

    def _systems(self) -> None:
        client = {"id": "fixmystreet", "name": "FixMyStreet"}
        assert self.world.post("/v1/admin/clients", client, user="admin").status == 201
        for id in ("gauge-7", "gauge-8"):
            device = {"id": id, "name": id, "category": "INF-05", **SUKARASA}
            assert self.world.post("/v1/admin/devices", device, user="admin").status == 201

    def _sops(self) -> None:
        served = self.world.get(f"/v1/sops/{POTHOLES}").json
        later = {**served, "version": 2}
        kept = [Version("sop", POTHOLES, 2, Sop.from_dict(later).to_dict(), digest_of(later))]
        self.world.register.write_all(kept, {}, {"at": "2027-04-05T00:00:00Z", "id": "1"})
        for sop in (POTHOLES, "kebakaran"):
            begun = self.world.post("/v1/drafts", {"sop": sop}, user="penyusun")
            assert begun.status == 201, begun.body
            # Without its first and its last steps nobody is told, and no law is kept.
            content = copy.deepcopy(begun.json["content"])
            content["steps"] = content["steps"][2:4]
            body = {"content": content, "revision": begun.json["revision"], "reason": "uji"}
            written = self.world.call("PUT", f"/v1/drafts/{sop}", body, user="penyusun")
            assert written.status == 200, written.body


def resident() -> str:
    return access_token("citizen-7", iss=APP, client_id="live-room", username=None)


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    identify = IdentifyResident(Verifier(APP, "live-room", jwks), APP, lambda: SECRET)
    with World(administered=True).running() as world, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "identify_resident", lambda: identify)
        yield City(world)


def test_every_list_of_the_audience_table_is_tried_here():
    assert sorted(found_lists()) == sorted(LISTS)


def test_whatever_answers_items_has_a_cursor():
    without = [
        path
        for method, path, it, _ in described_routes()
        if method == "GET" and "items" in getattr(it.answer, "__struct_fields__", ())
        if not it.is_list
    ]
    assert set(without) == NO_LISTS


def walked(city: City, path: str, limit: int) -> list[list[Any]]:
    """The pages of a list, by the cursor of each."""
    pages = []
    cursor = ""
    while cursor is not None:
        answer = city.get(path, f"limit={limit}&cursor={cursor}" if cursor else f"limit={limit}")
        assert answer.status == 200, answer.body
        pages.append(answer.json["items"])
        cursor = answer.json["cursor"]
    return pages


@pytest.mark.parametrize("path", found_lists())
def test_small_pages_make_up_the_whole_list_in_its_order(city, path):
    whole = list(chain(*walked(city, path, PAGE_SIZES.get(path, WHOLE)[1])))
    assert len(whole) >= 2
    size = max(1, len(whole) // 3)
    pages = walked(city, path, size)
    assert len(pages) >= 2
    assert {len(page) for page in pages[:-1]} == {size}
    assert list(chain(*pages)) == whole


@pytest.mark.parametrize("path", found_lists())
def test_a_page_that_has_not_changed_is_not_sent_again(city, path):
    first = city.get(path, "limit=1")
    again = city.get(path, "limit=1", etag=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = city.get(path, "limit=2", etag=first.headers["ETag"])
    assert (other.status, len(other.json["items"])) == (200, 2)


@pytest.mark.parametrize("path", found_lists())
def test_the_size_of_a_page_is_bounded_as_described(city, path):
    default, most = PAGE_SIZES.get(path, WHOLE)
    (described,) = (one["schema"] for one in parameters(path) if one["name"] == "limit")
    assert (described["default"], described["maximum"]) == (default, most)
    assert city.get(path, f"limit={most}").status == 200
    for wrong in (0, most + 1):
        refused = city.get(path, f"limit={wrong}")
        assert (refused.status, refused.code) == (400, "invalid_field")


@pytest.mark.parametrize("path", found_lists())
def test_a_cursor_that_is_none_is_refused(city, path):
    refused = city.get(path, "cursor=%C3%A9%21")
    assert (refused.status, refused.code) == (400, "invalid_cursor")


def test_telephone_numbers_of_officials_are_kept_by_no_browser(city):
    assert city.get("/v1/calls").headers["Cache-Control"] == "no-store"


def parameters(path: str) -> list[dict[str, Any]]:
    from chalicelib.handlers.openapi import document

    described: list[dict[str, Any]] = document("https://lapor.example")["paths"][path]["get"][
        "parameters"
    ]
    return described


def test_a_row_that_goes_between_two_pages_hides_none_of_the_others(city):
    """Pages go on after a place, not after a count. Last, since the first call is then made."""
    (first, second, *_), first_page = (
        city.get("/v1/calls").json["items"],
        city.get("/v1/calls", "limit=1").json,
    )
    assert first_page["items"] == [first]
    made = f"/v1/calls/{first['id']}/outcome"
    assert city.world.post(made, {"outcome": "reached"}, user="operator").status == 200
    next_page = city.get("/v1/calls", f"limit=1&cursor={first_page['cursor']}").json
    assert next_page["items"] == [second]
