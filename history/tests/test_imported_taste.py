"""What somebody brought along shapes the first page they look at."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from discovery.tests.town import settle
from discovery.training import train_recommender
from history.tests.exports import document, lines, listenbrainz_row, spotify_row
from history.tests.test_importing import imported
from music.models import Track

NOW = datetime.now(UTC)


def spotify(tracks: list[Track]) -> bytes:
    """Each finished three times, some months ago."""
    return document(
        [
            spotify_row(
                ts=f"{NOW - timedelta(days=100 + place, minutes=5 * number):%Y-%m-%dT%H:%M:%SZ}",
                ms_played=track.duration_ms,
                master_metadata_track_name=track.title,
                master_metadata_album_artist_name=track.artist.name,
            )
            for place in range(3)
            for number, track in enumerate(tracks)
        ]
    )


def listenbrainz(tracks: list[Track]) -> bytes:
    rows = []
    for place in range(3):
        for number, track in enumerate(tracks):
            row = listenbrainz_row()
            row["listened_at"] = int((NOW - timedelta(days=100 + place, minutes=5 * number)).timestamp())
            row["track_metadata"] |= {"artist_name": track.artist.name, "track_name": track.title, "mbid_mapping": {}}
            rows.append(row)
    return lines(rows)


@pytest.mark.parametrize("is_trained", [True, False])
@pytest.mark.parametrize("export", [spotify, listenbrainz])
def test_the_next_home_page_has_shelves_and_reasons_of_what_was_brought_along(
    as_bob: Client, bob: Any, alice: Any, tmp_path: Path, export: Any, is_trained: bool
) -> None:
    """Nothing is trained in between: what was learned from others takes who comes in at once."""
    town = settle(alice)
    if is_trained:
        assert train_recommender().version
    before = as_bob.get("/").context
    assert "rediscover" not in {shelf.source for shelf, _offered in before["shelves"]}
    brought = town["Jazz"][:5]
    assert imported(bob, tmp_path, export(brought)).counts["listens"] == 15
    page = as_bob.get("/").context
    shelves = {shelf.source.partition(":")[0]: offered for shelf, offered in page["shelves"]}
    titles = {track.title for track in brought}
    assert {each.track.title for each in shelves["rediscover"]} == titles
    offered = {each.track.title: each.reason for each in page["recommended"]}
    assert not offered.keys() & titles
    jazz = {title: reason for title, reason in offered.items() if title.startswith("Jazz")}
    assert len(jazz) > len(offered) / 2
    assert all(reason.startswith("Because you ") for reason in jazz.values())
    assert "Jazz" in {mix.shelf.title for mix in page["mixes"]}
