"""Changing tracks through the pages: one with all there is to say, many in what they have in common."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from music.forms import TrackForm
from music.models import Album, Track
from music.tests.catalogue import add_track
from music.tests.test_edit_forms import PNG


def address(track: Track) -> str:
    return reverse("edit_track", args=[track.pk])


def as_it_is(track: Track) -> dict[str, Any]:
    return {name: "" if value is None else value for name, value in TrackForm.initial_of(track).items()}


def test_a_track_is_changed_with_its_picture(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "Blue")
    cover = SimpleUploadedFile("cover.png", PNG)

    answer = as_alice.post(address(track), {**as_it_is(track), "title": "Blue Hour", "genres": "Soul", "cover": cover})

    assert answer.status_code == 302 and answer.url == track.get_absolute_url()
    track.refresh_from_db()
    assert track.title == "Blue Hour" and [str(genre) for genre in track.genres.all()] == ["Soul"]
    assert as_alice.get(track.cover_url).status_code == 200


def test_what_was_typed_survives_a_refusal(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "Blue")

    answer = as_alice.post(address(track), {**as_it_is(track), "title": "Typed <i>", "year": "99", "lyrics": "La la"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Typed &lt;i&gt;" in html and 'value="99"' in html and "La la</textarea>" in html
    assert Track.objects.get().title == "Blue"


@pytest.mark.parametrize("state", ["review", "trashed", "missing"])
def test_uploaders_edit_their_tracks_in_every_state(as_alice: Client, alice: Any, state: str) -> None:
    track = add_track(alice, state=state)

    answer = as_alice.post(address(track), {**as_it_is(track), "title": "Blue"})

    assert answer.url == reverse("my_uploads")
    assert Track.objects.get().title == "Blue" and Track.objects.get().state == state


def test_staff_edit_what_everybody_hears_and_nothing_private(staff: Any, sign_in: Any, alice: Any) -> None:
    shared, private = add_track(alice), add_track(alice, visibility="private")
    draft = add_track(alice, state="review")
    client = sign_in(staff)
    assert [client.get(address(track)).status_code for track in (shared, private, draft)] == [200, 404, 404]


def test_genres_are_suggested_from_those_that_the_reader_may_see(as_alice: Client, alice: Any, bob: Any) -> None:
    track = add_track(alice)
    add_track(bob, genres=["Cumbia"])
    add_track(bob, genres=["Secret Polka"], visibility="private")

    html = as_alice.get(address(track)).content.decode()

    assert '<option value="Cumbia">' in html and "Secret Polka" not in html


def test_many_tracks_get_what_is_filled_in_and_keep_the_rest(as_alice: Client, alice: Any) -> None:
    tracks = [add_track(alice, f"Part {number}", artist="Nadia Volt") for number in range(3)]

    answer = as_alice.post(
        reverse("edit_tracks"), {"track": [track.pk for track in tracks], "album": "Neon", "genres": "Soul; Funk"}
    )

    assert answer.url == reverse("my_uploads")
    assert Album.objects.get().tracks.count() == 3
    assert {track.title for track in Track.objects.all()} == {"Part 0", "Part 1", "Part 2"}
    assert {str(genre) for genre in tracks[2].genres.all()} == {"Soul", "Funk"}


def test_others_tracks_are_silently_left_out_of_many(as_alice: Client, alice: Any, bob: Any) -> None:
    mine, theirs = add_track(alice), add_track(bob)
    sent = {"track": [mine.pk, theirs.pk, "x", "-1", "9" * 30, "²"], "year": 2001}

    assert as_alice.post(reverse("edit_tracks"), sent).status_code == 302

    theirs.refresh_from_db()
    assert theirs.year is None and Track.objects.get(pk=mine.pk).year == 2001


def test_no_track_of_ones_own_is_not_found(as_alice: Client, bob: Any) -> None:
    theirs = add_track(bob)
    assert as_alice.get(reverse("edit_tracks"), {"track": theirs.pk}).status_code == 404
    assert as_alice.get(reverse("edit_tracks")).status_code == 404


def test_a_refusal_of_many_changes_none_and_keeps_what_was_typed(as_alice: Client, alice: Any) -> None:
    tracks = [add_track(alice) for _ in range(2)]
    sent = {"track": [track.pk for track in tracks], "album": "Neon", "year": "20"}

    answer = as_alice.post(reverse("edit_tracks"), sent)

    html = answer.content.decode()
    assert answer.status_code == 422 and 'value="Neon"' in html
    assert all(f'name="track" value="{track.pk}"' in html for track in tracks)
    assert not Album.objects.exists()


def test_the_page_for_many_costs_as_many_queries_for_two_as_for_forty(
    as_alice: Client, alice: Any, django_assert_num_queries: Any
) -> None:
    tracks = [add_track(alice, album=f"Album {number}") for number in range(40)]
    for count in (2, 40):
        with django_assert_num_queries(8):
            as_alice.get(reverse("edit_tracks"), {"track": [track.pk for track in tracks[:count]]})
