"""What an import did not find goes to its place when it comes."""

from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from music.joining import join_later
from music.models import Track
from music.tests.catalogue import add_track
from playlists import editing
from playlists.files import coming
from playlists.models import MissingTrack, Playlist
from playlists.tests.cast import undo
from playlists.tests.test_files import line, m3u, send, titles


@pytest.fixture
def playlist(as_bob: Client, alice: Any) -> Playlist:
    add_track(alice, "Nocturne", artist="Ilse")
    send(as_bob, m3u(line("Nobody", "First"), line("Ilse", "Nocturne"), line("Nobody", "Last")))
    return Playlist.objects.get()


def let_come(capture: Any, *tracks: Track) -> int:
    """As the catalogue tells it; how often the worker is asked, and does it."""
    with capture(execute=True):
        join_later(track.pk for track in tracks)
    asked = DBTaskResult.objects.filter(task_path="playlists.files.coming.fill_with")
    for each in asked:
        coming.fill_with.func(*each.args_kwargs["args"])
    return len(asked)


def test_a_track_that_comes_goes_to_its_place_by_itself(
    playlist: Playlist, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    assert let_come(django_capture_on_commit_callbacks, add_track(alice, "first!", artist="NOBODY")) == 1
    assert titles(playlist) == ["first!", "Nocturne"]
    assert [each.title for each in MissingTrack.objects.all()] == ["Last"]
    playlist.refresh_from_db()
    assert playlist.track_count == 2


def test_by_its_numbers_too(playlist: Playlist, alice: Any, django_capture_on_commit_callbacks: Any) -> None:
    MissingTrack.objects.filter(title="First").update(isrc="GBAYE0601498")
    named_otherwise = add_track(alice, "Premier", artist="Personne", isrc="GBAYE0601498")
    assert let_come(django_capture_on_commit_callbacks, named_otherwise) == 1
    assert titles(playlist) == ["Premier", "Nocturne"]


def test_for_other_tracks_nobody_is_asked(
    playlist: Playlist, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    review = add_track(alice, "First", artist="Nobody", state="review")
    assert let_come(django_capture_on_commit_callbacks, add_track(alice, "Other", artist="Nobody"), review) == 0
    assert titles(playlist) == ["Nocturne"]


def test_others_private_tracks_do_not_come(
    playlist: Playlist, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    private = add_track(alice, "First", artist="Nobody", visibility="private")
    let_come(django_capture_on_commit_callbacks, private)
    assert titles(playlist) == ["Nocturne"]
    assert MissingTrack.objects.count() == 2


def test_a_full_playlist_goes_on_waiting(
    playlist: Playlist, as_alice: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(as_alice, m3u(line("Nobody", "First")))
    first = add_track(alice, "First", artist="Nobody")
    monkeypatch.setattr(editing, "MOST_ITEMS", 1)
    assert coming.fill_now([first.pk]) == 1
    assert titles(playlist) == ["Nocturne"]
    assert titles(Playlist.objects.get(owner=alice)) == ["First"]


def test_what_was_imported_into_a_deleted_playlist_waits(playlist: Playlist, alice: Any) -> None:
    Playlist.objects.update(deleted_at="2026-01-01T00:00Z")
    assert coming.fill_now([add_track(alice, "First", artist="Nobody").pk]) == 0


def test_nobody_waits_any_longer_for_what_was_dropped_until_that_is_undone(
    playlist: Playlist, as_bob: Client, as_alice: Client, alice: Any
) -> None:
    first = add_track(alice, "First", artist="Nobody")
    dropped = as_bob.post(f"/playlists/{playlist.pk}/missing/drop/")
    assert "Nothing is missing" in as_bob.get(f"/playlists/{playlist.pk}/missing/").content.decode()
    assert coming.fill_now([first.pk]) == 0
    assert undo(as_alice, dropped).status_code == 404
    undo(as_bob, dropped)
    assert coming.fill_now([first.pk]) == 1
    assert [each.title for each in MissingTrack.objects.all()] == ["Last"]


def test_as_many_queries_for_a_hundred_that_wait_as_for_two(
    playlist: Playlist, alice: Any, django_assert_max_num_queries: Any
) -> None:
    first = add_track(alice, "First", artist="Nobody")
    MissingTrack.objects.bulk_create(
        MissingTrack(playlist=playlist, position=f"b{number}", title=f"Another {number}") for number in range(100)
    )
    with django_assert_max_num_queries(25):
        assert coming.fill_now([first.pk]) == 1
