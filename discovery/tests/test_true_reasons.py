"""What is said of a track is what speaks most for it, whatever else it has in common."""

from random import Random
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import make_user
from discovery.alike import Wish, close_to
from discovery.radio import next_up, station_for
from discovery.serving import recommend
from discovery.shelves import NARROW_FIRST
from discovery.standing import Standing, standing_of
from discovery.tests.shelves import finish, library
from discovery.tests.town import learned_town, plays, tracks_of
from discovery.training import train_recommender
from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist


@pytest.fixture
def town(alice: Any, bob: Any) -> dict[str, list[Track]]:
    """People who like jazz and people who like metal; bob finished a third of the jazz."""
    return learned_town(alice, bob, 8)


def radio(standing: Standing, kind: str, key: Any, limit: int = 20) -> dict[str, str]:
    rng = Random(7)
    station = station_for(standing, kind, str(key), (), rng)
    return {each.track.title: each.reason for each in next_up(standing, station, (), limit, rng)}


def similar(client: Client, track: Track) -> dict[str, str]:
    offered = client.get(f"/similar/tracks/{track.pk}/").context["offered"]
    return {each.track.title: each.reason for each in offered}


def test_a_genre_in_common_says_more_than_the_artist_and_the_artist_more_than_the_decade(alice: Any, bob: Any) -> None:
    first = add_track(alice, "first", artist="Miles", genres=["Jazz"], year=1959)
    add_track(alice, "both", artist="Miles", genres=["Jazz"], year=1959)
    add_track(alice, "artist", artist="Miles", genres=["Funk"], year=1959)
    add_track(alice, "genre", artist="Monk", genres=["Jazz"], year=1970)
    said = radio(standing_of(bob), "track", first.pk)
    assert said == {
        "first": "Where this radio begins",
        "both": "Jazz, too",
        "genre": "Jazz, too",
        "artist": "Also by Miles",
    }


def test_of_several_in_common_the_one_that_most_of_what_is_wished_has_is_named(alice: Any, bob: Any) -> None:
    both = [add_track(alice, f"seed {number}", genres=["Jazz", "Funk"]) for number in range(2)]
    funk = [add_track(alice, f"funk {number}", genres=["Funk"]) for number in range(2)]
    playlist = Playlist.objects.create(owner=bob, name="Mine")
    add_tracks(playlist, [track.pk for track in (*both, *funk)], bob)
    add_track(alice, "found", genres=["Jazz", "Funk"])
    assert radio(standing_of(bob), "playlist", playlist.pk)["found"] == "Funk, too"


def test_where_listeners_say_more_than_what_tracks_have_it_is_said_of_which_track(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    """Two of each band, so that genre and band are in common as well."""
    track = town["Jazz"][0]
    for said in (similar(as_bob, track), radio(standing_of(bob), "track", track.pk)):
        assert f"Goes with “{track.title}”, by what people here finish" in said.values()


def test_what_is_said_is_what_the_ranking_says_itself(as_bob: Client, bob: Any, town: dict[str, list[Track]]) -> None:
    track = town["Metal"][0]
    like = close_to(standing_of(bob), Wish((track.pk,)), b"", without={track.pk})
    assert like.opinion
    words = {
        "track": f"Goes with “{track.title}”, by what people here finish",
        "genre": "Metal, too",
        "artist": "Also by ",
    }
    said = similar(as_bob, track)
    names = {each.facts.pk: each.facts for each in like.close}
    titles = dict(Track.objects.filter(title__in=said).values_list("pk", "title"))
    assert titles
    for pk, why in zip(titles, like.opinion.explain(list(titles)), strict=True):
        if names[pk].genres[0][1] == "Metal":
            kind = "track" if why.kind == "track" else str(why.key).partition(":")[0]
            assert said[titles[pk]].startswith(words[kind])


def test_what_has_nothing_in_common_with_it_does_not_claim_to(bob: Any, town: dict[str, list[Track]]) -> None:
    said = radio(standing_of(bob), "track", town["Metal"][0].pk, limit=48)
    of_jazz = {reason for title, reason in said.items() if title.startswith("Jazz")}
    assert of_jazz
    assert {reason.lstrip("345") for reason in of_jazz} <= {" listeners here like it", "Popular here"}


def test_what_has_nothing_in_common_with_it_is_not_called_similar_to_it(
    as_bob: Client, bob: Any, town: dict[str, list[Track]]
) -> None:
    metal = town["Metal"]
    Track.objects.filter(pk__in=[track.pk for track in metal[4:]]).update(visibility="private")
    assert {*similar(as_bob, metal[0])} == {"Metal 2", "Metal 3"}
    because = as_bob.get(f"/discover/because/{metal[0].pk}/").context["offered"]
    assert {each.track.title for each in because} == {"Metal 1", "Metal 2", "Metal 3"}


def test_the_title_of_a_radio_is_said_of_its_own_tracks(
    alice: Any, bob: Any, town: dict[str, list[Track]], django_assert_num_queries: Any
) -> None:
    playlist = Playlist.objects.create(owner=bob, name="Late nights")
    own = town["Jazz"][:6]
    add_tracks(playlist, [track.pk for track in own], bob)
    said = radio(standing_of(bob), "playlist", playlist.pk, limit=30)
    assert {said[track.title] for track in own} == {"Where this radio begins", "From “Late nights”"}
    artist = town["Jazz"][0].artist
    said = radio(standing_of(bob), "artist", artist.pk)
    assert {said[track.title] for track in town["Jazz"][:2]} == {"Where this radio begins", f"By {artist.name}"}


def test_the_names_of_what_may_not_be_seen_are_not_told(alice: Any, bob: Any, town: dict[str, list[Track]]) -> None:
    playlist = Playlist.objects.create(owner=bob, name="Mine")
    add_tracks(playlist, [track.pk for track in town["Jazz"][:3]], bob)
    station = station_for(standing_of(bob), "playlist", str(playlist.pk), (), Random(7))
    Track.objects.filter(pk__in=[track.pk for track in town["Jazz"][:3]]).update(visibility="private")
    offered = next_up(standing_of(bob), station, (), 20, Random(7))
    assert offered
    assert not [each.reason for each in offered if any(f"“{track.title}”" in each.reason for track in town["Jazz"][:3])]


def test_deep_cuts_have_the_reason_that_the_model_has(alice: Any, bob: Any, town: dict[str, list[Track]]) -> None:
    deep = [
        add_track(alice, f"deep {number}", artist=f"Jazz band {number % 4}", genres=["Jazz"]) for number in range(8)
    ]
    plays(make_user("digger"), [*town["Jazz"][:8], *deep[:6]])
    train_recommender()
    shelf = NARROW_FIRST["deep"](standing_of(bob), b"")
    among = [item.track_id for item in shelf.items]
    said = {
        each.recommendation.track.pk: each.recommendation.reason
        for each in recommend(standing_of(bob), 24, shelf="deep-cuts", among=among)
    }
    assert {item.track_id: item.reason for item in shelf.items} == said
    assert {*said} <= {track.pk for track in deep} and len(said) >= 6


def test_ones_own_radio_and_mixes_say_what_every_shelf_says(
    as_bob: Client, alice: Any, bob: Any, town: dict[str, list[Track]]
) -> None:
    offered = as_bob.get("/discover/mix/1/").context["offered"]
    mixed = {each.track.title: each.reason for each in offered if each.track.pk not in standing_of(bob).heard}
    for said in (mixed, radio(standing_of(bob), "me", "me")):
        new = {title: reason for title, reason in said.items() if title.startswith("Jazz")}
        assert any(
            reason.startswith(("Because you finished “", "Because you finished 8 Jazz")) for reason in new.values()
        )


def test_without_a_model_a_mix_names_what_is_liked_most_of_what_each_has(as_bob: Client, alice: Any, bob: Any) -> None:
    liked = [add_track(alice, f"liked {number}", artist="Miles", genres=["Jazz"]) for number in range(4)]
    finish(bob, liked)
    for number in range(4):
        add_track(alice, f"jazz {number}", artist=f"Band {number}", genres=["Jazz"])
    add_track(alice, "funk", artist="Miles", genres=["Funk"])
    offered = as_bob.get("/discover/mix/1/").context["offered"]
    said = {each.track.title: each.reason for each in offered if not each.track.title.startswith("liked")}
    assert said.pop("funk", "Because you listen to Miles") == "Because you listen to Miles"
    assert set(said.values()) == {"Because you finished 4 Jazz tracks"}


def test_what_the_model_knows_and_what_it_does_not_know_both_shape_a_radio(
    alice: Any, bob: Any, town: dict[str, list[Track]]
) -> None:
    polka = library(alice, {"Polka": 16}, artists=16)["Polka"]
    playlist = Playlist.objects.create(owner=bob, name="Both")
    add_tracks(playlist, [track.pk for track in (*town["Jazz"][:4], *polka[:4])], bob)
    own = {track.title for track in (*town["Jazz"][:4], *polka[:4])}
    said = {
        title: reason for title, reason in radio(standing_of(bob), "playlist", playlist.pk).items() if title not in own
    }
    kinds = [title.partition(" ")[0] for title in said]
    assert {"Jazz", "Polka"} <= {*kinds}
    assert {reason for title, reason in said.items() if title.startswith("Polka")} == {"Polka, too"}


def test_one_seed_of_many_that_is_strange_to_the_model_shapes_it_only_so_much(
    alice: Any, bob: Any, town: dict[str, list[Track]]
) -> None:
    polka = library(alice, {"Polka": 16}, artists=16)["Polka"]
    few = close_to(standing_of(bob), Wish((*(track.pk for track in town["Jazz"][:9]), polka[0].pk)), b"")
    many = close_to(standing_of(bob), Wish((town["Jazz"][0].pk, *(track.pk for track in polka[:9]))), b"")
    assert {each.facts.genres[0][1] for each in few.close[:12]} == {"Jazz"}
    assert {each.facts.genres[0][1] for each in many.close[:12]} == {"Polka"}
    assert {each.facts.genres[0][1] for each in few.close} >= {"Jazz", "Polka"}


@pytest.mark.parametrize("kind", ["similar", "radio", "because", "me"])
def test_reasons_of_more_tracks_ask_no_more(
    as_bob: Client, alice: Any, bob: Any, town: dict[str, list[Track]], kind: str,
    django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:  # fmt: skip
    track = town["Jazz"][0]
    address = {
        "similar": f"/similar/tracks/{track.pk}/",
        "radio": f"/radio/track/{track.pk}/",
        "because": f"/discover/because/{track.pk}/",
        "me": "/radio/me/me/",
    }[kind]
    as_bob.get(address)
    with django_assert_max_num_queries(60) as few:
        as_bob.get(address)
    count = len(few)
    people = [make_user(f"more-{number}") for number in range(3)]
    more = tracks_of(alice, "Jazz", 60)
    for person in people:
        plays(person, more)
    train_recommender()
    cache.clear()
    as_bob.get(address)
    with django_assert_num_queries(count):
        as_bob.get(address)
