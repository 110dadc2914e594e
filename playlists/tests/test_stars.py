"""Stars and ratings, and the list of what is starred."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import PASSWORD
from music.merging import merge_albums, merge_artists
from music.models import Album, Artist, Track
from music.removal import discard
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist, Rating, Star
from playlists.stars.taking_along import stars_given_by
from playlists.tests.cast import played
from users.deletion import delete_account

SignIn = Callable[[Any], Client]
JSON = {"Accept": "application/json"}


def stars(client: Client, **said: Any) -> Any:
    return client.post("/stars/", {"star": "1", **said}, headers=JSON)


def rate(client: Client, rating: Any, **said: Any) -> Any:
    return client.post("/ratings/", {"rating": rating, **said}, headers=JSON)


def starred(client: Client, shelf: str = "") -> list[str]:
    context = client.get(f"/playlists/starred/{shelf}").context
    return [row.title for row in context["tracks"]] if not shelf else [card.title for card in context["cards"]]


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue", artist="Ilse", album="Grey")


def test_a_star_is_given_and_taken_and_twice_is_once(as_bob: Client, track: Track) -> None:
    assert stars(as_bob, track=track.pk).json() == {"starred": True}
    assert stars(as_bob, track=track.pk).json() == {"starred": True}
    assert Star.objects.count() == 1
    assert stars(as_bob, track=track.pk, star="0").json() == {"starred": False}
    assert not Star.objects.exists()


def test_without_a_script_the_form_comes_back_to_its_page_and_says_it(as_bob: Client, track: Track) -> None:
    page = track.get_absolute_url()
    answer = as_bob.post("/stars/", {"track": track.pk, "star": "1", "next": page}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert [str(message) for message in answer.context["messages"]] == ["Starred."]
    assert 'aria-pressed="true" data-star="track:' in answer.content.decode()
    answer = as_bob.post("/ratings/", {"track": track.pk, "rating": "4", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_pages_of_a_track_an_album_and_an_artist_show_what_was_given(as_bob: Client, track: Track) -> None:
    things = {"track": track, "album": track.album, "artist": track.artist}
    for kind, thing in things.items():
        page = as_bob.get(thing.get_absolute_url()).content.decode()
        assert f'aria-pressed="false" data-star="{kind}:{thing.pk}"' in page
        stars(as_bob, **{kind: thing.pk})
        rate(as_bob, 3, **{kind: thing.pk})
        page = as_bob.get(thing.get_absolute_url()).content.decode()
        assert f'aria-pressed="true" data-star="{kind}:{thing.pk}"' in page
        assert page.count(" data-on ") == 3


def test_a_rating_is_changed_and_taken_back(as_bob: Client, bob: Any, track: Track) -> None:
    assert rate(as_bob, 2, track=track.pk).json() == {"rating": 2}
    rate(as_bob, 5, track=track.pk)
    assert [row.stars for row in Rating.objects.filter(user=bob)] == [5]
    rate(as_bob, 0, track=track.pk)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("said", [{}, {"track": "x"}, {"track": "1" * 19}, {"track": "-1"}, {"track": ["1"] * 501}])
def test_nonsense_is_refused_with_a_sentence(as_bob: Client, said: dict[str, Any]) -> None:
    for answer in (stars(as_bob, **said), rate(as_bob, 3, **said)):
        assert answer.status_code == 400 and answer.json()["error"]


@pytest.mark.parametrize("rating", ["", "6", "-1", "2.5", "many"])
def test_a_rating_is_a_whole_number_up_to_five(as_bob: Client, track: Track, rating: str) -> None:
    assert rate(as_bob, rating, track=track.pk).status_code == 400
    assert not Rating.objects.exists()


def test_only_post_changes_anything_and_only_for_members(client: Client, as_bob: Client, track: Track) -> None:
    assert as_bob.get(f"/stars/?track={track.pk}&star=1").json() == {"starred": []}
    assert as_bob.get("/ratings/").status_code == 405
    assert as_bob.put("/stars/").status_code == 405
    assert client.post("/stars/", {"track": track.pk, "star": "1"}).status_code == 302
    assert not Star.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    strict.login(username="bob", password=PASSWORD)
    assert strict.post("/stars/", {"track": track.pk, "star": "1"}).status_code == 403


def test_what_somebody_may_not_see_is_not_there_for_them(as_bob: Client, as_alice: Client, alice: Any) -> None:
    private = add_track(alice, artist="Secret", album="Hidden", visibility="private")
    for said in ({"track": private.pk}, {"album": private.album_id}, {"artist": private.artist_id}, {"track": 999_999}):
        assert stars(as_bob, **said).status_code == rate(as_bob, 1, **said).status_code == 404
    assert not Star.objects.exists() and not Rating.objects.exists()
    assert stars(as_alice, track=private.pk).status_code == 200


def test_stars_are_each_persons_own(as_bob: Client, as_alice: Client, track: Track) -> None:
    stars(as_bob, track=track.pk)
    assert starred(as_alice) == [] and starred(as_bob) == ["Blue"]
    assert as_alice.get(f"/stars/?tracks={track.pk}").json() == {"starred": []}
    stars(as_alice, track=track.pk, star="0", user="bob")
    assert Star.objects.count() == 1


def test_a_star_of_what_went_out_of_sight_can_still_be_taken_away(as_bob: Client, track: Track) -> None:
    stars(as_bob, track=track.pk)
    Track.objects.update(visibility="private")
    assert starred(as_bob) == []
    assert stars(as_bob, track=track.pk, star="0").status_code == 200
    assert not Star.objects.exists()


def test_many_are_starred_at_once_and_only_those_one_may_see(as_bob: Client, bob: Any, alice: Any) -> None:
    seen = [add_track(alice) for _ in range(3)]
    hidden = add_track(alice, visibility="private")
    assert stars(as_bob, track=[track.pk for track in (*seen, hidden)]).status_code == 200
    assert set(Star.objects.filter(user=bob).values_list("track", flat=True)) == {track.pk for track in seen}


def test_a_script_asks_for_the_stars_of_a_page_in_one_question(
    as_bob: Client, alice: Any, django_assert_num_queries: Any
) -> None:
    tracks = [add_track(alice) for _ in range(40)]
    stars(as_bob, track=[tracks[3].pk, tracks[8].pk])
    asked = ",".join(str(track.pk) for track in tracks)
    with django_assert_num_queries(3):  # with who asks
        found = as_bob.get(f"/stars/?tracks={asked},x,,-1,{10**40}").json()
    assert found == {"starred": [tracks[3].pk, tracks[8].pk]}


def test_what_is_starred_is_listed_the_latest_first_page_by_page(as_bob: Client, bob: Any, alice: Any) -> None:
    tracks = [add_track(alice, f"Track {number:03}") for number in range(120)]
    Star.objects.bulk_create(Star(user=bob, track=track) for track in tracks)
    titles, address = [], "/playlists/starred/"
    while address:
        context = as_bob.get(address).context
        titles += [row.title for row in context["tracks"]]
        cursor = context["page"].next_cursor
        address = f"/playlists/starred/?after={cursor}" if cursor else ""
    assert titles == [track.title for track in reversed(tracks)]


def test_all_that_is_starred_is_played(as_bob: Client, bob: Any, alice: Any, as_alice: Client) -> None:
    tracks = [add_track(alice, f"Track {number:03}") for number in range(120)]
    hidden = add_track(alice, "Hidden", visibility="private")
    Star.objects.bulk_create(Star(user=bob, track=track) for track in [*tracks, hidden])
    page = as_bob.get("/playlists/starred/").content.decode()
    assert page.count('data-whole="/playlists/starred/more/"') == 2
    assert 'data-radio="/playlists/starred/more/?after=' in page
    latest = [track.title for track in reversed(tracks)]
    assert played(as_bob, "/playlists/starred/more/") == latest
    whole = as_bob.post("/playlists/starred/more/?queue").json()
    assert ([track["title"] for track in whole["tracks"]], whole["href"]) == (latest, "")
    shuffled = played(as_bob, "/playlists/starred/more/?shuffled")
    assert sorted(shuffled) == sorted(latest) != shuffled != latest
    assert played(as_alice, "/playlists/starred/more/") == []


def test_albums_and_artists_have_shelves_of_their_own(as_bob: Client, track: Track) -> None:
    stars(as_bob, album=track.album_id)
    stars(as_bob, artist=track.artist_id)
    assert (starred(as_bob), starred(as_bob, "albums/"), starred(as_bob, "artists/")) == ([], ["Grey"], ["Ilse"])
    Track.objects.update(visibility="private")
    assert (starred(as_bob, "albums/"), starred(as_bob, "artists/")) == ([], [])
    assert as_bob.get("/playlists/starred/genres/").status_code == 404


@pytest.mark.parametrize("shelf", ["", "albums/", "artists/"])
def test_more_stars_take_no_more_questions(as_bob: Client, bob: Any, alice: Any, shelf: str) -> None:
    def questions(count: int) -> int:
        tracks = [add_track(alice, album=f"Album {Track.objects.count()} {number}") for number in range(count)]
        for track in tracks:
            Star.objects.create(user=bob, track=track)
            Star.objects.create(user=bob, album=track.album)
            Star.objects.create(user=bob, artist=track.artist)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_bob.get(f"/playlists/starred/{shelf}")
        return len(asked)

    questions(1)
    assert questions(2) == questions(30)


def test_lists_ask_no_more_when_something_is_starred(as_bob: Client, track: Track) -> None:
    as_bob.get("/tracks/")
    with CaptureQueriesContext(connection) as before:
        as_bob.get("/tracks/")
    stars(as_bob, track=track.pk)
    with CaptureQueriesContext(connection) as after:
        as_bob.get("/tracks/")
    assert len(before) == len(after)


def test_stars_go_with_what_is_merged_and_nobody_has_two(as_bob: Client, as_alice: Client, alice: Any) -> None:
    one, other = add_track(alice, artist="Beatels", album="Help!"), add_track(alice, artist="The Beatles", album="Help")
    for client in (as_bob, as_alice):
        stars(client, artist=one.artist_id, album=one.album_id)
        rate(client, 2, artist=one.artist_id)
    stars(as_bob, artist=other.artist_id, album=other.album_id)
    rate(as_bob, 5, artist=other.artist_id)

    merge_albums([one.album], other.album)
    merge_artists([one.artist], other.artist)

    assert (starred(as_alice, "artists/"), starred(as_bob, "artists/")) == (["The Beatles"], ["The Beatles"])
    assert (starred(as_alice, "albums/"), starred(as_bob, "albums/")) == (["Help"], ["Help"])
    assert sorted(Rating.objects.values_list("user__username", "stars")) == [("alice", 2), ("bob", 5)]
    assert Artist.objects.count() == Album.objects.count() == 1


def test_stars_go_with_the_track_and_with_the_account(as_bob: Client, bob: Any, track: Track, alice: Any) -> None:
    kept = add_track(alice)
    for each in (track, kept):
        stars(as_bob, track=each.pk, artist=each.artist_id)
        rate(as_bob, 4, track=each.pk)
    discard(Track.objects.filter(pk=track.pk))
    assert Star.objects.count() == 2 and Rating.objects.count() == 1
    delete_account(bob)
    assert not Star.objects.exists() and not Rating.objects.exists()


def test_a_star_is_of_one_thing(bob: Any, track: Track) -> None:
    for said in ({}, {"track": track, "artist": track.artist}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Star.objects.create(user=bob, **said)
    assert json.dumps(str(Star.objects.create(user=bob, track=track))) == f'"{bob.pk}:track:{track.pk}"'


def test_ticked_uploads_are_starred_with_one_press(as_alice: Client, alice: Any) -> None:
    tracks = [add_track(alice) for _ in range(3)]
    page = as_alice.get("/uploads/").content.decode()
    assert 'name="star" value="1" formaction="/stars/"' in page
    sent = {"star": "1", "next": "/uploads/", "track": [tracks[0].pk, tracks[2].pk]}
    assert as_alice.post("/stars/", sent)["Location"] == "/uploads/"
    assert set(Star.objects.values_list("track", flat=True)) == {tracks[0].pk, tracks[2].pk}
    as_alice.post("/stars/", {"star": "1", "next": "/uploads/"})
    assert Star.objects.count() == 2


def test_stars_and_rules_are_taken_along(as_bob: Client, bob: Any, track: Track) -> None:
    stars(as_bob, track=track.pk)
    rate(as_bob, 4, artist=track.artist_id)
    found = stars_given_by(bob)
    assert [(row["track_id"], row["track_title"]) for row in found["stars"]] == [(track.pk, "Blue")]
    assert [(row["artist_name"], row["stars"]) for row in found["ratings"]] == [("Ilse", 4)]
    assert "album_id" not in found["stars"][0] and found["smart_playlists"] == []


def test_what_became_private_is_taken_along_without_its_name(as_bob: Client, bob: Any, track: Track) -> None:
    for said in ({"track": track.pk}, {"album": track.album_id}, {"artist": track.artist_id}):
        stars(as_bob, **said)
        rate(as_bob, 4, **said)
    Track.objects.update(visibility="private")
    found = stars_given_by(bob)
    assert [row.get("track_id") for row in found["stars"]] == [track.pk, None, None]
    assert len(found["ratings"]) == 3
    assert not any(name in json.dumps(found, default=str) for name in ("Blue", "Grey", "Ilse"))


@pytest.mark.parametrize("page", ["/albums/{album}/", "/playlists/{playlist}/"])
def test_all_tracks_of_a_page_are_starred_and_rated_at_once(alice: Any, as_alice: Client, page: str) -> None:
    tracks = [add_track(alice, f"Part {number}", artist="Cast", album="All of it") for number in (1, 2, 3)]
    playlist = Playlist.objects.create(owner=alice, name="Evening")
    add_tracks(playlist, [track.pk for track in tracks], alice)
    html = as_alice.get(page.format(album=tracks[0].album_id, playlist=playlist.pk)).content.decode()
    form = html[html.index("All tracks on this page") - 1500 :]
    said = re.findall(r'<input type="hidden" name="track" value="(\d+)">', form)
    assert sorted(map(int, said)) == [track.pk for track in tracks]
    assert stars(as_alice, track=said).json() == {"starred": True}
    assert rate(as_alice, 4, track=said).json() == {"rating": 4}
    assert Star.objects.filter(user=alice).count() == 3 == Rating.objects.filter(user=alice, stars=4).count()
    stars(as_alice, track=said, star="0")
    assert not Star.objects.exists()
