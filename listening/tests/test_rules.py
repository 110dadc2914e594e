from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listening import rules
from listening.errors import BadEvent
from listening.listen import Event
from listening.tests.cast import NOW, THREE_MINUTES, after, begun, event_id

KINDS = st.sampled_from(["progress", "left", "complete"])
EVENTS = st.builds(
    Event,
    KINDS,
    st.integers(-10_000, 10**9),
    st.integers(-60_000, 900_000).map(lambda ms: NOW + timedelta(milliseconds=ms)),
)
DURATIONS = st.integers(0, 700_000)


@pytest.mark.parametrize(
    ("played_ms", "duration_ms", "counts"),
    [
        (30_000, 30_000, False),
        (15_001, 30_001, True),
        (15_000, 30_001, False),
        (89_999, THREE_MINUTES, False),
        (90_000, THREE_MINUTES, True),
        (239_999, 3_600_000, False),
        (240_000, 3_600_000, True),
    ],
)
def test_half_of_the_track_or_four_minutes_count_as_a_listen(played_ms, duration_ms, counts):
    assert rules.counts_as_listen(played_ms, duration_ms) is counts


@pytest.mark.parametrize(
    ("played_ms", "ended", "is_completed"),
    [
        (161_999, False, False),
        (162_000, False, True),
        (143_999, True, False),
        (144_000, True, True),
        (144_000, False, False),
        (0, True, False),
    ],
)
def test_ninety_percent_or_the_end_with_eighty_completes(played_ms, ended, is_completed):
    assert rules.completed(played_ms, THREE_MINUTES, ended) is is_completed


def test_a_track_without_length_is_never_completed():
    assert not rules.completed(0, 0, True)


@pytest.mark.parametrize(
    ("played_ms", "duration_ms", "has_left", "is_completed", "is_skipped"),
    [
        (29_999, 600_000, True, False, True),
        (30_000, 600_000, True, False, False),
        (4999, 20_000, True, False, True),
        (5000, 20_000, True, False, False),
        (0, 600_000, False, False, False),
        (0, 600_000, True, True, False),
    ],
)
def test_leaving_before_thirty_seconds_and_a_quarter_is_a_skip(
    played_ms, duration_ms, has_left, is_completed, is_skipped
):
    assert rules.skipped(played_ms, duration_ms, has_left, is_completed) is is_skipped


def test_a_start_in_the_future_is_now_and_a_month_ago_is_refused():
    assert begun(started_at=after(3600)).started_at == NOW
    assert begun(started_at=NOW - timedelta(days=30)).started_at == NOW - timedelta(days=30)
    with pytest.raises(BadEvent):
        begun(started_at=NOW - timedelta(days=30, seconds=1))


def test_a_start_without_time_zone_is_refused_and_another_zone_is_turned_to_utc():
    with pytest.raises(BadEvent):
        begun(started_at=datetime(2026, 5, 4, 11, 0))
    in_vienna = NOW.astimezone(timezone(timedelta(hours=2)))
    assert begun(started_at=in_vienna).started_at.tzinfo is UTC


def test_an_event_id_has_one_spelling_and_nonsense_is_refused():
    assert begun(event_id=event_id(255).upper()).event_id == event_id(255)
    for nonsense in ("", "1", "x" * 36, None, 7):
        with pytest.raises(BadEvent):
            begun(event_id=nonsense)


def test_what_the_client_says_of_itself_is_cut_to_one_short_line():
    assert begun(source="a\n\0b\ud800 " + "x" * 500).source == "a b? " + "x" * 115


def test_a_play_delivered_days_late_was_finished_when_it_was_heard():
    listen = begun(started_at=NOW - timedelta(days=9))
    finished = rules.apply(listen, Event("complete", THREE_MINUTES, NOW))
    assert finished.completed_at == NOW - timedelta(days=9) + timedelta(minutes=3)


def test_what_an_older_rule_called_completed_stays_completed():
    listen = replace(begun(), completed=True, completed_at=after(60), counted=True)
    assert rules.apply(listen, Event("left", 10, after(90))) == replace(listen, played_ms=10, left_at=after(90))


@given(DURATIONS, st.lists(EVENTS, max_size=8))
def test_hearing_an_event_twice_changes_nothing(duration_ms, events):
    listen = begun(duration_ms=duration_ms)
    for event in events:
        listen = rules.apply(listen, event)
        assert rules.apply(listen, event) == listen
    for event in events:
        assert rules.apply(listen, event) == listen


@given(st.lists(EVENTS, max_size=6).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))))
def test_the_order_of_events_does_not_matter(orders):
    one, other = (_told(events) for events in orders)
    assert replace(one, completed_at=None) == replace(other, completed_at=None)


@given(DURATIONS, st.lists(EVENTS, max_size=8))
def test_nothing_ever_goes_back(duration_ms, events):
    listen = begun(duration_ms=duration_ms)
    for event in events:
        next_one = rules.apply(listen, event)
        assert next_one.played_ms >= listen.played_ms
        assert (next_one.completed, next_one.counted, next_one.ended) >= (listen.completed, False, listen.ended)
        assert next_one.counted >= listen.counted
        assert not listen.completed or next_one.completed_at == listen.completed_at
        assert next_one.completed == (next_one.completed_at is not None)
        listen = next_one


@given(DURATIONS, st.lists(EVENTS, min_size=1, max_size=8))
def test_nobody_hears_more_than_the_clock_and_the_track_allow(duration_ms, events):
    listen = begun(duration_ms=duration_ms)
    for event in events:
        listen = rules.apply(listen, event)
    elapsed_ms = max((event.received_at - NOW) // timedelta(milliseconds=1) for event in events)
    assert 0 <= listen.played_ms <= max(0, min(duration_ms, elapsed_ms))


@given(st.lists(EVENTS, max_size=6), st.lists(EVENTS, max_size=6))
def test_merging_two_records_knows_what_either_knew(some, others):
    one, other = _told(some), _told(others)
    both = rules.merge(one, other)
    assert replace(both, completed_at=None) == replace(_told([*some, *others]), completed_at=None)
    assert both.completed == (both.completed_at is not None)
    assert rules.merge(both, one) == rules.merge(both, other) == both
    assert rules.merge(other, one) == both


def _told(events):
    listen = begun()
    for event in events:
        listen = rules.apply(listen, event)
    return listen
