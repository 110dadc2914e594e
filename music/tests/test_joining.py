"""Listens from elsewhere wait for the track that they were of."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from listening import outbox
from listening.errors import StoreAway
from listening.models import PendingEvent
from listening.store import Listen, listen_store
from music import joining
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.joining import join_later, join_now
from music.keys import recording_key
from music.matching import UNMATCHED, Heard, listen_elsewhere
from music.merging import merge_artists, split_artist
from music.models import Artist, Track
from music.removal import restore, trash
from music.renaming import save_artist, save_track
from music.tests.catalogue import add_track

pytestmark = pytest.mark.django_db
WATERLOO = Heard("Abba", "Waterloo", "Waterloo")


def unmatched(user: Any, heard: Heard = WATERLOO) -> Listen:
    return listen_elsewhere(
        user.pk,
        heard,
        UNMATCHED,
        event_id=str(uuid.uuid4()),
        started_at=datetime(2020, 5, 4, 12, 0, tzinfo=UTC),
        played_ms=None,
        counted=True,
        completed=True,
        origin="import:x",
    )


def hear(user: Any, heard: Heard = WATERLOO) -> Listen:
    listen = unmatched(user, heard)
    listen_store().add_all([listen])
    return listen


def tracks_heard(user: Any) -> list[int]:
    return [listen.track_id for listen in listen_store().history(user.pk, 10)]


@pytest.fixture
def work(django_capture_on_commit_callbacks: Any) -> Any:
    """What is done, with what the worker does about it."""

    def run(action: Any) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            action()
        tasks = list(DBTaskResult.objects.filter(task_path="music.joining.join_listens"))
        for task in tasks:
            joining.join_listens.func(*task.args_kwargs["args"])
        return len(tasks)

    return run


def test_everybodys_listens_join_a_public_track(alice: Any, bob: Any) -> None:
    hear(alice), hear(bob)
    track = add_track(alice, "Waterloo", artist="ABBA", album="Waterloo (Deluxe)", genres=["Pop"])
    assert join_now([track.pk]) == 2
    [listen] = listen_store().history(bob.pk, 5)
    assert (listen.track_id, listen.artist_id, listen.album_id) == (track.pk, track.artist_id, track.album_id)
    assert (listen.artist_name, listen.genres, listen.duration_ms) == ("ABBA", ("pop",), track.duration_ms)


def test_only_the_uploaders_listens_join_a_private_track(alice: Any, bob: Any) -> None:
    hear(alice), hear(bob)
    track = add_track(alice, "Waterloo", artist="Abba", visibility="private")
    assert join_now([track.pk]) == 1
    assert tracks_heard(alice) == [track.pk]
    assert tracks_heard(bob) == [recording_key("Abba", "Waterloo")]


def test_a_public_track_comes_before_a_private_one(alice: Any, bob: Any) -> None:
    hear(alice)
    private = add_track(alice, "Waterloo", artist="Abba", visibility="private")
    public = add_track(bob, "Waterloo", artist="Abba")
    assert join_now([private.pk, public.pk]) == 1
    assert tracks_heard(alice) == [public.pk]


def test_ids_join_whatever_the_names_are(alice: Any) -> None:
    hear(alice, WATERLOO._replace(title="Waterlo", isrc="SEAYD7401010"))
    track = add_track(alice, "Waterloo", artist="Abba", isrc="SEAYD7401010")
    assert join_now([track.pk]) == 1
    assert tracks_heard(alice) == [track.pk]


def test_a_track_that_is_not_published_joins_nothing(alice: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterloo", artist="Abba", state="review")
    assert join_now([track.pk]) == 0


def test_another_title_or_artist_joins(alice: Any, work: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterlo", artist="Aba")
    changes = TrackChanges(title="Waterloo", artists=("Abba",))
    assert work(lambda: edit_tracks([track], changes)) == 1
    assert tracks_heard(alice) == [track.pk]


def test_an_artist_with_another_name_joins(alice: Any, work: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterloo", artist="Björn & Benny")
    track.artist.name = "Abba"
    assert work(lambda: save_artist(track.artist)) == 1
    assert tracks_heard(alice) == [track.pk]


def test_a_title_that_staff_corrects_joins(alice: Any, work: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterlo", artist="Abba")
    track.title = "Waterloo"
    assert work(lambda: save_track(track)) == 1
    assert tracks_heard(alice) == [track.pk]


def test_a_merged_artists_tracks_join(alice: Any, work: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterloo", artist="A.B.B.A. (group)")
    into = add_track(alice, "Other", artist="Abba").artist
    assert work(lambda: merge_artists([track.artist], into)) == 1
    assert tracks_heard(alice) == [track.pk]


def test_a_split_artists_tracks_join(alice: Any, work: Any) -> None:
    hear(alice)
    track = add_track(alice, "Waterloo", artist="Abba / Somebody")
    assert work(lambda: split_artist(Artist.objects.get(pk=track.artist_id), ["Abba", "Somebody"])) == 1
    assert tracks_heard(alice) == [track.pk]


def test_a_track_back_from_the_trash_joins(alice: Any, work: Any) -> None:
    track = add_track(alice, "Waterloo", artist="Abba")
    trash(Track.objects.filter(pk=track.pk))
    hear(alice)
    assert work(lambda: restore(Track.objects.filter(pk=track.pk))) == 1
    assert tracks_heard(alice) == [track.pk]


def test_where_nobody_heard_it_the_worker_is_not_asked(alice: Any, work: Any) -> None:
    hear(alice)
    tracks = [add_track(alice, f"Track {number}") for number in range(20)]
    assert work(lambda: join_later([track.pk for track in tracks])) == 0


def test_many_tracks_are_asked_about_at_once(alice: Any, work: Any) -> None:
    tracks = [add_track(alice).pk for _ in range(40)]

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            work(lambda: join_later(tracks[:count]))
        return len(asked)

    assert queries(2) == queries(40)


def test_while_the_store_is_away_the_worker_tries_again_later(
    alice: Any, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = add_track(alice, "Waterloo", artist="Abba")

    def away(*_args: Any) -> None:
        raise StoreAway

    with monkeypatch.context() as patch:
        for question in ("has_unmatched", "unmatched_among"):
            patch.setattr(type(listen_store()), question, away)
        assert work(lambda: join_later([track.pk])) == 1
    waiting = DBTaskResult.objects.filter(task_path="music.joining.join_listens")
    assert waiting.count() == 2
    assert all(task.run_after > timezone.now() for task in waiting)


def test_a_listen_that_still_waits_for_the_store_joins_when_it_is_there(alice: Any, work: Any) -> None:
    listen = unmatched(alice)
    outbox.keep_whole([listen])
    track = add_track(alice, "Waterloo", artist="Abba")
    assert work(lambda: join_later([track.pk])) == 1
    asked = DBTaskResult.objects.filter(task_path="music.joining.join_listens")
    assert asked.count() == 2
    listen_store().add_all([listen])
    PendingEvent.objects.all().delete()
    joining.join_listens.call([track.pk])
    assert tracks_heard(alice) == [track.pk]
    assert asked.count() == 2


def test_the_worker_is_not_asked_for_what_waits_and_has_its_track(alice: Any, work: Any) -> None:
    track = add_track(alice, "Waterloo", artist="Abba")
    outbox.keep_start(replace(unmatched(alice), track_id=track.pk))
    assert work(lambda: join_later([track.pk])) == 0
