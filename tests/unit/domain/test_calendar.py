"""Working time on real dates: office hours of Tangerang, and New York where clocks jump."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.domain.calendar import Calendar, CalendarInvalid, CalendarUnknown

WIB = timezone(timedelta(hours=7))
WEEKDAY = [["07:30", "12:00"], ["13:00", "16:00"]]
OFFICE: dict[str, Any] = {
    "timezone": "Asia/Jakarta",
    "weekly": {
        "mon": WEEKDAY,
        "tue": WEEKDAY,
        "wed": WEEKDAY,
        "thu": WEEKDAY,
        "fri": [["07:30", "11:30"], ["13:00", "16:30"]],
    },
    "closed": ["2027-02-05", "2027-05-17", "2027-05-18", "2027-05-19", "2027-05-20"],
    "variants": [
        {
            "from": "2027-02-08",
            "to": "2027-03-09",
            "weekly": {"mon": [["08:00", "12:00"], ["12:30", "15:00"]]},
        }
    ],
    "special": {"2027-05-17": [["08:00", "10:00"]], "2027-04-10": [["08:00", "24:00"]]},
    "known_from": "2027-01-01",
    "known_until": "2027-12-31",
    "notes": {"2027-05-18": {"id": "Cuti bersama", "en": "Joint holiday", "provisional": True}},
}
KANTOR = Calendar.from_dict("kantor", OFFICE)
ALWAYS = Calendar.from_dict(
    "24x7", {"timezone": "Asia/Jakarta", "always_open": True, "known_until": "2027-12-31"}
)
NEW_YORK = Calendar.from_dict(
    "ny", {"timezone": "America/New_York", "weekly": {"sun": [["00:00", "24:00"]]}}
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-{text}").replace(tzinfo=WIB)


def hours(calendar: Calendar, day: str) -> list[str]:
    zone = calendar.zone
    return [
        f"{a.astimezone(zone):%H:%M}-{b.astimezone(zone):%H:%M}"
        for a, b in calendar.windows(date.fromisoformat(day))
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2027-04-05", ["07:30-12:00", "13:00-16:00"]),
        ("2027-04-09", ["07:30-11:30", "13:00-16:30"]),
        ("2027-04-11", []),
        ("2027-05-18", []),
        ("2027-02-08", ["08:00-12:00", "12:30-15:00"]),
        ("2027-02-09", []),
        ("2027-05-17", ["08:00-10:00"]),
        ("2027-04-10", ["08:00-00:00"]),
    ],
    ids=[
        "weekly hours",
        "Friday has its longer break",
        "a weekday that is not named is closed",
        "a closed date",
        "a variant over the weekly hours",
        "a weekday that a variant leaves out is closed",
        "a special date over a closed one",
        "a special Saturday that ends at midnight",
    ],
)
def test_the_most_specific_layer_gives_the_hours(day: str, expected: list[str]) -> None:
    assert hours(KANTOR, day) == expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("04-05T07:29:59", False),
        ("04-05T07:30:00", True),
        ("04-05T11:59:59", True),
        ("04-05T12:00:00", False),
        ("04-05T13:00:00", True),
        ("04-05T16:00:00", False),
    ],
)
def test_windows_contain_their_opening_and_not_their_closing(instant: str, expected: bool) -> None:
    assert KANTOR.is_open(at(instant)) is expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("04-05T10:00:00", "04-05T10:00:00"),
        ("04-05T12:00:00", "04-05T13:00:00"),
        ("04-05T16:00:00", "04-06T07:30:00"),
        ("05-17T10:00:00", "05-21T07:30:00"),
    ],
)
def test_the_next_working_moment_is_now_or_the_next_opening(instant: str, expected: str) -> None:
    assert KANTOR.next_open(at(instant)) == at(expected)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("04-05T10:00:00", 30, "04-05T10:30:00"),
        ("04-05T10:00:00", 120, "04-05T12:00:00"),
        ("04-05T10:00:00", 121, "04-05T13:01:00"),
        ("04-05T10:00:00", 300, "04-05T16:00:00"),
        ("04-05T10:00:00", 301, "04-06T07:31:00"),
        ("04-05T16:00:00", 0, "04-06T07:30:00"),
        ("05-14T15:59:00", 1440, "05-25T14:59:00"),
        ("04-09T16:29:00", 2, "04-10T08:01:00"),
    ],
    ids=[
        "within a window",
        "ends at the start of the break, not after it",
        "a minute over goes on after the break",
        "ends at closing, not next morning",
        "a minute over goes on next morning",
        "an empty budget ends at the next working moment",
        "over a long weekend of joint holidays, with its special Monday",
        "into a special Saturday",
    ],
)
def test_a_budget_ends_where_its_working_time_is_used_up(
    start: str, minutes: int, expected: str
) -> None:
    assert KANTOR.add(at(start), minutes * 60) == at(expected)


def test_working_seconds_counts_only_open_time() -> None:
    assert KANTOR.working_seconds(at("04-05T11:00:00"), at("04-06T08:00:00")) == 16200
    assert KANTOR.working_seconds(at("04-05T16:00:00"), at("04-06T07:30:00")) == 0
    assert KANTOR.working_seconds(at("04-06T08:00:00"), at("04-05T11:00:00")) == 0
    assert KANTOR.working_seconds(at("04-05T10:00:00"), at("04-05T10:00:00.500000")) == 0.5


def test_closings_skip_closed_days_and_end_at_midnight_where_the_window_does() -> None:
    found = KANTOR.closings(date(2027, 4, 8))
    assert [next(found) for _ in range(3)] == [
        (date(2027, 4, 9), at("04-09T16:30:00")),
        (date(2027, 4, 10), at("04-11T00:00:00")),
        (date(2027, 4, 12), at("04-12T16:00:00")),
    ]
    assert list(KANTOR.closings(date(2027, 4, 10), date(2027, 4, 11))) == []
    assert KANTOR.closing(date(2027, 4, 11)) is None


def test_an_always_open_calendar_is_wall_time() -> None:
    assert ALWAYS.add(at("05-15T02:13:00"), 300) == at("05-15T02:18:00")
    assert ALWAYS.is_open(at("05-15T02:13:00"))
    assert ALWAYS.next_open(at("05-15T02:13:00")) == at("05-15T02:13:00")
    assert ALWAYS.working_seconds(at("05-15T23:00:00"), at("05-16T01:00:00")) == 7200
    assert next(ALWAYS.closings(date(2027, 4, 10)))[1] == at("04-12T00:00:00")


@pytest.mark.parametrize("start", ["12-31T16:00:00", "12-31T23:59:59"])
def test_a_day_beyond_the_known_ones_is_never_guessed(start: str) -> None:
    with pytest.raises(CalendarUnknown) as caught:
        KANTOR.add(at(start), 3600)
    assert (caught.value.name, caught.value.day) == ("kantor", date(2028, 1, 1))


def test_a_budget_that_ends_on_the_last_known_day_is_known() -> None:
    assert KANTOR.add(at("12-31T16:00:00"), 1800) == at("12-31T16:30:00")
    assert ALWAYS.add(at("12-31T23:00:00"), 3600) == datetime(2028, 1, 1, tzinfo=WIB)
    with pytest.raises(CalendarUnknown):
        ALWAYS.add(at("12-31T23:00:00"), 3601)


def test_a_day_before_the_known_ones_is_unknown_too() -> None:
    with pytest.raises(CalendarUnknown):
        KANTOR.next_open(datetime(2026, 12, 31, 10, tzinfo=WIB))


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    never = Calendar.from_dict("never", {"timezone": "Asia/Jakarta", "weekly": {}})
    with pytest.raises(CalendarUnknown):
        never.next_open(at("04-05T10:00:00"))


def test_in_new_york_the_night_in_which_an_hour_is_lost_has_23_hours() -> None:
    start = datetime(2027, 3, 14, 5, tzinfo=UTC)  # Sunday 00:00 EST
    assert NEW_YORK.working_seconds(start, start + timedelta(days=1)) == 23 * 3600
    assert NEW_YORK.add(start, 3 * 3600) == datetime(2027, 3, 14, 8, tzinfo=UTC)  # 04:00 EDT


def test_in_new_york_the_night_in_which_an_hour_comes_twice_has_25_hours() -> None:
    start = datetime(2027, 11, 7, 4, tzinfo=UTC)  # Sunday 00:00 EDT
    assert NEW_YORK.working_seconds(start, start + timedelta(days=2)) == 25 * 3600
    assert NEW_YORK.add(start, 25 * 3600) == datetime(2027, 11, 8, 5, tzinfo=UTC)


def test_a_window_inside_the_lost_hour_vanishes() -> None:
    lost = Calendar.from_dict(
        "ny", {"timezone": "America/New_York", "weekly": {"sun": [["02:00", "03:00"]]}}
    )
    assert lost.windows(date(2027, 3, 14)) == ()
    assert len(lost.windows(date(2027, 3, 21))) == 1


def test_the_form_survives_a_round_trip() -> None:
    assert Calendar.from_dict("kantor", KANTOR.to_dict()) == KANTOR
    assert Calendar.from_dict("24x7", ALWAYS.to_dict()) == ALWAYS


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"timezone": "Asia/Tangerang"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"weekly": {"senin": []}}, "weekly.senin"),
        ({"weekly": {"mon": [["07:30", "12:00"], ["11:00", "16:00"]]}}, "weekly.mon"),
        ({"weekly": {"mon": [["12:00", "12:00"]]}}, "weekly.mon[0]"),
        ({"weekly": {"mon": [["16:00", "07:30"]]}}, "weekly.mon[0]"),
        ({"weekly": {"mon": [["07:30"]]}}, "weekly.mon[0]"),
        ({"weekly": {"mon": [["7.30", "12:00"]]}}, "weekly.mon[0]"),
        ({"weekly": {"mon": [["24:00", "24:00"]]}}, "weekly.mon[0]"),
        ({"weekly": []}, "weekly"),
        ({"closed": ["2027-02-30"]}, "closed[0]"),
        ({"closed": "2027-02-05"}, "closed"),
        ({"special": {"besok": []}}, "special"),
        ({"variants": [{"from": "2027-03-09", "to": "2027-02-08", "weekly": {}}]}, "variants[0]"),
        (
            {
                "variants": [
                    {"from": "2027-02-01", "to": "2027-02-08", "weekly": {}},
                    {"from": "2027-02-08", "to": "2027-02-09", "weekly": {}},
                ]
            },
            "variants",
        ),
        ({"known_from": "2028-01-01"}, "known_until"),
        ({"always_open": "yes"}, "always_open"),
        ({"closd": []}, "closd"),
    ],
)
def test_data_that_contradict_themselves_are_refused_with_the_place(
    change: dict[str, Any], path: str
) -> None:
    with pytest.raises(CalendarInvalid) as caught:
        Calendar.from_dict("kantor", {**OFFICE, **change})
    assert caught.value.path == path


def test_a_calendar_without_hours_must_say_that_it_is_always_open() -> None:
    with pytest.raises(CalendarInvalid):
        Calendar.from_dict("kantor", {"timezone": "Asia/Jakarta"})
