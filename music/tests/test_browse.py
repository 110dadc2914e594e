from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from music.models import Album, Track
from music.tests.catalogue import add_track
from music.views import catalogue


def titles(response: Any) -> list[str]:
    return [track.title for track in response.context["tracks"]]


@pytest.fixture
def library(alice: Any) -> None:
    add_track(alice, "so what", artist="Miles", album="Kind of Blue", genres=["Jazz"], duration_ms=3000)
    add_track(alice, "Blue in Green", artist="Miles", album="Kind of Blue", genres=["Jazz"], duration_ms=2000)
    add_track(alice, "Paranoid", artist="Sabbath", genres=["Metal", "Rock"], duration_ms=1000)


@pytest.mark.usefixtures("library")
def test_browse_shows_the_newest_first(as_bob: Client) -> None:
    assert titles(as_bob.get("/tracks/")) == ["Paranoid", "Blue in Green", "so what"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", ["Blue in Green", "Paranoid", "so what"]),
        ("longest", ["so what", "Blue in Green", "Paranoid"]),
        ("nonsense", ["Paranoid", "Blue in Green", "so what"]),
    ],
)
def test_browse_sorts_as_the_address_asks(as_bob: Client, sort: str, order: list[str]) -> None:
    assert titles(as_bob.get("/tracks/", {"sort": sort})) == order


@pytest.mark.usefixtures("library")
def test_browse_filters_by_genre(as_bob: Client) -> None:
    assert titles(as_bob.get("/tracks/?genre=metal")) == ["Paranoid"]
    assert len(titles(as_bob.get("/tracks/?genre=nonsense"))) == 3


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("blue", {"so what", "Blue in Green"}),
        ("MILES green", {"Blue in Green"}),
        ("sabbath", {"Paranoid"}),
        ("%", set()),
        ("' OR 1=1 --", set()),
        ("x" * 10_000, set()),
    ],
)
def test_search_looks_at_title_artist_and_album(as_bob: Client, query: str, found: set[str]) -> None:
    assert set(titles(as_bob.get("/tracks/", {"q": query}))) == found


@pytest.mark.usefixtures("library")
def test_a_search_within_a_genre_narrows_both_ways(as_bob: Client) -> None:
    assert titles(as_bob.get("/tracks/?q=blue&genre=metal")) == []
    assert "Nothing found" in as_bob.get("/tracks/?q=blue&genre=metal").content.decode()


def test_paging_goes_through_every_track_once(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 3)
    for number in range(8):
        add_track(alice, f"Same title {number % 2}", duration_ms=1000 * (number % 3))
    for sort in catalogue.SORTS:
        seen: list[int] = []
        after = ""
        while True:
            response = as_bob.get("/tracks/", {"sort": sort, "after": after})
            seen += [track.pk for track in response.context["tracks"]]
            after = response.context["page"].next_cursor
            if not after:
                break
        assert sorted(seen) == sorted(Track.objects.values_list("pk", flat=True)), sort


def test_a_cursor_nobody_issued_starts_from_the_beginning(as_bob: Client, alice: Any) -> None:
    add_track(alice, "Only one")
    assert titles(as_bob.get("/tracks/?after=nonsense")) == ["Only one"]


def test_a_cursor_of_another_order_starts_from_the_beginning(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 1)
    for title in ("b", "a"):
        add_track(alice, title)
    after = as_bob.get("/tracks/?sort=title").context["page"].next_cursor
    assert titles(as_bob.get("/tracks/", {"sort": "newest", "after": after})) == ["a"]


def test_a_nul_in_the_address_is_only_a_character(as_bob: Client) -> None:
    assert as_bob.get("/tracks/?q=%00&genre=%00").status_code == 200
    assert as_bob.get("/genres/%00/").status_code == 404


def test_empty_places_invite(as_bob: Client) -> None:
    for path in ("/", "/tracks/"):
        page = as_bob.get(path).content.decode()
        assert "No music here yet" in page
        assert "/upload/" in page
    assert "No Jazz here yet" in as_bob.get("/genres/jazz/").content.decode()


@pytest.mark.usefixtures("library")
def test_genre_artist_album_and_track_pages_show_their_own(as_bob: Client) -> None:
    track = Track.objects.get(title="so what")
    for path in ("/genres/jazz/", track.artist.get_absolute_url(), track.album.get_absolute_url()):
        page = as_bob.get(path).content.decode()
        assert "so what" in page
        assert "Paranoid" not in page
    page = as_bob.get(track.get_absolute_url()).content.decode()
    assert '<audio controls preload="none"' in page
    assert "Kind of Blue" in page


def test_an_album_is_in_the_order_of_its_discs_and_numbers(as_bob: Client, alice: Any) -> None:
    for title, disc, number in [("c", 2, 1), ("b", 1, 2), ("a", 1, 1), ("z", None, None)]:
        add_track(alice, title, artist="One", album="Discs", disc_number=disc, track_number=number)
    response = as_bob.get(Album.objects.get().get_absolute_url())
    assert titles(response) == ["z", "a", "b", "c"]


def test_what_is_not_there_is_404_with_the_player_in_the_page(as_bob: Client) -> None:
    for path in ("/tracks/999/", "/artists/999/", "/albums/999/", "/genres/none/", "/nowhere/"):
        response = as_bob.get(path)
        assert response.status_code == 404
        assert 'id="player"' in response.content.decode()


def count_queries(client: Client, path: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    "find_path",
    [
        lambda: "/",
        lambda: "/tracks/",
        lambda: "/tracks/?sort=artist&genre=jazz&q=track",
        lambda: "/genres/jazz/",
        lambda: Track.objects.first().artist.get_absolute_url(),
        lambda: Album.objects.first().get_absolute_url(),
        lambda: Track.objects.first().get_absolute_url(),
    ],
)
def test_more_rows_cost_the_same_number_of_queries(as_bob: Client, alice: Any, find_path: Callable[[], str]) -> None:
    for _ in range(2):
        add_track(alice, artist="Same", album="Same album")
    path = find_path()
    few = count_queries(as_bob, path)
    for number in range(30):
        add_track(alice, artist="Same", album="Same album" if number % 2 else f"Album {number}")
    assert count_queries(as_bob, path) == few
