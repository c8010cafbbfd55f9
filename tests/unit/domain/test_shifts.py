"""Who is on duty, and how a shift goes from one person to the next."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import shifts
from chalicelib.domain.actions import ActionRefused
from chalicelib.domain.shifts import MAX_NOTES, Desk, Duty

SEVEN = datetime(2027, 4, 5, 0, 30, tzinfo=UTC)
TWO = SEVEN + timedelta(hours=7)
ANI_ON_DUTY = shifts.take(Desk(), "ani", "operator", "", SEVEN)


def refused(do):
    with pytest.raises(ActionRefused) as caught:
        do()
    return caught.value.code


def test_the_first_one_just_sits_down():
    assert Desk(Duty("ani", "operator", SEVEN)) == ANI_ON_DUTY


def test_who_is_named_takes_over_without_a_word_and_the_offer_is_gone():
    offered = shifts.offer(ANI_ON_DUTY, "ani", "budi", "Regu B di Cibodas", TWO)
    taken = shifts.take(offered, "budi", "verifikator", "", TWO)
    assert taken == Desk(Duty("budi", "verifikator", TWO))


def test_an_open_offer_is_for_whoever_comes():
    offered = shifts.offer(ANI_ON_DUTY, "ani", "", "", TWO)
    assert shifts.take(offered, "cici", "operator", "", TWO).duty.person == "cici"


def test_whom_nobody_offered_it_says_why():
    named = shifts.offer(ANI_ON_DUTY, "ani", "budi", "", TWO)
    for desk in (ANI_ON_DUTY, named):
        assert refused(lambda desk=desk: shifts.take(desk, "cici", "operator", "", TWO)) == (
            "field_missing"
        )
        assert shifts.take(desk, "cici", "operator", "Budi sakit", TWO).duty.person == "cici"


def test_only_who_is_on_duty_hands_over_and_not_to_themselves():
    assert refused(lambda: shifts.offer(Desk(), "ani", "", "", SEVEN)) == "not_on_duty"
    assert refused(lambda: shifts.offer(ANI_ON_DUTY, "budi", "", "", TWO)) == "not_on_duty"
    assert refused(lambda: shifts.offer(ANI_ON_DUTY, "ani", "ani", "", TWO)) == "successor_unknown"
    assert refused(lambda: shifts.take(ANI_ON_DUTY, "ani", "", "x", TWO)) == "already_on_duty"


def test_notes_stay_over_shifts_until_struck_off_and_no_number_comes_twice():
    desk = shifts.add_note(ANI_ON_DUTY, "ani", "Genset mati", SEVEN)
    desk = shifts.add_note(desk, "ani", "HT 3 rusak", SEVEN)
    desk = shifts.take(shifts.offer(desk, "ani", "", "", TWO), "budi", "operator", "", TWO)
    assert [one.text for one in desk.notes] == ["Genset mati", "HT 3 rusak"]
    desk = shifts.add_note(shifts.strike(desk, 2), "budi", "HT 3 kembali", TWO)
    assert [(one.id, one.text) for one in desk.notes] == [(1, "Genset mati"), (3, "HT 3 kembali")]
    assert shifts.strike(desk, 99) == desk


def test_notes_are_bounded():
    desk = ANI_ON_DUTY
    for _ in range(MAX_NOTES):
        desk = shifts.add_note(desk, "ani", "x", SEVEN)
    assert refused(lambda: shifts.add_note(desk, "ani", "x", SEVEN)) == "too_many_notes"


_DO = st.tuples(
    st.sampled_from(["offer", "take", "note", "strike"]),
    st.sampled_from(["ani", "budi", "cici"]),
    st.sampled_from(["", "ani", "budi"]),
)


@given(st.lists(_DO, max_size=30))
def test_whatever_happens_one_person_is_on_duty_once_somebody_was_and_it_is_stored_whole(acts):
    desk, manned = Desk(), False
    for what, person, other in acts:
        with contextlib.suppress(ActionRefused):
            desk = {
                "offer": lambda d, p, o: shifts.offer(d, p, o, "n", TWO),
                "take": lambda d, p, o: shifts.take(d, p, "operator", o, TWO),
                "note": lambda d, p, o: shifts.add_note(d, p, "n", TWO),
                "strike": lambda d, p, o: shifts.strike(d, 1),
            }[what](desk, person, other)
        manned = manned or desk.duty is not None
        assert (desk.duty is not None) == manned
        assert desk.offer is None or desk.offer.by == desk.duty.person
        assert shifts.from_data(shifts.to_data(desk)) == desk
