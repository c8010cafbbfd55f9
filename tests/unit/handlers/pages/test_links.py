"""No link of ours leads nowhere: every page that a reader can reach from their first one answers.

Walks the internal links of the pages for each role, one address of each shape (numbers, codes and
versions are one shape), so that the walk stays short and no kind of page is left out.
"""

from __future__ import annotations

import html
import re
from collections import deque
from urllib.parse import urlsplit

import pytest

from tests.fakes.world import MORNING, WITH_MAIL, World
from tests.unit.handlers.pages.test_desk import signed_in

#: What all these stand on is made once, by one worker.
pytestmark = pytest.mark.xdist_group("links")

_LINK = re.compile(r'<(?:a|link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"')
_VARIABLE = re.compile(r"(?<=/)(?:TL-[A-Z0-9]+|\d+(?:\.\d+)*|[A-Z]{2,4}-\d+)(?=/|$)")
_ANSWERED = {200, 303}
#: Leads to the issuer, which this city does not have; its own tests say that it answers.
_ELSEWHERE = {"/masuk"}


@pytest.fixture(scope="module")
def world():
    with World(MORNING, administered=True).running() as running:
        for category in ("INF-01", "DRT-01"):
            number = running.filed(WITH_MAIL | {"category": category})["number"]
        running.act(number, "acknowledge", user="petugas.bpbd")
        running.filed(WITH_MAIL)
        running.post("/v1/drafts", {"sop": "jalan-berlubang"}, user="penyusun")
        running.project()
        yield running


def shape(path: str) -> str:
    """What pages of one kind have in common."""
    path = _VARIABLE.sub("*", path)
    return re.sub(r"^/(sop|janji|poster|umpan|meja-sop|static)/[^/]+", r"/\1/*", path)


def walked(world, start, headers):
    """Return each address reached, with its status, one of each shape."""
    seen, found, waiting = {shape(start), *_ELSEWHERE}, {}, deque([start])
    while waiting:
        address = waiting.popleft()
        answer = world.get(address, headers=headers)
        found[address] = answer.status
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        for link in map(html.unescape, _LINK.findall(answer.body.decode())):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path.startswith("/"):
                continue
            if shape(parts.path) not in seen:
                seen.add(shape(parts.path))
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


@pytest.mark.parametrize(
    ("user", "starts"),
    [
        ("", ("/", "/lacak", "/angka", "/darurat")),
        ("operator", ("/ruang", "/tugas")),
        ("petugas.pupr", ("/tugas",)),
        ("kadis.pupr", ("/dinas",)),
        ("walikota", ("/pimpinan", "/dinas")),
        ("penyusun", ("/meja-sop", "/meja-sop/jalan-berlubang")),
        ("auditor", ("/meja-sop", "/pimpinan")),
    ],
)
def test_no_link_leads_nowhere(world, user, starts):
    headers = signed_in(user) if user else {}
    found = {}
    for start in starts:
        found |= walked(world, start, headers)
    dead = {address: status for address, status in found.items() if status not in _ANSWERED}
    assert dead == {}
    assert len(found) > 8, "the walk found its way"
