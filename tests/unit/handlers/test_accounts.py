"""Administration of staff accounts over HTTP: at once, dated, on record, never one's own."""

from __future__ import annotations

import pytest

from chalicelib.services.accounts import ProviderState
from chalicelib.services.ports import TryAgain
from tests.fakes.world import POTHOLE, World, access_token

NEW = {
    "id": "petugas.baru",
    "name": "Sari Contoh",
    "email": "sari@tangerang.example",
    "phone": "0812-3456-7890",
    "positions": ["petugas.pupr"],
    "reason": "Pegawai baru per 5 April",
}


class RecordingProvider:
    """Notes what the identity provider was asked to do; `fault` makes the next call fail."""

    def __init__(self):
        self.calls, self.fault = [], None

    def _note(self, what, id):
        if self.fault:
            fault, self.fault = self.fault, None
            raise fault
        self.calls.append((what, id))

    def invite(self, id, mail, name):
        self._note("invite", id)

    def disable(self, id):
        self._note("disable", id)

    def enable(self, id):
        self._note("enable", id)

    def sign_out(self, id):
        self._note("sign_out", id)

    def reset_mfa(self, id):
        self._note("reset_mfa", id)

    def state(self, id):
        return ProviderState(True, True, True, "CONFIRMED", ("SOFTWARE_TOKEN_MFA",))


@pytest.fixture
def provider():
    return RecordingProvider()


@pytest.fixture
def world(provider, monkeypatch):
    from chalicelib import bootstrap

    with World(administered=True).running() as running:
        monkeypatch.setattr(bootstrap, "provider", lambda: provider)
        yield running


def post(world, path, body, user="admin"):
    return world.post(f"/v1/admin/{path}", body, user=user)


def change(world, account, what, user="admin"):
    return post(world, f"accounts/{account}/{what}", {"reason": "Karena perlu"}, user)


def acts(world):
    return [one["act"] for one in world.get("/v1/admin/audit", user="auditor").json["items"]]


def test_an_invited_officer_works_for_the_office_given_and_the_provider_sends_the_way_in(
    world, provider
):
    answer = post(world, "accounts", NEW)
    assert answer.status == 201, answer.body
    shown = answer.json
    assert (shown["roles"], shown["positions"]) == (["officer"], ["petugas.pupr"])
    assert shown["phone"] == "+6281234567890"
    assert shown["provider"]["mfa"] == ["SOFTWARE_TOKEN_MFA"]
    assert provider.calls == [("invite", "petugas.baru")]
    number = world.filed()["number"]
    world.act(number, "verify", user="operator")
    assert world.act(number, "acknowledge", user="petugas.baru").status == 200
    assert acts(world) == ["invite_account"]


def test_an_invitation_that_failed_at_the_provider_goes_on_when_it_is_repeated(world, provider):
    provider.fault = TryAgain("cognito")
    assert post(world, "accounts", NEW).code == "try_again"
    assert post(world, "accounts", NEW).status == 201
    assert provider.calls == [("invite", "petugas.baru")]
    assert acts(world) == ["invite_account"]


@pytest.mark.parametrize(
    ("field", "status", "code"),
    [
        ({"id": "sekda"}, 409, "account_exists"),
        ({"email": "demo.operator@tangerang.example"}, 409, "address_in_use"),
        ({"email": "x@y"}, 422, "invalid_email"),
        ({"phone": "x"}, 422, "invalid_phone"),
        ({"positions": ["kadis.nowhere"]}, 422, "unknown_position"),
        ({"positions": ["kadis.pupr"]}, 409, "position_taken"),
        ({"roles": ["mayor"]}, 400, "invalid_field"),
        ({"id": "Budi Santoso"}, 400, "invalid_field"),
        ({"reason": ""}, 400, "invalid_field"),
    ],
    ids=str,
)
def test_an_invitation_that_cannot_stand_changes_nothing(world, provider, field, status, code):
    answer = post(world, "accounts", NEW | field)
    assert (answer.status, answer.code) == (status, code)
    assert (provider.calls, acts(world)) == ([], [])


def test_a_revoked_account_is_out_with_the_next_request_even_if_the_provider_fails(world, provider):
    assert world.get("/v1/queue", user="petugas.pupr").status == 200
    provider.fault = TryAgain("cognito")
    assert change(world, "petugas.pupr", "revoke").code == "try_again"
    assert world.get("/v1/queue", user="petugas.pupr").code == "invalid_token"
    answer = change(world, "petugas.pupr", "revoke")
    assert answer.json["revoked"] is True and answer.json["standing"]["revoked"] is True
    assert provider.calls == [("disable", "petugas.pupr")]


def test_a_restored_account_works_again_with_what_is_issued_from_now_on(world, provider):
    change(world, "petugas.pupr", "revoke")
    answer = change(world, "petugas.pupr", "restore")
    assert answer.json["revoked"] is False
    not_before = answer.json["standing"]["not_before"]
    assert world.get("/v1/queue", user="petugas.pupr").code == "invalid_token"
    fresh = access_token("petugas.pupr", iat=not_before)
    assert world.get("/v1/queue", token=fresh).status == 200
    assert sorted(acts(world)) == ["restore_account", "revoke_account"]


def test_nobody_is_told_through_a_revoked_account(world):
    change(world, "petugas.pupr", "revoke")
    number = world.filed(POTHOLE)["number"]
    world.act(number, "verify", user="operator")
    world.engine.pump()
    told = {one.address for one in world.engine.store.deliveries(number) if not one.to_reporter}
    assert told and not any("demo.petugas.pupr" in address for address in told)


@pytest.mark.parametrize("what", ["revoke", "reset-mfa"])
def test_nobody_changes_their_own_account(world, what):
    assert change(world, "admin", what).code == "own_account"
    answer = post(world, "accounts/admin/roles", {"roles": ["auditor"], "reason": "Iseng"})
    assert answer.code == "own_account"


@pytest.mark.parametrize("what", ["revoke", "restore", "sign-out", "reset-mfa"])
def test_an_account_that_is_not_there_is_not_found(world, what):
    assert (change(world, "nobody", what).status, change(world, "nobody", what).code) == (
        404,
        "no_such_account",
    )


def test_signing_out_ends_what_was_issued_and_a_lost_telephone_is_set_up_anew(world, provider):
    answer = change(world, "sekda", "reset-mfa")
    assert answer.status == 200
    assert provider.calls == [("reset_mfa", "sekda"), ("sign_out", "sekda")]
    assert world.get("/v1/queue", user="sekda").code == "invalid_token"
    assert sorted(acts(world)) == ["reset_mfa", "sign_out_account"]


def test_roles_without_an_office_are_granted_and_taken(world):
    body = {"roles": ["auditor", "sop_author"], "reason": "Tugas tambahan"}
    answer = post(world, "accounts/penyusun/roles", body)
    assert answer.json["roles"] == ["auditor", "sop_author"]
    assert world.get("/v1/admin/audit", user="penyusun").status == 200
    post(world, "accounts/penyusun/roles", {"roles": [], "reason": "Selesai"})
    assert world.get("/v1/admin/audit", user="penyusun").code == "invalid_token"


MOVES = {
    "day": "2027-04-06",
    "reason": "Pelantikan 6 April",
    "moves": [
        {"person": "kadis.pupr", "to": "kadis.bpbd"},
        {"person": "kadis.bpbd", "to": "kadis.pupr"},
    ],
}


def test_moves_are_shown_first_and_change_nothing_until_they_are_done(world):
    shown = post(world, "moves", MOVES)
    assert (shown.status, shown.json["done"], len(shown.json["changes"])) == (200, False, 4)
    assert acts(world) == []


def test_moved_officials_have_their_new_offices_from_the_day_on(world):
    done = post(world, "moves", MOVES | {"dry_run": False})
    assert done.json["done"] is True
    assert world.get("/v1/queue?agency=PUPR", user="kadis.pupr").status == 200
    world.engine.clock.at = world.engine.clock.at.replace(day=6)
    assert world.get("/v1/queue?agency=PUPR", user="kadis.pupr").code == "not_your_agency"
    assert world.get("/v1/queue?agency=BPBD", user="kadis.pupr").status == 200
    assert acts(world) == ["move_officials"]


def test_officials_are_not_moved_into_the_past(world):
    assert post(world, "moves", MOVES | {"day": "2027-04-04"}).code == "day_is_past"


def document(world, name):
    return world.get(f"/v1/admin/directory/{name}", user="admin")


def test_a_rota_is_written_whole_from_the_version_that_was_read(world):
    read = document(world, "rota").json
    shift = {
        "position": "danru.bpbd",
        "person": "regu-a",
        "start": "2027-05-01T07:30:00+07:00",
        "end": "2027-05-01T19:30:00+07:00",
    }
    body = {"based_on": read["version"], "body": [*read["body"], shift], "reason": "Mei"}
    put = world.call("PUT", "/v1/admin/directory/rota", body, user="admin")
    assert (put.status, put.json["version"]) == (200, read["version"] + 1)
    again = world.call("PUT", "/v1/admin/directory/rota", body, user="admin")
    assert again.code == "version_moved"
    assert document(world, "rota").json["body"][-1] == shift


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("rota", [{"position": "danru.bpbd"}], "directory_not_of_the_form"),
        ("holders", [{"position": "x", "person": "sekda"}], "unknown_position"),
        ("staff", [], "unknown_person"),
        ("nothing", [], "not_found"),
    ],
)
def test_a_document_that_does_not_fit_the_others_is_refused(world, name, body, code):
    sent = {"based_on": 1, "body": body, "reason": "Coba"}
    answer = world.call("PUT", f"/v1/admin/directory/{name}", sent, user="admin")
    assert answer.code == code


def test_revoking_in_the_document_is_refused(world):
    read = document(world, "staff").json
    rows = [{**row, "revoked": True} if row["id"] == "sekda" else row for row in read["body"]]
    sent = {"based_on": read["version"], "body": rows, "reason": "Coba"}
    answer = world.call("PUT", "/v1/admin/directory/staff", sent, user="admin")
    assert answer.code == "revoke_by_itself"


def test_accounts_are_found_by_words(world):
    rows = world.get("/v1/admin/accounts?q=pupr%20kadis", user="admin").json["items"]
    assert [row["id"] for row in rows] == ["kadis.pupr"]
    assert rows[0]["roles"] == ["agency_head"]
