"""A track's page, and who may do what from there."""

from typing import Any

from django.test import Client
from django.urls import reverse

from music.changes import TrackChanges
from music.editing import edit_tracks
from music.models import Track
from music.tests.catalogue import add_track


def page(client: Client, track: Track) -> str:
    return client.get(track.get_absolute_url()).content.decode()


def test_the_page_says_all_there_is_to_say(as_bob: Client, alice: Any) -> None:
    track = add_track(alice, "Blue", album="Neon", year=2001, original_year=1977, track_number=3, disc_number=2)
    edit_tracks([track], TrackChanges(artists=("Nadia Volt", "Mister Quill"), lyrics="One\n\nTwo <b>&"))

    html = page(as_bob, track)

    for artist in track.artists.all():
        assert f'href="{artist.get_absolute_url()}"' in html
    for words in ("Nadia Volt", "Mister Quill", "Neon", "2001", "1977", "MP3, 128 kbit/s", "44100 Hz, stereo", "1:00"):
        assert words in html
    assert "Two &lt;b&gt;&amp;" in html and "<b>" not in html
    assert 'by <a href="/people/alice/" class="link"><bdi>alice</bdi></a>' in html


def test_synced_lyrics_show_when_each_line_is_sung(as_bob: Client, alice: Any) -> None:
    track = add_track(alice)
    edit_tracks([track], TrackChanges(lyrics="[00:05.00]Second\n[00:01.50]First"))

    html = page(as_bob, track)

    assert html.index("First") < html.index("Second") and "0:05" in html and "[00" not in html


def test_each_reader_finds_the_buttons_that_work_for_them(
    as_alice: Client, as_bob: Client, alice: Any, staff: Any, sign_in: Any
) -> None:
    track = add_track(alice)
    edit, report = (reverse(name, args=[track.pk]) for name in ("edit_track", "report_track"))

    seen = {name: page(client, track) for name, client in [("a", as_alice), ("b", as_bob), ("s", sign_in(staff))]}

    assert [edit in seen[name] for name in "abs"] == [True, False, True]
    assert [report in seen[name] for name in "abs"] == [False, True, True]


def test_the_uploader_hides_and_shows_a_track(as_alice: Client, as_bob: Client, alice: Any) -> None:
    track = add_track(alice)

    assert as_alice.post(reverse("make_private", args=[track.pk])).url == track.get_absolute_url()
    assert as_bob.get(track.get_absolute_url()).status_code == 404
    assert as_alice.post(reverse("make_public", args=[track.pk])).status_code == 302
    assert as_bob.get(track.get_absolute_url()).status_code == 200


def test_staff_who_make_a_track_private_no_longer_see_it(staff: Any, sign_in: Any, alice: Any) -> None:
    track = add_track(alice)

    response = sign_in(staff).post(reverse("make_private", args=[track.pk]), follow=True)

    assert response.status_code == 200 and "is private now" in response.content.decode()
    assert sign_in(staff).get(track.get_absolute_url()).status_code == 404


def test_others_can_change_nothing(as_bob: Client, alice: Any) -> None:
    track = add_track(alice, "Blue")
    for name in ("make_private", "make_public", "trash_track", "edit_track"):
        assert as_bob.post(reverse(name, args=[track.pk]), {"title": "Mine"}).status_code == 404
    track.refresh_from_db()
    assert (track.title, track.visibility, track.state) == ("Blue", "public", "published")


def test_what_changes_something_does_not_answer_get(as_alice: Client, alice: Any) -> None:
    track = add_track(alice)
    for name in ("make_private", "make_public", "trash_track"):
        assert as_alice.get(reverse(name, args=[track.pk])).status_code == 405


def test_the_page_costs_as_much_with_many_artists_and_genres(
    as_bob: Client, alice: Any, django_assert_max_num_queries: Any
) -> None:
    names = tuple(f"Artist {number}" for number in range(15))
    [track] = edit_tracks([add_track(alice)], TrackChanges(artists=names, genres=("Jazz", "Soul", "Funk")))
    with django_assert_max_num_queries(16):
        page(as_bob, track)
