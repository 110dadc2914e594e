"""Who may see and do what with whose playlist: role x visibility x verb."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from music.tests.catalogue import add_track
from playlists.editing import add_tracks
from playlists.models import Editor, Folder, Playlist, PlaylistItem
from playlists.tests.cast import edited_by, playlist_of
from users.models import Block, CustomUser, Follow

SEE = {
    "owner": {"private", "link", "followers", "public"},
    "editor": {"private", "link", "followers", "public"},
    "invited": {"public"},
    "stranger": {"public"},
}
BY_EDITORS = {
    "items/move/": {"item": "{item}"},
    "items/": {"remove": "{item}"},
    "items/put-back/?item={item}": {},
    "sort/": {"by": "title"},
}
BY_OWNERS: dict[str, dict[str, str]] = {
    "edit/": {"name": "Taken over", "visibility": "public"},
    "new-link/": {},
    "delete/": {},
    "editors/": {"username": "charlie"},
    "editors/{editor}/revoke/": {},
}


@pytest.fixture
def people(sign_in: Any, alice: Any, bob: Any, charlie: Any, staff: Any) -> dict[str, Any]:
    return {"owner": alice, "editor": bob, "invited": charlie, "stranger": staff}


@pytest.mark.parametrize("visibility", ["public", "followers", "link"])
def test_what_a_deactivated_account_showed_nobody_sees(alice: Any, bob: Any, as_bob: Client, visibility: str) -> None:
    Follow.objects.create(follower=bob, followed=alice, approved_at=timezone.now())
    playlist = playlist_of(alice, "One", visibility=visibility)
    by_link = reverse("playlist_by_link", args=[playlist.secret])
    path = by_link if visibility == "link" else playlist.get_absolute_url()
    assert as_bob.get(path).status_code == 200
    CustomUser.objects.filter(pk=alice.pk).update(is_active=False)
    assert as_bob.get(path).status_code == 404
    assert f'href="{path}"' not in as_bob.get("/playlists/").content.decode()


def test_who_is_blocked_reads_nowhere_the_name_of_who_blocked_them(people: dict[str, Any], as_bob: Client) -> None:
    playlist = playlist_of(people["owner"], "One", visibility="public")
    for editor in (people["invited"], people["stranger"]):
        edited_by(playlist, editor)
    add_tracks(playlist, [add_track(people["owner"], "Two").pk], people["invited"])
    name, path = f">{people['invited'].profile}<", playlist.get_absolute_url()
    said = f"Added by {people['invited'].profile}"
    page = as_bob.get(path).content.decode()
    assert name in page and said in page
    Block.objects.create(blocker=people["invited"], blocked=people["editor"])
    page = as_bob.get(path).content.decode()
    assert name not in page and said not in page
    assert "Two" in page and f">{people['stranger'].profile}<" in page


def body(response: Any, path: str) -> str:
    """Without what differs from answer to answer."""
    return re.sub(r'nonce="[^"]*"|content="[^"]*=="|value="\w{64}"', "", response.content.decode().replace(path, ""))


def snapshot() -> Any:
    models = (Playlist.with_deleted, PlaylistItem.with_removed, Editor.objects, Folder.objects)
    return [sorted(map(str, model.values_list())) for model in models]


def shared(people: dict[str, Any], visibility: str) -> Playlist:
    playlist = playlist_of(people["owner"], "One", "Two", visibility=visibility)
    edited_by(playlist, people["editor"])
    Editor.objects.create(playlist=playlist, user=people["invited"])
    return playlist


@pytest.mark.parametrize("visibility", Playlist.Visibility.values)
@pytest.mark.parametrize("role", SEE)
def test_a_playlist_is_seen_by_whom_it_is_for(people: dict[str, Any], sign_in: Any, role: str, visibility: str) -> None:
    playlist = shared(people, visibility)
    client = sign_in(people[role])
    absent = client.get("/playlists/123456789/")
    for verb in ("get", "post"):
        path = f"/playlists/{playlist.pk}/" + ("more/" if verb == "post" else "")
        response = getattr(client, verb)(path)
        assert response.status_code == (200 if visibility in SEE[role] else 404)
        if response.status_code == 404 and verb == "get":
            assert body(response, path) == body(absent, "/playlists/123456789/")
    listed = f'href="/playlists/{playlist.pk}/"' in client.get("/playlists/").content.decode()
    assert listed == (visibility in SEE[role])


@pytest.mark.parametrize("visibility", Playlist.Visibility.values)
@pytest.mark.parametrize("role", ["invited", "stranger", "editor"])
def test_nobody_does_what_only_the_owner_or_an_editor_may(
    people: dict[str, Any], sign_in: Any, role: str, visibility: str
) -> None:
    playlist = shared(people, visibility)
    names = {"item": playlist.items.all()[0].pk, "editor": playlist.editors.all()[0].pk}
    client, before = sign_in(people[role]), snapshot()
    for path, fields in (BY_OWNERS if role == "editor" else BY_OWNERS | BY_EDITORS).items():
        said = {name: value.format(**names) for name, value in fields.items()}
        response = client.post(f"/playlists/{playlist.pk}/{path.format(**names)}", said)
        assert response.status_code == 404, path
    assert client.get(f"/playlists/{playlist.pk}/edit/").status_code == 404
    assert snapshot() == before


def test_an_editor_does_what_editors_may(people: dict[str, Any], sign_in: Any) -> None:
    playlist = shared(people, "private")
    item = playlist.items.all()[0].pk
    for path, fields in BY_EDITORS.items():
        said = {name: value.format(item=item) for name, value in fields.items()}
        response = sign_in(people["editor"]).post(f"/playlists/{playlist.pk}/{path.format(item=item)}", said)
        assert response.status_code in (200, 302), path


def test_a_link_opens_only_while_the_playlist_is_for_whoever_has_it(
    people: dict[str, Any], sign_in: Any, client: Client
) -> None:
    playlist = shared(people, "link")
    path = f"/playlists/shared/{playlist.secret}/"
    stranger = sign_in(people["stranger"])
    assert stranger.get(path).status_code == 200
    assert stranger.post(f"{path}more/").status_code == 200
    assert client.get(path).status_code == 302
    for visibility in ("private", "followers", "public"):
        Playlist.objects.filter(pk=playlist.pk).update(visibility=visibility)
        assert stranger.get(path).status_code == 404
    Playlist.objects.filter(pk=playlist.pk).update(visibility="link")
    assert sign_in(people["owner"]).post(f"/playlists/{playlist.pk}/new-link/").status_code == 302
    assert stranger.get(path).status_code == 404
    assert len(playlist.secret) >= 22
    assert stranger.get("/playlists/shared/%00/").status_code == 404


def test_private_tracks_in_a_public_playlist_are_for_those_who_may_hear_them(
    alice: Any, as_alice: Client, as_bob: Client
) -> None:
    playlist = playlist_of(alice, "For all", visibility="public")
    secret = add_track(alice, "Own secret", visibility="private")
    add_tracks(playlist, [secret.pk], alice)
    assert b"Own secret" in as_alice.get(f"/playlists/{playlist.pk}/").content
    shown = as_bob.get(f"/playlists/{playlist.pk}/").content
    assert b"For all" in shown
    assert b"Own secret" not in shown
    assert [track["title"] for track in as_bob.post(f"/playlists/{playlist.pk}/more/").json()["tracks"]] == ["For all"]

    secret.delete()
    assert b"Own secret" in as_alice.get(f"/playlists/{playlist.pk}/").content
    assert b"Own secret" not in as_bob.get(f"/playlists/{playlist.pk}/").content


def test_what_became_private_or_went_into_the_trash(alice: Any, as_alice: Client, as_bob: Client) -> None:
    playlist = playlist_of(alice, "One", "Two", visibility="public")
    one, two = (item.track for item in playlist.items.all())
    type(one).objects.filter(pk=one.pk).update(visibility="private", title="Renamed in secret")
    type(two).objects.filter(pk=two.pk).update(state="trashed")
    shown = as_bob.get(f"/playlists/{playlist.pk}/").content.decode()
    assert "Renamed in secret" not in shown
    assert f"/tracks/{two.pk}/" not in shown
    assert "No longer here" in shown


def test_folders_are_ones_own(alice: Any, bob: Any, as_bob: Client) -> None:
    folder = Folder.objects.create(owner=alice, name="Journeys")
    before = snapshot()
    assert as_bob.post(f"/playlists/folders/{folder.pk}/rename/", {"name": "Mine now"}).status_code == 404
    assert as_bob.post(f"/playlists/folders/{folder.pk}/remove/").status_code == 404
    assert (
        as_bob.post("/playlists/new/", {"name": "A", "visibility": "private", "folder": folder.pk}).status_code == 302
    )
    assert Playlist.objects.get(name="A").folder is None
    Folder.objects.create(owner=bob, name="Bob's")
    refused = as_bob.post("/playlists/new/", {"name": "B", "visibility": "private", "folder": folder.pk})
    assert refused.status_code == 422
    Playlist.objects.all().delete()
    Folder.objects.filter(owner=bob).delete()
    assert snapshot() == before


def test_fields_that_no_form_has_change_nothing(alice: Any, bob: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, "One")
    other = playlist_of(bob, "Two", name="Bob's")
    said = {
        "name": "New",
        "visibility": "private",
        "owner": bob.pk,
        "owner_id": bob.pk,
        "secret": "x",
        "cover": "y" * 32,
    }
    more = {"track_count": 99, "duration_ms": 1, "deleted_at": "2020-01-01", "id": other.pk, "pk": other.pk}
    assert as_alice.post(f"/playlists/{playlist.pk}/edit/", said | more).status_code == 302
    assert as_alice.post("/playlists/new/", {**said, **more, "name": "Newer"}).status_code == 302
    changed, made, others = (Playlist.objects.get(name=name) for name in ("New", "Newer", "Bob's"))
    for mine in (changed, made):
        assert (mine.owner_id, mine.cover, mine.deleted_at) == (alice.pk, "", None)
        assert mine.secret != "x"
        assert mine.track_count < 2
    assert others.owner_id == bob.pk


def test_an_item_of_another_playlist_is_not_there(alice: Any, bob: Any, as_alice: Client) -> None:
    mine, others = playlist_of(alice, "One"), playlist_of(bob, "Two")
    item = others.items.get().pk
    before = snapshot()[1]
    as_alice.post(f"/playlists/{mine.pk}/items/", {"remove": item})
    as_alice.post(f"/playlists/{mine.pk}/items/", {"up": item})
    as_alice.post(f"/playlists/{mine.pk}/items/put-back/?item={item}")
    assert as_alice.post(f"/playlists/{mine.pk}/items/move/", {"item": item}).status_code == 409
    own = mine.items.get().pk
    assert as_alice.post(f"/playlists/{mine.pk}/items/move/", {"item": own, "after": item}).status_code == 409
    assert snapshot()[1] == before


@pytest.mark.parametrize("number", [2**63, 10**30])
def test_a_number_that_no_database_holds_is_nowhere(as_alice: Client, number: int) -> None:
    for path in ("", "edit/"):
        assert as_alice.get(f"/playlists/{number}/{path}").status_code == 404
    for path in ("items/", "delete/", "undelete/", "accept/", "leave/", "rejoin/", "editors/1/revoke/"):
        assert as_alice.post(f"/playlists/{number}/{path}").status_code == 404
    assert as_alice.post(f"/playlists/folders/{number}/remove/").status_code == 404
    assert as_alice.post("/playlists/add/", {"tracks": number}).status_code == 404
