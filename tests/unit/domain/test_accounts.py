"""Staff accounts and moves of officials: pure changes of the directory, on real dates."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from chalicelib.adapters.documents import DATA
from chalicelib.domain.accounts import (
    GRANTED_ROLES,
    OFFICE_ROLES,
    AccountRefused,
    Change,
    Move,
    changed,
    checked_directory,
    invited,
    moved,
    roles_of,
)
from chalicelib.domain.roles import ROLES, Directory

DAY = date(2027, 7, 1)
BEFORE = date(2027, 6, 30)


def shipped(name):
    return json.loads((DATA / f"{name}.json").read_text())


POSITIONS, STAFF, HOLDERS = shipped("positions"), shipped("staff"), shipped("holders")


def plan(*moves, holders=HOLDERS, staff=STAFF):
    return moved(staff, holders, POSITIONS, moves, DAY)


def directory(holders):
    return Directory.from_dicts(positions=POSITIONS, staff=STAFF, holders=holders)


def holds(holders, person, at):
    moment = datetime.fromisoformat(f"{at}T12:00:00+07:00")
    return {one.id for one in directory(holders).positions_of(person, moment)}


def test_every_office_of_the_ladder_has_its_role_in_the_api():
    assert set(OFFICE_ROLES) == ROLES - {"pelapor"}
    assert not set(OFFICE_ROLES.values()) & set(GRANTED_ROLES)


@pytest.mark.parametrize(
    ("granted", "offices", "roles"),
    [
        ([], [], set()),
        (["admin"], [], {"admin"}),
        (["officer"], [], set()),
        ([], ["petugas", "piket"], {"officer"}),
        (["sop_author"], ["camat", "kadis"], {"sop_author", "territorial", "agency_head"}),
    ],
)
def test_an_office_brings_its_role_and_the_account_only_what_belongs_to_none(
    granted, offices, roles
):
    assert roles_of({"roles": granted}, offices) == roles


def test_two_heads_change_places_on_one_day():
    done = plan(Move("kadis.pupr", "kadis.bpbd"), Move("kadis.bpbd", "kadis.pupr"))
    assert set(done.changes) == {
        Change("kadis.pupr", "kadis.pupr", "ends", "definitive", BEFORE),
        Change("kadis.bpbd", "kadis.bpbd", "ends", "definitive", BEFORE),
        Change("kadis.pupr", "kadis.bpbd", "begins", "definitive", DAY),
        Change("kadis.bpbd", "kadis.pupr", "begins", "definitive", DAY),
    }
    assert done.vacant == ()
    assert holds(done.holders, "kadis.pupr", BEFORE) == {"kadis.pupr"}
    assert holds(done.holders, "kadis.pupr", DAY) == {"kadis.bpbd"}
    assert holds(done.holders, "kadis.bpbd", DAY) == {"kadis.pupr"}


def test_a_head_of_division_follows_the_head_and_leaves_an_empty_office():
    done = plan(Move("kadis.pupr"), Move("kabid.pupr", "kadis.pupr"))
    assert holds(done.holders, "kadis.pupr", DAY) == set()
    assert holds(done.holders, "kabid.pupr", DAY) == {"kadis.pupr"}
    assert done.vacant == ("kabid.pupr",)


def test_who_stands_in_keeps_the_own_office_and_ends_with_the_last_day():
    done = plan(Move("kabid.pupr", "kadis.pupr", kind="plh", until=date(2027, 7, 14)))
    assert holds(done.holders, "kabid.pupr", DAY) == {"kabid.pupr", "kadis.pupr"}
    assert holds(done.holders, "kabid.pupr", date(2027, 7, 14)) == {"kabid.pupr", "kadis.pupr"}
    assert holds(done.holders, "kabid.pupr", date(2027, 7, 15)) == {"kabid.pupr"}


def test_an_office_is_kept_beside_another_where_the_move_says_so():
    done = plan(
        Move("camat.karawaci"),
        Move("kabid.pupr", "camat.karawaci", keeps=("kabid.pupr",)),
    )
    assert holds(done.holders, "kabid.pupr", DAY) == {"kabid.pupr", "camat.karawaci"}


@pytest.mark.parametrize(
    ("moves", "code"),
    [
        ([Move("kabid.pupr", "kadis.pupr")], "position_taken"),
        ([Move("nobody", "kadis.pupr")], "unknown_person"),
        ([Move("kabid.pupr", "kadis.nowhere")], "unknown_position"),
        ([Move("kabid.pupr", "", kind="plt")], "unknown_position"),
        ([Move("kabid.pupr"), Move("kabid.pupr", "kadis.bpbd")], "moved_twice"),
        ([Move("kadis.pupr", "kadis.bpbd", "plh", until=BEFORE)], "ends_before_it_begins"),
    ],
)
def test_a_plan_that_cannot_stand_is_refused_as_a_whole(moves, code):
    with pytest.raises(AccountRefused) as refused:
        plan(*moves)
    assert refused.value.code == code


def test_several_share_an_office_where_several_do_the_work():
    done = plan(Move("petugas.dishub", "petugas.pupr"))
    assert holds(done.holders, "petugas.dishub", DAY) == {"petugas.pupr"}
    assert holds(done.holders, "petugas.pupr", DAY) >= {"petugas.pupr"}
    assert "petugas.dishub" in done.vacant


def test_what_was_planned_for_later_is_dropped_with_a_new_plan():
    first = moved(
        STAFF,
        HOLDERS,
        POSITIONS,
        [Move("kadis.pupr", "kadis.bpbd"), Move("kadis.bpbd")],
        date(2027, 9, 1),
    )
    second = plan(Move("kadis.pupr", keeps=()), holders=first.holders)
    assert holds(second.holders, "kadis.pupr", DAY) == set()
    assert holds(second.holders, "kadis.pupr", date(2027, 9, 1)) == set()


def test_nothing_given_is_changed():
    before = json.dumps([STAFF, HOLDERS])
    plan(Move("kadis.pupr", "kadis.bpbd"), Move("kadis.bpbd", "kadis.pupr"))
    changed(STAFF, "sekda", revoked=True)
    assert json.dumps([STAFF, HOLDERS]) == before


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"id": "SEKDA", "mail": "x@y.id"}, "account_exists"),
        ({"id": "baru", "mail": STAFF[0]["mail"].upper()}, "address_in_use"),
    ],
)
def test_an_account_needs_a_name_and_an_address_of_its_own(account, code):
    with pytest.raises(AccountRefused) as refused:
        invited(STAFF, account)
    assert refused.value.code == code


def test_the_directory_is_read_as_a_whole():
    documents = {"positions": POSITIONS, "staff": STAFF, "holders": HOLDERS, "rota": []}
    assert checked_directory(documents)
    strange = [
        ({"holders": [{"position": "x", "person": "sekda"}]}, "unknown_position"),
        ({"holders": [{"position": "sekda", "person": "x"}]}, "unknown_person"),
        ({"holders": [{"position": "sekda"}]}, "directory_not_of_the_form"),
        ({"rota": ["x"]}, "directory_not_of_the_form"),
        ({"positions": [{"id": "sekda"}]}, "directory_not_of_the_form"),
    ]
    for change, code in strange:
        with pytest.raises(AccountRefused) as refused:
            checked_directory(documents | change)
        assert refused.value.code == code


def test_who_is_revoked_answers_for_nothing_and_the_duty_mailbox_takes_over():
    gone = changed(STAFF, "kadis.pupr", revoked=True)
    moment = datetime.fromisoformat("2027-04-05T12:00:00+07:00")
    told = Directory.from_dicts(positions=POSITIONS, staff=gone, holders=HOLDERS).resolve(
        "kadis", agency="PUPR", at=moment
    )
    assert [(one.position, one.person) for one in told] == [("kadis.pupr", None)]
