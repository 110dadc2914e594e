"""Your taste: what it shows, what can be set and forgotten there, and what can be taken along."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from discovery.corrections import Kind, correct, corrected_of, settings_of
from discovery.models import Correction, Impression, TasteSettings, WeeklyMix
from discovery.standing import standing_of
from listening.errors import StoreAway
from listening.leaving_out import leave_out
from listening.models import LeftOut
from listening.store import listen_store
from music.models import Genre, Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from playlists.editing import add_tracks
from playlists.models import Playlist
from playlists.stars.saying import rate, star
from users.deletion import delete_account

NOW = datetime.now(UTC)
STREAM = "text/vnd.turbo-stream.html, text/html"


def finish(user: Any, *tracks: Track) -> None:
    for number, track in enumerate(tracks):
        listened(user, track, NOW - timedelta(minutes=10 * (number + 1)))


def learned(client: Client, what: str) -> list[tuple[str, int, int]]:
    rows = getattr(client.get("/taste/").context["learned"], what)
    return [(str(row.about), row.finished, row.percent) for row in rows]


def weights(client: Client, what: str) -> dict[str, float]:
    rows = getattr(client.get("/taste/").context["learned"], what)
    return {str(row.about): round(row.weight, 3) for row in rows}


def genre(name: str) -> Genre:
    return Genre.objects.get(name=name)


@pytest.fixture
def finished(alice: Any, bob: Any) -> dict[str, Track]:
    """Bob finished three jazz tracks, two of them Miles', and one of folk."""
    tracks = {
        "Blue": add_track(alice, "Blue", artist="Miles", album="Kind", genres=["Jazz"]),
        "Green": add_track(alice, "Green", artist="Miles", album="Kind", genres=["Jazz"]),
        "Train": add_track(alice, "Train", artist="Trane", genres=["Jazz"]),
        "Hill": add_track(alice, "Hill", artist="Joan", genres=["Folk"]),
    }
    finish(bob, *tracks.values())
    return tracks


def test_what_was_finished_stands_there_beside_the_most_finished(as_bob: Client, finished: dict[str, Track]) -> None:
    assert learned(as_bob, "genres") == [("Jazz", 3, 100), ("Folk", 1, 33)]
    assert learned(as_bob, "artists") == [("Miles", 2, 100), ("Joan", 1, 50), ("Trane", 1, 50)]


def test_whatever_speaks_for_a_track_or_against_it_weighs_as_it_acts(
    as_bob: Client, alice: Any, bob: Any, finished: dict[str, Track]
) -> None:
    unheard = add_track(alice, "Starred", artist="Nina", genres=["Soul"])
    skipped = add_track(alice, "Skipped", artist="Klaus", genres=["Polka"])
    star(bob, {"track": [unheard.pk]})
    rate(bob, {"track": [finished["Train"].pk]}, 1)
    add_tracks(Playlist.objects.create(owner=bob, name="Mine"), [finished["Hill"].pk], bob)
    listened(bob, skipped, NOW - timedelta(days=1), share=0.05)
    listened(bob, finished["Hill"], NOW - timedelta(days=2), source="mix:1")
    acting = standing_of(bob).taste.tracks
    assert {acting[track.pk] for track in (finished["Blue"], finished["Green"])} == {1}
    assert (acting[finished["Train"].pk], acting[unheard.pk], acting[skipped.pk]) == (-1, 2, -0.5)
    hill = round(acting[finished["Hill"].pk], 3)
    assert 1.5 < hill < 2
    assert weights(as_bob, "genres") == {"Soul": 2, "Folk": hill, "Jazz": 1, "Polka": -0.5}
    assert weights(as_bob, "artists") == {"Miles": 2, "Nina": 2, "Joan": hill, "Klaus": -0.5, "Trane": -1}
    assert learned(as_bob, "genres")[0] == ("Soul", 0, 100)
    assert learned(as_bob, "genres")[-1] == ("Polka", 0, 0)
    exported = as_bob.get("/taste/export.json").json()["learned"]["genres"]
    assert {each["name"]: each["weight"] for each in exported} == weights(as_bob, "genres")
    page = as_bob.get("/taste/").content.decode()
    assert "3 finished · weight 1<" in page and ">weight -0.5<" in page


def test_what_was_chosen_stands_apart_from_what_was_learned(as_bob: Client, bob: Any, finished: Any) -> None:
    bob.profile.favourite_genres.add(Genre.objects.get_or_create(name="Soul", slug="soul")[0])
    response = as_bob.get("/taste/")
    assert [each.name for each in response.context["favourites"]] == ["Soul"]
    assert "Soul" not in [name for name, *_ in learned(as_bob, "genres")]


def test_what_is_left_out_was_not_learned_from(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    leave_out(bob.pk, LeftOut.Kind.TRACK, finished["Hill"].pk)
    leave_out(bob.pk, LeftOut.Kind.ALBUM, finished["Blue"].album_id)
    assert learned(as_bob, "genres") == [("Jazz", 1, 100)]
    page = as_bob.get("/taste/").content.decode()
    assert "Hill" in page and "Kind" in page
    as_bob.post(f"/tracks/{finished['Hill'].pk}/leave-out/", {"count": "1", "next": "/taste/"})
    assert learned(as_bob, "genres") == [("Folk", 1, 100), ("Jazz", 1, 100)]


def test_what_was_corrected_stays_where_it_can_be_corrected_again(
    as_bob: Client, bob: Any, alice: Any, finished: dict[str, Track]
) -> None:
    add_track(alice, genres=["Metal"])
    correct(bob, Kind.GENRE, genre("Metal").pk, 0.5)
    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    assert learned(as_bob, "genres") == [("Jazz", 3, 100), ("Metal", 0, 0)]
    rows = as_bob.get("/taste/").context["learned"].genres
    assert [row.level for row in rows] == [0, -1]


def test_what_is_hidden_is_listed_with_a_way_back(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    correct(bob, Kind.TRACK, finished["Hill"].pk, 0)
    correct(bob, Kind.ARTIST, finished["Blue"].artist_id, 0)
    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    response = as_bob.get("/taste/")
    assert [str(each.about) for each in response.context["hidden"]] == ["Folk", "Miles", "Hill"]
    for each in response.context["hidden"]:
        assert f'name="say" value="{each.key}:1"' in response.content.decode()
        as_bob.post("/taste/undo/", {"say": f"{each.key}:1", "next": "/taste/"})
    assert as_bob.get("/taste/").context["hidden"] == []


def test_what_went_out_of_sight_is_not_named(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    correct(bob, Kind.TRACK, finished["Hill"].pk, 0)
    Track.objects.filter(title="Hill").update(visibility="private")
    assert as_bob.get("/taste/").context["hidden"] == []
    assert "Joan" not in as_bob.get("/taste/").content.decode()
    assert [each["name"] for each in as_bob.get("/taste/export.json").json()["corrections"]] == [""]


def test_the_settings_are_kept(as_bob: Client, bob: Any) -> None:
    assert (settings_of(bob).adventure_percent, settings_of(bob).is_radio_after_queue) == (30, True)
    response = as_bob.post("/taste/", {"adventure_percent": "85"})
    assert (response.status_code, response["Location"]) == (302, "/taste/")
    assert (settings_of(bob).adventure_percent, settings_of(bob).is_radio_after_queue) == (85, False)
    posted = {"adventure_percent": "10", "is_radio_after_queue": "on", "stay": "1"}
    stream = as_bob.post("/taste/", posted, headers={"Accept": STREAM})
    assert b'<turbo-stream action="update" target="toasts">' in stream.content
    assert (settings_of(bob).adventure_percent, settings_of(bob).is_radio_after_queue) == (10, True)


@pytest.mark.parametrize("percent", ["", "x", "-1", "101", "1e9"])
def test_a_setting_that_makes_no_sense_is_refused_with_a_word(as_bob: Client, bob: Any, percent: str) -> None:
    response = as_bob.post("/taste/", {"adventure_percent": percent})
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()
    assert not TasteSettings.objects.exists()


def test_forgetting_needs_ones_name_typed(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    for typed in ("", "Bob", "alice"):
        response = as_bob.post("/taste/reset/", {"confirmation": typed})
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
    assert settings_of(bob).forgotten_at is None
    assert Correction.objects.count() == 1


def test_forgetting_begins_anew_and_leaves_the_history_as_it_is(
    as_bob: Client, bob: Any, alice: Any, finished: dict[str, Track]
) -> None:
    add_track(alice, "New", genres=["Jazz"])
    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    as_bob.post("/taste/", {"adventure_percent": "85"})
    response = as_bob.post("/taste/reset/", {"confirmation": "bob"}, follow=True)
    assert response.redirect_chain == [("/taste/", 302)]
    assert not Correction.objects.exists()
    assert learned(as_bob, "genres") == []
    assert listen_store().count(bob.pk) == 4
    assert settings_of(bob).adventure_percent == 85
    assert [item.reason for item in as_bob.get("/").context["recommended"]] == ["New here"]

    listened(bob, finished["Hill"], datetime.now(UTC) + timedelta(seconds=1))
    assert learned(as_bob, "genres") == [("Folk", 1, 100)]

    as_bob.post("/taste/reset/", {"remember": "1"})
    assert weights(as_bob, "genres") == {"Jazz": 3, "Folk": 1.585}


def test_one_forgets_only_ones_own(as_bob: Client, alice: Any, finished: dict[str, Track]) -> None:
    correct(alice, Kind.GENRE, genre("Folk").pk, 0)
    as_bob.post("/taste/reset/", {"confirmation": "bob"})
    assert corrected_of(alice).hidden.genres == {genre("Folk").pk}
    assert settings_of(alice).forgotten_at is None


def test_it_can_be_taken_along(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    bob.profile.favourite_genres.add(genre("Folk"))
    correct(bob, Kind.ARTIST, finished["Blue"].artist_id, 0)
    correct(bob, Kind.GENRE, genre("Jazz").pk, 2)
    response = as_bob.get("/taste/export.json")
    assert response["Content-Disposition"] == 'attachment; filename="taste.json"'
    found = response.json()
    assert found["declared_favourites"] == ["Folk"]
    assert found["learned"]["from_tracks"] == 4
    assert found["learned"]["genres"] == [
        {"name": "Jazz", "weight": 3, "finished_tracks": 3, "factor": 2},
        {"name": "Folk", "weight": 1, "finished_tracks": 1, "factor": 1},
    ]
    assert [(each["kind"], each["name"], each["factor"]) for each in found["corrections"]] == [
        ("genre", "Jazz", 2),
        ("artist", "Miles", 0),
    ]
    assert found["settings"] == {"adventure_percent": 30, "radio_after_queue": True, "forgotten_at": None}


def test_while_the_store_is_away_the_page_says_so_and_the_rest_works(
    as_bob: Client, bob: Any, finished: dict[str, Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise StoreAway

    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    monkeypatch.setattr(type(listen_store()), "completed_tracks", away)
    response = as_bob.get("/taste/")
    assert response.status_code == 200
    assert "out of reach" in response.content.decode()
    assert [str(each.about) for each in response.context["hidden"]] == ["Folk"]
    assert as_bob.post("/taste/correct/", {"say": "genre:folk:1"}).status_code == 302
    response = as_bob.get("/taste/export.json")
    assert response.status_code == 503
    assert "Try again soon." in json.loads(response.content)["error"]


def test_an_empty_page_says_what_to_do(as_bob: Client) -> None:
    page = as_bob.get("/taste/").content.decode()
    for words in ("Pick your genres", "Finish a few tracks", "Nothing is hidden"):
        assert words in page


def test_names_are_text_and_nothing_else(as_bob: Client, bob: Any, alice: Any) -> None:
    bad = "<b>x</b>&'\""
    track = add_track(alice, bad, artist=bad, genres=["Jazz"])
    finish(bob, track)
    response = as_bob.post("/taste/correct/", {"say": f"artist:{track.artist_id}:0", "next": "/taste/"}, follow=True)
    assert "<b>x" not in response.content.decode()
    posted = {"say": f"track:{track.pk}:0", "stay": "1"}
    assert "<b>x" not in as_bob.post("/taste/correct/", posted, headers={"Accept": STREAM}).content.decode()


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize("address", ["/taste/", "/taste/export.json"])
def test_a_long_taste_asks_no_more_than_a_short_one(as_bob: Client, bob: Any, alice: Any, address: str) -> None:
    def more(count: int) -> None:
        for number in range(count):
            track = add_track(alice, album=f"Album {number}", genres=[f"Genre {number}"])
            finish(bob, track)
            correct(bob, Kind.ARTIST, add_track(alice).artist_id, 0)
            correct(bob, Kind.TRACK, add_track(alice).pk, 0)
            correct(bob, Kind.GENRE, track.genres.get().pk, 2)
            leave_out(bob.pk, LeftOut.Kind.TRACK, add_track(alice).pk)
            leave_out(bob.pk, LeftOut.Kind.ALBUM, add_track(alice, album=f"Other {number}").album_id)

    more(2)
    few = queries_of(as_bob, address)
    more(25)
    assert queries_of(as_bob, address) == few


def test_only_the_most_finished_are_shown(as_bob: Client, bob: Any, alice: Any) -> None:
    for number in range(20):
        finish(bob, add_track(alice, genres=[f"Genre {number}"]))
    assert len(learned(as_bob, "genres")) == len(learned(as_bob, "artists")) == 12
    assert len(as_bob.get("/taste/export.json").json()["learned"]["genres"]) == 20


def test_it_goes_with_the_account(as_bob: Client, bob: Any, finished: dict[str, Track]) -> None:
    correct(bob, Kind.GENRE, genre("Folk").pk, 0)
    as_bob.post("/taste/", {"adventure_percent": "60"})
    WeeklyMix.objects.create(user=bob, monday=NOW.date())
    Impression.objects.create(user=bob, track_id=1, shelf="x", rank=1, shown_on=NOW.date(), propensity=1)
    delete_account(bob)
    assert not any(model.objects.exists() for model in (Correction, TasteSettings, WeeklyMix, Impression))


@pytest.mark.parametrize(("address", "wrong"), [
    ("/taste/correct/", "get"), ("/taste/undo/", "get"), ("/taste/", "delete"), ("/taste/reset/", "put"),
    ("/taste/export.json", "post"), ("/taste/correct/", "put"),
])  # fmt: skip
def test_the_wrong_method_is_refused(as_bob: Client, address: str, wrong: str) -> None:
    assert getattr(as_bob, wrong)(address).status_code == 405


@pytest.mark.parametrize("address", ["/taste/", "/taste/correct/", "/taste/undo/", "/taste/reset/"])
def test_who_has_not_signed_in_is_asked_to(client: Client, db: None, address: str) -> None:
    assert client.post(address, {"say": "genre:jazz:0"})["Location"].startswith("/accounts/login/")


def test_the_page_is_found_from_everywhere(as_bob: Client, alice: Any) -> None:
    add_track(alice)
    for address in ("/", "/profile/", "/tracks/"):
        assert 'href="/taste/"' in as_bob.get(address).content.decode()
