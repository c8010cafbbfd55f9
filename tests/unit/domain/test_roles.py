"""Who is told when a step names a role: rota, stand-ins, holders, mailboxes, accused units."""

from datetime import datetime

import pytest

from chalicelib.domain.roles import Directory, ReporterRecipient, UnknownRole, Via

AT = datetime.fromisoformat("2027-05-26T08:29:00+07:00")


def position(id, role, agency=None, area=None, mail=True):
    return {
        "id": id,
        "role": role,
        "agency": agency,
        "area": area,
        "title": {"id": f"Jabatan {id}", "en": f"Office {id}"},
        "contacts": {"mail": f"{id}@kota.example" if mail else None, "phone": None},
    }


def person(id, mail=True, **more):
    return {
        "id": id,
        "name": id.title(),
        "mail": f"{id}@orang.example" if mail else None,
        "phone": None,
        "language": "id",
        "roles": [],
        "positions": [],
        **more,
    }


POSITIONS = [
    position("petugas-pupr", "petugas", "PUPR"),
    position("petugas-pupr-karawaci", "petugas", "PUPR", "36.71.07"),
    position("kabid-pupr", "kabid", "PUPR"),
    position("kadis-pupr", "kadis", "PUPR"),
    position("kadis-dishub", "kadis", "DISHUB"),
    position("lurah-bugel", "lurah", "KEL-36.71.07.1009", "36.71.07.1009"),
    position("lurah-cimone", "lurah", None, "36.71.07.1005"),
    position("camat-karawaci", "camat", "KEC-36.71.07", "36.71.07"),
    position("pusat", "pusat_kendali", "DISKOMINFO"),
    position("asisten", "asisten", "SETDA"),
    position("sekda", "sekda", "SETDA"),
    position("walikota", "walikota", "WALIKOTA"),
]
STAFF = [person(name) for name in ("ani", "budi", "citra", "dedi", "eka", "fajar")]
HOLDERS = [
    {"position": "petugas-pupr", "person": "ani", "from": "2026-01-01", "to": None},
    {"position": "kabid-pupr", "person": "budi", "from": "2026-01-01", "to": None},
    {"position": "kadis-pupr", "person": "citra", "from": "2026-01-01", "to": None},
]


def directory(holders=(), rota=(), positions=POSITIONS, staff=STAFF):
    held = [{"kind": "definitive", **row} for row in (*HOLDERS, *holders)]
    return Directory.from_dicts(positions=positions, staff=staff, holders=held, rota=rota)


def told(found):
    return [(one.position, one.person, one.via) for one in found]


def ask(directory, role, at=AT, **where):
    return directory.resolve(role, **{"agency": "PUPR", "at": at, **where})


def test_the_definitive_holder_is_told():
    found = ask(directory(), "kabid")
    assert told(found) == [("kabid-pupr", "budi", Via.DEFINITIVE)]
    assert found[0].mail == "budi@orang.example"
    assert found[0].title == {"id": "Jabatan kabid-pupr", "en": "Office kabid-pupr"}
    assert found[0].fallback_from is None


def test_whoever_is_on_the_rota_comes_before_the_holder_and_only_during_the_shift():
    rota = [
        {
            "position": "petugas-pupr",
            "person": name,
            "start": "2027-05-26T08:00:00+07:00",
            "end": "2027-05-26T16:00:00+07:00",
        }
        for name in ("dedi", "eka")
    ]
    duty = directory(rota=rota)
    at = datetime.fromisoformat
    assert told(ask(duty, "petugas", at("2027-05-26T08:00:00+07:00"))) == [
        ("petugas-pupr", "dedi", Via.ROTA),
        ("petugas-pupr", "eka", Via.ROTA),
    ]
    assert told(ask(duty, "petugas", at("2027-05-26T16:00:00+07:00"))) == [
        ("petugas-pupr", "ani", Via.DEFINITIVE)
    ]


@pytest.mark.parametrize("kind, via", [("plt", Via.PLT), ("plh", Via.PLH)])
def test_an_acting_official_comes_before_the_holder_and_is_addressed_as_such(kind, via):
    acting = {"position": "kadis-pupr", "person": "dedi", "kind": kind}
    found = ask(directory([{**acting, "from": "2027-05-01", "to": "2027-05-26"}]), "kadis")
    assert told(found) == [("kadis-pupr", "dedi", via)]
    assert found[0].title["id"] == f"{kind.title()}. Jabatan kadis-pupr"
    assert found[0].title["en"] == "Acting Office kadis-pupr"


def test_dates_of_a_holder_include_their_last_day_in_jakarta():
    acting = {"position": "kadis-pupr", "person": "dedi", "kind": "plh"}
    told_on = directory([{**acting, "from": "2027-05-26", "to": "2027-05-26"}])
    at = datetime.fromisoformat
    names = [
        ask(told_on, "kadis", at(moment))[0].person
        for moment in (
            "2027-05-25T16:59:59+00:00",
            "2027-05-25T17:00:00+00:00",
            "2027-05-26T16:59:59+00:00",
            "2027-05-26T17:00:00+00:00",
        )
    ]
    assert names == ["citra", "dedi", "dedi", "citra"]


def test_a_substitute_is_told_during_leave():
    leave = {
        "position": "kadis-pupr",
        "person": "citra",
        "kind": "leave",
        "substitute": "budi",
        "from": "2027-05-20",
        "to": "2027-05-28",
    }
    assert told(ask(directory([leave]), "kadis")) == [("kadis-pupr", "budi", Via.SUBSTITUTE)]
    later = datetime.fromisoformat("2027-05-31T08:00:00+07:00")
    assert told(ask(directory([leave]), "kadis", later)) == [
        ("kadis-pupr", "citra", Via.DEFINITIVE)
    ]


def test_leave_without_a_substitute_goes_to_the_duty_mailbox():
    leave = {"position": "kadis-pupr", "person": "citra", "kind": "leave", "from": None, "to": None}
    found = ask(directory([leave]), "kadis")
    assert told(found) == [("kadis-pupr", None, Via.MAILBOX)]
    assert found[0].mail == "kadis-pupr@kota.example"


def test_an_office_that_nobody_holds_is_told_at_its_mailbox():
    found = ask(directory(), "kadis", agency="DISHUB")
    assert told(found) == [("kadis-dishub", None, Via.MAILBOX)]


def test_a_person_without_contacts_is_reached_at_the_contacts_of_the_office():
    staff = [person("budi", mail=False)]
    assert ask(directory(staff=staff), "kabid")[0].mail == "kabid-pupr@kota.example"


def test_a_role_that_the_agency_lacks_goes_to_the_next_higher_one_and_says_so():
    found = ask(directory(), "petugas", agency="DISHUB")
    assert told(found) == [("kadis-dishub", None, Via.MAILBOX)]
    assert found[0].fallback_from == "petugas"
    assert told(ask(directory(), "kasi")) == [("kabid-pupr", "budi", Via.DEFINITIVE)]
    assert told(ask(directory(), "piket", agency="DINKES")) == [("pusat", None, Via.MAILBOX)]


def test_the_most_local_officer_is_told():
    duty = directory(
        [{"position": "petugas-pupr-karawaci", "person": "eka", "from": None, "to": None}]
    )
    there = {"kelurahan": "36.71.07.1009"}
    assert told(ask(duty, "petugas", **there)) == [("petugas-pupr-karawaci", "eka", Via.DEFINITIVE)]
    assert told(ask(duty, "petugas", kelurahan="36.71.02.1001"))[0][0] == "petugas-pupr"


def test_lurah_and_camat_are_those_of_the_area():
    where = {"kelurahan": "36.71.07.1009", "kecamatan": "36.71.07"}
    assert told(ask(directory(), "lurah", **where))[0][0] == "lurah-bugel"
    assert told(ask(directory(), "camat", **where))[0][0] == "camat-karawaci"
    assert told(ask(directory(), "camat", kelurahan="36.71.07.1009"))[0][0] == "camat-karawaci"
    assert ask(directory(), "camat", kelurahan="36.71.13.1001")[0].position == "asisten"
    assert ask(directory(), "lurah")[0].fallback_from == "lurah"


@pytest.mark.parametrize(
    "role, units, expected",
    [
        ("kabid", ["PUPR"], "pusat"),
        ("lurah", ["36.71.07.1009"], "camat-karawaci"),
        ("lurah", ["KEL-36.71.07.1009"], "camat-karawaci"),
        ("lurah", ["36.71.07"], "asisten"),
        ("camat", ["36.71.07"], "asisten"),
        ("kadis", ["PUPR", "DISKOMINFO"], "asisten"),
        ("kadis", ["PUPR", "DISKOMINFO", "SETDA"], "walikota"),
    ],
)
def test_an_accused_unit_is_never_told(role, units, expected):
    found = ask(directory(), role, kelurahan="36.71.07.1009", excluded_units=units)
    assert [one.position for one in found] == [expected]
    assert found[0].fallback_from == role


def test_a_case_about_a_kelurahan_may_still_go_to_an_agency_that_works_there():
    found = ask(directory(), "petugas", kelurahan="36.71.07.1009", excluded_units=["36.71.07"])
    assert [one.position for one in found] == ["petugas-pupr-karawaci"]


def test_the_accused_is_not_told_where_they_stand_in_elsewhere():
    acting = {"position": "asisten", "person": "citra", "kind": "plt", "from": None, "to": None}
    found = ask(directory([acting]), "asisten", excluded_units=["PUPR"])
    assert [one.position for one in found] == ["sekda"]


def test_empty_only_when_nobody_is_left():
    everyone = {one["agency"] for one in POSITIONS}
    assert ask(directory(), "kadis", excluded_units=everyone) == ()
    bare = [position("sekda", "sekda", mail=False)]
    assert ask(directory(positions=bare), "sekda") == ()


def test_a_person_with_two_offices_is_told_once():
    also = {"position": "asisten", "person": "citra", "from": None, "to": None}
    duty = directory([{**also, "kind": "plt"}])
    found = duty.resolve_all(["kadis", "asisten", "pelapor"], agency="PUPR", at=AT)
    assert [getattr(one, "position", one.__class__.__name__) for one in found] == [
        "kadis-pupr",
        "ReporterRecipient",
    ]


def test_a_position_listed_only_in_the_staff_file_is_held():
    staff = [*STAFF, person("gita", positions=["kadis-dishub", "kadis-pupr"])]
    duty = directory(staff=staff)
    assert ask(duty, "kadis", agency="DISHUB")[0].person == "gita"
    assert ask(duty, "kadis")[0].person == "citra"  # holders.json knows better


def test_the_positions_a_person_answers_for():
    acting = {"position": "asisten", "person": "citra", "kind": "plt", "from": None, "to": None}
    duty = directory([acting])
    assert [one.id for one in duty.positions_of("citra", AT)] == ["kadis-pupr", "asisten"]
    assert duty.position("sekda").role == "sekda"
    assert duty.position("none") is None


def test_the_reporter_is_a_marker():
    assert ask(directory(), "pelapor") == (ReporterRecipient(),)


def test_what_is_wrong_is_refused():
    with pytest.raises(UnknownRole):
        ask(directory(), "gubernur")
    with pytest.raises(ValueError, match="zone"):
        ask(directory(), "kadis", at=AT.replace(tzinfo=None))
    shift = {"position": "sekda", "person": "ani", "start": "2027-01-02", "end": "2027-01-01"}
    with pytest.raises(ValueError, match="shift"):
        directory(rota=[shift])
