"""Fifty people at one playlist in the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from conftest import make_user
from music.tests.catalogue import add_track
from playlists.editing import add_tracks, move_item, remove_items
from playlists.models import Playlist, PlaylistItem
from tests.own_database import connected_to_own_database

AT_ONCE = 50


@pytest.fixture
def shared_database(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Of real transactions, which threads see of each other."""
    with django_db_blocker.unblock(), connected_to_own_database(tmp_path):
        yield


def test_fifty_people_adding_moving_and_removing_at_once_lose_nothing(shared_database: None) -> None:
    alice = make_user("alice")
    playlist = Playlist.objects.create(owner=alice, name="Party")
    tracks = [add_track(alice, f"Track {number}").pk for number in range(AT_ONCE)]
    first = add_tracks(playlist, tracks, alice)

    def edit(number: int) -> int:
        try:
            [mine] = add_tracks(playlist, [tracks[number]], alice)
            assert move_item(playlist, mine, after=first[0])
            assert move_item(playlist, first[number], after=mine)
            assert remove_items(playlist, [first[number]], alice) == [first[number]]
            return mine
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as people:
        mine = set(people.map(edit, range(AT_ONCE)))

    items = list(playlist.items.order_by("position"))
    assert {item.pk for item in items} == mine
    assert len({item.position for item in items}) == AT_ONCE
    assert PlaylistItem.with_removed.filter(playlist=playlist).count() == 2 * AT_ONCE
    playlist.refresh_from_db()
    assert playlist.track_count == AT_ONCE
    assert playlist.duration_ms == sum(item.duration_ms for item in items)
