"""Finding some of a user's listens, and changing them: the same on every store."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listening import rules
from listening.listen import EVERYTHING, Event, Identity, Listen, Selection, packed_selection, unpacked_selection
from listening.models import StaleDay
from listening.store import ListenStore
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id

UNKNOWN = -12345


def heard(user_id: int = ALICE, number: int = 1, share: float = 1.0, **changed: object) -> Listen:
    listen = begun(user_id, number, **changed)
    ended_at = listen.started_at + timedelta(milliseconds=THREE_MINUTES)
    return rules.apply(listen, Event("left", int(THREE_MINUTES * share), ended_at))


@pytest.fixture
def filled(store: ListenStore) -> ListenStore:
    """1: an album's, 2: another artist's and genre's, 3: skipped, from a search, 4: two days ago, 5: bob's."""
    store.add_all(
        [
            heard(number=1, album_id=7, source="album:7"),
            heard(number=2, artist_id=20, genres=["rock"], started_at=NOW - timedelta(minutes=10)),
            heard(number=3, share=0.05, source="search:x", started_at=NOW - timedelta(minutes=20)),
            heard(number=4, origin="import:1", started_at=NOW - timedelta(days=2)),
            heard(BOB, 5, album_id=7),
        ]
    )
    return store


def numbers(listens: list[Listen]) -> list[int]:
    return [listen.track_id for listen in listens]


CHOICES = [
    (Selection(), [1, 2, 3, 4]),
    (Selection(event_id=event_id(2)), [2]),
    (Selection(event_id=event_id(5)), []),
    (Selection(track_id=3), [3]),
    (Selection(artist_id=20), [2]),
    (Selection(album_id=7), [1]),
    (Selection(genre="rock"), [2]),
    (Selection(genre="ro"), []),
    (Selection(source="album"), [1]),
    (Selection(source="album:7"), [1]),
    (Selection(source="albu"), []),
    (Selection(source="%"), []),
    (Selection(outcome="completed"), [1, 2, 4]),
    (Selection(outcome="skipped"), [3]),
    (Selection(outcome="heard"), [1, 2, 4]),
    (Selection(origin="import:1"), [4]),
    (Selection(origin="import"), [4]),
    (Selection(since=NOW - timedelta(minutes=10)), [1, 2]),
    (Selection(until=NOW - timedelta(minutes=10)), [3, 4]),
    (Selection(since=NOW - timedelta(days=3), until=NOW - timedelta(days=1), genre="jazz"), [4]),
]


@pytest.mark.parametrize(("wanted", "found"), CHOICES)
def test_history_each_and_count_choose_alike(filled, wanted, found):
    assert numbers(filled.history(ALICE, 10, wanted=wanted)) == found
    assert [number for batch in filled.each(ALICE, wanted, batch_size=2) for number in numbers(batch)] == found[::-1]
    assert filled.count(ALICE, wanted) == len(found)


def test_what_is_hidden_is_in_no_page_and_no_export(filled):
    without = [Selection(genre="rock"), Selection(track_id=3)]
    assert numbers(filled.history(ALICE, 10, without=without)) == [1, 4]
    assert [number for batch in filled.each(ALICE, without=without) for number in numbers(batch)] == [4, 1]
    assert filled.count(ALICE, without=without) == 2
    assert filled.count(ALICE, Selection(outcome="heard"), [*without, *without]) == 2


def test_a_filtered_history_pages_without_gap(store):
    store.add_all([heard(number=n, genres=["rock" if n % 3 else "jazz"], started_at=after(-n)) for n in range(1, 40)])
    wanted, pages, before = Selection(genre="rock"), [], None
    while page := store.history(ALICE, 4, before, wanted):
        pages += page
        before = page[-1].cursor
    assert numbers(pages) == [n for n in range(1, 40) if n % 3]


def test_each_joins_its_batches_on_equal_times(store):
    store.add_all([heard(number=number) for number in range(1, 12)])
    batches = list(store.each(ALICE, batch_size=5))
    assert [len(batch) for batch in batches] == [5, 5, 1]
    assert {number for batch in batches for number in numbers(batch)} == set(range(1, 12))


def test_each_goes_from_the_earliest_to_the_latest_whatever_lies_between(store):
    moments = [
        datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for year in (1999, 2005, 2006, 2019) for n in range(7)
    ]
    moments += [NOW + timedelta(days=day) for day in (-400, -3, 0)]
    listens = [heard(number=number, started_at=moment, received_at=moment) for number, moment in enumerate(moments, 1)]
    store.add_all(list(reversed(listens)))
    found = [listen.started_at for batch in store.each(ALICE, batch_size=3) for listen in batch]
    assert found == sorted(moments)


@pytest.mark.parametrize("many", [1, 5])
def test_finished_listens_are_recorded_once_and_known_as_taste(store, many):
    assert store.heard_tracks(ALICE).track_ids == set()
    told = [heard(number=number, started_at=after(-number)) for number in range(1, many + 1)]
    for _ in range(2):
        store.record(told)
        assert store.history(ALICE, 10) == told
        assert store.heard_tracks(ALICE).track_ids == set(range(1, many + 1))


def test_one_listen_is_found_by_its_owner_alone(filled):
    assert filled.find(ALICE, event_id(1)) == filled.history(ALICE, 1)[0]
    assert filled.find(BOB, event_id(1)) is None
    assert filled.find(ALICE, event_id(99)) is None


@pytest.mark.parametrize(("wanted", "found"), CHOICES)
def test_erased_is_what_was_chosen_and_nothing_of_others(filled, wanted, found):
    assert filled.erase(ALICE, wanted) == len(found)
    assert set(numbers(filled.history(ALICE, 10))) == {1, 2, 3, 4} - set(found)
    assert numbers(filled.history(BOB, 10)) == [5]
    assert filled.heard_tracks(ALICE).track_ids == {1, 2, 4} - set(found)


def test_a_listen_left_out_was_heard_but_is_no_taste(filled):
    assert filled.leave_out(ALICE, Selection(track_id=1)) == 1
    assert filled.leave_out(ALICE, Selection(track_id=1)) == 0
    assert set(filled.completed_tracks(ALICE)) == {2, 4}
    assert filled.heard_tracks(ALICE).track_ids == {1, 2, 4}
    assert filled.history(ALICE, 1)[0].is_left_out
    assert filled.leave_out(ALICE, Selection(), is_left_out=False) == 1
    assert set(filled.completed_tracks(ALICE)) == {1, 2, 4}


def test_what_is_left_out_is_found_and_can_be_let_count_again(filled):
    left_out = Selection(outcome="left_out")
    filled.leave_out(ALICE, Selection(since=NOW - timedelta(hours=1)))
    assert numbers(filled.history(ALICE, 9, wanted=left_out)) == [1, 2, 3]
    assert filled.count(BOB, left_out) == 0
    assert filled.leave_out(ALICE, Selection(outcome="left_out", genre="rock"), is_left_out=False) == 1
    assert numbers(filled.history(ALICE, 9, wanted=left_out)) == [1, 3]
    assert filled.leave_out(ALICE, left_out, is_left_out=False) == 2
    assert filled.count(ALICE, left_out) == 0
    assert filled.history(ALICE, 9, wanted=EVERYTHING, without=[left_out]) == filled.history(ALICE, 9)


def test_a_listen_that_goes_on_stays_left_out(store):
    store.start(begun())
    store.leave_out(ALICE, Selection(event_id=event_id(1)))
    assert store.complete(ALICE, event_id(1), THREE_MINUTES, after(180)).is_left_out
    assert store.completed_tracks(ALICE) == {}
    assert store.heard_tracks(ALICE).track_ids == {1}


def test_unmatched_listens_join_the_track_that_arrived(store):
    arrived = Identity(44, "Right", 4, "Someone", 5, "Disc", ("soul",), THREE_MINUTES, "mbid-1")
    store.add_all(
        [
            heard(ALICE, 1, track_id=UNKNOWN, title="right", artist_name="someone", recording_mbid="mbid-1"),
            heard(BOB, 2, track_id=UNKNOWN, title="RIGHT", isrc="QZ1"),
            heard(ALICE, 3),
        ]
    )
    assert store.unmatched_ids(recording_mbid="mbid-1") == store.unmatched_ids(isrc="QZ1") == {UNKNOWN}
    assert store.unmatched_ids() == store.unmatched_ids("other", "other") == set()
    assert store.join(UNKNOWN, arrived, [ALICE]) == 1
    assert store.find(ALICE, event_id(1)).identity == arrived
    assert store.find(BOB, event_id(2)).track_id == UNKNOWN
    assert store.join(UNKNOWN, arrived) == 1
    assert store.find(BOB, event_id(2)).identity == arrived._replace(isrc="QZ1")
    assert store.heard_tracks(BOB).track_ids == {44}


def test_unmatched_tracks_are_told_once_each_and_in_pages(store):
    listens = [heard(ALICE, number, track_id=-(number // 2) - 1, title=f"T{number // 2}") for number in range(2, 12)]
    store.add_all([*listens, heard(ALICE, 50), heard(BOB, 51, track_id=-99)])
    first = store.unmatched_tracks(ALICE, limit=3)
    rest = store.unmatched_tracks(ALICE, limit=9, after=first[-1].track_id)
    assert [each.track_id for each in (*first, *rest)] == [-6, -5, -4, -3, -2]
    assert first[0].title == "T5"


def test_every_change_marks_its_day_first(store):
    yesterday = NOW - timedelta(days=1)

    def marked(change) -> list[tuple[int, str]]:
        StaleDay.objects.all().delete()
        change()
        return [(each.user_id, str(each.day)) for each in StaleDay.objects.order_by("user_id", "day")]

    day, before = (ALICE, "2026-05-04"), (ALICE, "2026-05-03")
    assert marked(lambda: store.start(begun())) == [day]
    assert marked(lambda: store.progress(ALICE, event_id(1), 9000, after(9))) == [day]
    assert marked(lambda: store.progress(ALICE, event_id(1), 8000, after(9))) == []
    added = [heard(number=2, started_at=yesterday), heard(BOB, 3)]
    assert marked(lambda: store.add_all(added)) == [before, (BOB, "2026-05-04")]
    assert marked(lambda: store.add_all([replace(added[0], played_ms=THREE_MINUTES)])) == []
    assert marked(lambda: store.erase(ALICE, Selection(until=NOW))) == [before]
    assert marked(lambda: store.forget_user(ALICE)) == []


@pytest.mark.parametrize("selection", [wanted for wanted, _found in CHOICES])
def test_a_selection_comes_back_from_json_as_it_was(selection):
    assert unpacked_selection(json.loads(json.dumps(packed_selection(selection)))) == selection
