"""All of an album or an artist, as the player asks for it."""

from typing import Any

import pytest
from django.test import Client

from music.models import Album, Artist
from music.tests.catalogue import add_track
from music.whole import MOST_QUEUED


def asked(client: Client, address: str) -> dict[str, Any]:
    return client.post(address, "{}", content_type="application/json").json()


def titles(answer: dict[str, Any]) -> list[str]:
    return [track["title"] for track in answer["tracks"]]


def box_set(uploader: Any, count: int) -> Album:
    for number in range(count, 0, -1):
        add_track(uploader, f"Part {number:03}", artist="Queen", album="Box", track_number=number)
    return Album.objects.get(title="Box")


def test_all_of_a_long_album_is_played_in_its_order(as_bob: Client, alice: Any) -> None:
    album = box_set(alice, 70)
    add_track(alice, "Secret", artist="Queen", album="Box", track_number=71, visibility="private")
    page = as_bob.get(album.get_absolute_url())
    first = [track.title for track in page.context["tracks"]]
    rest = asked(as_bob, page.context["more_url"])
    assert first + titles(rest) == [f"Part {number:03}" for number in range(1, 71)]
    assert rest["href"] == ""
    assert {name: rest[name] for name in ("source", "sourceLabel", "sourceHref")} == {
        "source": f"album:{album.pk}",
        "sourceLabel": "Box",
        "sourceHref": album.get_absolute_url(),
    }


def test_shuffling_plays_each_track_of_an_album_once(as_bob: Client, alice: Any) -> None:
    album = box_set(alice, 70)
    first = asked(as_bob, f"{album.get_absolute_url()}more/?shuffled")
    rest = asked(as_bob, first["href"])
    played = titles(first) + titles(rest)
    assert played != sorted(played) == [f"Part {number:03}" for number in range(1, 71)]


@pytest.mark.parametrize("sort", ["", "title", "year"])
def test_an_artist_goes_on_in_the_order_of_the_page(as_bob: Client, alice: Any, sort: str) -> None:
    box_set(alice, 70)
    artist = Artist.objects.get(name="Queen")
    sorted_by = {"sort": sort} if sort else {}
    page = as_bob.get(artist.get_absolute_url(), sorted_by)
    first = [track.title for track in page.context["tracks"]]
    rest = titles(asked(as_bob, page.context["more_url"]))
    later = as_bob.get(artist.get_absolute_url(), {**sorted_by, "after": page.context["page"].next_cursor})
    assert rest == [track.title for track in later.context["tracks"]]
    assert len({*first, *rest}) == 70


def test_a_queue_is_filled_at_once_as_far_as_it_goes(as_bob: Client, alice: Any) -> None:
    album = box_set(alice, MOST_QUEUED + 1)
    answer = asked(as_bob, f"{album.get_absolute_url()}more/?queue")
    assert len(answer["tracks"]) == MOST_QUEUED and answer["href"]


def test_cards_play_what_they_lead_to(as_bob: Client, alice: Any) -> None:
    track = add_track(alice, artist="A & B", album="<Box>")
    for address, whole in [
        ("/albums/", f"/albums/{track.album_id}/more/"),
        ("/artists/", f"/artists/{track.artist_id}/more/"),
    ]:
        page = as_bob.get(address).content.decode()
        assert f'data-start-radio="{whole}"' in page and f'data-whole="{whole}"' in page
