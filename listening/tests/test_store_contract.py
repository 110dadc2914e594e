"""What every store promises: each test runs on SQL, on mongomock, and over a socket on a MongoDB-wire server."""

from datetime import timedelta

import pytest

from listening import rules
from listening.errors import EventBelongsToAnother, UnknownEvent
from listening.store import Event, ListenStore, Selection
from listening.tests.cast import ALICE, BOB, CHARLIE, NOW, THREE_MINUTES, after, begun, event_id


def heard_to_the_end(store: ListenStore, user_id: int, number: int, **changed) -> None:
    listen = store.start(begun(user_id, number, **changed))
    store.complete(user_id, listen.event_id, THREE_MINUTES, listen.started_at + timedelta(minutes=3))


def test_a_started_listen_comes_back_whole_with_its_time_zone(store):
    started = begun(started_at=NOW + timedelta(microseconds=-877_123))
    store.start(started)
    assert store.history(ALICE, 5) == [started]
    assert store.history(ALICE, 5)[0].started_at.tzinfo is not None


def test_a_retried_start_is_one_listen_and_answers_what_is_known(store):
    store.start(begun())
    store.progress(ALICE, event_id(1), 40_000, after(60))
    assert store.start(begun()).played_ms == 40_000
    assert len(store.history(ALICE, 5)) == 1


def test_nobody_can_take_an_event_of_another(store):
    store.start(begun(ALICE))
    with pytest.raises(EventBelongsToAnother):
        store.start(begun(BOB))
    with pytest.raises(UnknownEvent):
        store.complete(BOB, event_id(1), 1, after(1))
    assert store.history(BOB, 5) == []


def test_progress_of_an_unknown_event_is_refused(store):
    with pytest.raises(UnknownEvent):
        store.progress(ALICE, event_id(9), 1000, NOW)


def test_a_listen_is_completed_once_and_never_goes_back(store):
    store.start(begun())
    completed = store.complete(ALICE, event_id(1), 170_000, after(200))
    assert completed.completed
    assert completed.counted
    assert completed.completed_at == after(180)
    assert store.progress(ALICE, event_id(1), 5000, after(300), left=True).completed_at == completed.completed_at
    assert store.history(ALICE, 1)[0].completed


def test_progress_never_runs_faster_than_the_server_clock(store):
    store.start(begun())
    assert store.progress(ALICE, event_id(1), 170_000, after(10)).played_ms == 10_000


def test_leaving_early_is_a_skip_until_more_was_heard(store):
    store.start(begun())
    assert store.progress(ALICE, event_id(1), 4000, after(4), left=True).skipped
    assert not store.progress(ALICE, event_id(1), 60_000, after(70)).skipped
    assert not store.history(ALICE, 1)[0].skipped


def test_history_pages_join_without_gap_or_repetition_even_on_equal_times(store):
    for number in range(1, 24):
        store.start(begun(number=number, started_at=NOW - timedelta(days=number // 3)))
    pages, before = [], None
    while page := store.history(ALICE, 5, before):
        pages += page
        before = page[-1].cursor
    assert [listen.cursor for listen in pages] == sorted((listen.cursor for listen in pages), reverse=True)
    assert len({listen.event_id for listen in pages}) == 23


def test_history_holds_only_ones_own(store):
    store.start(begun(ALICE, 1))
    store.start(begun(BOB, 2))
    assert [listen.track_id for listen in store.history(BOB, 5)] == [2]
    assert store.history(CHARLIE, 5) == []


def test_recent_tracks_are_different_and_the_latest_first(store):
    for number, track_id in enumerate([7, 8, 7, 9, 8], start=1):
        store.start(begun(number=number, track_id=track_id, started_at=NOW - timedelta(hours=number)))
    assert store.recent_track_ids(ALICE, 10) == [7, 8, 9]
    assert store.recent_track_ids(ALICE, 2) == [7, 8]


def test_a_track_is_heard_when_counted_or_completed_and_not_when_only_started(store):
    heard_to_the_end(store, ALICE, 1)
    store.start(begun(number=2))
    store.progress(ALICE, event_id(2), 91_000, after(100))
    store.start(begun(number=3))
    store.start(begun(number=4, duration_ms=20_000))
    store.complete(ALICE, event_id(4), 20_000, after(20))
    assert store.heard_tracks(ALICE).track_ids == {1, 2, 4}
    assert store.heard_tracks(BOB).track_ids == set()


def test_the_mark_of_what_was_heard_changes_with_each_listen_that_says_something_and_with_no_other(store):
    def mark():
        return store.heard_tracks(ALICE).mark

    def is_another_after(change) -> bool:
        before = mark()
        change()
        return mark() != before

    def left(number: int, seconds: int) -> None:
        store.progress(ALICE, event_id(number), seconds * 1000, after(seconds), left=True)

    heard_to_the_end(store, ALICE, 1, started_at=after(-1000))
    assert not is_another_after(lambda: store.start(begun(number=2)))
    assert not is_another_after(lambda: store.progress(ALICE, event_id(2), 4000, after(4)))
    assert is_another_after(lambda: left(2, 5))
    assert is_another_after(lambda: left(2, 60))
    assert is_another_after(lambda: store.progress(ALICE, event_id(2), 100_000, after(100)))
    assert is_another_after(lambda: store.complete(ALICE, event_id(2), THREE_MINUTES, after(180)))
    assert is_another_after(lambda: heard_to_the_end(store, ALICE, 3, track_id=1, started_at=after(200)))
    assert is_another_after(lambda: store.erase(ALICE, Selection(event_id=event_id(1))))
    assert not is_another_after(lambda: heard_to_the_end(store, BOB, 4))


def test_completed_tracks_are_told_once_with_their_latest_genres_first_the_latest(store):
    heard_to_the_end(store, ALICE, 1, track_id=5, genres=["folk"], started_at=NOW - timedelta(hours=3))
    heard_to_the_end(store, ALICE, 2, track_id=6, genres=[], started_at=NOW - timedelta(hours=2))
    heard_to_the_end(store, ALICE, 3, track_id=5, genres=["jazz", "folk"], started_at=NOW - timedelta(hours=1))
    store.start(begun(number=4))
    assert list(store.completed_tracks(ALICE).items()) == [(5, ("jazz", "folk")), (6, ())]


def test_loved_is_what_was_finished_three_times_and_not_since_the_most_often_first(store):
    finished = {5: [70, 80, 90, 100], 6: [65, 66, 67], 7: [65, 66, 67, 1], 8: [65, 66], 9: [65, 1, 2]}
    number = 0
    for track_id, days_ago in finished.items():
        for days in days_ago:
            number += 1
            heard_to_the_end(store, ALICE, number, track_id=track_id, received_at=NOW - timedelta(days=days))
    for user_id, start in ((ALICE, 100), (BOB, 200)):
        for days in (70, 71, 72):
            store.start(begun(user_id, start + days, track_id=10, received_at=NOW - timedelta(days=days)))
    assert store.loved_before(ALICE, NOW - timedelta(days=60)) == [5, 6]
    assert store.loved_before(BOB, NOW - timedelta(days=60)) == []


def test_what_is_left_out_of_the_taste_is_not_loved_but_was_heard_since(store):
    for number, days in enumerate((70, 71, 72), 1):
        heard_to_the_end(store, ALICE, number, track_id=5, received_at=NOW - timedelta(days=days))
        heard_to_the_end(store, ALICE, number + 10, track_id=6, received_at=NOW - timedelta(days=days))
    store.leave_out(ALICE, Selection(track_id=5))
    heard_to_the_end(store, ALICE, 30, track_id=6, received_at=NOW - timedelta(days=1))
    store.leave_out(ALICE, Selection(event_id=event_id(30)))
    assert store.loved_before(ALICE, NOW - timedelta(days=60)) == []


def test_what_was_finished_before_a_taste_was_forgotten_is_not_loved_any_more(store):
    for number, days in enumerate((70, 80, 90, 100), 1):
        heard_to_the_end(store, ALICE, number, track_id=5, received_at=NOW - timedelta(days=days))
        heard_to_the_end(store, ALICE, number + 10, track_id=6, received_at=NOW - timedelta(days=days + 1))
    before = NOW - timedelta(days=60)
    assert store.loved_before(ALICE, before, NOW - timedelta(days=90)) == [5]
    assert store.loved_before(ALICE, before, NOW - timedelta(days=89)) == []


def test_of_a_long_history_only_the_newest_finished_listens_before_count_as_loved(store, monkeypatch):
    monkeypatch.setattr(rules, "LOVED_LISTENS", 5)
    for number, track_id in enumerate([5, 5, 5, 6, 6, 6, 5], 1):
        heard_to_the_end(store, ALICE, number, track_id=track_id, received_at=NOW - timedelta(days=100 - number))
    assert store.loved_before(ALICE, NOW - timedelta(days=60)) == [6]


def test_completed_tracks_since_a_moment_are_those_completed_later(store):
    for number, hours in ((1, 3), (2, 2), (3, 1)):
        heard_to_the_end(store, ALICE, number, track_id=number, started_at=NOW - timedelta(hours=hours))
    heard_to_the_end(store, ALICE, 4, track_id=1, started_at=NOW)
    assert list(store.completed_tracks(ALICE, NOW - timedelta(hours=1.5))) == [1, 3]
    assert store.completed_tracks(ALICE, NOW + timedelta(hours=1)) == {}


def test_popular_counts_different_listeners_since_a_day(store):
    for number in (1, 2, 3):
        heard_to_the_end(store, ALICE, number, track_id=50)
    for user_id, number in ((ALICE, 11), (BOB, 12), (CHARLIE, 13)):
        heard_to_the_end(store, user_id, number, track_id=60)
    heard_to_the_end(store, BOB, 20, track_id=70, started_at=NOW - timedelta(days=9))
    store.start(begun(CHARLIE, 30, track_id=80))
    assert store.popular_track_ids(5, NOW - timedelta(days=1)) == [(60, 3), (50, 1)]
    assert store.popular_track_ids(1, NOW - timedelta(days=30)) == [(60, 3)]


def test_of_a_busy_time_only_the_newest_completed_listens_make_a_track_popular(store, monkeypatch):
    monkeypatch.setattr(rules, "POPULAR_LISTENS", 5)
    for user_id, hours in ((ALICE, 1), (BOB, 5), (CHARLIE, 60)):
        heard_to_the_end(store, user_id, user_id, track_id=60, started_at=NOW - timedelta(hours=hours))
    for user_id, days in ((4, 9), (5, 10), (6, 20), (7, 21)):
        heard_to_the_end(store, user_id, user_id, track_id=50, started_at=NOW - timedelta(days=days))
    assert store.popular_track_ids(5, NOW - timedelta(days=25)) == [(60, 3), (50, 2)]
    assert store.popular_track_ids(5, NOW - timedelta(days=2)) == [(60, 2)]


def test_whoever_repeats_their_own_track_all_day_pushes_nobody_out_of_what_is_popular(store, monkeypatch):
    monkeypatch.setattr(rules, "POPULAR_LISTENS", 8)
    monkeypatch.setattr(rules, "POPULAR_OF_ONE", 3)
    for number in range(12):
        heard_to_the_end(store, ALICE, number + 1, track_id=50, started_at=NOW - timedelta(minutes=10 + number))
    for number in range(4):
        started_at = NOW - timedelta(hours=1 + number)
        heard_to_the_end(store, BOB, number + 20, track_id=51 + number, started_at=started_at)
    for user_id, hours in ((CHARLIE, 10), (4, 11), (5, 12)):
        heard_to_the_end(store, user_id, user_id + 30, track_id=60, started_at=NOW - timedelta(hours=hours))
    expected = [(60, 2), (50, 1), (51, 1), (52, 1), (53, 1)]
    assert store.popular_track_ids(9, NOW - timedelta(days=2)) == expected
    assert store.popular_of_artist(10, 9) == expected


def test_popular_among_some_counts_them_alone_and_nothing_that_they_left_out_of_their_taste(store):
    for user_id, number in ((ALICE, 11), (BOB, 12), (CHARLIE, 13)):
        heard_to_the_end(store, user_id, number, track_id=60)
    for number in (1, 2):
        heard_to_the_end(store, ALICE, number, track_id=50, source="playlist:3")
    heard_to_the_end(store, CHARLIE, 14, track_id=70)
    heard_to_the_end(store, BOB, 20, track_id=80, started_at=NOW - timedelta(days=9))
    store.start(begun(BOB, 30, track_id=90))
    lately = NOW - timedelta(days=1)
    assert store.popular_among([ALICE, BOB], 5, lately) == [(60, 2), (50, 1)]
    assert store.popular_among([ALICE, BOB], 1, lately) == [(60, 2)]
    assert store.popular_among([BOB], 5, NOW - timedelta(days=30)) == [(60, 1), (80, 1)]
    assert store.popular_among([], 5, lately) == []
    assert store.popular_among([ALICE, BOB], 5, lately, {(60, ALICE), (50, ALICE)}) == [(60, 1)]
    store.leave_out(ALICE, Selection(source="playlist:3"))
    assert store.popular_among([ALICE, BOB], 5, lately) == [(60, 2)]


def test_popular_of_an_artist_counts_their_own_tracks_whenever_they_were_finished(store):
    heard_to_the_end(store, ALICE, 1, track_id=50, artist_id=3, started_at=NOW - timedelta(days=29))
    for user_id, number in ((ALICE, 11), (BOB, 12)):
        heard_to_the_end(store, user_id, number, track_id=60, artist_id=3)
    heard_to_the_end(store, ALICE, 13, track_id=60, artist_id=3)
    heard_to_the_end(store, BOB, 20, track_id=70, artist_id=4)
    store.start(begun(CHARLIE, 30, track_id=80, artist_id=3))
    assert store.popular_of_artist(3, 5) == [(60, 2), (50, 1)]
    assert store.popular_of_artist(3, 1) == [(60, 2)]
    assert store.popular_of_artist(5, 5) == []


def test_of_a_busy_artist_only_the_newest_completed_listens_count(store, monkeypatch):
    monkeypatch.setattr(rules, "POPULAR_LISTENS", 2)
    for user_id, hours in ((ALICE, 1), (BOB, 5)):
        heard_to_the_end(store, user_id, user_id, track_id=60, artist_id=3, started_at=NOW - timedelta(hours=hours))
    heard_to_the_end(store, CHARLIE, 9, track_id=50, artist_id=3, started_at=NOW - timedelta(days=9))
    assert store.popular_of_artist(3, 5) == [(60, 2)]


def test_a_forgotten_user_leaves_nothing_and_others_stay(store):
    heard_to_the_end(store, ALICE, 1)
    heard_to_the_end(store, ALICE, 2)
    heard_to_the_end(store, BOB, 3)
    assert store.forget_user(ALICE) == 2
    assert store.history(ALICE, 5) == []
    assert store.forget_user(ALICE) == 0
    assert len(store.history(BOB, 5)) == 1


def test_adding_many_twice_changes_nothing_and_keeps_what_was_heard_since(store):
    several = [begun(number=number) for number in range(1, 6)]
    assert store.add_all(several) == 5
    store.complete(ALICE, event_id(2), THREE_MINUTES, after(180))
    assert store.add_all(several) == 0
    assert store.add_all([]) == 0
    assert store.completed_tracks(ALICE) == {2: ("jazz", "soul")}


def test_adding_a_record_that_knows_more_completes_the_one_there(store):
    finished = rules.apply(begun(), Event("complete", THREE_MINUTES, after(180)))
    store.start(begun())
    assert store.add_all([finished]) == 1
    assert store.history(ALICE, 1) == [finished]


def test_it_answers_a_ping(store):
    store.ping()
