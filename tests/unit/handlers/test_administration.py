"""Administration over HTTP: what was done, by whom and why."""

from __future__ import annotations

import msgspec

from chalicelib import bootstrap
from chalicelib.handlers import answers
from chalicelib.services.administering import Act, Write
from tests.fakes.engine import staff


def test_the_audit_record_shows_who_did_what_when_and_why(world):
    act = Act("change", staff("admin"), "admin", "mutasi pejabat")
    bootstrap.administer().write(act, Write("document", "rota", []))
    page = msgspec.convert(world.get("/v1/admin/audit", user="auditor").json, answers.AuditPage)
    (one,) = page.items
    assert (one.act, one.reason, one.by.person) == ("change", "mutasi pejabat", "admin")
    assert one.at == "2027-04-05T09:55:00+07:00"
    assert [(d.kind, d.id, d.version) for d in one.documents] == [("document", "rota", 2)]


def test_the_audit_record_is_paged(world):
    act = Act("change", staff("admin"), "admin", "uji")
    for _ in range(3):
        bootstrap.administer().record(act)
    first = world.get("/v1/admin/audit?limit=2", user="admin").json
    second = world.get(f"/v1/admin/audit?limit=2&cursor={first['cursor']}", user="admin").json
    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (2, 1, None)
