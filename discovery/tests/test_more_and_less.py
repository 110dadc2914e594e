"""What somebody wants more or less of comes earlier or later wherever something is put in an order for them."""

from random import Random
from typing import Any

import pytest
from django.test import Client

from discovery.corrections import Kind, correct
from discovery.radio import next_up, station_for
from discovery.shelves import NARROW_FIRST
from discovery.standing import standing_of
from discovery.tests.shelves import finish, library
from discovery.tests.test_followed import follow, shows
from music.models import Track
from users.models import UserProfile

SAID = (Kind.TRACK, Kind.ARTIST)


def say(user: Any, kind: Kind, track: Track, factor: float) -> None:
    correct(user, kind, track.pk if kind == Kind.TRACK else track.artist_id, factor)


def similar(client: Client, track: Track) -> list[int]:
    return [each.track.pk for each in client.get(f"/similar/tracks/{track.pk}/").context["offered"]]


def radio(user: Any, track: Track) -> list[int]:
    """Without what it begins with."""
    standing, rng = standing_of(user), Random(7)
    station = station_for(standing, "track", str(track.pk), (), rng)
    return [each.track.pk for each in next_up(standing, station, (), 10, rng)][1:]


def shelf(client: Client, source: str) -> list[int]:
    shelves = client.get("/").context["shelves"]
    return next([each.track.pk for each in found] for made, found in shelves if made.source == source)


@pytest.mark.parametrize("kind", SAID)
def test_of_what_is_similar(as_bob: Client, alice: Any, bob: Any, kind: Kind) -> None:
    seed, *others = library(alice, {"Jazz": 10}, artists=10)["Jazz"]
    say(bob, kind, others[2], 0.5)
    say(bob, kind, others[6], 2)
    line = similar(as_bob, seed)
    assert (line[0], line[-1]) == (others[6].pk, others[2].pk)


@pytest.mark.parametrize("kind", SAID)
def test_of_what_a_radio_plays(alice: Any, bob: Any, kind: Kind) -> None:
    seed, *others = library(alice, {"Jazz": 10}, artists=10)["Jazz"]
    say(bob, kind, others[2], 0.25)
    say(bob, kind, others[6], 4)
    line = radio(bob, seed)
    assert (line[0], line[-1]) == (others[6].pk, others[2].pk)


@pytest.mark.parametrize("kind", SAID)
def test_of_what_is_popular_with_those_whom_they_follow(as_bob: Client, alice: Any, bob: Any, kind: Kind) -> None:
    finish(bob, library(alice, {"Folk": 40}, artists=20)["Folk"][:6])
    tracks = library(alice, {"Jazz": 8}, artists=8)["Jazz"]
    shows(alice, UserProfile.Audience.FOLLOWERS)
    follow(bob, alice)
    finish(alice, tracks)
    say(bob, kind, tracks[2], 0.5)
    say(bob, kind, tracks[6], 2)
    line = shelf(as_bob, "followed")
    assert (line[0], line[-1]) == (tracks[6].pk, tracks[2].pk)


@pytest.mark.parametrize("kind", SAID)
def test_of_what_was_loved_before(as_bob: Client, alice: Any, bob: Any, kind: Kind) -> None:
    tracks = library(alice, {"Jazz": 8}, artists=8)["Jazz"]
    finish(bob, tracks, days_ago=80, times=3)
    say(bob, kind, tracks[2], 0.5)
    say(bob, kind, tracks[6], 2)
    line = shelf(as_bob, "rediscover")
    assert (line[0], line[-1]) == (tracks[6].pk, tracks[2].pk)


@pytest.mark.parametrize("kind", SAID)
def test_of_what_is_popular_here(alice: Any, bob: Any, kind: Kind) -> None:
    tracks = library(alice, {"Jazz": 8}, artists=8)["Jazz"]
    finish(alice, tracks)
    say(bob, kind, tracks[2], 0.5)
    say(bob, kind, tracks[6], 2)
    line = [item.track_id for item in NARROW_FIRST["popular"](standing_of(bob), b"").items]
    assert (line[0], line[-1]) == (tracks[6].pk, tracks[2].pk)
