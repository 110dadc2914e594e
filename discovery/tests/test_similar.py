from typing import Any

from django.test import Client

from discovery.models import Correction, Impression
from discovery.tests.shelves import library
from music.models import Artist, Track
from music.tests.catalogue import add_track


def test_a_track_leads_to_those_with_its_genres_of_others_than_its_artist(as_bob: Client, alice: Any) -> None:
    tracks = library(alice, {"Jazz": 20, "Metal": 20})["Jazz"]
    offered = as_bob.get(f"/similar/tracks/{tracks[0].pk}/").context["offered"]
    assert {each.track.genre[1] for each in offered} == {"Jazz"}
    assert {each.reason for each in offered} == {"Jazz, too"}
    artists = [each.track.artist_name for each in offered]
    assert "Jazz artist 0" not in artists
    assert max(map(artists.count, artists)) == 2


def test_an_artist_leads_to_others_and_says_what_they_play(as_bob: Client, alice: Any) -> None:
    artist = library(alice, {"Jazz": 20, "Metal": 20})["Jazz"][0].artist
    cards = as_bob.get(f"/similar/artists/{artist.pk}/").context["cards"]
    assert [(card.title, card.text) for card in cards] and {card.text for card in cards} == {"Jazz"}
    assert {card.title for card in cards} == {f"Jazz artist {number}" for number in range(1, 5)}


def test_the_artists_are_remembered_as_shown(as_bob: Client, alice: Any, bob: Any) -> None:
    artist = library(alice, {"Jazz": 20})["Jazz"][0].artist
    for _again in range(2):
        cards = as_bob.get(f"/similar/artists/{artist.pk}/").context["cards"]
    rows = Impression.objects.filter(user=bob, shelf="similar-artists", is_artist=True).order_by("rank")
    names = dict(Artist.objects.values_list("pk", "name"))
    assert [names[row.track_id] for row in rows] == [card.title for card in cards]
    assert Impression.objects.count() == len(cards) == 4


def test_turbo_gets_the_part_alone_and_a_browser_without_javascript_a_page(as_bob: Client, alice: Any) -> None:
    track = library(alice, {"Jazz": 5})["Jazz"][0]
    for frame, pk in (("tracks", track.pk), ("artists", track.artist_id)):
        address = f"/similar/{frame}/{pk}/"
        page = as_bob.get(address).content.decode()
        part = as_bob.get(address, headers={"Turbo-Frame": f"similar-{frame}"}).content.decode()
        assert "<html" in page and "<h1" in page
        assert "<html" not in part
        assert f'<turbo-frame id="similar-{frame}"' in part
    assert f'src="/similar/tracks/{track.pk}/"' in as_bob.get(f"/tracks/{track.pk}/").content.decode()
    assert f'src="/similar/artists/{track.artist_id}/"' in as_bob.get(f"/artists/{track.artist_id}/").content.decode()


def test_neither_others_private_tracks_nor_what_was_hidden_is_similar(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 10})["Jazz"]
    add_track(alice, "secret", artist="Nobody", genres=["Jazz"], visibility="private")
    Correction.objects.create(user=bob, kind="artist", target_id=tracks[1].artist_id, factor=0)
    offered = as_bob.get(f"/similar/tracks/{tracks[0].pk}/").context["offered"]
    cards = as_bob.get(f"/similar/artists/{tracks[0].artist_id}/").context["cards"]
    assert {each.track.artist_name for each in offered} == {"Jazz artist 2", "Jazz artist 3", "Jazz artist 4"}
    assert {card.title for card in cards} == {"Jazz artist 2", "Jazz artist 3", "Jazz artist 4"}


def test_where_nothing_is_like_it_there_is_only_a_word_on_the_page(as_bob: Client, alice: Any) -> None:
    lonely = add_track(alice, "Lonely", genres=["Yodel"])
    assert "nothing like it here yet" in as_bob.get(f"/similar/tracks/{lonely.pk}/").content.decode()
    assert Track.objects.count() == 1


def test_more_tracks_ask_the_same_number_of_questions(
    as_bob: Client, alice: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    track = library(alice, {"Jazz": 12})["Jazz"][0]
    addresses = (f"/similar/tracks/{track.pk}/", f"/similar/artists/{track.artist_id}/", f"/radio/track/{track.pk}/")
    for address in addresses:
        as_bob.get(address)
        with django_assert_max_num_queries(50) as few:
            as_bob.get(address)
        count = len(few)
        library(alice, {"Jazz": 40}, artists=20)
        as_bob.get(address)
        with django_assert_num_queries(count):
            as_bob.get(address)
