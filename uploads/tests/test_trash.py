"""One's uploads as a list, and the way into the trash, back out of it, and out of it for good."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import MP3
from music.files import store_audio
from music.models import Album, Track
from music.removal import empty_trash
from music.tests.catalogue import add_track


def change(client: Client, action: str, *tracks: Track, to: str = "change_uploads") -> Any:
    return client.post(reverse(to), {"action": action, "track": [track.pk for track in tracks]})


def listed(client: Client, **query: str) -> str:
    return client.get(reverse("my_uploads"), query).content.decode()


def states(*tracks: Track) -> list[str]:
    return [Track.objects.get(pk=track.pk).state for track in tracks]


@pytest.fixture
def stored(alice: Any, settings: Any) -> Track:
    """A track whose file is there."""
    return add_track(alice, "Kept in a file", file=store_audio(MP3, "mp3"))


def test_the_list_shows_ones_own_tracks_in_every_state_but_the_trash(as_alice: Client, alice: Any, bob: Any) -> None:
    for state in ("published", "review", "missing", "trashed"):
        add_track(alice, f"mine, {state}", state=state)
    add_track(bob, "of somebody else")

    html = listed(as_alice)

    assert [f"mine, {state}" in html for state in ("published", "review", "missing")] == [True] * 3
    assert "mine, trashed" not in html and "of somebody else" not in html


@pytest.mark.parametrize("shelf", ["public", "private", "review", "missing"])
def test_the_list_is_narrowed_to_one_kind(as_alice: Client, alice: Any, shelf: str) -> None:
    add_track(alice, "It is public")
    add_track(alice, "It is private", visibility="private")
    add_track(alice, "It is review", state="review")
    add_track(alice, "It is missing", state="missing")

    html = listed(as_alice, show=shelf)

    assert [word for word in ("public", "private", "review", "missing") if f"It is {word}" in html] == [shelf]


def test_the_list_goes_on_and_costs_the_same_for_more(
    as_alice: Client, alice: Any, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.views.mine.PAGE_SIZE", 20)
    tracks = [add_track(alice, f"number {number:02}", album=f"Album {number}") for number in range(25)]

    with django_assert_max_num_queries(14):
        response = as_alice.get(reverse("my_uploads"))
    rest = listed(as_alice, after=response.context["page"].next_cursor)

    assert "number 24" in response.content.decode() and "number 04" not in response.content.decode()
    assert "number 04" in rest and "number 05" not in rest and tracks


def test_many_tracks_become_private_and_public_again(as_alice: Client, alice: Any, bob: Any) -> None:
    tracks = [add_track(alice) for _ in range(3)]
    theirs = add_track(bob)

    change(as_alice, "private", *tracks, theirs)
    assert Track.objects.filter(visibility="private").count() == 3
    assert Track.objects.get(pk=theirs.pk).visibility == "public"

    change(as_alice, "public", *tracks)
    assert not Track.objects.filter(visibility="private").exists()


def test_editing_leads_to_the_page_for_many(as_alice: Client, alice: Any) -> None:
    tracks = [add_track(alice) for _ in range(2)]
    response = as_alice.get(change(as_alice, "edit", *tracks).url)
    assert response.status_code == 200 and "Edit 2 tracks" in response.content.decode()


def test_nothing_ticked_changes_nothing_and_says_so(as_alice: Client) -> None:
    response = as_alice.post(reverse("change_uploads"), {"action": "trash"}, follow=True)
    assert "Tick the tracks first" in response.content.decode()


def test_what_goes_into_the_trash_is_out_of_sight_and_comes_back_with_one_click(
    as_alice: Client, as_bob: Client, alice: Any
) -> None:
    tracks = [add_track(alice, f"Blue {number}") for number in range(2)]

    answer = as_alice.get(change(as_alice, "trash", *tracks).url)

    assert "2 tracks are in the trash now" in answer.content.decode()
    assert reverse("undo_trash") in answer.content.decode()
    assert as_bob.get(tracks[0].get_absolute_url()).status_code == 404
    undone = as_alice.post(reverse("undo_trash"), follow=True)
    assert "2 tracks are back" in undone.content.decode()
    assert states(*tracks) == ["published", "published"]
    assert as_bob.get(tracks[0].get_absolute_url()).status_code == 200


def test_a_track_whose_file_is_missing_can_be_thrown_away(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, state="missing")
    change(as_alice, "trash", track)
    assert states(track) == ["trashed"]


def test_undo_takes_back_only_the_last_time_and_only_ones_own(
    as_alice: Client, as_bob: Client, alice: Any, bob: Any
) -> None:
    first, second, theirs = add_track(alice), add_track(alice), add_track(bob)
    change(as_alice, "trash", first)
    change(as_alice, "trash", second, theirs)
    as_bob.post(reverse("undo_trash"))
    as_alice.post(reverse("undo_trash"))
    as_alice.post(reverse("undo_trash"))
    assert states(first, second, theirs) == ["trashed", "published", "published"]


def test_a_track_goes_into_the_trash_from_its_own_page(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "Blue")
    response = as_alice.post(reverse("trash_track", args=[track.pk]), follow=True)
    assert "“Blue” is in the trash now" in response.content.decode()
    assert as_alice.post(reverse("undo_trash")).url == track.get_absolute_url()


def test_the_trash_says_until_when_a_track_is_there(as_alice: Client, as_bob: Client, alice: Any) -> None:
    track = add_track(alice, "Blue")
    change(as_alice, "trash", track)
    day = timezone.now() + timedelta(days=30)

    html = as_alice.get(reverse("trash")).content.decode()

    assert "Blue" in html and f"until {day.day} {day:%B}" in html
    assert "Blue" not in as_bob.get(reverse("trash")).content.decode()


def test_some_or_all_are_restored(as_alice: Client, alice: Any) -> None:
    tracks = [add_track(alice, state="trashed") for _ in range(3)]
    change(as_alice, "restore", tracks[0], to="change_trash")
    assert states(*tracks) == ["published", "trashed", "trashed"]
    change(as_alice, "restore_all", to="change_trash")
    assert states(*tracks) == ["published"] * 3


def test_deleting_for_good_asks_once_more(
    as_alice: Client, stored: Track, django_capture_on_commit_callbacks: Any
) -> None:
    change(as_alice, "trash", stored)

    question = change(as_alice, "delete", stored, to="change_trash").url
    html = as_alice.get(question).content.decode()

    assert "Delete 1 track for good?" in html and "Kept in a file" in html
    assert Path(stored.file.path).exists()
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.post(reverse("delete_uploads"), {"track": stored.pk})
    assert not Track.objects.exists() and not Path(stored.file.path).exists()


def test_the_whole_trash_is_emptied_and_nothing_else(as_alice: Client, alice: Any, bob: Any) -> None:
    kept, theirs = add_track(alice), add_track(bob, state="trashed")
    for _ in range(3):
        add_track(alice, state="trashed")

    assert as_alice.get(change(as_alice, "delete_all", to="change_trash").url).status_code == 200
    as_alice.post(reverse("delete_uploads"), {"all": "1"})

    assert set(Track.objects.all()) == {kept, theirs}


def test_nothing_outside_ones_own_trash_is_deleted(as_alice: Client, alice: Any, bob: Any) -> None:
    tracks = [add_track(alice), add_track(alice, state="review"), add_track(bob, state="trashed")]
    as_alice.post(reverse("delete_uploads"), {"track": [track.pk for track in tracks]})
    change(as_alice, "restore", *tracks, to="change_trash")
    assert states(*tracks) == ["published", "review", "trashed"]


def test_the_trash_empties_itself_after_thirty_days(alice: Any) -> None:
    young, old = (add_track(alice, state="trashed") for _ in range(2))
    Track.objects.filter(pk=young.pk).update(state_since=timezone.now() - timedelta(days=29))
    Track.objects.filter(pk=old.pk).update(state_since=timezone.now() - timedelta(days=31))

    assert empty_trash() == 1

    assert list(Track.objects.all()) == [young]


def test_an_album_shows_no_picture_of_a_track_in_the_trash_and_gets_it_back(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, album="Neon", cover="a" * 32)
    Album.objects.update(cover="a" * 32)
    change(as_alice, "trash", track)
    assert Album.objects.get().cover == ""
    change(as_alice, "restore_all", to="change_trash")
    assert Album.objects.get().cover == "a" * 32
