"""Shelves, mixes, radio and what is similar, once something was learned."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discovery import alike
from discovery.corrections import Kind, correct
from discovery.standing import standing_of
from discovery.tests.shelves import finish, library
from discovery.tests.town import learned_town
from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist
from playlists.stars.saying import star


@pytest.fixture
def town(alice: Any, bob: Any) -> dict[str, list[Track]]:
    """People who like jazz and people who like metal; bob finished half of the jazz."""
    return learned_town(alice, bob, 10)


def test_a_mix_is_of_what_one_likes_and_each_new_track_has_the_models_reason(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    assert standing_of(bob).model
    mix = next(card.shelf for card in as_bob.get("/").context["mixes"] if card.shelf.source == "mix:1")
    offered = as_bob.get(mix.href).context["offered"]
    new = [each for each in offered if each.track.pk not in standing_of(bob).heard]
    assert mix.title == "Jazz"
    assert len(offered) >= 12
    assert new
    assert all(each.reason.startswith("Because you ") for each in new)


@pytest.mark.parametrize("kind", ["track", "artist", "genre", "me"])
def test_a_radio_stays_with_its_kind_and_repeats_nothing(
    as_bob: Client, town: dict[str, list[Track]], kind: str
) -> None:
    track = town["Jazz"][0]
    key = {"track": track.pk, "artist": track.artist_id, "genre": "jazz", "me": "me"}[kind]
    had: list[int] = []
    for _ in range(2):
        body = json.dumps({"had": had})
        answer = as_bob.post(f"/radio/{kind}/{key}/more/", body, content_type="application/json").json()
        had += [int(each["id"]) for each in answer["tracks"]]
    jazz = {track.pk for track in town["Jazz"]}
    assert len(had) == len(set(had)) == 20
    assert sum(pk in jazz for pk in had) >= 15


def test_similar_tracks_and_artists_are_of_the_same_camp(as_bob: Client, town: dict[str, list[Track]]) -> None:
    track = town["Metal"][0]
    offered = as_bob.get(f"/similar/tracks/{track.pk}/").context["offered"]
    cards = as_bob.get(f"/similar/artists/{track.artist_id}/").context["cards"]
    assert {each.track.genre[1] for each in offered[:5]} == {"Metal"}
    assert all(card.title.startswith("Metal") for card in cards[:5])


def test_a_longer_history_asks_the_same_number_of_questions(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            as_bob.get("/")
        return len(found)

    finish(bob, town["Jazz"][:10], days_ago=80, times=3)
    as_bob.get("/")
    few = asked()
    finish(bob, town["Jazz"][10:14], days_ago=3, times=4)
    cache.clear()
    as_bob.get("/")
    assert asked() == few


def test_what_came_after_the_training_is_found_as_new(as_bob: Client, alice: Any, town: dict[str, list[Track]]) -> None:
    fresh = library(alice, {"Jazz": 12}, artists=12)["Jazz"]
    shown = as_bob.get("/").context
    titles = {each.track.title for _shelf, offered in shown["shelves"] for each in offered}
    titles |= {each.track.title for each in shown["recommended"]}
    assert titles & {track.title for track in fresh}


@pytest.fixture
def younger(alice: Any, bob: Any, town: dict[str, list[Track]]) -> list[Track]:
    """Polkas that came after the training, one of them bob's own; there is nothing of theirs in what was learned."""
    tracks = library(alice, {"Polka": 12}, artists=12)["Polka"]
    Track.objects.filter(pk=tracks[0].pk).update(uploader=bob, visibility="private")
    assert not {track.pk for track in tracks} & {*standing_of(bob).model.item_ids.tolist()}  # type: ignore[union-attr]
    return tracks


def test_what_came_after_the_training_may_be_liked_and_in_a_mix(
    client: Client, charlie: Any, younger: list[Track]
) -> None:
    starred = [track.pk for track in younger[1:6]]
    star(charlie, {"track": starred})
    client.force_login(charlie)
    mix = next(card.shelf for card in client.get("/").context["mixes"] if card.shelf.source == "mix:1")
    said = {each.track.pk: each.reason for each in client.get(mix.href).context["offered"]}
    assert set(starred) <= set(said)
    assert "You starred it" in said.values()


def test_a_radio_begins_with_its_own_however_much_is_closer_to_it(
    as_bob: Client, bob: Any, town: dict[str, list[Track]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "MOST_CANDIDATES", 3)
    playlist = Playlist.objects.create(owner=bob, name="Both")
    own = [*town["Jazz"][:10], *town["Metal"][:10]]
    add_tracks(playlist, [track.pk for track in own], bob)
    for _ in range(5):
        first = as_bob.get(f"/radio/playlist/{playlist.pk}/").context["offered"][0]
        assert first.track.pk in {track.pk for track in own} and first.reason == "Where this radio begins"


@pytest.mark.parametrize("kind", ["track", "album", "artist", "playlist"])
def test_the_radio_of_what_came_after_the_training_begins_with_it_and_stays_with_it(
    as_bob: Client, bob: Any, alice: Any, younger: list[Track], kind: str
) -> None:
    album = add_track(alice, "on record", artist="Polka artist 1", album="A Record", genres=["Polka"]).album_id
    playlist = Playlist.objects.create(owner=bob, name="Polkas")
    add_tracks(playlist, [younger[0].pk], bob)
    key = {"track": younger[0].pk, "album": album, "artist": younger[0].artist_id, "playlist": playlist.pk}[kind]
    offered = as_bob.get(f"/radio/{kind}/{key}/").context["offered"]
    assert offered[0].reason == "Where this radio begins"
    assert {each.track.genre[1] for each in offered[:8]} == {"Polka"}
    assert {each.reason for each in offered[1:8]} <= {"Polka, too", "Also by Polka artist 1"}


def test_what_goes_with_a_track_that_came_after_the_training_is_of_its_genre_and_says_so(
    as_bob: Client, bob: Any, younger: list[Track]
) -> None:
    similar = as_bob.get(f"/similar/tracks/{younger[0].pk}/").context["offered"]
    finish(bob, younger[:1])
    because = as_bob.get(f"/discover/because/{younger[0].pk}/").context["offered"]
    for offered in (similar, because):
        assert len(offered) >= 10
        assert {each.track.genre[1] for each in offered} == {"Polka"}
        assert {each.reason for each in offered} == {"Polka, too"}


def test_more_and_less_of_a_track_move_it_among_what_is_similar(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    def line() -> list[int]:
        return [each.track.pk for each in as_bob.get(f"/similar/tracks/{town['Jazz'][0].pk}/").context["offered"]]

    first, *_, last = line()[:5]
    correct(bob, Kind.TRACK, first, 0.5)
    correct(bob, Kind.TRACK, last, 4)
    after = line()
    assert after[0] == last
    assert first not in after[:3]
