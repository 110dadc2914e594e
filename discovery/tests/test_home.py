from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import make_user
from discovery import shelves as shelves_of_home
from discovery.models import Correction, TasteSettings
from discovery.shelves import NARROW_FIRST, picks_of
from discovery.standing import standing_of
from discovery.tests.shelves import NOW, finish, library
from discovery.tests.test_followed import follow, shows
from discovery.training import train_recommender
from listening.leaving_out import leave_out
from listening.models import LeftOut
from listening.store import StoreAway
from music.models import Genre, Track
from music.tests.catalogue import add_track
from users.models import UserProfile

DAYS_30 = timedelta(days=31)


def shelves(client: Client) -> dict[str, list[str]]:
    """The titles on each shelf."""
    context = client.get("/").context
    found = {shelf.source.partition(":")[0]: shelf for shelf, _ in context["shelves"]}
    listed = {
        name: [each.track.title for each in offered]
        for name, (_shelf, offered) in zip(found, context["shelves"], strict=True)
    }
    return {"made-for-you": [each.track.title for each in context["recommended"]], **listed}


def new_here(client: Client) -> set[int]:
    return {row.pk for row in client.get("/").context["newest"]}


def added_long_ago() -> None:
    Track.objects.update(added_at=NOW - DAYS_30)


def like(user: Any, *slugs: str) -> None:
    user.profile.favourite_genres.set(Genre.objects.filter(slug__in=slugs))


def test_a_newcomer_with_three_favourites_has_a_good_page_in_the_first_second(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    library(alice, {"Jazz": 12, "Folk": 12, "Metal": 12, "Polka": 12})
    like(bob, "jazz", "folk", "metal")
    context = as_bob.get("/").context
    said = {each.reason for each in context["recommended"]}
    assert said == {"You chose Jazz", "You chose Folk", "You chose Metal"}
    assert len(context["recommended"]) == 12
    assert {mix.shelf.title for mix in context["mixes"]} >= {"Jazz", "Folk", "Metal"}


def test_a_newcomers_page_is_as_good_with_a_model_and_a_larger_library_costs_no_more(
    client: Client, alice: Any
) -> None:
    def page_of(name: str) -> tuple[Any, int]:
        somebody = make_user(name)
        like(somebody, "jazz", "folk", "metal")
        client.force_login(somebody)
        with CaptureQueriesContext(connection) as asked:
            context = client.get("/").context
        return context, len(asked)

    def grow(number: int) -> None:
        tracks = library(alice, {"Jazz": 24, "Folk": 24, "Metal": 24, "Polka": 24})
        for genre in tracks:
            finish(make_user(f"{genre}-{number}".lower()), tracks[genre][:12])
        assert train_recommender().version

    costs = []
    for number in range(3):
        grow(number)
        page, cost = page_of(f"newcomer-{number}")
        costs.append(cost)
        said = [each.reason for each in page["recommended"]]
        chosen = [reason for reason in said if reason in {"You chose Jazz", "You chose Folk", "You chose Metal"}]
        assert len(said) == 12
        assert len(chosen) >= 8
        assert len(set(chosen)) >= 2
        assert {mix.shelf.title for mix in page["mixes"]} >= {"Jazz", "Folk", "Metal"}
        assert {shelf.source for shelf, offered in page["shelves"] if len(offered) >= 12} == {"new-for-you", "popular"}
    assert costs[1] == costs[2]


def test_nothing_stands_twice_on_the_page(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 30, "Folk": 30, "Metal": 30})
    finish(bob, [*tracks["Jazz"][:6], *tracks["Folk"][:6]])
    finish(alice, tracks["Metal"][:8])
    shown = [title for titles in shelves(as_bob).values() for title in titles]
    assert len(shown) > 30
    assert len(shown) == len(set(shown))


def test_new_for_you_is_what_came_in_the_last_30_days_and_was_not_heard(as_bob: Client, alice: Any, bob: Any) -> None:
    jazz = library(alice, {"Jazz": 30}, artists=15)["Jazz"]
    added_long_ago()
    fresh = library(alice, {"Folk": 12}, artists=12)["Folk"]
    finish(bob, [*jazz[:6], *fresh[:2]])
    new = set(shelves(as_bob)["new-for-you"])
    assert new <= {track.title for track in fresh[2:]}
    assert len(new) >= 4


def test_rediscover_is_what_was_finished_three_times_but_not_for_sixty_days(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    tracks = library(alice, {"Jazz": 30})["Jazz"]
    finish(bob, tracks[:5], days_ago=80, times=3)
    finish(bob, tracks[5:10], days_ago=80, times=2)
    finish(bob, tracks[10:15], days_ago=80, times=3)
    finish(bob, tracks[10:15], days_ago=3)
    assert set(shelves(as_bob)["rediscover"]) == {track.title for track in tracks[:5]}


def test_rediscover_knows_what_was_left_out_of_the_taste_and_when_it_was_forgotten(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    tracks = library(alice, {"Jazz": 30}, artists=30)["Jazz"]
    album = add_track(alice, "For children", album="For children")
    finish(bob, [*tracks[:6], album], days_ago=100, times=3)
    finish(bob, tracks[6:12], days_ago=80, times=3)
    leave_out(bob.pk, LeftOut.Kind.TRACK, tracks[0].pk)
    leave_out(bob.pk, LeftOut.Kind.ALBUM, album.album_id)
    assert set(shelves(as_bob)["rediscover"]) == {track.title for track in tracks[1:12]}
    TasteSettings.objects.create(user=bob, forgotten_at=NOW - timedelta(days=90))
    assert set(shelves(as_bob)["rediscover"]) == {track.title for track in tracks[6:12]}


def test_rediscover_reads_on_behind_what_may_not_be_offered(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 60}, artists=60)["Jazz"]
    finish(bob, tracks[:50], days_ago=80, times=4)
    finish(bob, tracks[50:], days_ago=80, times=3)
    Track.objects.filter(pk__in=[track.pk for track in tracks[:50]]).update(visibility="private")
    assert set(shelves(as_bob)["rediscover"]) == {track.title for track in tracks[50:]}


def test_rediscover_goes_from_artist_to_artist(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 12}, artists=3)["Jazz"]
    for number in range(3):
        finish(bob, tracks[number::3], days_ago=80 + number, times=3)
    artists = [int(title.split()[1]) % 3 for title in shelves(as_bob)["rediscover"]]
    assert len(artists) == 12
    assert all(len({*artists[place : place + 3]}) == 3 for place in range(10))


@pytest.mark.parametrize("kind", ["rediscover", "popular", "because"])
def test_no_artist_has_more_than_two_of_a_shelf_that_others_can_fill(alice: Any, bob: Any, kind: str) -> None:
    tracks = library(alice, {"Jazz": 10}, artists=1)["Jazz"] + library(alice, {"Jazz": 12}, artists=12)["Jazz"]
    finish(alice, tracks[:11])
    finish(alice, tracks[:10], days_ago=2)
    finish(alice, tracks[11:])
    if kind == "rediscover":
        finish(bob, tracks, days_ago=80, times=3)
        finish(bob, tracks[:10], days_ago=70)
    if kind == "because":
        finish(bob, tracks[-1:])
    artist_of = {track.pk: track.artist_id for track in tracks}
    shown = [artist_of[pk] for pk in NARROW_FIRST[kind](standing_of(bob), b"").ids[:12]]
    assert len(shown) == 12
    assert max(map(shown.count, shown)) <= 2
    assert all(len({*shown[place : place + 4]}) == 4 for place in range(9))


def test_deep_cuts_are_unheard_tracks_of_artists_that_one_finishes_and_say_what_speaks_for_them(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    known = library(alice, {"Jazz": 40}, artists=4)["Jazz"]
    library(alice, {"Jazz": 40, "Folk": 40}, artists=20)
    added_long_ago()
    finish(bob, known[:8])
    [deep] = [offered for shelf, offered in as_bob.get("/").context["shelves"] if shelf.source == "deep-cuts"]
    assert len(deep) >= 4
    assert {each.track.artist_name for each in deep} <= {f"Jazz artist {number}" for number in range(4)}
    assert {each.reason for each in deep} == {"Because you finished 8 Jazz tracks"}


def test_who_heard_the_newest_of_what_is_looked_at_still_has_deep_cuts_and_what_is_new(
    as_bob: Client, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves_of_home, "MOST_DEEP", 20)
    monkeypatch.setattr(shelves_of_home, "MOST_NEW", 20)
    jazz = library(alice, {"Jazz": 60}, artists=4)["Jazz"]
    finish(bob, jazz[40:])
    standing = standing_of(bob)
    for kind in ("deep", "new"):
        assert len(NARROW_FIRST[kind](standing, b"").items) >= 4


def test_popular_here_goes_through_the_genres(as_bob: Client, alice: Any, bob: Any, charlie: Any) -> None:
    tracks = library(alice, {"Jazz": 9, "Folk": 3, "Metal": 3})
    for listener in (alice, charlie):
        finish(listener, tracks["Jazz"])
    finish(alice, [*tracks["Folk"], *tracks["Metal"]])
    finish(bob, [*tracks["Jazz"], *tracks["Folk"], *tracks["Metal"]], days_ago=2)
    first = [title.split()[0] for title in shelves(as_bob)["popular"][:6]]
    assert sorted(first) == ["Folk", "Folk", "Jazz", "Jazz", "Metal", "Metal"]


def test_a_shelf_that_would_be_nearly_empty_is_not_there(as_bob: Client, alice: Any, bob: Any) -> None:
    library(alice, {"Jazz": 8})
    assert set(shelves(as_bob)) == {"made-for-you"}


def test_others_private_tracks_are_nowhere_whatever_is_listened_to(as_bob: Client, alice: Any, bob: Any) -> None:
    secret = [
        add_track(alice, f"secret {number}", artist=f"Jazz artist {number % 5}", genres=["Jazz"], visibility="private")
        for number in range(30)
    ]
    tracks = library(alice, {"Jazz": 30})["Jazz"]
    finish(alice, secret, times=3)
    finish(bob, tracks[:8])
    page = as_bob.get("/").content.decode()
    assert "Jazz 1" in page
    assert "secret" not in page


@pytest.mark.parametrize("kind", ["track", "artist", "genre"])
def test_what_is_hidden_leaves_every_shelf_at_once(as_bob: Client, alice: Any, bob: Any, kind: str) -> None:
    tracks = library(alice, {"Jazz": 30, "Folk": 30})
    finish(bob, [*tracks["Jazz"][:6], *tracks["Folk"][:6]], days_ago=80, times=3)
    finish(alice, tracks["Folk"])
    target = {"track": tracks["Folk"][9], "artist": tracks["Folk"][9].artist, "genre": tracks["Folk"][9].genres.get()}
    assert any("Folk" in title for titles in shelves(as_bob).values() for title in titles)
    Correction.objects.create(user=bob, kind=kind, target_id=target[kind].pk, factor=0)
    shown = {title for titles in shelves(as_bob).values() for title in titles}
    hidden = {
        "track": {"Folk 9"},
        "artist": {f"Folk {number}" for number in range(4, 30, 5)},
        "genre": {track.title for track in tracks["Folk"]},
    }
    assert shown
    assert not shown & hidden[kind]


@pytest.mark.parametrize("kind", ["track", "artist", "genre"])
def test_what_is_hidden_is_not_among_what_is_new_here(as_bob: Client, alice: Any, bob: Any, kind: str) -> None:
    tracks = library(alice, {"Jazz": 30, "Folk": 130})
    added_long_ago()
    before = new_here(as_bob)
    track = next(track for track in tracks["Folk"] if track.pk in before)
    target = {"track": track, "artist": track.artist, "genre": track.genres.get()}[kind]
    of_artist = {each.pk for each in tracks["Folk"] if each.artist_id == track.artist_id}
    hidden = {"track": {track.pk}, "artist": of_artist, "genre": {each.pk for each in tracks["Folk"]}}[kind]
    Correction.objects.create(user=bob, kind=kind, target_id=target.pk, factor=0)
    after = new_here(as_bob)
    assert after and not after & hidden


def test_what_is_hidden_is_not_on_the_picture_of_the_week_nor_among_the_genres(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    jazz = library(alice, {"Jazz": 30}, artists=15)["Jazz"][0].genres.get()
    before = as_bob.get("/").context
    assert len(before["mixes"][0].covers) == 4
    assert before["genres"] == [("/genres/jazz/", "Jazz")]
    Correction.objects.create(user=bob, kind="genre", target_id=jazz.pk, factor=0)
    after = as_bob.get("/").context
    assert after["mixes"][0].shelf == before["mixes"][0].shelf
    assert after["mixes"][0].covers == []
    assert after["genres"] == []


def test_picks_stay_for_the_day_until_something_is_finished(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 40, "Folk": 40})
    finish(bob, tracks["Jazz"][:4])
    before = shelves(as_bob)
    assert shelves(as_bob) == before
    finish(bob, [Track.objects.get(title=before["made-for-you"][0])])
    after = shelves(as_bob)
    assert before["made-for-you"][0] not in after["made-for-you"]


def test_what_is_added_shows_in_what_is_new_and_leaves_the_other_shelves_as_they_are(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    tracks = library(alice, {"Jazz": 60, "Folk": 60}, artists=20)
    finish(bob, [*tracks["Jazz"][:6], *tracks["Folk"][:6]], days_ago=80, times=3)
    finish(alice, tracks["Folk"])
    train_recommender()
    added_long_ago()
    before = shelves(as_bob)
    assert "new-for-you" not in before and len(before) >= 4
    fresh = {track.title for track in library(alice, {"Blues": 6})["Blues"]}
    after = shelves(as_bob)
    assert set(after.pop("new-for-you")) <= fresh
    assert after == before
    assert [shelf.source.partition(":")[0] for shelf, _ in as_bob.get("/").context["shelves"]][:2] == [
        "because",
        "new-for-you",
    ]
    train_recommender()
    with_all_known = shelves(as_bob)
    del with_all_known["new-for-you"]
    assert with_all_known == before


def test_where_the_first_shelf_is_short_what_is_added_fills_it_at_once(as_bob: Client, alice: Any, bob: Any) -> None:
    library(alice, {"Jazz": 4})
    assert len(shelves(as_bob)["made-for-you"]) == 4
    library(alice, {"Folk": 20})
    assert len(shelves(as_bob)["made-for-you"]) == 12


def test_the_first_model_makes_other_picks_at_once(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 40})["Jazz"]
    finish(bob, tracks[:4])
    shelves(as_bob)
    version = train_recommender().version
    assert version in {item.chance.model for item in picks_of(standing_of(bob)).first.items}


ROTATING = ["rediscover", "popular", "followed"]


@pytest.fixture
def rotating(alice: Any, bob: Any) -> list[Track]:
    """Of 60 tracks the first 20 are what more people, whom bob follows, finished; he himself long ago."""
    tracks = library(alice, {"Jazz": 60}, artists=60)["Jazz"]
    for number in range(4):
        person = make_user(f"friend-{number}")
        shows(person, UserProfile.Audience.EVERYONE)
        follow(bob, person)
        finish(person, tracks if number == 0 else tracks[:20])
    return tracks


@pytest.mark.parametrize("kind", ROTATING)
def test_shelves_that_no_model_scores_are_the_same_all_day_and_others_tomorrow(
    bob: Any, rotating: list[Track], kind: str
) -> None:
    if kind == "rediscover":
        finish(bob, rotating[:40], days_ago=80, times=3)
    standing = standing_of(bob)
    first, again, tomorrow = (NARROW_FIRST[kind](standing, seed).ids[:12] for seed in (b"today", b"today", b"tomorrow"))
    assert first == again
    assert len(first) == len(tomorrow) == 12
    assert len({*tomorrow} - {*first}) >= 3


@pytest.mark.parametrize("kind", ["popular", "followed"])
def test_whatever_the_day_what_far_more_people_finish_comes_first(bob: Any, rotating: list[Track], kind: str) -> None:
    standing = standing_of(bob)
    most = {track.pk for track in rotating[:20]}
    for day in range(10):
        assert {*NARROW_FIRST[kind](standing, f"{day}".encode()).ids[:20]} == most


@pytest.mark.parametrize("is_first", [True, False])
def test_more_tracks_and_a_longer_history_ask_the_same_number_of_questions(
    as_bob: Client, alice: Any, bob: Any, is_first: bool
) -> None:
    def asked() -> int:
        if is_first:
            cache.clear()
        with CaptureQueriesContext(connection) as found:
            as_bob.get("/")
        return len(found)

    def more(size: int) -> None:
        tracks = library(alice, {"Jazz": size, "Folk": size, "Metal": size})
        finish(bob, [*tracks["Jazz"][: size // 4], *tracks["Folk"][: size // 4]], days_ago=80, times=3)
        finish(bob, tracks["Metal"][: size // 4])
        cache.clear()
        as_bob.get("/")

    more(24)
    few = asked()
    more(72)
    assert asked() == few


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise StoreAway

    for name in (
        "heard_tracks",
        "completed_tracks",
        "loved_before",
        "recent_track_ids",
        "popular_track_ids",
        "tastes",
    ):
        monkeypatch.setattr(f"listening.sql.SqlListenStore.{name}", gone)


def test_while_the_listens_are_out_of_reach_the_last_good_shelves_stay_without_what_was_hidden_since(
    as_bob: Client, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = library(alice, {"Jazz": 40, "Folk": 40})
    finish(bob, tracks["Jazz"][:6])
    before = shelves(as_bob)
    away(monkeypatch)
    assert shelves(as_bob) == before
    hidden = before["made-for-you"][0]
    Correction.objects.create(user=bob, kind="track", target_id=Track.objects.get(title=hidden).pk, factor=0)
    assert shelves(as_bob)["made-for-you"] == before["made-for-you"][1:]


def test_who_comes_while_they_are_out_of_reach_is_offered_something_all_the_same(
    as_bob: Client, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(alice, {"Jazz": 12})
    like(bob, "jazz")
    away(monkeypatch)
    assert as_bob.get("/").status_code == 200
    assert len(shelves(as_bob)["made-for-you"]) >= 6


def test_an_empty_library_says_what_is_next(as_bob: Client) -> None:
    page = as_bob.get("/").content.decode()
    assert "No music here yet" in page
    assert "/upload/" in page
