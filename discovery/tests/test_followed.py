"""What is popular with people whom one follows, and who is never counted."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import make_user
from discovery.tests.shelves import finish, library
from listening.leaving_out import leave_out
from listening.models import LeftOut
from listening.store import StoreAway
from music.models import Track
from music.tests.catalogue import add_track
from users.following import ask, block, mute, unfollow
from users.models import Follow, UserProfile

Audience = UserProfile.Audience


def shelf(client: Client) -> dict[str, str]:
    """Titles with their reasons; empty where the shelf is not there."""
    found = [offered for shelf, offered in client.get("/").context["shelves"] if shelf.source == "followed"]
    return {each.track.title: each.reason for offered in found for each in offered}


def shows(user: Any, to: str) -> None:
    UserProfile.objects.filter(pk=user.pk).update(listening_visible_to=to, needs_approval=False)
    user.refresh_from_db()


def follow(user: Any, whom: Any) -> None:
    assert ask(user, type(whom).objects.get(pk=whom.pk))


@pytest.fixture
def friends(alice: Any, bob: Any, charlie: Any) -> list[Track]:
    """Bob, who finishes folk, follows alice and charlie, who show it to followers and to everyone; what they finish."""
    finish(bob, library(alice, {"Folk": 40}, artists=20)["Folk"][:6])
    tracks = library(alice, {"Jazz": 8}, artists=8)["Jazz"]
    for person, to in ((alice, Audience.FOLLOWERS), (charlie, Audience.EVERYONE)):
        shows(person, to)
        follow(bob, person)
    finish(alice, tracks[:6])
    finish(charlie, tracks[3:8])
    return tracks


def test_it_is_what_most_of_them_finished_and_says_how_many(as_bob: Client, friends: list[Track]) -> None:
    said = shelf(as_bob)
    both = {track.title for track in friends[3:6]}
    assert set(list(said)[:3]) == both
    assert {said[title] for title in both} == {"Finished by 2 people you follow"}
    assert {said[title] for title in set(said) - both} == {"Finished by somebody you follow"}
    assert set(said) == {track.title for track in friends}
    page = as_bob.get("/").content.decode()
    assert "Popular with people you follow" in page


def test_what_they_left_out_of_their_taste_is_not_counted_for_them(
    as_bob: Client, alice: Any, charlie: Any, friends: list[Track]
) -> None:
    songs = [add_track(alice, f"For children {number}", artist="A choir", album="For children") for number in range(3)]
    finish(alice, songs)
    finish(charlie, songs[:1])
    leave_out(alice.pk, LeftOut.Kind.ALBUM, songs[0].album_id)
    leave_out(alice.pk, LeftOut.Kind.TRACK, friends[3].pk)
    said = shelf(as_bob)
    assert set(said) == {songs[0].title, *(track.title for track in friends)}
    assert said[songs[0].title] == said[friends[3].title] == "Finished by somebody you follow"


def test_only_those_count_whose_listening_the_reader_may_see(
    as_bob: Client, alice: Any, charlie: Any, friends: list[Track]
) -> None:
    shows(alice, Audience.ME)
    assert set(shelf(as_bob)) == {track.title for track in friends[3:8]}
    assert set(shelf(as_bob).values()) == {"Finished by somebody you follow"}
    shows(charlie, Audience.ME)
    assert shelf(as_bob) == {}


def test_who_asked_to_follow_and_was_not_let_in_sees_nothing(as_bob: Client, alice: Any, friends: list[Track]) -> None:
    Follow.objects.update(approved_at=None)
    assert shelf(as_bob) == {}


@pytest.mark.parametrize("how", ["unfollow", "mute", "block", "be blocked", "deactivated"])
def test_the_next_page_is_without_whom_one_follows_no_more(
    as_bob: Client, alice: Any, bob: Any, friends: list[Track], how: str
) -> None:
    assert len(shelf(as_bob)) == 8
    if how == "unfollow":
        unfollow(bob, alice)
    elif how == "mute":
        mute(bob, alice)
    elif how == "deactivated":
        type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    else:
        block(*((bob, alice) if how == "block" else (alice, bob)))
    assert set(shelf(as_bob)) == {track.title for track in friends[3:8]}


def test_the_next_page_is_with_whom_one_follows_from_now_on(as_bob: Client, bob: Any, friends: list[Track]) -> None:
    dora = make_user("dora")
    shows(dora, Audience.FOLLOWERS)
    more = library(dora, {"Metal": 4}, artists=4)["Metal"]
    finish(dora, more)
    assert not set(shelf(as_bob)) & {track.title for track in more}
    follow(bob, dora)
    assert set(shelf(as_bob)) >= {track.title for track in more}


def test_their_private_tracks_and_what_the_reader_hides_are_not_on_it(
    as_bob: Client, alice: Any, bob: Any, friends: list[Track]
) -> None:
    from discovery.corrections import Kind, correct

    secret = [add_track(alice, f"secret {number}", visibility="private") for number in range(3)]
    finish(alice, secret, times=2)
    correct(bob, Kind.ARTIST, friends[0].artist_id, 0)
    said = shelf(as_bob)
    assert said
    assert not set(said) & {friends[0].title, *(track.title for track in secret)}


def test_where_all_of_it_was_heard_or_nearly_nothing_is_there_it_is_not_shown(
    as_bob: Client, alice: Any, bob: Any, friends: list[Track]
) -> None:
    finish(bob, friends[:2])
    assert set(list(shelf(as_bob))[-2:]) == {track.title for track in friends[:2]}
    finish(bob, friends)
    assert shelf(as_bob) == {}


def test_more_people_who_finish_more_ask_the_same_number_of_questions(
    as_bob: Client, bob: Any, friends: list[Track]
) -> None:
    from django.core.cache import cache

    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            assert shelf(as_bob)
        return len(found)

    shelf(as_bob)
    few = asked()
    for number in range(5):
        person = make_user(f"friend-{number}")
        shows(person, Audience.EVERYONE)
        follow(bob, person)
        finish(person, library(person, {"Jazz": 6}, artists=6)["Jazz"])
    cache.clear()
    shelf(as_bob)
    assert asked() == few


def test_while_the_listens_are_out_of_reach_nobody_is_on_it_who_does_not_want_to_be(
    as_bob: Client, alice: Any, friends: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shelf(as_bob)

    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise StoreAway

    for name in ("heard_tracks", "completed_tracks", "recent_track_ids", "popular_among", "loved_before", "tastes"):
        monkeypatch.setattr(f"listening.sql.SqlListenStore.{name}", gone)
    assert shelf(as_bob) == before
    shows(alice, Audience.ME)
    assert as_bob.get("/").status_code == 200
    assert shelf(as_bob) == {}
