import json
from typing import Any

import pytest
from django.test import Client

from discovery import alike
from discovery.models import Correction, TasteSettings
from discovery.tests.shelves import finish, library
from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Playlist


def more(client: Client, path: str, had: Any = (), **said: Any) -> Any:
    return client.post(f"/radio/{path}/more/", json.dumps({"had": had, **said}), content_type="application/json")


def played(client: Client, path: str, times: int) -> list[int]:
    """What a player gets that asks so often."""
    had: list[int] = []
    for _ in range(times):
        had += [int(track["id"]) for track in more(client, path, had).json()["tracks"]]
    return had


def kinds(tracks: dict[str, list[Track]]) -> dict[str, str]:
    track = tracks["Jazz"][0]
    return {
        "track": f"track/{track.pk}",
        "artist": f"artist/{track.artist_id}",
        "album": f"album/{track.album_id}",
        "genre": "genre/jazz",
        "playlist": f"playlist/{Playlist.objects.get().pk}",
        "me": "me/me",
    }


@pytest.fixture
def tracks(alice: Any, bob: Any) -> dict[str, list[Track]]:
    found = library(alice, {"Jazz": 40, "Metal": 40}, artists=8)
    of_a_record = {"artist": "Jazz artist 0", "album": "A Record", "genres": ["Jazz"]}
    found["Jazz"] = [*(add_track(alice, f"on record {number}", **of_a_record) for number in (1, 2)), *found["Jazz"]]
    finish(bob, found["Jazz"][2:8])
    late_nights = Playlist.objects.create(owner=alice, name="Late nights", visibility="public")
    add_tracks(late_nights, [track.pk for track in found["Jazz"][8:14]], alice)
    return found


@pytest.mark.parametrize("kind", ["track", "artist", "album", "genre", "playlist", "me"])
def test_a_radio_plays_what_is_like_it_and_never_repeats_within_a_session(
    as_bob: Client, tracks: dict[str, list[Track]], kind: str
) -> None:
    had = played(as_bob, kinds(tracks)[kind], 5)
    assert len(had) == len(set(had)) >= 30
    jazz = {track.pk for track in tracks["Jazz"]}
    assert set(had[:20]) <= jazz


def test_it_stays_with_its_kind_however_much_of_it_was_played(
    as_bob: Client, tracks: dict[str, list[Track]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "OF_GENRES", 10)
    assert set(played(as_bob, "genre/metal", 4)) == {track.pk for track in tracks["Metal"]}


def test_after_thousands_of_tracks_it_repeats_none(as_bob: Client, tracks: dict[str, list[Track]]) -> None:
    late = [*range(100_000, 109_960), *(track.pk for track in tracks["Jazz"][:40])]
    offered = [int(track["id"]) for track in more(as_bob, "genre/jazz", late).json()["tracks"]]
    assert offered and set(offered).isdisjoint(late)


def test_it_ends_when_there_is_no_more(as_bob: Client, alice: Any) -> None:
    pks = [track.pk for track in library(alice, {"Jazz": 6})["Jazz"]]
    assert sorted(played(as_bob, "genre/jazz", 3)) == pks
    assert more(as_bob, "genre/jazz", pks).json()["tracks"] == []


def test_the_radio_of_a_track_begins_with_it_and_the_page_shows_why_each_is_there(
    as_bob: Client, tracks: dict[str, list[Track]]
) -> None:
    track = tracks["Jazz"][0]
    response = as_bob.get(f"/radio/track/{track.pk}/")
    offered = response.context["offered"]
    assert (offered[0].track.pk, offered[0].reason) == (track.pk, "Where this radio begins")
    assert {each.reason for each in offered[1:]} <= {"Jazz, too", "Also by Jazz artist 0"}
    assert f'data-radio="/radio/track/{track.pk}/more/"' in response.content.decode()


@pytest.mark.parametrize("kind", ["artist", "album", "playlist"])
def test_a_radio_begins_with_what_it_is_called_after(as_bob: Client, tracks: dict[str, list[Track]], kind: str) -> None:
    own = {
        "artist": [track.pk for track in tracks["Jazz"] if track.artist_id == tracks["Jazz"][0].artist_id],
        "album": [track.pk for track in tracks["Jazz"][:2]],
        "playlist": [track.pk for track in tracks["Jazz"][8:14]],
    }
    for _ in range(5):
        first, second, *_others = as_bob.get(f"/radio/{kinds(tracks)[kind]}/").context["offered"]
        assert first.track.pk in own[kind] and first.reason == "Where this radio begins"
        assert second.reason != first.reason and second.track.artist_id != first.track.artist_id


def test_the_player_gets_all_that_it_shows(as_bob: Client, tracks: dict[str, list[Track]]) -> None:
    track = tracks["Jazz"][0]
    answer = more(as_bob, f"track/{track.pk}").json()
    assert answer["tracks"][0] == {
        "id": str(track.pk),
        "src": f"/stream/{track.pk}/",
        "title": track.title,
        "artist": "Jazz artist 0",
        "artistHref": f"/artists/{track.artist_id}/",
        "album": "A Record",
        "albumHref": f"/albums/{track.album_id}/",
        "cover": track.cover_url,
        "href": f"/tracks/{track.pk}/",
        "durationMs": 60_000,
    }
    said = {name: value for name, value in answer.items() if name != "tracks"}
    assert said == {
        "source": f"radio:track:{track.pk}",
        "sourceLabel": f"Radio: {track.title}",
        "sourceHref": f"/radio/track/{track.pk}/",
        "href": f"/radio/track/{track.pk}/more/",
    }


def test_who_wants_a_list_to_end_gets_nothing_after_it_but_still_has_radios(
    as_bob: Client, bob: Any, tracks: dict[str, list[Track]]
) -> None:
    assert more(as_bob, "genre/jazz", after_queue=True).json()["tracks"]
    TasteSettings.objects.create(user=bob, is_radio_after_queue=False)
    assert more(as_bob, "genre/jazz", after_queue=True).json()["tracks"] == []
    assert more(as_bob, "genre/jazz").json()["tracks"]


def test_neither_what_is_private_nor_what_was_hidden_is_played(
    as_bob: Client, bob: Any, tracks: dict[str, list[Track]]
) -> None:
    Track.objects.filter(pk__in=[track.pk for track in tracks["Jazz"][20:]]).update(visibility="private")
    Correction.objects.create(user=bob, kind="artist", target_id=tracks["Jazz"][3].artist_id, factor=0)
    heard = played(as_bob, "genre/jazz", 4)
    wrong = Track.objects.filter(pk__in=heard).exclude(visibility="public")
    assert heard
    assert not wrong
    assert not Track.objects.filter(pk__in=heard, artist_id=tracks["Jazz"][3].artist_id)


def test_the_radio_of_a_playlist_is_its_readers_own(as_bob: Client, alice: Any, tracks: dict[str, list[Track]]) -> None:
    playlist, secret = Playlist.objects.get(), add_track(alice, "secret", genres=["Jazz"], visibility="private")
    add_tracks(playlist, [secret.pk], alice)
    page = as_bob.get(f"/radio/playlist/{playlist.pk}/")
    assert "secret" not in page.content.decode()
    assert page.context["label"] == "Radio: Late nights"
    assert f'href="/radio/playlist/{playlist.pk}/"' in as_bob.get(f"/playlists/{playlist.pk}/").content.decode()
    Playlist.objects.update(visibility="private")
    assert as_bob.get(f"/radio/playlist/{playlist.pk}/").status_code == 404
    assert more(as_bob, f"playlist/{playlist.pk}").status_code == 404


def test_an_empty_playlist_has_a_radio_that_plays_what_would_be_offered(
    as_bob: Client, bob: Any, tracks: dict[str, list[Track]]
) -> None:
    empty = Playlist.objects.create(owner=bob, name="Empty")
    assert played(as_bob, f"playlist/{empty.pk}", 1)


def test_what_one_may_not_see_has_no_radio(as_bob: Client, alice: Any) -> None:
    secret = add_track(alice, artist="Secret", album="Hidden", visibility="private")
    paths = [
        f"track/{secret.pk}", f"artist/{secret.artist_id}", f"album/{secret.album_id}", "genre/nowhere", "me/7",
        "playlist/1", "track/x", f"track/{2**70}", "track/²", "genre/" + "x" * 81,
    ]  # fmt: skip
    assert {as_bob.get(f"/radio/{path}/").status_code for path in paths} == {404}
    assert {more(as_bob, path).status_code for path in paths} == {404}


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"had": 3}', '{"had": ["1"]}', '{"had": [true]}', '{"had": [-1]}'])
def test_nonsense_is_refused_with_what_to_send(as_bob: Client, alice: Any, body: str) -> None:
    library(alice, {"Jazz": 3})
    response = as_bob.post("/radio/genre/jazz/more/", body, content_type="application/json")
    assert response.status_code == 400
    assert "Send JSON such as" in response.json()["error"]
    too_many = more(as_bob, "genre/jazz", list(range(10_001)))
    assert too_many.status_code == 400


def test_a_newcomers_own_radio_plays_something(as_bob: Client, alice: Any) -> None:
    library(alice, {"Jazz": 12})
    assert len(played(as_bob, "me/me", 1)) == 10
