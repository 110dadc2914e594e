from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from music.hiding import Hidden
from music.models import Genre, Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from music.utils import in_words, recommended_for
from recommendations.shelf import Reason

NOW = datetime.now(UTC)


def finish(user: Any, *tracks: Track) -> None:
    for number, track in enumerate(tracks):
        listened(user, track, NOW - timedelta(minutes=10 * (number + 1)))


def offered(user: Any, limit: int = 20, **obeyed: Any) -> dict[str, str]:
    return {item.track.title: item.reason for item in recommended_for(user, limit, **obeyed)}


def test_finished_tracks_bring_new_ones_of_their_genre_with_the_reason(alice: Any, bob: Any) -> None:
    finish(bob, *[add_track(alice, f"heard {n}", genres=["Jazz"]) for n in range(4)])
    add_track(alice, "fresh jazz", genres=["Jazz"])
    add_track(alice, "some metal", genres=["Metal"])
    assert offered(bob, 1) == {"fresh jazz": "Because you finished 4 Jazz tracks"}


def test_one_finished_track_is_said_in_the_singular(alice: Any, bob: Any) -> None:
    finish(bob, add_track(alice, genres=["Folk"]))
    add_track(alice, "fresh", genres=["Folk"])
    assert offered(bob)["fresh"] == "Because you finished a Folk track"


def test_nothing_heard_is_offered_again(alice: Any, bob: Any) -> None:
    heard = [add_track(alice, f"heard {n}") for n in range(3)]
    finish(bob, *heard)
    assert offered(bob) == {}


def test_a_shelf_is_shared_among_the_top_genres(alice: Any, bob: Any) -> None:
    for genre, finished in (("Jazz", 6), ("Folk", 3)):
        finish(bob, *[add_track(alice, genres=[genre]) for _ in range(finished)])
        for number in range(10):
            add_track(alice, f"{genre} {number}", genres=[genre])
    kinds = [title.split()[0] for title in offered(bob, 9)]
    assert (kinds.count("Jazz"), kinds.count("Folk")) == (6, 3)


def test_at_most_two_tracks_of_one_artist(alice: Any, bob: Any) -> None:
    finish(bob, add_track(alice, genres=["Jazz"]))
    for _ in range(10):
        add_track(alice, artist="Prolific", genres=["Jazz"])
    artists = [item.track.artist_name for item in recommended_for(bob, 20)]
    assert artists.count("Prolific") == 2


def test_others_private_tracks_are_never_offered_whatever_the_reason(alice: Any, bob: Any) -> None:
    finish(bob, add_track(alice, genres=["Jazz"]))
    secret = [add_track(alice, "secret", genres=["Jazz"], visibility="private") for _ in range(30)]
    finish(alice, *secret)
    add_track(alice, "open", genres=["Jazz"])
    bob.profile.favourite_genres.add(Genre.objects.get(slug="jazz"))
    assert set(offered(bob)) == {"open"}


def test_popular_tracks_are_found_behind_any_number_of_hidden_ones(
    alice: Any, bob: Any, charlie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.utils.POPULAR_AT_FIRST", 2)
    hidden = [add_track(alice, visibility="private") for _ in range(9)]
    finish(alice, *hidden)
    finish(charlie, *hidden)
    loved = add_track(alice, "loved")
    finish(charlie, loved)
    assert offered(bob) == {"loved": "Popular here"}


def test_a_newcomer_gets_what_they_chose(alice: Any, bob: Any) -> None:
    add_track(alice, "a folk song", genres=["Folk"])
    add_track(alice, "metal", genres=["Metal"])
    bob.profile.favourite_genres.add(Genre.objects.get(slug="folk"))
    assert offered(bob, 1) == {"a folk song": "You chose Folk"}


def test_without_any_taste_it_is_what_is_popular_here_and_then_the_newest(alice: Any, bob: Any, charlie: Any) -> None:
    loved, liked, unheard = (add_track(alice, title) for title in ("loved", "liked", "unheard"))
    finish(alice, loved, liked)
    finish(charlie, loved)
    assert list(offered(bob).items()) == [
        ("loved", "Popular here"),
        ("liked", "Popular here"),
        ("unheard", "New here"),
    ]
    assert unheard.title == "unheard"


def test_the_shelf_is_never_empty_while_anything_is_unheard(alice: Any, bob: Any) -> None:
    finish(bob, *[add_track(alice, genres=["Jazz"]) for _ in range(5)])
    add_track(alice, "the last one", genres=[])
    assert offered(bob) == {"the last one": "New here"}


@pytest.fixture
def frozen_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    day = [NOW]
    monkeypatch.setattr("music.utils.timezone.localdate", lambda: day[0].date())
    yield day
    cache.clear()


def test_the_shelf_is_the_same_all_day_and_another_tomorrow(alice: Any, bob: Any, frozen_day: list[datetime]) -> None:
    finish(bob, add_track(alice, genres=["Jazz"]))
    for number in range(60):
        add_track(alice, f"jazz {number}", genres=["Jazz"])
    today = list(offered(bob, 10))
    assert list(offered(bob, 10)) == today
    frozen_day[0] += timedelta(days=1)
    assert list(offered(bob, 10)) != today


def test_a_completed_listen_changes_the_next_page(as_bob: Client, alice: Any, bob: Any) -> None:
    first, second = (add_track(alice, title, genres=["Soul"]) for title in ("first soul", "second soul"))
    assert {item.track.pk for item in as_bob.get("/").context["recommended"]} == {first.pk, second.pk}
    finish(bob, first)
    recommended = as_bob.get("/").context["recommended"]
    assert [(item.track.pk, item.reason) for item in recommended] == [(second.pk, "Because you finished a Soul track")]


def test_a_skipped_track_is_not_heard(alice: Any, bob: Any) -> None:
    track = add_track(alice, "skipped")
    listened(bob, track, NOW, share=0.05)
    assert "skipped" in offered(bob)


def genre_pk(slug: str) -> int:
    return Genre.objects.get(slug=slug).pk


@pytest.mark.parametrize("what", ["tracks", "artists", "genres"])
def test_nothing_hidden_is_offered_for_whatever_reason(alice: Any, bob: Any, charlie: Any, what: str) -> None:
    finish(bob, add_track(alice, genres=["Jazz"]))
    bob.profile.favourite_genres.add(Genre.objects.get(slug="folk"))
    bad = [add_track(alice, f"bad {genre}", artist="Bad", genres=[genre, "Bad"]) for genre in ("Jazz", "Folk", "Pop")]
    finish(charlie, *bad)
    good = [add_track(alice, f"good {genre}", genres=[genre]) for genre in ("Jazz", "Folk", "Pop")]
    finish(charlie, *good)
    ids = {"tracks": {track.pk for track in bad}, "artists": {bad[0].artist_id}, "genres": {genre_pk("bad")}}
    hidden = Hidden()._replace(**{what: frozenset(ids[what])})
    assert {title for title in offered(bob) if title.startswith("bad")} == {"bad Jazz", "bad Folk"}
    assert set(offered(bob, hidden=hidden)) == {"good Jazz", "good Folk", "good Pop"}


def test_what_is_not_hidden_is_found_behind_any_number_of_hidden_ones(
    alice: Any, bob: Any, charlie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.utils.POPULAR_AT_FIRST", 2)
    bad = [add_track(alice, artist="Bad") for _ in range(9)]
    finish(alice, *bad)
    finish(charlie, *bad)
    finish(charlie, add_track(alice, "loved"))
    hidden = Hidden(artists=frozenset({bad[0].artist_id}))
    assert offered(bob, hidden=hidden) == {"loved": "Popular here"}


def test_a_hidden_genre_gives_its_place_on_the_shelf_away(alice: Any, bob: Any) -> None:
    for genre in ("Jazz", "Folk"):
        finish(bob, *[add_track(alice, genres=[genre]) for _ in range(3)])
        for number in range(10):
            add_track(alice, f"{genre} {number}", genres=[genre])
    jazz = genre_pk("jazz")
    shelf = offered(bob, 6, hidden=Hidden(genres=frozenset({jazz})), factors={f"genre:{jazz}": 0})
    assert set(shelf.values()) == {"Because you finished 3 Folk tracks"}
    assert len(shelf) == 6


def test_a_factor_gives_a_genre_more_of_the_shelf_and_the_reason_stays_true(alice: Any, bob: Any) -> None:
    for genre, finished in (("Jazz", 6), ("Folk", 3)):
        finish(bob, *[add_track(alice, genres=[genre]) for _ in range(finished)])
        for number in range(10):
            add_track(alice, f"{genre} {number}", genres=[genre])
    shelf = offered(bob, 10, factors={f"genre:{genre_pk('folk')}": 2, "artist:1": 4})
    assert Counter(shelf.values()) == {
        "Because you finished 6 Jazz tracks": 5,
        "Because you finished 3 Folk tracks": 5,
    }


def test_what_was_finished_before_a_moment_says_nothing_but_was_heard(alice: Any, bob: Any) -> None:
    finish(bob, add_track(alice, "heard", genres=["Jazz"]))
    add_track(alice, "fresh", genres=["Jazz"])
    assert offered(bob, since=NOW + timedelta(hours=1)) == {"fresh": "New here"}


def test_every_kind_of_reason_has_words() -> None:
    names = {"jazz": "Jazz"}
    assert in_words(Reason("finished", "jazz", 2), names) == "Because you finished 2 Jazz tracks"
    assert in_words(Reason("favourite", "jazz"), names) == "You chose Jazz"
    assert in_words(Reason("popular", count=2), names) == "Popular here"
    assert in_words(Reason("popular", count=3), names) == "Finished by 3 listeners here"
    assert in_words(Reason("new"), names) == "New here"
