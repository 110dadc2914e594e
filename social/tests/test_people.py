"""alice is looked at: bob follows her, charlie asked to, dora is blocked, erin is a stranger, one is not signed in."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import make_user
from listening.private import begin_private_session
from listening.rollups import rebuild
from listening.store import listen_store
from music.models import Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from playlists.editing import add_tracks
from playlists.models import Playlist, SmartPlaylist
from social.models import NowListening
from social.now import note_begun, note_ended
from users import following
from users.deletion import delete_account
from users.models import CustomUser, Follow, UserProfile

XSS = '<script>alert("x")</script>'


def set_profile(user: Any, **fields: Any) -> None:
    UserProfile.objects.filter(user=user).update(**fields)
    user.profile.refresh_from_db()


@pytest.fixture
def cast(alice: Any, bob: Any, charlie: Any, sign_in: Callable[[Any], Client]) -> dict[str, Client]:
    dora, erin = make_user("dora"), make_user("erin")
    following.ask(bob, alice)
    following.accept(alice, bob)
    following.ask(charlie, alice)
    following.block(alice, dora)
    people = {"owner": alice, "follower": bob, "asked": charlie, "blocked": dora, "stranger": erin}
    return {name: sign_in(user) for name, user in people.items()} | {"signed out": Client()}


def text(client: Client, path: str) -> str:
    response = client.get(path)
    return response.content.decode() if response.status_code == 200 else ""


def as_told(response: Any) -> str:
    """Without the name that was asked for, and what is another in every answer."""
    return re.sub(r"alice|alise|[A-Za-z0-9]{64}|[\w+/]{22}==", "", response.content.decode())


SHOWN_TO = {
    "me": {"owner"},
    "followers": {"owner", "follower"},
    "everyone": {"owner", "follower", "asked", "stranger"},
}


@pytest.mark.parametrize("audience", list(SHOWN_TO))
def test_every_page_shows_listening_to_those_who_may_see_it_and_to_nobody_else(
    cast: dict[str, Client], alice: Any, audience: str
) -> None:
    track = add_track(make_user("uploader"), "Halcyon", artist="The Heard Ones")
    set_profile(alice, listening_visible_to=audience, show_top_artists=True, show_now_listening=True)
    listened(alice, track, timezone.now() - timedelta(hours=1))
    rebuild(alice.pk, alice.profile.time_zone, listen_store())
    note_begun(alice, track.pk, timezone.now() + timedelta(minutes=3))

    def seen(path: str, sign: str) -> set[str]:
        return {name for name, client in cast.items() if sign in text(client, path)}

    def found(path: str) -> set[str]:
        return {name for name, client in cast.items() if client.get(path).status_code == 200}

    assert seen("/people/alice/", "The Heard Ones") == SHOWN_TO[audience]
    assert seen("/people/alice/", "Halcyon") == SHOWN_TO[audience]
    assert found("/listeners/alice/") == SHOWN_TO[audience]
    assert seen("/following/", "Halcyon") == SHOWN_TO[audience] & {"follower"}
    for path in ("/people/", "/notifications/"):
        assert seen(path, "Halcyon") == set()


def test_a_time_zone_that_fell_out_of_the_list_closes_nobodys_page(as_bob: Client, alice: Any) -> None:
    set_profile(alice, listening_visible_to="everyone", show_top_artists=True, time_zone="Mars/Base")
    assert as_bob.get("/people/alice/").status_code == 200


def test_what_is_not_opted_into_is_shown_to_nobody(cast: dict[str, Client], alice: Any) -> None:
    track = add_track(make_user("uploader"), "Halcyon", artist="The Heard Ones")
    set_profile(alice, listening_visible_to="everyone")
    listened(alice, track, timezone.now() - timedelta(hours=1))
    rebuild(alice.pk, alice.profile.time_zone, listen_store())
    note_begun(alice, track.pk, timezone.now() + timedelta(minutes=3))
    for client in cast.values():
        for path in ("/people/alice/", "/following/"):
            assert "Halcyon" not in text(client, path)
            assert "The Heard Ones" not in text(client, path)


def test_who_is_blocked_gets_the_page_of_somebody_who_is_not_here(cast: dict[str, Client], alice: Any) -> None:
    blocked = cast["blocked"]
    for path in ("/people/{}/", "/listeners/{}/"):
        there, absent = (blocked.get(path.format(name)) for name in ("alice", "alise"))
        assert there.status_code == absent.status_code == 404
        assert as_told(there) == as_told(absent)
    for do in ("follow", "accept", "mute", "block"):
        assert blocked.post("/people/alice/change/", {"do": do}).status_code == 404
    assert Follow.objects.filter(followed=alice).count() == 2
    assert "alice" not in text(blocked, "/people/")
    assert "/people/alice/" in text(cast["stranger"], "/people/")


def test_the_name_of_a_blocker_is_not_told_by_their_tracks(cast: dict[str, Client], alice: Any) -> None:
    track = add_track(alice, "Openly")
    assert "/people/alice/" in text(cast["stranger"], f"/tracks/{track.pk}/")
    page = text(cast["blocked"], f"/tracks/{track.pk}/")
    assert "Openly" in page
    assert "alice" not in page


def test_the_latest_tracks_of_somebody_are_rows_as_everywhere(as_bob: Client, alice: Any) -> None:
    add_track(alice, "Openly", genres=["Ambient"])
    assert "Ambient</a>" in text(as_bob, "/people/alice/")


def test_private_tracks_stay_private_on_every_page(cast: dict[str, Client], alice: Any) -> None:
    secret = add_track(alice, "Secretly", artist="Hidden", album="Under", visibility="private")
    set_profile(
        alice, tells_published=True, show_now_listening=True, show_top_artists=True, listening_visible_to="everyone"
    )
    listened(alice, secret, timezone.now() - timedelta(hours=1))
    rebuild(alice.pk, alice.profile.time_zone, listen_store())
    note_begun(alice, secret.pk, timezone.now() + timedelta(minutes=3))
    for name, client in cast.items():
        pages = text(client, "/people/alice/") + text(client, "/following/")
        if name != "owner":
            assert not any(word in pages for word in ("Secretly", "Hidden", "Under<"))


def test_following_by_the_buttons_of_the_page(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    assert "Ask to follow" in text(as_bob, "/people/alice/")
    assert as_bob.post("/people/alice/change/", {"do": "follow"}).url == "/people/alice/"
    assert "Asked: take it back" in text(as_bob, "/people/alice/")
    assert "1 asks to follow you" in text(as_alice, "/people/alice/")
    told = text(as_alice, "/notifications/")
    assert "asks to follow you." in told
    assert 'action="/people/bob/change/"' in told
    as_alice.post("/people/bob/change/", {"do": "accept", "next": "/notifications/"})
    assert "lets you follow them." in text(as_bob, "/notifications/")
    assert not alice.notifications.filter(is_read=False).exists()
    assert "1 follower" in text(as_bob, "/people/alice/")
    assert "follows you" in text(as_alice, "/people/bob/")
    as_alice.post("/people/bob/change/", {"do": "refuse"})
    assert not Follow.objects.exists()


def test_nobody_lets_themselves_in(as_bob: Client, alice: Any, bob: Any) -> None:
    as_bob.post("/people/alice/change/", {"do": "follow", "approved_at": "2020-01-01", "follower": alice.pk})
    as_bob.post("/people/alice/change/", {"do": "accept"})
    as_bob.post("/people/bob/change/", {"do": "accept"})
    assert list(Follow.objects.values_list("follower", "followed", "approved_at")) == [(bob.pk, alice.pk, None)]


def test_a_button_that_is_not_there_changes_nothing(as_bob: Client, alice: Any) -> None:
    for do in ("", "destroy", "__class__"):
        answer = as_bob.post("/people/alice/change/", {"do": do})
        assert answer.status_code == 400
        assert "Go back" in answer.content.decode()
    assert as_bob.get("/people/alice/change/").status_code == 405


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_every_redirect_stays_on_this_host(as_bob: Client, alice: Any, elsewhere: str) -> None:
    answer = as_bob.post("/people/alice/change/", {"do": "follow", "next": elsewhere})
    assert (answer.status_code, answer.url) == (302, "/")


def test_bios_and_names_are_text_and_never_html(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    set_profile(alice, display_name=XSS, bio=f"{XSS}\n<img src=x onerror=alert(1)>", needs_approval=False)
    set_profile(alice, tells_published=True, show_now_listening=True, listening_visible_to="everyone")
    track = add_track(alice, XSS, artist=f"{XSS} A", album=f"{XSS} B")
    note_begun(alice, track.pk, timezone.now() + timedelta(minutes=3))
    as_bob.post("/people/alice/change/", {"do": "follow"})
    as_alice.post("/people/bob/change/", {"do": "follow"})
    for client in (as_alice, as_bob):
        for path in (
            "/people/",
            "/people/alice/",
            "/people/bob/",
            "/following/",
            "/notifications/",
            f"/tracks/{track.pk}/",
        ):
            page = text(client, path)
            assert page
            assert "<script>alert" not in page
            assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in text(as_bob, "/people/alice/")


def test_only_who_wants_to_is_found_and_wildcards_are_letters(as_bob: Client, alice: Any, charlie: Any) -> None:
    set_profile(alice, is_listed=False)
    set_profile(charlie, display_name="Char_lie 100%")
    assert "/people/alice/" not in text(as_bob, "/people/")
    assert "/people/charlie/" in text(as_bob, "/people/?name=r_l")
    for nobody in ("c_a", "%25", "alice"):
        assert ("/people/charlie/" in text(as_bob, f"/people/?name={nobody}")) is (nobody == "%25")
    assert "Nobody of that name" in text(as_bob, "/people/?name=zzz%00")
    assert "/people/alice/" not in text(as_bob, "/people/?name=&profile__user__password__startswith=a&user__is_staff=1")
    assert as_bob.get("/people/alice/").status_code == 200


def test_what_plays_is_shown_until_it_ends_or_a_private_session_begins(as_bob: Client, alice: Any, bob: Any) -> None:
    set_profile(alice, show_now_listening=True, listening_visible_to="everyone")
    first, second = add_track(alice, "First"), add_track(alice, "Second")
    note_begun(alice, first.pk, timezone.now() + timedelta(minutes=3))
    note_begun(alice, second.pk, timezone.now() + timedelta(minutes=3))
    note_ended(alice, first.pk)
    assert "Listening now" in text(as_bob, "/people/alice/")
    begin_private_session(alice.pk)
    assert "Listening now" not in text(as_bob, "/people/alice/")


def test_the_player_tells_what_plays_of_those_who_show_it(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "Heard")

    def play(path: str = "start", event_id: str = "", **more: Any) -> Any:
        address = f"/listens/{path}/" if path == "start" else f"/listens/{event_id}/{path}/"
        return as_alice.post(
            address, {"event_id": event_id, "track_id": track.pk, **more}, content_type="application/json"
        )

    play(event_id=str(uuid.uuid4()))
    assert not NowListening.objects.exists()
    set_profile(alice, show_now_listening=True)
    for over in ({"path": "progress", "left": True}, {"path": "complete"}):
        event_id = str(uuid.uuid4())
        play(event_id=event_id)
        assert NowListening.objects.get().track == track
        play(event_id=event_id, played_ms=1000, **over)
        assert not NowListening.objects.exists()


def test_all_of_it_goes_with_the_account(cast: dict[str, Client], alice: Any) -> None:
    set_profile(alice, show_now_listening=True)
    note_begun(alice, add_track(alice, "T").pk, timezone.now() + timedelta(minutes=3))
    delete_account(alice)
    assert not (NowListening.objects.exists() or Follow.objects.exists())
    assert all(client.get("/people/alice/").status_code in (302, 404) for client in cast.values())


def playlists_of(user: Any, track: Track) -> None:
    """One of each kind for everybody."""
    rules = {"match": "all", "rules": [{"field": "title", "operator": "is", "value": track.title}]}
    SmartPlaylist.objects.create(owner=user, name="P", visibility="public", rules=rules)
    add_tracks(Playlist.objects.create(owner=user, name="P", visibility="public"), [track.pk], user)


def test_a_page_costs_the_same_however_much_somebody_brought(as_bob: Client, alice: Any, bob: Any) -> None:
    set_profile(
        alice, show_now_listening=True, show_top_artists=True, needs_approval=False, listening_visible_to="followers"
    )
    following.ask(bob, alice)

    def queries() -> int:
        as_bob.get("/people/alice/")
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/people/alice/").status_code == 200
        return len(captured)

    track = add_track(alice, "T0", album="A0", artist="B0")
    listened(alice, track, timezone.now() - timedelta(hours=1))
    rebuild(alice.pk, alice.profile.time_zone, listen_store())
    note_begun(alice, track.pk, timezone.now() + timedelta(minutes=3))
    playlists_of(alice, track)
    few = queries()
    for number in range(1, 60):
        playlists_of(alice, add_track(alice, f"T{number}", album=f"A{number}", artist=f"B{number}"))
    for number in range(30):
        following.ask(CustomUser.objects.create_user(f"u{number}"), alice)
    assert queries() == few
    assert few <= 12


def test_a_list_of_a_thousand_people_costs_what_one_of_ten_does(as_bob: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/people/").status_code == 200
        return len(captured)

    def add(count: int) -> None:
        start = CustomUser.objects.count()
        users = CustomUser.objects.bulk_create(CustomUser(username=f"n{start + each:05}") for each in range(count))
        UserProfile.objects.bulk_create(UserProfile(user=user) for user in users)

    add(10)
    queries()
    few = queries()
    add(990)
    assert queries() == few <= 12
    following_page = re.search(r'href="(\?after=[^"]+)"[^>]*rel="next"', text(as_bob, "/people/"))
    assert following_page
    assert "/people/n00001/" in text(as_bob, "/people/")
    assert "/people/n00001/" not in text(as_bob, f"/people/{following_page[1]}")


def test_a_page_shows_the_playlists_of_both_kinds_that_the_reader_may_see(cast: dict[str, Client], alice: Any) -> None:
    rules = {"match": "all", "rules": [{"field": "starred", "operator": "is", "value": True}]}
    for visibility in ("private", "link", "followers", "public"):
        Playlist.objects.create(owner=alice, name=f"by hand, {visibility}", visibility=visibility)
        SmartPlaylist.objects.create(owner=alice, name=f"by rules, {visibility}", visibility=visibility, rules=rules)

    def shown(who: str) -> set[str]:
        return {*re.findall(r"by (?:hand|rules), \w+", text(cast[who], "/people/alice/"))}

    assert shown("stranger") == {"by hand, public", "by rules, public"}
    assert shown("follower") == shown("stranger") | {"by hand, followers", "by rules, followers"}


def test_ones_own_circles_are_listed_for_oneself_alone(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    empty = {of: text(as_bob, f"/people/?of={of}") for of in ("following", "followers", "muted", "blocked")}
    assert all("Nobody yet" in page for page in empty.values())
    set_profile(alice, is_listed=False, needs_approval=False)
    following.ask(bob, alice)
    following.mute(bob, alice)
    assert all("/people/alice/" in text(as_bob, f"/people/?of={of}") for of in ("following", "muted"))
    assert "/people/bob/" in text(as_alice, "/people/?of=followers")
    assert "/people/alice/" not in text(as_bob, "/people/?of=followers")
    assert "/people/bob/" not in text(as_alice, "/people/?of=muted")


def test_who_was_blocked_is_found_to_be_unblocked_only(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    following.block(alice, bob)
    assert "/people/bob/" not in text(as_alice, "/people/")
    assert "/people/bob/" in text(as_alice, "/people/?of=blocked")
    assert "/people/alice/" not in text(as_bob, "/people/?of=blocked")


def test_one_who_waits_to_follow_is_no_follower_yet(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    set_profile(alice, needs_approval=True)
    following.ask(bob, alice)
    assert "/people/bob/" not in text(as_alice, "/people/?of=followers")
    assert "/people/alice/" not in text(as_bob, "/people/?of=following")
