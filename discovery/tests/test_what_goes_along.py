"""What is kept of somebody goes with the account; what they said goes along when names become one."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from discovery.corrections import corrected_of
from discovery.models import Correction
from discovery.tests.shelves import library
from music.merging import merge_artists, merge_genres, split_artist
from music.models import Artist, Genre
from users.deletion import delete_account

Kind = Correction.Kind


def say(user: Any, kind: Kind, about: Any, factor: float) -> None:
    Correction.objects.create(user=user, kind=kind, target_id=about.pk, factor=factor)


def test_the_days_picks_go_with_the_account(
    as_bob: Client, alice: Any, bob: Any, django_capture_on_commit_callbacks: Any
) -> None:
    library(alice, {"Jazz": 20})
    as_bob.get("/")
    key = f"picks-{bob.pk}"
    assert cache.get(key)
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(bob)
    assert cache.get(key) is None


def test_never_this_artist_holds_for_whom_they_are_merged_into(alice: Any, bob: Any) -> None:
    library(alice, {"Jazz": 4}, artists=2)
    source, into = Artist.objects.order_by("pk")
    say(bob, Kind.ARTIST, source, 0)
    merge_artists([source], into)
    assert corrected_of(bob).hidden.artists == {into.pk}
    assert Correction.objects.count() == 1


def test_what_was_said_of_the_one_that_stays_holds(alice: Any, bob: Any) -> None:
    library(alice, {"Jazz": 2, "Bop": 2})
    source, into = Genre.objects.get(name="Bop"), Genre.objects.get(name="Jazz")
    say(bob, Kind.GENRE, source, 0.5)
    say(bob, Kind.GENRE, into, 2)
    say(alice, Kind.GENRE, source, 0.5)
    merge_genres([source], into)
    assert [corrected_of(each).factors for each in (bob, alice)] == [
        {f"genre:{into.pk}": 2},
        {f"genre:{into.pk}": 0.5},
    ]


@pytest.mark.parametrize("factor", [0, 2])
def test_what_was_said_of_one_who_is_split_holds_for_all_parts(alice: Any, bob: Any, factor: float) -> None:
    library(alice, {"Jazz": 2}, artists=1)
    artist = Artist.objects.get()
    say(bob, Kind.ARTIST, artist, factor)
    parts = split_artist(artist, ["One", "Two"])
    assert corrected_of(bob).factors == {f"artist:{part.pk}": factor for part in parts}
