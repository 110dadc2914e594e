"""What a listener corrects, and what it takes out of sight."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conftest import make_user
from discovery.corrections import (
    Hidden,
    Kind,
    concerned,
    correct,
    corrected_of,
    not_hidden,
)
from discovery.models import Correction
from music.models import Artist, Genre, Track, TrackCredit
from music.tests.catalogue import add_track

NEVER, LESS, MORE = Correction.NEVER, Correction.LESS, Correction.MORE


def offered(user: Any) -> set[str]:
    tracks = not_hidden(Track.objects.visible_to(user), corrected_of(user).hidden)
    return set(tracks.values_list("title", flat=True))


def artist(name: str) -> Artist:
    return Artist.objects.get(name=name)


@pytest.fixture
def shop(alice: Any) -> dict[str, Track]:
    """A few tracks: of Ada, of Bix, of Ada with Bix, and of Bix in two genres."""
    tracks = {
        "ada": add_track(alice, "ada", artist="Ada", genres=["Jazz"]),
        "bix": add_track(alice, "bix", artist="Bix", genres=["Folk"]),
        "both": add_track(alice, "both", artist="Ada", genres=["Soul"]),
        "two": add_track(alice, "two", artist="Bix", genres=["Jazz", "Folk"]),
        "none": add_track(alice, "none", artist="Cy", genres=[]),
    }
    TrackCredit.objects.create(track=tracks["both"], artist=artist("Bix"), position=1)
    return tracks


def test_nothing_is_hidden_from_who_has_said_nothing(bob: Any, shop: dict[str, Track]) -> None:
    assert corrected_of(bob).hidden == Hidden()
    assert offered(bob) == set(shop)


def test_of_a_queue_never_concerns_the_track_the_credited_and_the_genre(
    alice: Any, bob: Any, shop: dict[str, Track]
) -> None:
    queue = [track.pk for track in shop.values()]

    def titles(kind: Kind, about: Any) -> set[str]:
        return set(Track.objects.filter(pk__in=concerned(bob, kind, about.pk, queue)).values_list("title", flat=True))

    assert titles(Kind.TRACK, shop["ada"]) == {"ada"}
    assert titles(Kind.ARTIST, artist("Bix")) == {"bix", "two", "both"}
    assert titles(Kind.GENRE, Genre.objects.get(name="Jazz")) == {"ada", "two"}
    Track.objects.filter(pk=shop["ada"].pk).update(visibility=Track.Visibility.PRIVATE)
    assert titles(Kind.GENRE, Genre.objects.get(name="Jazz")) == {"two"}
    assert concerned(alice, Kind.GENRE, Genre.objects.get(name="Jazz").pk, queue[1:]) == [shop["two"].pk]


def test_a_player_asks_what_to_take_out(as_bob: Client, shop: dict[str, Track]) -> None:
    def ask(body: Any) -> Any:
        return as_bob.post("/taste/tracks/", body, content_type="application/json")

    queue = [track.pk for track in shop.values()]
    assert ask({"say": "genre:folk:0", "track_ids": queue}).json() == {
        "track_ids": sorted([shop["bix"].pk, shop["two"].pk])
    }
    for nonsense in ([], {"say": "genre:folk:0"}, {"say": "x", "track_ids": ["1"]}, {"say": "x", "track_ids": [-1]}):
        assert ask(nonsense).status_code == 400
    assert ask({"say": "genre:folk:0", "track_ids": list(range(1001))}).status_code == 400
    assert ask({"say": "nothing", "track_ids": []}).status_code == 400
    assert ask({"say": "artist:999999:0", "track_ids": []}).status_code == 404


def test_never_this_track_hides_that_track(bob: Any, shop: dict[str, Track]) -> None:
    correct(bob, Kind.TRACK, shop["ada"].pk, NEVER)
    assert offered(bob) == set(shop) - {"ada"}


def test_never_this_artist_hides_whatever_they_are_credited_on(bob: Any, shop: dict[str, Track]) -> None:
    correct(bob, Kind.ARTIST, artist("Bix").pk, NEVER)
    assert offered(bob) == {"ada", "none"}


def test_never_this_genre_hides_what_has_it_among_others(bob: Any, shop: dict[str, Track]) -> None:
    correct(bob, Kind.GENRE, Genre.objects.get(name="Jazz").pk, NEVER)
    assert offered(bob) == {"bix", "both", "none"}


def test_less_and_more_hide_nothing_and_are_told_as_factors(bob: Any, shop: dict[str, Track]) -> None:
    jazz = Genre.objects.get(name="Jazz")
    correct(bob, Kind.GENRE, jazz.pk, LESS)
    correct(bob, Kind.ARTIST, artist("Ada").pk, MORE)
    correct(bob, Kind.TRACK, shop["bix"].pk, LESS)
    assert offered(bob) == set(shop)
    assert corrected_of(bob).factors == {f"genre:{jazz.pk}": LESS, f"artist:{artist('Ada').pk}": MORE}
    assert corrected_of(bob).track_factors == {shop["bix"].pk: LESS}


def test_what_one_listener_hides_others_are_still_offered(bob: Any, charlie: Any, shop: dict[str, Track]) -> None:
    correct(bob, Kind.TRACK, shop["ada"].pk, NEVER)
    assert offered(charlie) == set(shop)


def test_what_was_said_before_comes_back_so_that_it_can_be_undone(bob: Any, shop: dict[str, Track]) -> None:
    pk = shop["ada"].pk
    assert [correct(bob, Kind.TRACK, pk, factor) for factor in (MORE, NEVER, 1, 1)] == [1, MORE, NEVER, 1]
    assert not Correction.objects.exists()


@pytest.mark.parametrize("kind", Kind)
def test_what_somebody_may_not_see_they_cannot_correct(alice: Any, charlie: Any, kind: Kind) -> None:
    secret = add_track(alice, visibility="private", artist="Secret", genres=["Secretcore"])
    pk = {Kind.TRACK: secret.pk, Kind.ARTIST: secret.artist_id, Kind.GENRE: secret.genres.get().pk}[kind]
    for user in (charlie, AnonymousUser()):
        with pytest.raises(Http404):
            correct(user, kind, pk, NEVER)
    assert not Correction.objects.exists()
    correct(alice, kind, pk, NEVER)
    assert Correction.objects.get().user == alice


def test_what_went_out_of_sight_can_still_be_taken_back(alice: Any, bob: Any) -> None:
    track = add_track(alice)
    correct(bob, Kind.TRACK, track.pk, NEVER)
    Track.objects.update(visibility="private")
    assert correct(bob, Kind.TRACK, track.pk, 1) == NEVER
    assert not Correction.objects.exists()


def test_an_id_beyond_what_a_database_can_hold_is_not_there(bob: Any) -> None:
    for kind in Kind:
        with pytest.raises(Http404):
            correct(bob, kind, 2**70, NEVER)


def test_a_thousand_corrections_are_read_by_as_many_queries_as_one(
    alice: Any, bob: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for count in (1, 1000):
        Correction.objects.bulk_create(
            (Correction(user=bob, kind=kind, target_id=pk, factor=0) for kind in Kind for pk in range(count)),
            ignore_conflicts=True,
        )
        with django_assert_num_queries(2):
            offered(bob)


class TestAnyCatalogue(TestCase):
    """Whatever is hidden: nothing offered has anything of it, and nothing else is missing."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3))), max_size=6),
        st.sets(st.integers(0, 5)),
        st.sets(st.integers(0, 3)),
        st.sets(st.integers(0, 3)),
    )
    def test_offered_is_what_has_nothing_hidden(
        self,
        tracks: list[tuple[int, set[int], set[int]]],
        no_tracks: set[int],
        no_artists: set[int],
        no_genres: set[int],
    ) -> None:
        user = make_user("dora")
        artists = [Artist.objects.create(name=f"A{n}", name_key=f"a{n}", sort_key=f"a{n}") for n in range(4)]
        genres = [Genre.objects.create(name=f"G{n}", slug=f"g{n}") for n in range(4)]
        rows = []
        for main, others, of_genres in tracks:
            track = add_track(user, artist=f"A{main}", genres=[f"G{n}" for n in of_genres])
            for other in others - {main}:
                TrackCredit.objects.create(track=track, artist=artists[other], position=1)
            rows.append(track)
        hidden = Hidden(
            frozenset(rows[n].pk for n in no_tracks if n < len(rows)),
            frozenset(artists[n].pk for n in no_artists),
            frozenset(genres[n].pk for n in no_genres),
        )
        expected = {
            rows[n].pk
            for n, (main, others, of_genres) in enumerate(tracks)
            if n not in no_tracks and not ({main, *others} & no_artists) and not (of_genres & no_genres)
        }
        with CaptureQueriesContext(connection) as queries:
            assert set(not_hidden(Track.objects.all(), hidden).values_list("pk", flat=True)) == expected
        assert len(queries) == 1
