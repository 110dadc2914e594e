"""No list sorts the library: what the database itself says of how it will read."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from music import browsing
from music.browsing import (
    ALBUM_ORDERS,
    ARTISTS_BY_NAME,
    GENRES_BY_NAME,
    NEWEST_LINKED,
    TRACK_ORDERS,
    Choice,
    linked,
    narrowed,
    narrowed_walk,
)
from music.cataloguing import genre_named
from music.discography import BY_YEAR, own_albums
from music.models import Album, Artist, Genre, Track
from music.paging import Order, keyset_ids
from music.tests.catalogue import add_track

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what the tables hold")
INDEXES = {
    "title": "track_by_sort_title", "artist": "track_by_sort_artist", "year": "track_by_year",
    "longest": "track_by_duration",
}  # fmt: skip


def plan(rows: Any, order: Order) -> str:
    names = [f"-{key}" if order.descending else key for key in (*order.keys, order.id)]
    return rows.order_by(*names).values_list(order.id)[:51].explain()


@pytest.mark.parametrize("order", TRACK_ORDERS, ids=lambda order: order.name)
def test_all_tracks_are_read_along_the_index_of_the_order(bob: Any, order: Order) -> None:
    assert "TEMP B-TREE" not in plan(Track.objects.visible_to(bob), order)


@pytest.mark.parametrize("order", TRACK_ORDERS, ids=lambda order: order.name)
def test_many_tracks_are_looked_for_along_the_index_of_the_order(bob: Any, order: Order) -> None:
    choice = Choice(genre=genre_named("Jazz"), decade=1990, format="mp3", uploader=bob)
    said = plan(narrowed_walk(narrowed(Track.objects.visible_to(bob), choice.values)), order)
    assert INDEXES.get(order.name, "SCAN music_track") in said.splitlines()[0]
    assert "TEMP B-TREE" not in said


@pytest.mark.parametrize(
    ("choice", "index"),
    [
        ({"genre": True}, "track_genres_by_genre"),
        ({"decade": 1990}, "track_by_year"),
        ({"format": "ogg"}, "track_by_format"),
        ({"uploader": True}, "track_by_uploader"),
    ],
)
def test_whether_they_are_few_is_asked_of_the_index_of_the_filter(bob: Any, choice: dict[str, Any], index: str) -> None:
    values = {"genre": genre_named("Jazz"), "uploader": bob}
    chosen = Choice(**{name: values.get(name, value) for name, value in choice.items()})
    assert index in narrowed(Track.objects.visible_to(bob), chosen.values).values_list("pk")[1000:1001].explain()


@pytest.mark.parametrize("order", ALBUM_ORDERS, ids=lambda order: order.name)
def test_albums_and_artists_are_read_along_an_index(bob: Any, order: Order) -> None:
    assert "TEMP B-TREE" not in plan(Album.objects.visible_to(bob), order)
    assert "TEMP B-TREE" not in plan(Artist.objects.visible_to(bob), ARTISTS_BY_NAME)
    assert "TEMP B-TREE" not in plan(Genre.objects.visible_to(bob), GENRES_BY_NAME)


@pytest.mark.parametrize("order", TRACK_ORDERS, ids=lambda order: order.name)
def test_a_page_begins_in_the_index_where_the_last_one_ended(alice: Any, bob: Any, order: Order) -> None:
    for number in range(3):
        add_track(alice, f"Title {number}", year=1990 + number)
    tracks = Track.objects.visible_to(bob)
    cursor = keyset_ids(tracks, order, after="", size=1).next_cursor
    with CaptureQueriesContext(connection) as queries:
        keyset_ids(tracks, order, after=cursor, size=1)
    with connection.cursor() as database:
        database.execute(f"EXPLAIN QUERY PLAN {queries[0]['sql']}")
        said = [line[-1] for line in database.fetchall()]
    assert said[0].startswith("SEARCH music_track USING")
    assert INDEXES.get(order.name, "INTEGER PRIMARY KEY") in said[0]
    assert not any("TEMP B-TREE" in line for line in said)


@pytest.mark.parametrize(
    ("name", "index"), [("genre", "track_genres_by_genre"), ("artist", "autoindex_music_trackcredit_1")]
)
def test_the_newest_of_a_genre_or_an_artist_lie_in_their_order_in_its_links(bob: Any, name: str, index: str) -> None:
    said = plan(linked(name)(), NEWEST_LINKED)
    assert index in said.splitlines()[0]
    assert "TEMP B-TREE" not in said


def test_the_latest_albums_of_an_artist_lie_in_their_order_in_an_index(bob: Any) -> None:
    said = plan(own_albums().filter(year__isnull=False), BY_YEAR)
    assert "album_of_artist" in said.splitlines()[0]
    assert "TEMP B-TREE" not in said


def test_what_somebody_may_hear_is_found_without_looking_at_what_they_may_not(bob: Any) -> None:
    question = browsing._newest(51)
    with connection.cursor() as database:
        database.execute(f"EXPLAIN QUERY PLAN {question.sql}", question.parameters)
        said = [line[-1] for line in database.fetchall()]
    assert any("track_for_everyone" in line for line in said)
    assert any("track_by_uploader" in line for line in said)
    assert not any(line == "SCAN music_track" for line in said)
