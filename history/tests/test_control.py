"""What somebody deletes, listens to privately, leaves out of their taste, and shows."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from history.choosing import SOURCES
from history.models import ListenImport
from listening.deleting import erase_due, hidden_from
from listening.errors import StoreAway
from listening.leaving_out import leave_out, let_count
from listening.models import Deletion, LeftOut, PrivateSession
from listening.store import Listen, Selection, listen_store
from music.models import Album, Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from music.utils import recommended_for
from playlists.tests.cast import playlist_of
from users.access import listening_of

NOW = datetime.now(UTC)


@pytest.fixture
def library(alice: Any, bob: Any) -> dict[str, Track]:
    """Bob finished two jazz tracks, skipped a rock track, and finished one three days ago."""
    tracks = {
        "Blue": add_track(alice, "Blue", artist="Miles", album="Kind", genres=["Jazz"]),
        "Green": add_track(alice, "Green", artist="Miles", album="Kind", genres=["Jazz"]),
        "Loud": add_track(alice, "Loud", artist="Sabbath", genres=["Rock"]),
        "Old": add_track(alice, "Old", artist="Bach", genres=["Classical"]),
    }
    listened(bob, tracks["Blue"], NOW - timedelta(minutes=10))
    listened(bob, tracks["Green"], NOW - timedelta(minutes=20), source="starred")
    listened(bob, tracks["Loud"], NOW - timedelta(minutes=30), share=0.05)
    listened(bob, tracks["Old"], NOW - timedelta(days=3), source="similar:7")
    return tracks


def shown(client: Client, query: str = "") -> list[str]:
    days = client.get(f"/history/{query}").context["days"]
    return [row.listen.title for _day, rows in days for row in rows]


def left(user: Any) -> list[str]:
    return [listen.title for listen in listen_store().history(user.pk, 50)]


def event_of(user: Any, title: str) -> str:
    return next(listen.event_id for listen in listen_store().history(user.pk, 50) if listen.title == title)


def test_the_history_is_narrowed_down_by_its_address(as_bob: Client, library: dict[str, Track]) -> None:
    blue = library["Blue"]
    day = (NOW - timedelta(days=3)).date()
    for query, titles in {
        "?outcome=skipped": ["Loud"],
        "?outcome=completed": ["Blue", "Green", "Old"],
        "?genre=jazz": ["Blue", "Green"],
        f"?artist={blue.artist_id}": ["Blue", "Green"],
        f"?album={blue.album_id}": ["Blue", "Green"],
        f"?track={blue.pk}": ["Blue"],
        f"?from={day}&to={day}": ["Old"],
        f"?to={day}": ["Old"],
        f"?artist={blue.artist_id}&outcome=skipped": [],
        "?source=import": [],
        "?source=starred": ["Green"],
        "?source=similar": ["Old"],
        "?source=offline": [],
        "?outcome=nonsense&artist=x&from=2026-13-99&source=%00&track=99999999999999999999": list(library),
        "?user__password__startswith=a&started_at__gt=1": list(library),
    }.items():
        assert shown(as_bob, query) == titles, query


def test_all_that_the_player_is_started_from_can_be_filtered_for(as_bob: Client) -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    said = {
        source
        for path in templates.rglob("*.*")
        if "styleguide" not in path.name
        for source in re.findall(r'data-source="([a-z-]+)', path.read_text())
    }
    assert said and said <= {*SOURCES}
    assert {"starred", "similar", "weekly", "because", "mix"} <= {*SOURCES}


def test_each_filter_says_what_it_is_and_can_be_taken_away(as_bob: Client, library: dict[str, Track]) -> None:
    artist = library["Blue"].artist_id
    response = as_bob.get(f"/history/?artist={artist}&outcome=completed&genre=jazz")
    assert response.context["chips"] == [
        ("Miles", "/history/?genre=jazz&outcome=completed"),
        ("Jazz", f"/history/?artist={artist}&outcome=completed"),
        ("Finished", f"/history/?artist={artist}&genre=jazz"),
    ]


def test_a_number_of_another_listener_tells_no_name(as_bob: Client, alice: Any, library: dict[str, Track]) -> None:
    secret = add_track(alice, "Secret", artist="Nobody Knows", visibility="private")
    page = as_bob.get(f"/history/?artist={secret.artist_id}").content.decode()
    assert "Nobody Knows" not in page
    assert "Nothing fits" in page


@pytest.mark.usefixtures("library")
def test_one_deleted_listen_is_hidden_at_once_and_erased_after_a_minute(
    as_bob: Client, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = as_bob.post("/history/delete/", {"event": event_of(bob, "Blue"), "genre": "jazz"}, follow=True)
    assert response.redirect_chain[-1][0] == "/history/?genre=jazz"
    page = response.content.decode()
    assert "1 listen deleted" in page
    assert 55 <= response.context["undos"][0]["seconds"] <= 60
    assert f"/history/delete/{Deletion.objects.get().pk}/undo/" in page
    assert shown(as_bob) == ["Green", "Loud", "Old"]
    assert erase_due() == 0
    assert "Blue" in left(bob)
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert erase_due() == 1
    assert left(bob) == ["Green", "Loud", "Old"]
    assert hidden_from(bob.pk) == []
    assert erase_due() == 0


@pytest.mark.usefixtures("library")
def test_a_deletion_is_undone_within_a_minute_and_by_its_owner_alone(
    as_bob: Client, alice: Any, bob: Any, sign_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_bob.post("/history/delete/", {"outcome": "completed"})
    assert shown(as_bob) == ["Loud"]
    address = f"/history/delete/{Deletion.objects.get().pk}/undo/"
    sign_in(alice).post(address)
    assert shown(as_bob) == ["Loud"]
    assert "3 listens are back" in as_bob.post(address, follow=True).content.decode()
    assert shown(as_bob) == ["Blue", "Green", "Loud", "Old"]
    as_bob.post("/history/delete/", {"outcome": "completed"})
    address = f"/history/delete/{Deletion.objects.get().pk}/undo/"
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    response = as_bob.get("/history/")
    assert (response.context["undos"], shown(as_bob)) == ([], ["Loud"])
    assert "listens deleted" not in response.content.decode()
    assert "More than a minute" in as_bob.post(address, follow=True).content.decode()
    assert Deletion.objects.exists()


@pytest.mark.usefixtures("library")
def test_what_is_deleted_already_is_not_counted_again(as_bob: Client, bob: Any) -> None:
    as_bob.post("/history/delete/", {"event": event_of(bob, "Blue")})
    assert "1 listen goes out of your history" in as_bob.get("/history/delete/?genre=jazz").content.decode()
    page = as_bob.post("/history/delete/", {"genre": "jazz"}, follow=True).content.decode()
    assert page.count("1 listen deleted") == 2
    as_bob.post("/history/delete/", {"confirmation": "bob"})
    first, second, third = Deletion.objects.order_by("pk")
    assert [first.count, second.count, third.count] == [1, 1, 2]
    assert "0 listens are back" in as_bob.post(f"/history/delete/{first.pk}/undo/", follow=True).content.decode()
    second.refresh_from_db()
    assert second.count == 2
    assert "2 listens are back" in as_bob.post(f"/history/delete/{third.pk}/undo/", follow=True).content.decode()
    assert shown(as_bob) == ["Loud", "Old"]


@pytest.mark.usefixtures("library")
def test_a_deletion_is_undone_while_the_store_is_away(as_bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> int:
        raise StoreAway

    as_bob.post("/history/delete/", {"genre": "jazz"})
    with monkeypatch.context() as weather:
        weather.setattr(type(listen_store()), "count", away)
        address = f"/history/delete/{Deletion.objects.get().pk}/undo/"
        assert "2 listens are back" in as_bob.post(address, follow=True).content.decode()
    assert len(shown(as_bob)) == 4


@pytest.mark.usefixtures("library")
def test_what_the_history_shows_goes_after_one_look_at_how_much_it_is(as_bob: Client, bob: Any) -> None:
    page = as_bob.get("/history/delete/?genre=jazz")
    assert "2 listens go out of your history" in page.content.decode()
    assert Deletion.objects.count() == 0
    as_bob.post("/history/delete/", {"genre": "jazz"})
    assert shown(as_bob) == ["Loud", "Old"]


@pytest.mark.usefixtures("library")
def test_a_stretch_of_days_is_deleted_and_brought_back(as_bob: Client) -> None:
    day = timezone.localdate(NOW - timedelta(days=3)).isoformat()
    assert as_bob.post("/history/delete/", {"from": day, "to": day}).status_code == 302
    assert shown(as_bob) == ["Blue", "Green", "Loud"]
    as_bob.post(f"/history/delete/{Deletion.objects.get().pk}/undo/")
    assert shown(as_bob) == ["Blue", "Green", "Loud", "Old"]


@pytest.mark.usefixtures("library")
def test_everything_goes_only_with_ones_name_typed(as_bob: Client, bob: Any) -> None:
    for confirmation in ("", "Bob", "alice"):
        response = as_bob.post("/history/delete/", {"confirmation": confirmation})
        assert response.status_code == 422
        assert "Type your username exactly" in response.content.decode()
    assert len(shown(as_bob)) == 4
    as_bob.post("/history/delete/", {"confirmation": "bob"})
    assert shown(as_bob) == []


@pytest.mark.usefixtures("library")
def test_filters_that_choose_everything_ask_for_ones_name_too(as_bob: Client) -> None:
    everything = {"from": "1971-01-01"}
    assert 'name="confirmation"' in as_bob.get("/history/delete/", everything).content.decode()
    assert as_bob.post("/history/delete/", everything).status_code == 422
    assert len(shown(as_bob)) == 4
    assert 'name="confirmation"' not in as_bob.get("/history/delete/?genre=jazz").content.decode()
    as_bob.post("/history/delete/", {**everything, "confirmation": "bob"})
    assert shown(as_bob) == []


def test_what_is_heard_after_a_deletion_stays(
    as_bob: Client, bob: Any, alice: Any, library: dict[str, Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_bob.post("/history/delete/", {"confirmation": "bob"})
    listened(bob, library["Blue"], timezone.now() + timedelta(seconds=1))
    assert shown(as_bob) == ["Blue"]
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    erase_due()
    assert left(bob) == ["Blue"]


@pytest.mark.usefixtures("library")
def test_nobody_deletes_what_another_heard(bob: Any, alice: Any, sign_in: Callable[[Any], Client]) -> None:
    sign_in(alice).post("/history/delete/", {"event": event_of(bob, "Blue")})
    sign_in(alice).post("/history/leave-out/", {"event": event_of(bob, "Blue")})
    assert len(shown(sign_in(bob))) == 4
    assert not any(listen.is_left_out for listen in listen_store().history(bob.pk, 9))


def test_a_store_that_is_away_erases_another_time(
    as_bob: Client, library: dict[str, Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_bob.post("/history/delete/", {"genre": "jazz"})
    Deletion.objects.update(erase_at=timezone.now() - timedelta(minutes=1))

    def away(*_: Any) -> int:
        raise StoreAway

    with monkeypatch.context() as weather:
        weather.setattr(type(listen_store()), "erase", away)
        weather.setattr(type(listen_store()), "count", away)
        weather.setattr(type(listen_store()), "leave_out", away)
        assert erase_due() == 0
        assert "out of reach" in as_bob.post("/history/delete/", {"genre": "rock"}, follow=True).content.decode()
        assert "out of reach" in as_bob.post("/history/leave-out/", {"event": "x"}, follow=True).content.decode()
    assert erase_due() == 2


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("event", ["\0", "none", "x" * 400, "00000000-0000-4000-8000-000000000000"])
def test_what_names_no_listen_changes_none(as_bob: Client, bob: Any, event: str) -> None:
    assert as_bob.post("/history/delete/", {"event": event}).status_code == 302
    assert as_bob.post("/history/leave-out/", {"event": event}).status_code == 302
    assert len(shown(as_bob)) == 4
    assert as_bob.get("/history/").context["undos"] == []


@pytest.mark.usefixtures("library")
def test_the_look_before_a_deletion_says_so_while_the_store_is_away(
    as_bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> list[Any]:
        raise StoreAway

    with monkeypatch.context() as weather:
        weather.setattr(type(listen_store()), "history", away)
        response = as_bob.get("/history/delete/?genre=jazz")
        assert (response.status_code, response["Location"]) == (302, "/history/?genre=jazz")


def test_rows_say_where_a_listen_came_from_and_what_is_not_in_the_library(as_bob: Client, bob: Any) -> None:
    job = ListenImport.objects.create(user=bob, filename="a.json", size_bytes=1, format="lastfm")
    gone = uuid.uuid4()
    heard = {"Scrobbled": job.origin, "Removed": f"import:{gone}", "Elsewhere": "device:4", "Ours": ""}
    listen_store().add_all(
        [
            Listen(
                bob.pk, str(uuid.uuid4()), -5 - number, title, -9, "<b>Nobody</b>", (), NOW - timedelta(hours=number),
                0, played_ms=1000, completed=True, completed_at=NOW, counted=True, origin=origin,
            )
            for number, (title, origin) in enumerate(heard.items())
        ]
    )  # fmt: skip
    response = as_bob.get("/history/")
    rows = [row for _day, rows in response.context["days"] for row in rows]
    assert [(row.listen.title, row.origin) for row in rows] == [
        ("Scrobbled", "from Last.fm"),
        ("Removed", "imported"),
        ("Elsewhere", "from another device"),
        ("Ours", ""),
    ]
    page = response.content.decode()
    assert page.count("not in the library") == 4
    assert "<b>Nobody" not in page
    assert shown(as_bob, "?source=import") == ["Scrobbled", "Removed"]
    assert shown(as_bob, "?source=device") == ["Elsewhere"]
    assert shown(as_bob, "?artist=-9&track=-5") == ["Scrobbled"]


def start(client: Client, track: Track, **more: Any) -> Any:
    body = {"track_id": track.pk, "event_id": str(uuid.uuid4()), **more}
    return body["event_id"], client.post("/listens/start/", body, content_type="application/json")


def test_nothing_is_recorded_in_a_private_session(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice)
    before, _ = start(as_bob, track)
    as_bob.post("/settings/listening/private/", {"on": "1"})
    event_id, response = start(as_bob, track)
    assert response.json() == {"private": True}
    for step in ("progress", "complete"):
        for event in (before, event_id):
            report = as_bob.post(f"/listens/{event}/{step}/", {"played_ms": 5}, content_type="application/json")
            assert report.json() == {"private": True}
    assert [(listen.event_id, listen.played_ms) for listen in listen_store().history(bob.pk, 9)] == [(before, 0)]
    as_bob.post("/settings/listening/private/")
    _, response = start(as_bob, track)
    assert "private" not in response.json()
    assert len(left(bob)) == 2


def test_a_play_of_a_private_session_that_arrives_late_is_not_recorded_either(
    as_bob: Client, bob: Any, alice: Any
) -> None:
    session = PrivateSession.objects.create(
        user_id=bob.pk, began_at=NOW - timedelta(hours=3), ended_at=NOW - timedelta(hours=1)
    )
    track = add_track(alice)
    within = (session.began_at + timedelta(minutes=5)).isoformat()
    assert start(as_bob, track, started_at=within)[1].json() == {"private": True}
    assert "private" not in start(as_bob, track, started_at=(NOW - timedelta(hours=4)).isoformat())[1].json()
    assert len(left(bob)) == 1


def tell(client: Client, event_id: str, step: str, played_ms: int) -> Any:
    return client.post(f"/listens/{event_id}/{step}/", {"played_ms": played_ms}, content_type="application/json")


def test_a_listen_ends_where_a_private_session_began_though_it_is_told_of_afterwards(
    as_bob: Client, bob: Any, alice: Any
) -> None:
    track = add_track(alice)
    before, _ = start(as_bob, track, started_at=(NOW - timedelta(minutes=20)).isoformat())
    PrivateSession.objects.create(
        user_id=bob.pk,
        began_at=NOW - timedelta(minutes=20) + timedelta(seconds=10),
        ended_at=NOW - timedelta(minutes=15),
    )
    assert tell(as_bob, before, "progress", 9_000).json()["played_ms"] == 9_000
    for step in ("progress", "complete"):
        assert tell(as_bob, before, step, 25_000).json() == {"private": True}
    after, _ = start(as_bob, track, started_at=(NOW - timedelta(minutes=5)).isoformat())
    assert tell(as_bob, after, "progress", 25_000).json()["played_ms"] == 25_000
    assert sorted(listen.played_ms for listen in listen_store().history(bob.pk, 9)) == [9_000, 25_000]


def test_while_nobody_can_say_when_a_listen_began_it_is_to_be_told_again(
    as_bob: Client, bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, _ = start(as_bob, add_track(alice))

    def away(*_: Any) -> None:
        raise StoreAway

    with monkeypatch.context() as weather:
        weather.setattr(type(listen_store()), "find", away)
        assert tell(as_bob, event_id, "progress", 0).status_code == 200
        PrivateSession.objects.create(
            user_id=bob.pk, began_at=NOW - timedelta(hours=2), ended_at=NOW - timedelta(hours=1)
        )
        assert tell(as_bob, event_id, "progress", 0).status_code == 503
    assert tell(as_bob, event_id, "progress", 0).status_code == 200


def test_a_private_session_is_visibly_on_and_begins_once(as_bob: Client, as_alice: Client, bob: Any) -> None:
    assert "data-private-session" not in as_bob.get("/history/").content.decode()
    for _ in range(2):
        as_bob.post("/settings/listening/private/", {"on": "1", "next": "/history/"})
    assert PrivateSession.objects.count() == 1
    assert "data-private-session" in as_bob.get("/history/").content.decode()
    assert "data-private-session" not in as_alice.get("/history/").content.decode()
    assert as_bob.post("/settings/listening/private/", {"next": "https://evil.example/"})["Location"] == "/"
    assert "data-private-session" not in as_bob.get("/history/").content.decode()


def reasons(user: Any) -> list[str]:
    return [each.reason for each in recommended_for(user, 10)]


def test_what_is_left_out_shapes_nothing_and_is_not_offered_again(
    as_bob: Client, bob: Any, alice: Any, library: dict[str, Track]
) -> None:
    for number in range(3):
        add_track(alice, f"New {number}", genres=["Jazz"])
    assert "Because you finished 2 Jazz tracks" in reasons(bob)
    as_bob.post(f"/tracks/{library['Green'].pk}/leave-out/")
    assert "Because you finished a Jazz track" in reasons(bob)
    as_bob.post("/history/leave-out/", {"event": event_of(bob, "Blue")})
    assert not any("Jazz" in reason for reason in reasons(bob))
    assert library["Blue"].pk not in [each.track.pk for each in recommended_for(bob, 10)]
    as_bob.post("/history/leave-out/", {"event": event_of(bob, "Blue"), "count": "1"})
    as_bob.post(f"/tracks/{library['Green'].pk}/leave-out/", {"count": "1"})
    assert "Because you finished 2 Jazz tracks" in reasons(bob)
    album = Album.objects.get()
    as_bob.post(f"/albums/{album.pk}/leave-out/")
    assert not any("Jazz" in reason for reason in reasons(bob))
    page = as_bob.get("/settings/listening/").content.decode()
    assert "Kind" in page
    response = as_bob.post(f"/albums/{album.pk}/leave-out/", {"count": "1", "next": "/settings/listening/"})
    assert response["Location"] == "/settings/listening/"
    assert "Because you finished 2 Jazz tracks" in reasons(bob)


def test_a_stretch_of_days_is_left_out_at_once_and_let_count_again(
    as_bob: Client, bob: Any, alice: Any, library: dict[str, Track]
) -> None:
    add_track(alice, "New", genres=["Jazz"])
    long_ago = timezone.now() - timedelta(days=30)
    listened(bob, library["Blue"], long_ago)
    listened(bob, library["Green"], long_ago)
    today, then = timezone.localdate().isoformat(), timezone.localdate(long_ago).isoformat()
    assert "Leave these out" not in as_bob.get("/history/").content.decode()
    assert "Leave these out" in as_bob.get("/history/", {"from": then, "to": then}).content.decode()

    response = as_bob.post("/history/leave-out/", {"from": then, "to": then}, follow=True)
    assert "2 listens no longer count for your taste." in response.content.decode()
    assert response.request["QUERY_STRING"] == f"from={then}&to={then}"
    assert "Because you finished 2 Jazz tracks" in reasons(bob)
    as_bob.post("/history/leave-out/", {"from": "2000-01-01", "to": today})
    assert not any("Jazz" in reason for reason in reasons(bob))

    page = as_bob.get("/history/", {"outcome": "left_out"}).content.decode()
    assert "Count these" in page and "Leave these out" not in page
    as_bob.post("/history/leave-out/", {"outcome": "left_out", "count": "1"})
    assert listen_store().count(bob.pk, Selection(outcome="left_out")) == 0
    assert "Because you finished 2 Jazz tracks" in reasons(bob)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("said", [{}, {"from": "nonsense"}, {"genre": "nothing"}, {"count": "1"}])
def test_the_whole_history_is_never_left_out_by_filters_that_say_nothing(
    as_bob: Client, bob: Any, said: dict[str, str]
) -> None:
    assert as_bob.post("/history/leave-out/", said).status_code == 302
    assert listen_store().count(bob.pk, Selection(outcome="left_out")) == 0


def test_what_is_played_from_a_playlist_that_is_left_out_is_no_taste(
    as_bob: Client, bob: Any, library: dict[str, Track]
) -> None:
    def played_from(source: str) -> bool:
        body = {"event_id": str(uuid.uuid4()), "track_id": library["Blue"].pk, "source": source}
        as_bob.post("/listens/start/", body, content_type="application/json")
        listen = listen_store().find(bob.pk, body["event_id"])
        assert listen
        return listen.is_left_out

    assert not played_from("playlist:3")
    assert not played_from("playlist:30")
    leave_out(bob.pk, LeftOut.Kind.PLAYLIST, 3)
    marked = [listen.source for listen in listen_store().history(bob.pk, 10) if listen.is_left_out]
    assert marked == ["playlist:3"]
    assert [played_from(source) for source in ("playlist:3", "playlist:30", "playlist:x", "album:3")] == [
        True,
        False,
        False,
        False,
    ]
    let_count(bob.pk, LeftOut.Kind.PLAYLIST, 3)
    assert not any(listen.is_left_out for listen in listen_store().history(bob.pk, 10))


def test_a_playlist_is_left_out_and_counted_again_on_its_page(
    as_bob: Client, as_alice: Client, bob: Any, alice: Any, library: dict[str, Track]
) -> None:
    party = playlist_of(alice, "Dance", visibility="public")
    address, leave = f"/playlists/{party.pk}/", f"/playlists/{party.pk}/leave-out/"
    body = {"event_id": str(uuid.uuid4()), "track_id": library["Blue"].pk, "source": f"playlist:{party.pk}"}
    as_bob.post("/listens/start/", body, content_type="application/json")
    assert shown(as_bob, "?source=playlist") == ["Blue"]
    assert f'action="{leave}"' in as_bob.get(address).content.decode()
    answer = as_bob.post(leave, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "no longer counts" in answer.content.decode() and "Count for my taste" in answer.content.decode()
    assert shown(as_bob, "?outcome=left_out") == ["Blue"]
    assert "Leave out of my taste" in as_alice.get(address).content.decode()
    for page in ("/settings/listening/", "/taste/"):
        assert leave in as_bob.get(page).content.decode()
    as_bob.post(leave, {"count": "1"})
    assert shown(as_bob, "?outcome=left_out") == []
    assert leave not in as_bob.get("/settings/listening/").content.decode()


def test_a_playlist_is_left_out_another_time_while_the_store_is_away(
    as_bob: Client, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreAway

    monkeypatch.setattr("listening.leaving_out.listen_store", away)
    party = playlist_of(bob, "Dance")
    answer = as_bob.post(f"/playlists/{party.pk}/leave-out/", follow=True)
    assert answer.status_code == 200 and "out of reach" in answer.content.decode()


def test_what_one_may_not_see_one_cannot_leave_out(as_bob: Client, alice: Any) -> None:
    secret = add_track(alice, "Secret", album="Hidden", visibility="private")
    assert as_bob.post(f"/tracks/{secret.pk}/leave-out/").status_code == 404
    assert as_bob.post(f"/albums/{secret.album_id}/leave-out/").status_code == 404


def test_who_sees_what_one_listens_to_is_ones_own_choice(as_bob: Client, bob: Any, charlie: Any) -> None:
    def may_see(viewer: Any) -> bool:
        try:
            return listening_of(viewer, "bob") == bob
        except Http404:
            return False

    assert [may_see(viewer) for viewer in (bob, charlie)] == [True, False]
    for audience, expected in (("everyone", True), ("followers", False), ("me", False)):
        assert as_bob.post("/settings/listening/", {"listening_visible_to": audience}).status_code == 302
        assert may_see(charlie) is expected
    assert as_bob.post("/settings/listening/", {"listening_visible_to": "world"}).status_code == 422


def test_a_history_of_any_length_costs_the_same(as_bob: Client, bob: Any, alice: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/history/").status_code == 200
        return len(captured)

    tracks = [add_track(alice, f"T{number}") for number in range(30)]
    listened(bob, tracks[0], NOW - timedelta(hours=1))
    queries()
    few = queries()
    for number, track in enumerate(tracks):
        listened(bob, track, NOW - timedelta(hours=2 + number))
    assert queries() == few


def test_hidden_listens_are_told_by_selections(bob: Any) -> None:
    Deletion.objects.create(user_id=bob.pk, selection={"track_id": 4}, count=1, erase_at=NOW)
    assert hidden_from(bob.pk) == [Selection(track_id=4)]
