"""Photos over HTTP: uploads, links, covering and review, releasing texts, moderation."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chalicelib.domain.redaction import MASK, masked, personal_spans
from chalicelib.services.photos import (
    original_key,
    photo_key,
    public_key,
    shown_key,
)
from tests.fakes.pictures import HERE, jpeg, png_bomb, repaired, scene
from tests.fakes.world import POTHOLE, World

BOX = {"x": 0.25, "y": 0.25, "width": 0.5, "height": 0.5}
TAKEN = {"taken": "2027-04-05T09:40:00", "point": HERE}


def upload(world: World, number: str, data: bytes, purpose: str = "problem", **who: str) -> str:
    """Ask for room, put the file there as the form would, and have it examined."""
    room = world.act(number, "photos", {"purpose": purpose}, **who).json
    key = room["upload"]["fields"]["key"]
    assert key == photo_key(number, room["id"])
    world.engine.blobs.files[key] = data
    world.engine.media.examine(number, room["id"])
    return str(room["id"])


def evidence(world: World, number: str, **who: str) -> list[dict]:
    return world.get(f"/v1/reports/{number}/evidence", **who).json["items"]


def cover(world: World, number: str, photo: str, boxes: list, **who: str):
    return world.post(f"/v1/reports/{number}/photos/{photo}/cover", {"boxes": boxes}, **who)


def review(world: World, number: str, photo: str, body: dict, **who: str):
    return world.post(f"/v1/reports/{number}/photos/{photo}/review", body, **who)


def link(world: World, number: str, photo: str, size: str, **who: str):
    return world.get(f"/v1/reports/{number}/photos/{photo}/{size}", **who)


def moderation(world: World, number: str, body: dict, **who: str):
    return world.post(f"/v1/reports/{number}/moderation", body, **who)


@pytest.fixture
def filed(world: World) -> dict:
    return world.filed()


def test_a_photo_is_public_only_after_one_covered_and_another_looked(world, filed):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1), **TAKEN), token=token)
    assert evidence(world, number) == []
    assert link(world, number, photo, "large").status == 404
    assert cover(world, number, photo, [BOX], token=token).status == 200
    assert evidence(world, number) == []
    assert review(world, number, photo, {"approved": True}, user="operator").status == 200
    (shown,) = evidence(world, number)
    assert set(shown) == {"id", "purpose", "large", "small"}
    answer = link(world, number, photo, "large")
    assert answer.status == 302
    assert (
        answer.headers["Location"]
        == f"https://photos.test/{public_key(number, photo, 'large')}?signed"
    )
    covered = Image.open(io.BytesIO(world.engine.blobs.files[public_key(number, photo, "large")]))
    middle = covered.crop((500, 400, 700, 500)).getextrema()
    assert max(high - low for low, high in middle) <= 8
    assert world.get(f"/v1/reports/{number}").json["public_photos"] == [photo]


def test_who_covered_a_photo_does_not_review_it(world, filed):
    number = filed["number"]
    photo = upload(world, number, jpeg(scene(1)), token=filed["token"])
    assert cover(world, number, photo, [], user="operator").status == 200
    own = review(world, number, photo, {"approved": True}, user="operator")
    assert (own.status, own.code) == (403, "another_must_review")
    back = review(world, number, photo, {"approved": False}, user="verifikator")
    assert back.code == "field_missing"
    reason = {"approved": False, "reason": "Pelat di kiri masih terbaca"}
    assert review(world, number, photo, reason, user="verifikator").status == 200
    assert evidence(world, number) == []
    again = review(world, number, photo, {"approved": True}, user="verifikator")
    assert again.code == "nothing_to_review"


def test_new_boxes_take_the_old_public_copy_out_of_sight(world, filed):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1)), token=token)
    cover(world, number, photo, [], token=token)
    review(world, number, photo, {"approved": True}, user="operator")
    assert len(evidence(world, number)) == 1
    cover(world, number, photo, [BOX], token=token)
    assert evidence(world, number) == []
    review(world, number, photo, {"approved": True}, user="operator")
    assert len(evidence(world, number)) == 1


def test_the_reporter_covers_their_own_photos_only(world, filed):
    number = filed["number"]
    photo = upload(world, number, jpeg(scene(1)), user="operator")
    assert cover(world, number, photo, [], token=filed["token"]).code == "not_your_photo"


@pytest.mark.parametrize("change", [{"visibility": "confidential"}, {"about_unit": "PUPR"}])
def test_no_photo_of_a_hidden_report_ever_becomes_public(world, change):
    filed = world.filed(POTHOLE | change)
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1)), token=token)
    cover(world, number, photo, [], token=token)
    assert review(world, number, photo, {"approved": True}, user="operator").status == 200
    assert public_key(number, photo, "large") not in world.engine.blobs.files
    assert world.get(f"/v1/reports/{number}/evidence").status == 404


def test_the_untouched_original_is_for_those_who_check(world, filed):
    number, token = filed["number"], filed["token"]
    data = jpeg(scene(1), **TAKEN)
    photo = upload(world, number, data, token=token)
    assert world.engine.blobs.files[original_key(number, photo)] == data
    for who in ({"user": "verifikator"}, {"user": "inspektorat"}):
        assert (
            original_key(number, photo)
            in link(world, number, photo, "original", **who).headers["Location"]
        )
    for who in ({"token": token}, {"user": "sekda"}, {}):
        assert link(world, number, photo, "original", **who).status == 404
    assert (
        shown_key(number, photo, "small")
        in link(world, number, photo, "small", token=token).headers["Location"]
    )
    assert link(world, number, photo, "huge", token=token).status == 404
    assert link(world, number, "p-of-another", "large", user="operator").status == 404


def test_what_was_found_in_a_photo_is_shown_to_who_checks_and_to_nobody_else(world, filed):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1), **TAKEN), token=token)
    (seen,) = evidence(world, number, user="verifikator")
    assert {row["check"] for row in seen["checks"]} == {
        "after_assignment", "at_the_place", "no_copy", "not_seen_before", "not_redated",
        "not_generated", "not_edited", "photographed_before",
    }  # fmt: skip
    (own,) = evidence(world, number, token=token)
    assert "checks" not in own
    assert own["state"] == "accepted"
    history = world.get(f"/v1/reports/{number}", token=token).json["history"]
    assert "photo_examined" not in {event["type"] for event in history}
    assert photo == own["id"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (jpeg(scene(1)) + b"<script>alert(1)</script>", "polyglot"),
        (png_bomb(), "too_many_pixels"),
    ],
)
def test_t17_what_is_no_picture_is_refused_and_no_copy_of_it_is_made(world, filed, data, why):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, data, token=token)
    (own,) = evidence(world, number, token=token)
    assert (own["state"], own["refused"], own["large"]) == ("refused", why, None)
    assert list(world.engine.blobs.files) == [photo_key(number, photo)]
    assert link(world, number, photo, "large", token=token).status == 404


def test_t17_a_later_upload_under_the_same_name_changes_nothing(world, filed):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1)), token=token)
    kept = dict(world.engine.blobs.files)
    world.engine.blobs.files[photo_key(number, photo)] = jpeg(scene(2))
    world.engine.media.examine(number, photo)
    for key in (original_key(number, photo), shown_key(number, photo, "large")):
        assert world.engine.blobs.files[key] == kept[key]
    examined = [e for e in world.engine.loaded(number).events if e.type == "photo_examined"]
    assert len(examined) == 1


# ---------------------------------------------------------------- results


def at_work(world: World) -> tuple[str, str]:
    filed = world.filed()
    for action, user in (("verify", "operator"), ("acknowledge", "petugas.pupr")):
        assert world.act(filed["number"], action, user=user).status == 200
    return filed["number"], filed["token"]


def submit(world: World, number: str, photo: str, **more: str):
    body = {"outcome": "done", "note": "Ditambal", "photos": [photo], **more}
    return world.act(number, "submit", body, user="petugas.pupr")


def test_t24_the_reporters_own_photo_is_no_proof(world):
    number, token = at_work(world)
    upload(world, number, jpeg(scene(1)), token=token)
    photo = upload(world, number, jpeg(scene(1), 80), "result", user="petugas.pupr")
    answer = submit(world, number, photo, reason="Sama saja")
    assert (answer.status, answer.code) == (422, "evidence_refused")
    assert answer.json["failed"] == ["no_copy"]


def test_t24_a_photo_from_elsewhere_needs_a_reason_that_is_kept_and_shown(world):
    number, _ = at_work(world)
    far = {"taken": "2027-04-05T10:30:00", "point": (-6.17, 106.6319)}
    world.engine.clock.at = world.engine.clock.at.replace(hour=5)
    photo = upload(world, number, jpeg(repaired(1), **far), "result", user="petugas.pupr")
    answer = submit(world, number, photo)
    assert (answer.status, answer.code) == (422, "evidence_needs_reason")
    assert answer.json["failed"] == ["at_the_place"]
    assert submit(world, number, photo, reason="GPS ponsel rusak").status == 200
    (result,) = [e for e in world.engine.loaded(number).events if e.type == "resolved"]
    assert result.data["despite"] == ["at_the_place"]
    assert result.texts["reason"] == "GPS ponsel rusak"
    (seen,) = evidence(world, number, user="verifikator")
    (place,) = [row for row in seen["checks"] if row["check"] == "at_the_place"]
    assert place["outcome"] == "failed"
    assert place["distance_m"] > place["max_distance_m"]


def test_t24_closing_without_a_photo_or_with_no_picture_is_refused(world):
    number, _ = at_work(world)
    none = world.act(number, "submit", {"outcome": "done", "note": "x"}, user="petugas.pupr")
    assert none.code == "evidence_missing"
    photo = upload(world, number, b"%PDF-1.7", "result", user="petugas.pupr")
    answer = submit(world, number, photo)
    assert (answer.code, answer.json["photos"]) == ("photo_refused", {photo: "not_a_picture"})


def test_an_upload_that_has_only_just_arrived_is_examined_before_the_result_is_judged(world):
    number, token = at_work(world)
    upload(world, number, jpeg(scene(1)), token=token)
    room = world.act(number, "photos", {"purpose": "result"}, user="petugas.pupr").json
    world.engine.blobs.files[photo_key(number, room["id"])] = jpeg(scene(1))
    assert submit(world, number, room["id"]).code == "evidence_refused"


def test_the_officers_own_upload_that_failed_half_way_is_no_earlier_photo(world):
    number, _ = at_work(world)
    data = jpeg(repaired(1))
    upload(world, number, data, "result", user="petugas.pupr")
    again = upload(world, number, data, "result", user="petugas.pupr")
    assert submit(world, number, again).status == 200
    world.act(number, "return", {"reason": "Belum rata"}, user="verifikator")
    third = upload(world, number, data, "result", user="petugas.pupr")
    assert submit(world, number, third).code == "evidence_refused"


def test_two_names_for_one_photo_count_once(world):
    number, _ = at_work(world)
    data = jpeg(repaired(1))
    photos = [upload(world, number, data, "result", user="petugas.pupr") for _ in range(2)]
    body = {"outcome": "done", "note": "x", "photos": photos}
    assert world.act(number, "submit", body, user="petugas.pupr").code == "evidence_refused"


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Hubungi 0812-3456-7890 atau tini@contoh.id", ["phone", "email"]),
        ("NIK 3671012345678901", ["nik"]),
        ("Mobil B 1234 XYZ parkir di trotoar", ["plate"]),
        ("Rumah di Jl. Daan Mogot KM 19", []),
        ("Sejak 5 April 2027 pukul 10.30, kedalaman 15 cm", []),
        ("+62 812 3456 7890", ["phone"]),
        ("Kantor (021) 55764955", ["landline"]),
    ],
)
def test_personal_data_is_found_by_its_form(text, kinds):
    assert [span.kind for span in personal_spans(text)] == kinds
    assert personal_spans(masked(text)) == ()
    assert (MASK in masked(text)) is bool(kinds)


def test_a_description_is_public_only_as_its_reporter_released_it(world):
    text = "Lubang di depan rumah saya, telepon 0812-3456-7890"
    filed = world.filed(POTHOLE | {"description": text})
    number, token = filed["number"], filed["token"]
    assert world.get(f"/v1/reports/{number}").json["public_text"] is None
    path = f"/v1/reports/{number}/publication"
    looked = world.get(path, token=token).json
    (found,) = looked["found"]
    assert text[found["start"] : found["end"]] == "0812-3456-7890"
    refused = world.post(path, {"text": text}, token=token)
    assert (refused.status, refused.code) == (422, "personal_data_in_text")
    assert world.post(path, {"text": "Lubang di depan rumah"}, token=token).status == 200
    assert world.get(f"/v1/reports/{number}").json["public_text"] == "Lubang di depan rumah"
    assert world.post(path, {"text": ""}, token=token).json["text"] is None
    assert world.get(f"/v1/reports/{number}").json["public_text"] is None


def test_what_an_officer_writes_is_masked_for_the_public(world):
    number, _ = at_work(world)
    nothing = {"outcome": "nothing_found", "reason": "Sudah ditelepon ke 0812-3456-7890"}
    world.act(number, "submit", nothing, user="petugas.pupr")
    (line,) = [
        e for e in world.get(f"/v1/reports/{number}").json["history"] if e["type"] == "resolved"
    ]
    assert line["texts"]["reason"] == f"Sudah ditelepon ke {MASK}"


def test_a_moderator_withholds_a_text_and_shows_it_again_and_says_why(world):
    number, _ = at_work(world)
    nothing = {"outcome": "nothing_found", "reason": "Pak Budi sendiri yang melubangi"}
    world.act(number, "submit", nothing, user="petugas.pupr")

    def public() -> dict:
        rows = world.get(f"/v1/reports/{number}").json["history"]
        return next(row for row in rows if row["type"] == "resolved")

    line = public()
    target = {"event": line["seq"], "field": "reason", "reason": "Menyebut nama orang"}
    assert moderation(world, number, target, user="petugas.pupr").code == "role_may_not"
    assert moderation(world, number, target, user="operator").status == 200
    assert public()["texts"] == {}
    (entry,) = [e for e in world.engine.loaded(number).events if e.type == "withheld"]
    assert (entry.actor.person, entry.texts["reason"]) == ("operator", "Menyebut nama orang")
    staff = world.get(f"/v1/reports/{number}", user="verifikator").json["history"]
    assert any("Pak Budi" in row["texts"].get("reason", "") for row in staff)
    moderation(world, number, target | {"withhold": False}, user="verifikator")
    assert public()["texts"] == {"reason": "Pak Budi sendiri yang melubangi"}
    missing = target | {"field": "nothing"}
    assert moderation(world, number, missing, user="operator").code == "nothing_there"


def test_a_moderator_withholds_a_public_photo(world, filed):
    number, token = filed["number"], filed["token"]
    photo = upload(world, number, jpeg(scene(1)), token=token)
    cover(world, number, photo, [], token=token)
    review(world, number, photo, {"approved": True}, user="operator")
    hide = {"photo": photo, "reason": "Wajah anak terlihat"}
    assert moderation(world, number, hide, user="verifikator").status == 200
    assert evidence(world, number) == []
    assert link(world, number, photo, "large").status == 404
    assert link(world, number, photo, "large", token=token).status == 302
