from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from music import browsing
from music.models import Album, Track
from music.paging import Order
from music.rows import in_this_order
from music.tests.catalogue import add_track
from music.views import browse


def titles(response: Any) -> list[str]:
    return [track.title for track in response.context["tracks"]]


@pytest.fixture
def library(alice: Any) -> None:
    miles = {"artist": "Miles", "album": "Kind of Blue", "genres": ["Jazz"], "year": 1959}
    add_track(alice, "so what", **miles, duration_ms=3000)
    add_track(alice, "Blue in Green", **miles, duration_ms=2000)
    add_track(alice, "Paranoid", artist="Sabbath", genres=["Metal", "Rock"], duration_ms=1000, year=1970, format="ogg")


@pytest.mark.usefixtures("library")
def test_browse_shows_the_newest_first(as_bob: Client) -> None:
    assert titles(as_bob.get("/tracks/")) == ["Paranoid", "Blue in Green", "so what"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("title", ["Blue in Green", "Paranoid", "so what"]),
        ("longest", ["so what", "Blue in Green", "Paranoid"]),
        ("year", ["Paranoid", "Blue in Green", "so what"]),
        ("nonsense", ["Paranoid", "Blue in Green", "so what"]),
    ],
)
def test_browse_sorts_as_the_address_asks(as_bob: Client, sort: str, order: list[str]) -> None:
    assert titles(as_bob.get("/tracks/", {"sort": sort})) == order


@pytest.mark.usefixtures("library")
def test_browse_filters_by_genre(as_bob: Client) -> None:
    assert titles(as_bob.get("/tracks/?genre=metal")) == ["Paranoid"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("genre=jazz&sort=title", ["Blue in Green", "so what"]),
        ("decade=1970", ["Paranoid"]),
        ("format=ogg", ["Paranoid"]),
        ("genre=rock&decade=1970&format=ogg&by=alice", ["Paranoid"]),
        ("genre=jazz&decade=1970", []),
        ("by=alice&sort=longest", ["so what", "Blue in Green", "Paranoid"]),
    ],
)
def test_filters_can_be_combined(as_bob: Client, asked: str, found: list[str]) -> None:
    assert titles(as_bob.get(f"/tracks/?{asked}")) == found


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    "asked", ["genre=nonsense", "decade=1977", "decade=²000", "format=flac", "by=nobody", "by=bob"]
)
def test_a_filter_for_what_is_not_here_is_left_out_and_said(as_bob: Client, asked: str) -> None:
    response = as_bob.get(f"/tracks/?{asked}")
    assert len(titles(response)) == 3
    assert f"Nothing here goes by “{asked.partition('=')[2]}”" in response.content.decode()


@pytest.mark.usefixtures("library")
def test_each_active_filter_can_be_removed_on_its_own(as_bob: Client) -> None:
    chips = as_bob.get("/tracks/?genre=rock&decade=1970&sort=title").context["filters"].chips
    assert chips == (("Rock", "/tracks/?decade=1970&sort=title"), ("1970s", "/tracks/?genre=rock&sort=title"))


def test_an_old_address_of_a_search_leads_to_where_it_is_now(as_bob: Client) -> None:
    assert as_bob.get("/tracks/?q=blue+green&sort=title")["Location"] == "/search/?q=blue+green"


def test_an_address_has_only_what_says_something(as_bob: Client) -> None:
    response = as_bob.get("/tracks/?genre=&decade=1970&sort=&by=")
    assert (response.status_code, response["Location"]) == (302, "/tracks/?decade=1970")
    assert as_bob.get("/albums/?sort=")["Location"] == "/albums/"


@pytest.mark.usefixtures("library")
def test_the_filters_offer_what_one_may_hear_and_no_more(as_bob: Client, as_alice: Client, alice: Any) -> None:
    add_track(alice, "hers", genres=["Fado"], year=1931, visibility="private")

    def offered(client: Client) -> dict[str, list[str]]:
        fields = client.get("/tracks/").context["filters"].fields
        return {field.name: [value for value, _text in field.options[1:]] for field in fields}

    assert offered(as_bob)["genre"] == ["jazz", "metal", "rock"]
    assert offered(as_bob)["decade"] == ["1970", "1960", "1950"]
    assert offered(as_bob)["format"] == ["mp3", "ogg"]
    assert offered(as_bob)["by"] == ["alice"]
    assert "fado" in offered(as_alice)["genre"]
    assert "1930" in offered(as_alice)["decade"]


@pytest.mark.usefixtures("library")
def test_decades_are_named_in_the_language_of_each_page(as_bob: Client) -> None:
    def named(language: str) -> list[str]:
        fields = as_bob.get("/tracks/", headers={"Accept-Language": language}).context["filters"].fields
        return [text for field in fields if field.name == "decade" for _value, text in field.options[1:]]

    assert [named(language)[0] for language in ("en", "de", "en")] == ["1970s", "1970er", "1970s"]


def test_who_has_only_private_tracks_is_not_named(as_bob: Client, alice: Any) -> None:
    add_track(alice, "hers", genres=["Fado"], visibility="private")
    for asked in ("by=alice", "genre=fado"):
        response = as_bob.get(f"/tracks/?{asked}")
        assert response.context["filters"].chips == ()
        assert titles(response) == []


def walked(client: Client, path: str, asked: dict[str, str], items: str) -> list[Any]:
    """Everything that the pages show, from the first to the last."""
    seen: list[Any] = []
    after = ""
    while True:
        response = client.get(path, {**asked, **({"after": after} if after else {})})
        assert len(response.context[items]) <= 3
        seen += response.context[items]
        after = response.context["page"].next_cursor
        if not after:
            return seen


@pytest.mark.parametrize("few", [2000, 2])
@pytest.mark.parametrize("asked", [{}, {"genre": "jazz"}, {"genre": "jazz", "format": "mp3"}])
@pytest.mark.parametrize("order", browsing.TRACK_ORDERS, ids=lambda order: order.name)
def test_paging_goes_through_every_track_once(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch, order: Order, asked: dict[str, str], few: int
) -> None:
    monkeypatch.setattr(browsing, "PAGE_SIZE", 3)
    monkeypatch.setattr(browsing, "FEW", few)
    years = [1999, None, 2001, None, 1999, None, None, 1999]
    for number, year in enumerate(years):
        add_track(alice, f"Same title {number % 2}", duration_ms=1000 * (number % 3), year=year)
    add_track(alice, "Elsewhere", genres=["Folk"])
    add_track(alice, "Hidden", visibility="private")
    seen = [row.pk for row in walked(as_bob, "/tracks/", {**asked, "sort": order.name}, "tracks")]
    expected = Track.objects.filter(visibility="public", **({"genres__slug": "jazz"} if asked else {}))
    assert sorted(seen) == sorted(expected.values_list("pk", flat=True))
    if order.name == "year":
        found = expected.in_bulk()
        assert [found[pk].year for pk in seen] == [2001, 1999, 1999, 1999, *[None] * (len(seen) - 4)]


@pytest.mark.parametrize("order", browsing.ALBUM_ORDERS, ids=lambda order: order.name)
def test_paging_goes_through_every_album_once(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    monkeypatch.setattr(browse, "CARDS", 3)
    for number in range(8):
        track = add_track(alice, artist=f"Artist {number % 2}", album=f"Album {number}")
        Album.objects.filter(pk=track.album_id).update(year=2000 + number if number % 3 else None)
    add_track(alice, album="Hidden", visibility="private")
    cards = walked(as_bob, "/albums/", {"sort": order.name}, "cards")
    assert sorted(card.title for card in cards) == [f"Album {number}" for number in range(8)]


@pytest.mark.parametrize("place", ["artists", "genres"])
def test_artists_and_genres_are_paged_by_name_and_hidden_ones_left_out(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(browse, "CARDS", 3)
    names = [f"Name {letter}" for letter in "dacbe"]
    for name in names:
        add_track(alice, artist=name, genres=[name])
    add_track(alice, artist="Name of hers", genres=["Name of hers"], visibility="private")
    cards = walked(as_bob, f"/{place}/", {}, "cards")
    assert [card.title for card in cards] == sorted(names)


def test_a_cursor_nobody_issued_starts_from_the_beginning(as_bob: Client, alice: Any) -> None:
    add_track(alice, "Only one")
    assert titles(as_bob.get("/tracks/?after=nonsense")) == ["Only one"]


def test_a_cursor_of_another_order_starts_from_the_beginning(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "PAGE_SIZE", 1)
    for title in ("b", "a"):
        add_track(alice, title)
    after = as_bob.get("/tracks/?sort=title").context["page"].next_cursor
    assert titles(as_bob.get("/tracks/", {"sort": "newest", "after": after})) == ["a"]


def test_a_nul_in_the_address_is_only_a_character(as_bob: Client) -> None:
    assert as_bob.get("/tracks/?by=%00&genre=%00&decade=%00&format=%00&sort=%00&after=%00").status_code == 200
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
        lambda: "/tracks/",
        lambda: "/tracks/?sort=artist&genre=jazz&format=mp3",
        lambda: "/albums/",
        lambda: "/artists/",
        lambda: "/genres/",
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


def test_a_new_track_is_in_the_filters_at_once(as_bob: Client, alice: Any) -> None:
    for genre in ("Folk", "Fado"):
        add_track(alice, genres=[genre])
        fields = as_bob.get("/tracks/").context["filters"].fields
        assert genre in [name for field in fields for _value, name in field.options]


@pytest.mark.parametrize("sort", [order.name for order in browsing.TRACK_ORDERS])
def test_a_question_written_once_is_answered_for_each_who_asks(
    as_alice: Client, as_bob: Client, alice: Any, bob: Any, sort: str
) -> None:
    of_alice = add_track(alice, "Of Alice", visibility="private").pk
    of_bob = add_track(bob, "Of Bob", visibility="private").pk
    for _ in range(2):
        assert titles(as_alice.get("/tracks/", {"sort": sort})) == ["Of Alice"]
        assert titles(as_bob.get("/tracks/", {"sort": sort})) == ["Of Bob"]
    for user, own in ((alice, of_alice), (bob, of_bob), (AnonymousUser(), None)):
        assert [row.pk for row in in_this_order(user, [of_bob, of_alice])] == ([own] if own else [])
    assert not browsing.listed(AnonymousUser(), {}, browsing.TRACK_ORDERS[0], after="").items


def test_a_list_that_was_long_shows_what_is_left(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "FEW", 2)
    for number in range(3):
        add_track(alice, f"Title {number}", genres=["Jazz"])
    assert len(titles(as_bob.get("/tracks/?genre=jazz"))) == 3
    Track.objects.exclude(title="Title 1").update(visibility="private")
    assert titles(as_bob.get("/tracks/?genre=jazz")) == ["Title 1"]
    assert titles(as_bob.get("/tracks/?genre=jazz&sort=title")) == ["Title 1"]
