from typing import Any

import pytest
from django.http import Http404

from music.merging import merge_artists, split_artist
from music.models import ArtistFollow
from music.tests.catalogue import add_track
from users import following
from users.access import blockers_of, follower_of, listening_of, may_see_listening, people, person
from users.deletion import delete_account
from users.models import Block, CustomUser, Follow, Mute, UserProfile
from users.notifications import Kind, notifications_of, read_all, tell

Audience = UserProfile.Audience


def set_profile(user: Any, **fields: Any) -> None:
    UserProfile.objects.filter(user=user).update(**fields)
    user.profile.refresh_from_db()


def sees(viewer: Any, owner: Any) -> bool:
    try:
        return listening_of(viewer, owner.username) == owner
    except Http404:
        return False


def test_who_wants_to_be_asked_is_followed_after_saying_yes(alice: Any, bob: Any) -> None:
    asked = following.ask(bob, alice)
    assert asked and asked.approved_at is None
    assert list(follower_of(bob)) == []
    assert following.accept(alice, bob)
    assert not following.accept(alice, bob)
    assert list(follower_of(bob)) == [alice.pk]
    following.ask(bob, alice)
    assert Follow.objects.get().approved_at


def test_who_asks_to_be_asked_by_nobody_is_followed_at_once(alice: Any, bob: Any) -> None:
    set_profile(alice, needs_approval=False)
    following.ask(bob, alice)
    assert list(follower_of(bob)) == [alice.pk]
    following.unfollow(bob, alice)
    assert list(follower_of(bob)) == []


def test_a_refused_request_is_gone_and_may_come_again(alice: Any, bob: Any) -> None:
    following.ask(bob, alice)
    following.refuse(alice, bob)
    assert not Follow.objects.exists()
    assert following.ask(bob, alice)


def test_nobody_follows_blocks_or_mutes_themselves(alice: Any) -> None:
    assert following.ask(alice, alice) is None
    following.block(alice, alice)
    following.mute(alice, alice)
    assert not (Follow.objects.exists() or Block.objects.exists() or Mute.objects.exists())


@pytest.mark.parametrize(
    ("audience", "seen_by"),
    [
        (Audience.ME, {"alice"}),
        (Audience.FOLLOWERS, {"alice", "bob"}),
        (Audience.EVERYONE, {"alice", "bob", "charlie", "staff"}),
    ],
)
def test_what_is_for_followers_is_seen_by_those_who_were_let_in(
    alice: Any, bob: Any, charlie: Any, staff: Any, audience: str, seen_by: set[str]
) -> None:
    set_profile(alice, listening_visible_to=audience)
    following.ask(bob, alice)
    following.accept(alice, bob)
    following.ask(charlie, alice)
    assert {viewer.username for viewer in (alice, bob, charlie, staff) if sees(viewer, alice)} == seen_by
    assert {each.username for each in (alice, bob, charlie, staff) if may_see_listening(each, alice)} == seen_by


def test_to_follow_is_not_to_be_followed(alice: Any, bob: Any) -> None:
    set_profile(bob, listening_visible_to=Audience.FOLLOWERS)
    set_profile(alice, needs_approval=False)
    following.ask(bob, alice)
    assert not sees(alice, bob)


def test_for_who_is_blocked_the_blocker_is_not_here(alice: Any, bob: Any, charlie: Any) -> None:
    set_profile(alice, listening_visible_to=Audience.EVERYONE, needs_approval=False)
    set_profile(bob, needs_approval=False)
    following.ask(bob, alice)
    following.ask(alice, bob)
    following.block(alice, bob)
    following.block(alice, bob)
    assert not Follow.objects.exists()
    assert not sees(bob, alice)
    with pytest.raises(Http404):
        person(bob, "alice")
    assert person(alice, "bob") == bob
    assert set(people(bob)) == {bob, charlie}
    assert list(blockers_of(bob)) == [alice.pk]
    assert following.ask(bob, alice) is None
    assert following.ask(alice, bob) is None
    following.unblock(alice, bob)
    assert sees(bob, alice)


def test_nobody_finds_who_was_deactivated_or_has_an_impossible_name(alice: Any, bob: Any) -> None:
    CustomUser.objects.filter(pk=alice.pk).update(is_active=False)
    for name in ("alice", "nobody", "al\0ice"):
        with pytest.raises(Http404):
            person(bob, name)


def test_what_is_between_people_goes_with_either_of_them(alice: Any, bob: Any, charlie: Any) -> None:
    following.ask(bob, alice)
    following.ask(alice, charlie)
    following.mute(alice, bob)
    following.block(charlie, bob)
    delete_account(alice)
    assert not (Follow.objects.exists() or Mute.objects.exists())
    delete_account(bob)
    assert not Block.objects.exists()


def test_who_is_blocked_is_told_of_nothing_by_the_blocker(alice: Any, bob: Any) -> None:
    tell(bob, Kind.FOLLOWER, alice)
    tell(bob, Kind.FOLLOWER, alice)
    assert notifications_of(bob).count() == CustomUser.objects.get(pk=bob.pk).unread_count == 1
    following.block(alice, bob)
    tell(bob, Kind.FOLLOWER, alice)
    assert (notifications_of(bob).count(), CustomUser.objects.get(pk=bob.pk).unread_count) == (0, 0)


def test_nobody_is_told_of_themselves_or_of_whom_they_muted(alice: Any, bob: Any) -> None:
    following.mute(bob, alice)
    tell(bob, Kind.FOLLOWER, alice)
    tell(bob, Kind.FOLLOWER, bob)
    assert not notifications_of(bob).exists()
    following.unmute(bob, alice)
    tell(bob, Kind.FOLLOWER, alice)
    read_all(bob)
    assert (notifications_of(bob).count(), CustomUser.objects.get(pk=bob.pk).unread_count) == (1, 0)


def test_merged_artists_keep_their_followers_and_nobody_follows_twice(alice: Any, bob: Any) -> None:
    one, other = (add_track(alice, f"T{name}", artist=name).artist for name in ("Bowie", "David Bowie"))
    ArtistFollow.objects.create(user=alice, artist=one)
    ArtistFollow.objects.create(user=bob, artist=one)
    ArtistFollow.objects.create(user=bob, artist=other)
    merge_artists([one], other)
    assert set(ArtistFollow.objects.values_list("user", "artist")) == {(alice.pk, other.pk), (bob.pk, other.pk)}
    parts = split_artist(other, ["David", "Bowie Trio"])
    assert set(ArtistFollow.objects.filter(user=alice).values_list("artist", flat=True)) == {each.pk for each in parts}
