"""What somebody wants more or less of comes earlier or later wherever something is put in an order for them."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from django.test import Client

from discovery.corrections import Kind, correct
from discovery.radio import next_up, station_for
from discovery.shelves import NARROW_FIRST
from discovery.standing import standing_of
from discovery.tests.shelves import finish, library
from discovery.tests.test_followed import follow, shows
from discovery.tests.town import settle
from discovery.training import train_recommender
from music.models import Track
from recommendations.ladder import score
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


@pytest.fixture
def jazz(alice: Any, bob: Any) -> list[Track]:
    """Once something was learned, what bob has not heard of the jazz that he likes."""
    tracks = settle(alice, tracks=24)["Jazz"]
    finish(bob, tracks[:8])
    assert train_recommender().version
    return tracks[8:]


def scored(user: Any) -> dict[int, float]:
    opinion = standing_of(user).opinion
    assert opinion
    return dict(zip(opinion.model.item_ids.tolist(), opinion.scores.tolist(), strict=True))


def test_of_what_the_model_picks_for_them(bob: Any, jazz: list[Track]) -> None:
    less, more = jazz[1], jazz[3]
    say(bob, Kind.TRACK, less, 0.5)
    say(bob, Kind.TRACK, more, 2)
    scores = scored(bob)
    unheard = sorted((track.pk for track in jazz), key=lambda pk: -scores[pk])
    assert (unheard[0], unheard[-1]) == (more.pk, less.pk)


@pytest.mark.parametrize("factor", [0.25, 0.5, 2, 4])
def test_what_is_said_of_a_track_counts_once_in_what_the_model_picks(
    bob: Any, jazz: list[Track], factor: float
) -> None:
    say(bob, Kind.TRACK, jazz[3], factor)
    standing = standing_of(bob)
    assert standing.opinion and standing.model
    without = replace(standing.taste, factors={})
    assert np.array_equal(standing.opinion.scores, score(standing.model, without))


def test_never_to_a_track_is_never_in_what_the_model_picks(bob: Any, jazz: list[Track]) -> None:
    say(bob, Kind.TRACK, jazz[3], 0)
    say(bob, Kind.TRACK, jazz[1], 2)
    scores = scored(bob)
    assert scores[jazz[3].pk] == 0 < scores[jazz[1].pk]
