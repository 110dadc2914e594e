"""What somebody deletes, listens to privately, leaves out of their taste, and shows."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from history.deleting import erase_due, hidden_from
from listening.errors import StoreAway
from listening.models import Deletion, PrivateSession
from listening.store import Selection, listen_store
from music.models import Album, Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from music.utils import recommended_for
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
    listened(bob, tracks["Green"], NOW - timedelta(minutes=20))
    listened(bob, tracks["Loud"], NOW - timedelta(minutes=30), share=0.05)
    listened(bob, tracks["Old"], NOW - timedelta(days=3))
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
        "?outcome=nonsense&artist=x&from=2026-13-99&source=%00&track=99999999999999999999": list(library),
        "?user__password__startswith=a&started_at__gt=1": list(library),
    }.items():
        assert shown(as_bob, query) == titles, query


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
    assert "1 listen deleted" in response.content.decode()
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
    assert "More than a minute" in as_bob.post(address, follow=True).content.decode()
    assert Deletion.objects.exists()


@pytest.mark.usefixtures("library")
def test_what_the_history_shows_goes_after_one_look_at_how_much_it_is(as_bob: Client, bob: Any) -> None:
    page = as_bob.get("/history/delete/?genre=jazz")
    assert "2 listens go out of your history" in page.content.decode()
    assert Deletion.objects.count() == 0
    as_bob.post("/history/delete/", {"genre": "jazz"})
    assert shown(as_bob) == ["Loud", "Old"]


@pytest.mark.usefixtures("library")
def test_everything_goes_only_with_ones_name_typed(as_bob: Client, bob: Any) -> None:
    for confirmation in ("", "Bob", "alice"):
        response = as_bob.post("/history/delete/", {"confirmation": confirmation})
        assert response.status_code == 422
        assert "Type your username exactly" in response.content.decode()
    assert len(shown(as_bob)) == 4
    as_bob.post("/history/delete/", {"confirmation": "bob"})
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
