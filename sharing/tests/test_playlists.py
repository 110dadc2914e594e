"""Links to playlists: what is in them now, as far as the owner of the link may hear it and show it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from music.models import Track
from music.tests.catalogue import add_track
from playlists.editing import add_tracks, remove_items, sort_items
from playlists.keeping import bring_back, delete
from playlists.models import Playlist
from playlists.tests.cast import edited_by, playlist_of
from sharing.models import Share
from sharing.tests.cast import link_to, linked_data, page
from sharing.tickets import sound_url
from users.models import Block

MOST_QUERIES = 12


@pytest.fixture
def evening(alice: Any) -> Playlist:
    return playlist_of(alice, "Blue", "Green")


def test_a_playlist_is_shared_by_the_form(as_alice: Client, evening: Playlist, client: Client) -> None:
    assert f'href="/playlists/{evening.pk}/share/"' in as_alice.get(f"/playlists/{evening.pk}/").content.decode()
    as_alice.post(f"/playlists/{evening.pk}/share/", {"days": "30"})
    html = page(client, Share.objects.get(playlist=evening))
    assert html.index("Blue") < html.index("Green")
    assert 'content="music.playlist"' in html
    data = linked_data(html)
    assert data["@type"] == "MusicPlaylist" and [each["name"] for each in data["track"]] == ["Blue", "Green"]
    listed = as_alice.get("/shares/").content.decode()
    assert "Evening" in listed


def test_the_page_shows_what_is_in_it_now_in_its_order(alice: Any, evening: Playlist, client: Client) -> None:
    share = link_to(evening, owner=alice)
    item = evening.items.get(track_title="Green")
    removed = item.track
    remove_items(evening, [item.pk], alice)
    add_tracks(evening, [add_track(alice, "Amber").pk, evening.items.get().track_id], alice)
    sort_items(evening, "title")
    html = page(client, share)
    assert [each["name"] for each in linked_data(html)["track"]] == ["Amber", "Blue", "Blue"]
    assert client.get(f"{share.get_absolute_url()}sounds/{removed.pk}/").status_code == 404
    assert client.get(sound_url(share, removed.pk)).status_code == 404


def test_what_an_editor_added_of_their_own_stays_theirs(
    alice: Any, bob: Any, evening: Playlist, client: Client
) -> None:
    secret = add_track(bob, "Secret", visibility="private")
    add_tracks(evening, [secret.pk], bob)
    share = link_to(evening, owner=alice)
    assert "Secret" not in page(client, share)
    assert client.get(f"{share.get_absolute_url()}sounds/{secret.pk}/").status_code == 404


@pytest.mark.parametrize("visibility", ["private", "link", "followers"])
def test_only_its_owner_shares_one_that_is_not_for_everyone(
    visibility: str, as_bob: Client, bob: Any, evening: Playlist
) -> None:
    Playlist.objects.update(visibility=visibility)
    edited_by(evening, bob)
    assert as_bob.post(f"/playlists/{evening.pk}/share/", {"days": "30"}).status_code == 404
    assert not Share.objects.exists()


CLOSED: dict[str, Callable[[Playlist], Any]] = {
    "no longer public": lambda playlist: Playlist.objects.update(visibility="private"),
    "deleted": delete,
    "gone for ever": lambda playlist: Playlist.with_deleted.all().delete(),
    "empty": lambda playlist: playlist.items.all().delete(),
    "tracks in the trash": lambda playlist: Track.objects.update(state="trashed"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_anothers_public_playlist_is_shared_as_long_as_it_is_one(
    name: str, as_bob: Client, bob: Any, evening: Playlist, client: Client
) -> None:
    Playlist.objects.update(visibility="public")
    as_bob.post(f"/playlists/{evening.pk}/share/", {"days": "30"})
    share = Share.objects.get(owner=bob)
    address, track_id = share.get_absolute_url(), evening.items.first().track_id
    assert "Shared by bob" in page(client, share) and "alice" not in page(client, share)
    paths = [address, f"{address}embed/", f"{address}sounds/{track_id}/", sound_url(share, track_id)]
    CLOSED[name](evening)
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    if name == "no longer public":
        assert "Evening" not in as_bob.get("/shares/").content.decode()


def test_who_is_blocked_shares_no_playlist_of_their_blockers(
    as_bob: Client, bob: Any, alice: Any, evening: Playlist, client: Client
) -> None:
    Playlist.objects.update(visibility="public")
    made_before = link_to(evening, owner=bob)
    page(client, made_before)
    Block.objects.create(blocker=alice, blocked=bob)
    assert as_bob.post(f"/playlists/{evening.pk}/share/", {"days": "30"}).status_code == 404
    assert Share.objects.count() == 1
    assert client.get(made_before.get_absolute_url()).status_code == 404
    assert "Evening" not in as_bob.get("/shares/").content.decode()


def test_a_public_one_of_who_is_gone_is_shared_by_nobody(
    as_bob: Client, bob: Any, alice: Any, evening: Playlist, client: Client
) -> None:
    Playlist.objects.update(visibility="public")
    made_before = link_to(evening, owner=bob)
    page(client, made_before)
    alice.is_active = False
    alice.save()
    assert as_bob.post(f"/playlists/{evening.pk}/share/", {"days": "30"}).status_code == 404
    assert client.get(made_before.get_absolute_url()).status_code == 404


def test_one_that_is_brought_back_is_heard_again(alice: Any, evening: Playlist, client: Client) -> None:
    share = link_to(evening, owner=alice)
    delete(evening)
    assert client.get(share.get_absolute_url()).status_code == 404
    bring_back(evening)
    page(client, share)


def test_no_more_than_five_hundred_tracks_stand_on_a_page_and_the_next_page_has_the_others(
    alice: Any, evening: Playlist, client: Client
) -> None:
    add_tracks(evening, [evening.items.first().track_id] * 600, alice)
    share = link_to(evening, owner=alice)
    html = page(client, share)
    assert html.count('class="share-row"') == 500
    assert "Tracks 1 to 500 of 602." in html and "602 tracks" in html
    for address in (share.get_absolute_url(), f"{share.get_absolute_url()}embed/"):
        assert '<a href="?from=500" data-share-more' in client.get(address).content.decode()
        rest = client.get(f"{address}?from=500").content.decode()
        assert rest.count('class="share-row"') == 102
        assert "Tracks 501 to 602 of 602." in rest and "data-share-more" not in rest
        assert client.get(f"{address}?from=602").status_code == 404
    for odd in ("-1", "x", "9" * 30, "%00"):
        assert "Tracks 1 to 500 of 602." in client.get(f"{share.get_absolute_url()}?from={odd}").content.decode()


def test_a_long_playlist_takes_no_more_questions_than_a_short_one(
    alice: Any, evening: Playlist, client: Client, django_assert_max_num_queries: Any
) -> None:
    share = link_to(evening, owner=alice)
    page(client, share)
    add_tracks(evening, [evening.items.first().track_id] * 600, alice)
    with django_assert_max_num_queries(MOST_QUERIES):
        page(client, share)
