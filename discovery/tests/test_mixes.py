from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from discovery.models import Correction, TasteSettings
from discovery.tests.shelves import finish, library
from music.models import Track


def mixes(client: Client) -> list[Any]:
    return [card.shelf for card in client.get("/").context["mixes"] if card.shelf.source.startswith("mix:")]


def of(client: Client, shelf: Any) -> list[Any]:
    return client.get(shelf.href).context["offered"]


@pytest.fixture
def fan(alice: Any, bob: Any) -> dict[str, list[Track]]:
    """Bob finishes jazz and metal."""
    tracks = library(alice, {"Jazz": 40, "Metal": 40, "Polka": 20}, artists=8)
    finish(bob, [*tracks["Jazz"][:12], *tracks["Metal"][:12]])
    return tracks


def test_mixes_are_by_what_one_likes_and_named_by_what_they_hold(as_bob: Client, fan: dict[str, list[Track]]) -> None:
    found = {shelf.title: of(as_bob, shelf) for shelf in mixes(as_bob)}
    assert {title.partition(" · ")[0] for title in found} == {"Jazz", "Metal"}
    for title, offered in found.items():
        assert {each.track.genre[1] for each in offered} == {title.partition(" · ")[0]}


def test_a_mix_is_not_named_by_a_genre_that_most_of_it_is_not_of(as_bob: Client, alice: Any, bob: Any) -> None:
    tracks = library(alice, {"Jazz": 2, "Metal": 1, "Polka": 1, "Folk": 1})
    finish(bob, [track for genre in tracks.values() for track in genre])
    [mix] = mixes(as_bob)
    assert mix.title == "A bit of everything"
    library(alice, {"Jazz": 3})
    [mix] = mixes(as_bob)
    assert mix.title == "Jazz"


def test_a_full_mix_has_fifteen_tracks_of_four_artists_known_and_new_and_says_why(
    as_bob: Client, fan: dict[str, list[Track]]
) -> None:
    full = max((of(as_bob, shelf) for shelf in mixes(as_bob)), key=len)
    artists = Counter(each.track.artist_id for each in full)
    assert len(full) >= 15
    assert len(artists) >= 4
    of_its_genre = f"Because you finished 12 {full[0].track.genre[1]} tracks"
    assert {each.reason for each in full} == {"You finished this", of_its_genre}


def test_no_track_is_in_two_mixes(as_bob: Client, fan: dict[str, list[Track]]) -> None:
    ids = [pk for shelf in mixes(as_bob) for pk in shelf.ids]
    assert len(ids) == len(set(ids)) > 30


def test_who_wants_adventure_gets_more_of_what_is_new(as_bob: Client, bob: Any, fan: dict[str, list[Track]]) -> None:
    def new() -> int:
        return sum(each.reason != "You finished this" for shelf in mixes(as_bob) for each in of(as_bob, shelf))

    few = new()
    TasteSettings.objects.create(user=bob, adventure_percent=90)
    assert new() > few


def test_what_is_hidden_is_in_no_mix_and_neither_is_what_others_keep_to_themselves(
    as_bob: Client, bob: Any, fan: dict[str, list[Track]]
) -> None:
    private = [track.pk for track in fan["Jazz"][20:]]
    Track.objects.filter(pk__in=private).update(visibility="private")
    cache.clear()
    Correction.objects.create(user=bob, kind="artist", target_id=fan["Metal"][0].artist_id, factor=0)
    shown = [each.track for shelf in mixes(as_bob) for each in of(as_bob, shelf)]
    assert shown
    assert not {row.pk for row in shown} & set(private)
    assert fan["Metal"][0].artist_id not in {row.artist_id for row in shown}


def test_a_track_that_goes_out_of_sight_leaves_the_page_of_a_mix_at_once(
    as_bob: Client, fan: dict[str, list[Track]]
) -> None:
    shelf = mixes(as_bob)[0]
    gone = shelf.ids[0]
    Track.objects.filter(pk=gone).update(visibility="private")
    assert gone not in [each.track.pk for each in of(as_bob, shelf)]


def test_a_mix_that_is_not_there_is_nowhere(as_bob: Client) -> None:
    assert [as_bob.get(f"/discover/mix/{number}/").status_code for number in (0, 1, 7)] == [404, 404, 404]


def test_what_goes_with_a_finished_track_has_a_page(as_bob: Client, alice: Any, fan: dict[str, list[Track]]) -> None:
    track = fan["Jazz"][0]
    context = as_bob.get(f"/discover/because/{track.pk}/").context
    assert context["shelf"].title == "Because you finished “Jazz 0”"
    assert {each.reason for each in context["offered"]} <= {"Jazz, too", "Also by Jazz artist 0"}
    assert not {each.track.title for each in context["offered"]} & {f"Jazz {number}" for number in range(12)}


def test_the_page_of_a_longer_mix_asks_no_more_questions(
    as_bob: Client, alice: Any, bob: Any, django_assert_max_num_queries: Any, fan: dict[str, list[Track]]
) -> None:
    page = mixes(as_bob)[0].href
    with django_assert_max_num_queries(60) as few:
        as_bob.get(page)
    count = len(few)
    tracks = library(alice, {"Jazz": 60}, artists=12)["Jazz"]
    finish(bob, tracks[:20])
    as_bob.get(page)
    with django_assert_max_num_queries(count):
        as_bob.get(page)
