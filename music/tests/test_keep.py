"""What a browser is told in order to keep tracks on its device."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import MP3, OGG, bring_in

pytestmark = pytest.mark.django_db


def test_an_album_is_told_whole_in_its_order_with_sizes_and_addresses(as_alice: Client) -> None:
    tracks = bring_in(as_alice, MP3, OGG)
    album = tracks[0].album
    answer = as_alice.get(f"/offline/albums/{album.pk}/")
    told = answer.json()
    assert answer["Cache-Control"].startswith("max-age=0")
    assert (told["key"], told["title"], told["href"]) == (f"album:{album.pk}", album.title, f"/albums/{album.pk}/")
    assert {each["id"] for each in told["tracks"]} == {str(track.pk) for track in tracks}
    for each in told["tracks"]:
        assert as_alice.get(each["src"]).status_code == 200
        assert as_alice.get(each["cover"]).status_code == 200
        assert as_alice.get(each["waveform"])["Content-Type"] == "image/svg+xml"
        assert int(as_alice.get(each["src"])["Content-Length"]) == each["sizeBytes"]


def test_what_others_may_not_hear_is_not_told(as_alice: Client, as_bob: Client) -> None:
    tracks = bring_in(as_alice, MP3, OGG)
    tracks[0].visibility = "private"
    tracks[0].save()
    assert as_bob.get(f"/offline/tracks/{tracks[0].pk}/").status_code == 404
    told = as_bob.get(f"/offline/albums/{tracks[0].album_id}/").json()
    assert [each["id"] for each in told["tracks"]] == [str(tracks[1].pk)]


def test_a_longer_album_takes_no_more_queries(as_alice: Client) -> None:
    tracks = bring_in(as_alice, MP3, OGG)
    album = tracks[0].album_id
    with CaptureQueriesContext(connection) as of_two:
        as_alice.get(f"/offline/albums/{album}/")
    tracks[1].album = None
    tracks[1].save()
    with CaptureQueriesContext(connection) as of_one:
        as_alice.get(f"/offline/albums/{album}/")
    assert len(of_two) == len(of_one)


def test_the_copy_that_opens_without_a_network_knows_of_no_private_session(as_alice: Client) -> None:
    as_alice.post("/settings/listening/private/", {"on": "1", "next": "/"})
    assert "data-private-session" in as_alice.get("/offline/").content.decode()
    assert "data-private-session" not in as_alice.get("/offline/?shell").content.decode()


def test_every_page_says_whose_it_is(as_alice: Client, alice: Any, client: Client) -> None:
    assert as_alice.get("/offline/")["X-User-Id"] == str(alice.pk)
    assert as_alice.get("/nowhere/")["X-User-Id"] == str(alice.pk)
    assert client.get("/")["X-User-Id"] == ""
    assert "X-User-Id" not in client.get("/healthz/")


def test_a_device_is_told_which_of_its_tracks_are_still_there_and_whether_they_sound_as_before(
    as_alice: Client, as_bob: Client
) -> None:
    hidden, there = bring_in(as_alice, MP3, OGG)
    hidden.visibility = "private"
    hidden.save()
    address = f"/offline/tracks/?ids={hidden.pk},{there.pk},{there.pk + 99},x,,{'9' * 30}"
    [told] = as_bob.get(address).json()["tracks"]
    assert told["id"] == str(there.pk)
    assert told["etag"] == as_bob.get(told["src"])["ETag"]
    assert {each["id"] for each in as_alice.get(address).json()["tracks"]} == {str(hidden.pk), str(there.pk)}
    assert as_bob.get("/offline/tracks/").json() == {"tracks": []}

    Path(there.file.path).write_bytes(b"changed behind our back")
    [told] = as_bob.get(address).json()["tracks"]
    assert told["etag"] == as_bob.get(told["src"])["ETag"] != f'"{there.sha256}"'


def test_to_ask_for_more_tracks_takes_no_more_queries(as_alice: Client) -> None:
    one, other = bring_in(as_alice, MP3, OGG)
    with CaptureQueriesContext(connection) as of_one:
        as_alice.get(f"/offline/tracks/?ids={one.pk}")
    with CaptureQueriesContext(connection) as of_two:
        as_alice.get(f"/offline/tracks/?ids={one.pk},{other.pk}")
    assert len(of_two) == len(of_one)


def test_where_a_browser_keeps_nothing_the_page_says_so_from_the_start(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["music.example", "localhost"]
    says_no = b' data-keeps="no"'
    assert says_no in client.get("/", headers={"host": "music.example"}).content
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    trusted = [{"host": "music.example", "x-forwarded-proto": "https"}, {"host": "localhost:8000"}]
    for headers in trusted:
        assert says_no not in client.get("/", headers=headers).content
