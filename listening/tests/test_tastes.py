"""What a model of everybody's taste is made of, summed up by each store."""

from datetime import timedelta

import pytest

from listening.listen import TrackSums
from listening.store import ListenStore, Selection
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id

OURS = ("made-for-you", "mix")


def played(store: ListenStore, user_id: int, number: int, share: float = 1.0, left: bool = False, **changed) -> None:
    listen = store.start(begun(user_id, number, **changed))
    played_ms = round(THREE_MINUTES * share)
    store.progress(user_id, listen.event_id, played_ms, listen.started_at + timedelta(minutes=3), left)


def test_every_listen_of_a_track_is_summed_up(store: ListenStore) -> None:
    played(store, ALICE, 1, track_id=7, source="made-for-you")
    played(store, ALICE, 2, 0.5, track_id=7, source="mix:3", started_at=after(-600))
    played(store, ALICE, 3, 0.05, left=True, track_id=7, source="mixtape", started_at=after(-1200))
    (sums,) = store.tastes(OURS)
    assert sums._replace(share=round(sums.share, 6)) == TrackSums(ALICE, 7, 3, 1, 1.55, 1, 2, NOW)


def test_users_and_tracks_come_one_after_the_other(store: ListenStore) -> None:
    for number, (user_id, track_id) in enumerate([(BOB, 5), (ALICE, 9), (BOB, 4), (ALICE, 8), (BOB, 5)], start=1):
        played(store, user_id, number, track_id=track_id)
    found = [(sums.user_id, sums.track_id, sums.listens) for sums in store.tastes()]
    assert found == [(ALICE, 8, 1), (ALICE, 9, 1), (BOB, 4, 1), (BOB, 5, 2)]


def test_one_user_is_asked_for_alone(store: ListenStore) -> None:
    played(store, ALICE, 1)
    played(store, BOB, 2)
    assert [sums.user_id for sums in store.tastes(user_id=BOB)] == [BOB]


def test_what_is_left_out_of_the_taste_or_not_in_the_catalogue_is_not_summed_up(store: ListenStore) -> None:
    played(store, ALICE, 1, source="playlist:3")
    played(store, ALICE, 2, track_id=-2)
    played(store, ALICE, 3)
    store.leave_out(ALICE, Selection(source="playlist:3"))
    assert [sums.track_id for sums in store.tastes()] == [3]


@pytest.mark.parametrize(("since", "until", "found"), [(0, None, [2, 3]), (None, 0, [1]), (0, 60, [2]), (61, None, [])])
def test_a_stretch_of_time_has_its_beginning_and_not_its_end(
    store: ListenStore, since: int | None, until: int | None, found: list[int]
) -> None:
    for number, seconds in ((1, -1), (2, 0), (3, 60)):
        played(store, ALICE, number, started_at=after(seconds), received_at=after(100))
    moments = {"since": since, "until": until}
    limits = {name: None if seconds is None else after(seconds) for name, seconds in moments.items()}
    assert [sums.track_id for sums in store.tastes(**limits)] == found


def test_a_track_without_a_length_counts_when_it_was_completed(store: ListenStore) -> None:
    played(store, ALICE, 1, duration_ms=0)
    assert [sums.share for sums in store.tastes()] == [0]


def test_what_a_deleted_user_heard_is_not_there(store: ListenStore) -> None:
    played(store, ALICE, 1)
    played(store, BOB, 2)
    store.forget_user(ALICE)
    assert [sums.user_id for sums in store.tastes()] == [BOB]
    assert store.find(BOB, event_id(2)) is not None
