"""Actions over HTTP: the whole story, photos, keys, and the words of refusals."""

from __future__ import annotations

import pytest

from chalicelib.services.photos import photo_key
from tests.fakes.world import WITH_MAIL

KEY = {"Idempotency-Key": "Zk3v1pQm8Xs0Rt5Yw9LbNg"}


@pytest.fixture
def number(world):
    return world.filed(WITH_MAIL)["number"]


def with_photo(world, number, **who):
    room = world.act(number, "photos", {"type": "image/jpeg", "purpose": "result"}, **who)
    assert room.status == 201
    world.engine.blobs.keys.add(photo_key(number, room.json["id"]))
    return room.json["id"]


def test_the_story_from_report_to_confirmation(world, number):
    token = world.token_of(number)
    world.act(number, "verify", user="operator")
    world.act(number, "acknowledge", user="petugas.pupr")
    world.act(number, "start", user="petugas.pupr")
    photo = with_photo(world, number, user="petugas.pupr")
    done = {"outcome": "done", "note": "ditambal", "photos": [photo]}
    statuses = [
        world.act(number, "submit", done, user="petugas.pupr").json["status"],
        world.act(number, "return", {"reason": "kurang rata"}, user="operator").json["status"],
        world.act(number, "submit", done, user="petugas.pupr").json["status"],
        world.act(number, "validate", user="verifikator").json["status"],
        world.act(number, "dispute", {"reason": "masih ada"}, token=token).json["status"],
        world.act(number, "submit", done, user="petugas.pupr").json["status"],
        world.act(number, "validate", user="verifikator").json["status"],
        world.act(number, "confirm", token=token).json["status"],
        world.act(number, "rate", {"score": 5}, token=token).json["status"],
        world.act(number, "reopen", token=token).json["status"],
    ]
    assert statuses == [
        "awaiting_validation",
        "returned",
        "awaiting_validation",
        "awaiting_confirmation",
        "reopened",
        "awaiting_validation",
        "awaiting_confirmation",
        "closed_confirmed",
        "closed_confirmed",
        "reopened",
    ]


def test_a_result_without_the_proof_is_refused(world, number):
    world.act(number, "verify", user="operator")
    answer = world.act(number, "submit", {"outcome": "done"}, user="petugas.pupr")
    assert (answer.status, answer.code, answer.json["required"]) == (422, "evidence_missing", 1)


def test_a_photo_that_was_announced_and_not_uploaded_is_no_proof(world, number):
    world.act(number, "verify", user="operator")
    room = world.act(number, "photos", user="petugas.pupr").json
    body = {"outcome": "done", "photos": [room["id"]]}
    assert world.act(number, "submit", body, user="petugas.pupr").code == "photo_unknown"


def test_room_for_a_photo_is_bound_to_the_report(world, number):
    room = world.act(number, "photos", token=world.token_of(number)).json
    assert room["upload"]["fields"]["key"] == photo_key(number, room["id"])


def test_the_same_key_gives_the_same_room_once(world, number):
    token = world.token_of(number)
    target = f"/v1/reports/{number}/photos"
    rooms = [world.post(target, {}, token=token, headers=KEY) for _ in range(2)]
    assert rooms[0].body == rooms[1].body
    assert len(world.engine.store.load(number).report.photos) == 1


@pytest.mark.parametrize("kind", ["image/svg+xml", "application/pdf", "image/gif", "text/html"])
def test_other_files_than_photos_are_refused(world, number, kind):
    answer = world.act(number, "photos", {"type": kind}, token=world.token_of(number))
    assert (answer.status, answer.code) == (400, "invalid_field")


def test_the_reporter_cannot_hand_in_a_result_photo(world, number):
    answer = world.act(number, "photos", {"purpose": "result"}, token=world.token_of(number))
    assert (answer.status, answer.code) == (400, "invalid_field")


def test_an_action_with_the_same_key_happens_once(world, number):
    target = f"/v1/reports/{number}/comments"
    token = world.token_of(number)
    answers = [world.post(target, {"text": "halo"}, token=token, headers=KEY) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    events = [event.type for event in world.engine.store.load(number).events]
    assert events == ["filed", "commented"]
    other = world.post(target, {"text": "lain"}, token=token, headers=KEY)
    assert (other.status, other.code) == (422, "key_reused")


def test_a_guessable_key_is_refused_for_actions_too(world, number):
    answer = world.post(
        f"/v1/reports/{number}/comments",
        {"text": "x"},
        token=world.token_of(number),
        headers={"Idempotency-Key": "1"},
    )
    assert answer.code == "weak_idempotency_key"


def test_what_does_not_fit_the_status_is_a_conflict_that_names_it(world, number):
    answer = world.act(number, "validate", user="operator")
    assert (answer.status, answer.code, answer.json["report_status"]) == (
        409,
        "not_in_this_status",
        "received",
    )


def test_who_did_the_work_may_not_check_it(world):
    """An officer who is made verifier later still may not validate their own result."""
    from chalicelib.domain.actions import Caller, Command

    number = world.filed(WITH_MAIL)["number"]
    world.act(number, "verify", user="operator")
    photo = with_photo(world, number, user="petugas.pupr")
    world.act(number, "submit", {"outcome": "done", "photos": [photo]}, user="petugas.pupr")
    both = Caller(frozenset({"verifier"}), person="petugas.pupr")
    with pytest.raises(Exception, match="executor_may_not_validate"):
        world.engine.do(number, Command("validate", both))


@pytest.mark.parametrize("into", ["TL-7K3QX9MW", "hello", "<b>"])
def test_merging_into_nothing_is_refused(world, number, into):
    answer = world.act(number, "merge", {"into": into}, user="operator")
    assert (answer.status, answer.code) == (422, "merge_target_unknown")


def test_a_field_that_consists_of_blanks_is_missing(world, number):
    answer = world.act(number, "escalate", {"reason": " \n\t "}, user="operator")
    errors = [(error["pointer"], error["code"]) for error in answer.json["errors"]]
    assert (answer.status, answer.code, errors) == (
        422,
        "field_missing",
        [("/reason", "missing")],
    )


def test_the_reporter_can_stop_and_start_being_told(world, number):
    token = world.token_of(number)
    channels = [
        (world.act(number, action, body, token=token).status,
         world.engine.store.load(number).report.channels)
        for action, body in (
            ("follow", {"on": False}),
            ("follow", {"on": True}),
            ("preferences", {"channels": []}),
            ("preferences", {"channels": ["mail"]}),
        )
    ]  # fmt: skip
    assert channels == [(200, ()), (200, ("mail",)), (200, ()), (200, ("mail",))]


def test_a_channel_that_was_never_given_cannot_be_chosen(world, number):
    token = world.token_of(number)
    answer = world.act(number, "preferences", {"channels": ["sms"]}, token=token)
    assert (answer.status, answer.code) == (422, "channel_not_given")


def test_comments_photos_and_preferences_move_no_deadline(world, number):
    token = world.token_of(number)
    before = world.get(f"/v1/reports/{number}/timeline").json["entries"]
    world.engine.clock.at = world.engine.clock.at.replace(hour=5)
    world.act(number, "comments", {"text": "x"}, token=token)
    world.act(number, "photos", {}, token=token)
    world.act(number, "follow", {"on": False}, token=token)
    assert world.get(f"/v1/reports/{number}/timeline").json["entries"] == before


def test_a_busy_store_asks_to_try_again(world, number):
    from chalicelib.services.ports import Conflict

    def busy(_change):
        raise Conflict

    world.engine.store.save = busy
    answer = world.act(number, "verify", user="operator")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "try_again", "2")
