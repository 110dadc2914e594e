"""Whose playlists are seen by whom, told of where, and who is invited."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.inviting import CannotInviteError, invite
from playlists.models import Playlist, SmartPlaylist
from playlists.tests.cast import edited_by, playlist_of
from social.feed import feed_of
from social.tests.test_people import cast, set_profile, text  # noqa: F401 a fixture
from users import following
from users.models import Notification

RULES = {"match": "all", "rules": [{"field": "title", "operator": "contains", "value": "e"}]}
SEEN_BY = {
    "private": {"owner"},
    "link": {"owner"},
    "followers": {"owner", "follower"},
    "public": {"owner", "follower", "asked", "stranger"},
}
ON_PROFILES = {"followers", "public"}


@pytest.mark.parametrize("visibility", list(SEEN_BY))
def test_a_playlist_is_seen_and_listed_by_whom_it_is_for(
    cast: dict[str, Client],  # noqa: F811
    alice: Any,
    visibility: str,
) -> None:
    playlist = playlist_of(alice, "One", visibility=visibility, name="Evening out")
    set_profile(alice, tells_shared=True)
    opened = {name for name, client in cast.items() if client.get(f"/playlists/{playlist.pk}/").status_code == 200}
    listed = {name for name, client in cast.items() if "Evening out" in text(client, "/people/alice/")}
    told = {name for name, client in cast.items() if "Evening out" in text(client, "/following/")}
    assert opened == SEEN_BY[visibility]
    assert listed == (SEEN_BY[visibility] if visibility in ON_PROFILES else set())
    assert told == ({"follower"} if visibility in ON_PROFILES else set())


@pytest.mark.parametrize("visibility", list(SEEN_BY))
def test_a_smart_playlist_is_told_to_followers_who_may_see_it(
    cast: dict[str, Client],  # noqa: F811
    alice: Any,
    bob: Any,
    visibility: str,
) -> None:
    smart = SmartPlaylist.objects.create(owner=alice, name="Never heard", visibility=visibility, rules=RULES)
    assert not [name for name, client in cast.items() if "Never heard" in text(client, "/following/")]
    set_profile(alice, tells_shared=True)
    told = {name: text(client, "/following/") for name, client in cast.items()}
    assert {name for name, page in told.items() if "Never heard" in page} == (
        {"follower"} if visibility in ON_PROFILES else set()
    )
    assert (f'href="{smart.get_absolute_url()}"' in told["follower"]) == (visibility in ON_PROFILES)
    following.mute(bob, alice)
    assert "Never heard" not in text(cast["follower"], "/following/")


def test_smart_playlists_of_one_moment_are_told_once_and_for_the_same_number_of_queries(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    set_profile(alice, tells_shared=True)
    counts = []
    for number in (1, 69):
        SmartPlaylist.objects.bulk_create(
            SmartPlaylist(owner=alice, name="Rules", visibility="public", rules=RULES) for _ in range(number)
        )
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get("/following/").status_code == 200
        counts.append(len(captured))
    SmartPlaylist.objects.update(shown_since=timezone.now())
    pages = [feed_of(bob, "")]
    while pages[-1].next_cursor:
        pages.append(feed_of(bob, pages[-1].next_cursor))
    seen = [entry.smart.pk for page in pages for entry in page.entries if entry.smart]
    assert len(seen) == len(set(seen)) == 70
    assert counts[0] == counts[1] <= 12


def test_a_blocker_takes_their_playlists_along(as_bob: Client, alice: Any, bob: Any) -> None:
    public, linked = (playlist_of(alice, "One", visibility=each, name=f"For {each}") for each in ("public", "link"))
    edited_by(public, bob)
    following.block(alice, bob)
    for path in (f"/playlists/{public.pk}/", f"/playlists/shared/{linked.secret}/"):
        assert as_bob.get(path).status_code == 404
    assert "For public" not in text(as_bob, "/playlists/")
    with pytest.raises(CannotInviteError):
        invite(playlist_of(bob, "Mine"), "alice")


def test_who_is_invited_is_told_once(as_bob: Client, alice: Any, bob: Any) -> None:
    playlist = playlist_of(alice, "One", name="<b>Ours</b>")
    for _ in range(2):
        invite(playlist, "bob")
    assert Notification.objects.get().user == bob
    page = text(as_bob, "/notifications/")
    assert "invites you to the playlist" in page
    assert "&lt;b&gt;Ours" in page and "<b>Ours" not in page


def test_the_feed_tells_of_shared_playlists_of_those_who_tell_it(alice: Any, bob: Any) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    playlist = playlist_of(alice, "One", visibility="followers")
    Playlist.objects.create(owner=alice, name="Empty", visibility="public")
    assert feed_of(bob, "").entries == []
    set_profile(alice, tells_shared=True)
    add_tracks(playlist, [add_track(alice, "Two").pk], alice)
    [entry] = feed_of(bob, "").entries
    assert entry.playlist == playlist
    following.mute(bob, alice)
    assert feed_of(bob, "").entries == []


def told(user: Any) -> list[str]:
    return [(entry.playlist or entry.smart).name for entry in feed_of(user, "").entries]


@pytest.mark.parametrize("before", ["private", "link"])
def test_the_feed_tells_of_a_playlist_when_it_begins_to_be_shown(
    as_alice: Client, alice: Any, bob: Any, before: str
) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    set_profile(alice, tells_shared=True)
    old = playlist_of(alice, "One", visibility=before, name="Old")
    rules = SmartPlaylist.objects.create(owner=alice, name="Rules", visibility=before, rules=RULES)
    long_ago = timezone.now() - timedelta(days=30)
    Playlist.objects.update(changed_at=long_ago, shown_since=long_ago)
    SmartPlaylist.objects.update(shown_since=long_ago)
    new = playlist_of(alice, "Two", visibility="public", name="New")
    assert told(bob) == ["New"]
    as_alice.post(f"/playlists/{old.pk}/edit/", {"name": "Old", "visibility": "public"})
    assert told(bob) == ["Old", "New"]
    typed = {"r.match": "all", "r.0.field": "title", "r.0.operator": "contains", "r.0.value": "e", "limit": "50"}
    typed |= {"order": "title", "descending": "false", "do": "save"}
    as_alice.post(f"{rules.get_absolute_url()}edit/", typed | {"name": "Rules", "visibility": "followers"})
    assert told(bob) == ["Rules", "Old", "New"]
    as_alice.post(f"/playlists/{new.pk}/edit/", {"name": "Newer", "visibility": "followers"})
    add_tracks(new, [add_track(alice, "Three").pk], alice)
    as_alice.post(f"{rules.get_absolute_url()}edit/", typed | {"name": "Rules!", "visibility": "public"})
    assert told(bob) == ["Rules!", "Old", "Newer"]


def test_nothing_counts_the_private_tracks_of_others(as_alice: Client, as_bob: Client, alice: Any, bob: Any) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    set_profile(alice, tells_shared=True)
    mixed, hidden = (playlist_of(alice, name=name, visibility="public") for name in ("Mixed", "Hidden"))
    private = add_track(alice, "Mine alone", visibility="private").pk
    add_tracks(hidden, [private], alice)
    add_tracks(mixed, [private, add_track(alice, "One").pk], alice)
    length = re.compile(r"(\d+) tracks?\b(?:, ([^<]*))?")
    assert length.search(text(as_alice, mixed.get_absolute_url()))[1] == "2"
    assert length.search(text(as_bob, mixed.get_absolute_url()))[1] == "1"
    assert length.search(text(as_bob, hidden.get_absolute_url())).groups() == ("0", None)
    assert "2 tracks" in text(as_alice, "/people/alice/")
    for path in ("/people/alice/", "/following/", "/playlists/"):
        page = text(as_bob, path)
        assert "Mixed" in page and not length.search(page)


def test_the_picture_of_a_playlist_is_the_same_on_each_page_for_the_same_number_of_queries(
    as_bob: Client, alice: Any, bob: Any
) -> None:
    following.ask(bob, alice)
    following.accept(alice, bob)
    set_profile(alice, tells_shared=True)
    counts: dict[str, list[int]] = {"/people/alice/": [], "/following/": []}
    for number in range(12):
        albums = [add_track(alice, album=f"A{number}-{each}").pk for each in range(4)]
        add_tracks(Playlist.objects.create(owner=alice, name=f"P{number}", visibility="public"), albums, alice)
        for path, asked in counts.items() if number in (1, 11) else ():
            as_bob.get(path)
            with CaptureQueriesContext(connection) as captured:
                page = text(as_bob, path)
            asked.append(len(captured))
            covers = [track.cover_url for track in Track.objects.filter(pk__in=albums).order_by("pk")]
            [mosaic] = [each for each in re.findall(r'class="mosaic .*?</span>', page) if covers[0] in each]
            assert re.findall(r'src="([^"]+)"', mosaic) == covers
    assert all(few == many <= 12 for few, many in counts.values())
