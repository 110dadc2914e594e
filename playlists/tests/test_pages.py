"""Making, filling, arranging and deleting playlists through their pages."""

import os
import struct
import zlib
from datetime import timedelta
from time import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import media_files
from music.models import Track
from music.tests.catalogue import add_track
from music.tests.test_edit_forms import PNG
from playlists import inviting
from playlists.editing import add_tracks
from playlists.keeping import DELETED_KEPT, purge
from playlists.models import Editor, Folder, MissingTrack, Playlist, PlaylistItem
from playlists.tests.cast import edited_by, played, playlist_of, titles, undo
from uploads.sweep import sweep
from users.deletion import delete_account
from users.following import block
from users.models import Block

MOST_QUERIES = 12
STREAM = "text/vnd.turbo-stream.html, text/html"
HOSTILE = "<script>alert(1)</script>\"'%(title)s %s &amp;"


def test_somebody_makes_a_playlist_which_is_private(as_alice: Client) -> None:
    assert b"No playlists yet" in as_alice.get("/playlists/").content
    response = as_alice.post("/playlists/new/", {"name": " Evening\n", "visibility": "private", "description": "A\nB"})
    playlist = Playlist.objects.get()
    assert response.url == f"/playlists/{playlist.pk}/"
    assert (playlist.name, playlist.visibility) == ("Evening", "private")
    assert b"Nothing in it yet" in as_alice.get(response.url).content
    assert Playlist._meta.get_field("visibility").default == "private"


def test_what_was_typed_stays_when_it_is_refused(as_alice: Client) -> None:
    response = as_alice.post("/playlists/new/", {"name": "", "visibility": "private", "description": "Typed long"})
    assert response.status_code == 422
    assert b"Typed long" in response.content
    assert as_alice.post("/playlists/new/", {"name": "x" * 201, "visibility": "private"}).status_code == 422
    assert as_alice.post("/playlists/new/", {"name": "x", "visibility": "all"}).status_code == 422
    assert not Playlist.objects.exists()


def test_a_playlist_has_a_picture_of_its_own_until_that_is_taken_away(
    alice: Any, as_alice: Client, django_capture_on_commit_callbacks: Any
) -> None:
    playlist = playlist_of(alice)
    said = {"name": "Evening", "visibility": "private"}
    at = f"/playlists/{playlist.pk}/edit/"
    as_alice.post(at, {**said, "picture": SimpleUploadedFile("cover.png", PNG)})
    cover = Playlist.objects.get().cover
    assert f"/covers/{cover}-" in as_alice.get(f"/playlists/{playlist.pk}/").content.decode()
    assert as_alice.get(f"/covers/{cover}-320.webp").status_code == 200
    old = time() - 10 * 86_400
    for file in media_files():
        os.utime(file, (old, old))
    sweep()
    assert media_files()
    as_alice.post(at, said)
    assert Playlist.objects.get().cover == cover
    with django_capture_on_commit_callbacks(execute=True):
        as_alice.post(at, {**said, "remove_picture": "on"})
    assert Playlist.objects.get().cover == ""
    assert media_files() == []


def test_a_picture_that_is_none_or_a_bomb_is_refused_with_a_reason(as_alice: Client) -> None:
    width_at = PNG.index(b"IHDR") + 4
    header = PNG[width_at - 4 : width_at] + struct.pack(">II", 60_000, 60_000) + PNG[width_at + 8 : width_at + 13]
    bomb = PNG[: width_at - 4] + header + struct.pack(">I", zlib.crc32(header)) + PNG[width_at + 17 :]
    for content in (b"<script>", bomb):
        file = SimpleUploadedFile("cover.png", content, "image/png")
        response = as_alice.post("/playlists/new/", {"name": "A", "visibility": "private", "picture": file})
        assert response.status_code == 422
    assert not Playlist.objects.exists()


def test_a_deleted_playlist_comes_back_by_undo(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, "One")
    response = as_alice.post(f"/playlists/{playlist.pk}/delete/")
    assert as_alice.get(f"/playlists/{playlist.pk}/").status_code == 404
    assert undo(as_alice, response).url == f"/playlists/{playlist.pk}/"
    assert titles(playlist) == ["One"]
    assert as_alice.get(f"/playlists/{playlist.pk}/").status_code == 200
    assert as_alice.post(f"/playlists/{playlist.pk}/undelete/").status_code == 404


def test_what_was_deleted_or_removed_long_ago_does_not_come_back(alice: Any, as_alice: Client) -> None:
    deleted, kept = playlist_of(alice), playlist_of(alice, "One")
    long_ago = timezone.now() - timedelta(days=400)
    Playlist.objects.filter(pk=deleted.pk).update(deleted_at=long_ago)
    assert as_alice.post(f"/playlists/{deleted.pk}/undelete/").status_code == 404
    item = kept.items.get()
    kept.items.update(removed_at=long_ago)
    as_alice.post(f"/playlists/{kept.pk}/items/put-back/?item={item.pk}")
    assert titles(kept) == []


def test_folders_hold_playlists_and_leave_them_behind(alice: Any, as_alice: Client) -> None:
    as_alice.post("/playlists/folders/", {"name": "Journeys"})
    assert as_alice.post("/playlists/folders/", {"name": "Journeys"}).status_code == 422
    folder = Folder.objects.get()
    playlist = playlist_of(alice, name="Night train")
    as_alice.post(
        f"/playlists/{playlist.pk}/edit/", {"name": "Night train", "visibility": "private", "folder": folder.pk}
    )
    as_alice.post(f"/playlists/folders/{folder.pk}/rename/", {"name": "Trains"})
    shown = as_alice.get("/playlists/").content.decode()
    assert shown.index("Trains") < shown.index("Night train")
    removed = as_alice.post(f"/playlists/folders/{folder.pk}/remove/")
    assert Playlist.objects.get().folder is None
    assert ">Trains<" not in as_alice.get("/playlists/new/").content.decode()
    undo(as_alice, removed)
    assert Playlist.objects.get().folder == Folder.objects.get() == folder


def test_a_folder_comes_back_with_what_was_put_nowhere_else_since(
    alice: Any, as_alice: Client, as_bob: Client, bob: Any
) -> None:
    folder, other = (Folder.objects.create(owner=alice, name=name) for name in ("Trains", "Ships"))
    left, moved, given = (playlist_of(alice, name=name, folder=folder) for name in ("Left", "Moved", "Given"))
    removed = as_alice.post(f"/playlists/folders/{folder.pk}/remove/")
    Playlist.objects.filter(pk=moved.pk).update(folder=other)
    Playlist.objects.filter(pk=given.pk).update(owner=bob)
    assert as_alice.post("/playlists/folders/", {"name": "Trains"}).status_code == 302
    again = Folder.objects.get(name="Trains")
    assert undo(as_bob, removed).status_code == 404
    undo(as_alice, removed)
    found = dict(Playlist.objects.values_list("name", "folder"))
    assert found == {"Left": again.pk, "Moved": other.pk, "Given": None}
    assert not Folder.with_deleted.filter(pk=folder.pk).exists()
    assert undo(as_alice, removed).status_code == 404


def test_a_playlist_leads_to_whom_it_names_unless_they_are_no_longer_here(
    alice: Any, bob: Any, charlie: Any, sign_in: Any
) -> None:
    playlist = playlist_of(alice, "One", visibility="public")
    edited_by(playlist, bob)
    edited_by(playlist, charlie)
    page = f"/playlists/{playlist.pk}/"
    as_charlie = sign_in(charlie)
    for person in (bob, alice):
        link = f'href="/people/{person.username}/"'
        assert link in as_charlie.get(page).content.decode()
        type(person).objects.filter(pk=person.pk).update(is_active=False)
        shown = as_charlie.get(page)
        assert shown.status_code == 200
        assert link not in shown.content.decode()


def test_a_revoked_editor_is_let_in_again_by_undo(alice: Any, bob: Any, as_alice: Client, as_bob: Client) -> None:
    playlist = playlist_of(alice, "One")
    editor = edited_by(playlist, bob)
    revoked = as_alice.post(f"/playlists/{playlist.pk}/editors/{editor.pk}/revoke/")
    assert as_bob.get(f"/playlists/{playlist.pk}/").status_code == 404
    assert as_bob.post(f"/playlists/{playlist.pk}/accept/").status_code == 404
    assert undo(as_bob, revoked).status_code == 404
    undo(as_alice, revoked)
    assert as_bob.post(f"/playlists/{playlist.pk}/sort/", {"by": "title"}).status_code == 302
    assert undo(as_alice, revoked).status_code == 404


@pytest.mark.parametrize("is_accepted", [True, False])
def test_who_left_or_declined_is_back_as_what_they_were_by_undo(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client, is_accepted: bool
) -> None:
    playlist = playlist_of(alice, "One")
    editor = edited_by(playlist, bob) if is_accepted else Editor.objects.create(playlist=playlist, user=bob)
    left = as_bob.post(f"/playlists/{playlist.pk}/leave/")
    at, back_at = f"/playlists/{playlist.pk}/", f"/playlists/{playlist.pk}/rejoin/"
    assert b"would like you to edit" not in as_bob.get("/playlists/").content
    assert as_alice.post(back_at).status_code == 404
    assert as_alice.post(f"{at}editors/{editor.pk}/restore/").status_code == 404
    assert undo(as_bob, left).url == (at if is_accepted else "/playlists/")
    assert as_bob.get(at).status_code == (200 if is_accepted else 404)
    assert (b"would like you to edit" in as_bob.get("/playlists/").content) != is_accepted
    assert undo(as_bob, left).status_code == 404


def test_who_came_back_and_was_revoked_cannot_come_back_again(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client
) -> None:
    playlist = playlist_of(alice, "One")
    editor = edited_by(playlist, bob)
    left = as_bob.post(f"/playlists/{playlist.pk}/leave/")
    undo(as_bob, left)
    as_alice.post(f"/playlists/{playlist.pk}/editors/{editor.pk}/revoke/")
    assert undo(as_bob, left).status_code == 404
    assert as_bob.get(f"/playlists/{playlist.pk}/").status_code == 404


@pytest.mark.parametrize("ended", ["blocked", "revoked", "deleted", "invited anew", "a day ago"])
def test_one_does_not_come_back_to_what_has_ended_meanwhile(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client, ended: str
) -> None:
    playlist = playlist_of(alice, "One")
    editor = edited_by(playlist, bob)
    left = as_bob.post(f"/playlists/{playlist.pk}/leave/")
    if ended == "blocked":
        Block.objects.create(blocker=alice, blocked=bob)
    elif ended == "revoked":
        as_alice.post(f"/playlists/{playlist.pk}/editors/{editor.pk}/revoke/")
    elif ended == "deleted":
        as_alice.post(f"/playlists/{playlist.pk}/delete/")
    elif ended == "invited anew":
        as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": "bob"})
    else:
        Editor.with_deleted.filter(pk=editor.pk).update(deleted_at=timezone.now() - DELETED_KEPT)
    assert undo(as_bob, left).status_code == 404
    assert not playlist.editors.filter(accepted_at__isnull=False).exists()


@pytest.mark.parametrize("answer", ["accept", "leave"])
def test_an_invitation_that_was_answered_is_no_longer_unread(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client, answer: str
) -> None:
    first, second = playlist_of(alice, "One"), playlist_of(alice, "Two")
    for playlist, name in ((first, "Sunday"), (second, "Monday")):
        Playlist.objects.filter(pk=playlist.pk).update(name=name)
        as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": "bob"})
    as_bob.post(f"/playlists/{first.pk}/{answer}/")
    assert [each.subject for each in bob.notifications.filter(is_read=False)] == ["Monday"]


def test_who_left_and_was_revoked_is_asked_anew_when_that_is_undone(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client
) -> None:
    playlist = playlist_of(alice, "One")
    revoking = f"/playlists/{playlist.pk}/editors/{edited_by(playlist, bob).pk}/revoke/"
    as_bob.post(f"/playlists/{playlist.pk}/leave/")
    revoked = as_alice.post(revoking)
    assert as_alice.post(revoking).status_code == 404
    undo(as_alice, revoked)
    assert playlist.editors.get().accepted_at is None
    assert as_bob.get(f"/playlists/{playlist.pk}/").status_code == 404


@pytest.mark.parametrize("by_owner", [True, False])
def test_nobody_comes_back_to_a_playlist_that_has_its_editors(
    alice: Any,
    bob: Any,
    charlie: Any,
    as_alice: Client,
    as_bob: Client,
    monkeypatch: pytest.MonkeyPatch,
    by_owner: bool,
) -> None:
    monkeypatch.setattr(inviting, "MOST_EDITORS", 1)
    playlist = playlist_of(alice, "One")
    editor = edited_by(playlist, bob)
    who, how = (as_alice, f"editors/{editor.pk}/revoke/") if by_owner else (as_bob, "leave/")
    ended = who.post(f"/playlists/{playlist.pk}/{how}")
    as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": "charlie"})
    said = who.get(undo(who, ended).url).content.decode()
    assert "A playlist has at most 1 editors." in said
    assert [each.user.get_username() for each in playlist.editors.all()] == ["charlie"]
    playlist.editors.all().delete()
    assert undo(who, ended).status_code == 302
    assert playlist.editors.get().accepted_at


def test_who_was_revoked_is_invited_anew_and_then_there_is_nothing_to_undo(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client
) -> None:
    playlist = playlist_of(alice, "One")
    revoked = as_alice.post(f"/playlists/{playlist.pk}/editors/{edited_by(playlist, bob).pk}/revoke/")
    as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": "bob"})
    assert playlist.editors.get().accepted_at is None
    assert undo(as_alice, revoked).status_code == 404
    assert as_bob.get(f"/playlists/{playlist.pk}/").status_code == 404


def test_what_can_no_longer_come_back_is_purged(alice: Any, bob: Any) -> None:
    playlist = playlist_of(alice, "One")
    for days in (0, 2):
        at = timezone.now() - timedelta(days=days)
        Folder.objects.create(owner=alice, name="Trains", deleted_at=at)
        MissingTrack.objects.create(playlist=playlist, position=f"a{days}", title=f"Gone {days}", deleted_at=at)
    Editor.objects.create(playlist=playlist, user=bob, deleted_at=at)
    purge()
    assert Folder.with_deleted.count() == 1
    assert [each.title for each in MissingTrack.with_deleted.all()] == ["Gone 0"]
    assert not Editor.with_deleted.exists()


def test_a_track_goes_into_a_new_playlist_and_into_one_that_is_there(as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "One")
    assert b"Add to playlist" in as_alice.get(f"/playlists/add/?tracks={track.pk}").content
    response = as_alice.post("/playlists/add/", {"tracks": track.pk, "name": "Evening", "next": "/tracks/"})
    assert response.url == "/tracks/"
    playlist = Playlist.objects.get()
    other = add_track(alice, "Two")
    as_alice.post("/playlists/add/", {"tracks": other.pk, "playlist": playlist.pk})
    assert titles(playlist) == ["One", "Two"]
    assert playlist.items.get(track=other).added_by == alice


def test_a_way_back_leads_to_this_host_only(as_alice: Client, alice: Any) -> None:
    track = add_track(alice)
    for place in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        shown = as_alice.get(f"/playlists/add/?tracks={track.pk}", headers={"Referer": place}).content.decode()
        assert place not in shown
        response = as_alice.post("/playlists/add/", {"tracks": track.pk, "name": "A", "next": place})
        assert response.url == "/"


def test_what_is_in_it_already_is_asked_about(as_alice: Client, alice: Any) -> None:
    playlist = playlist_of(alice, "One")
    track, new = playlist.items.get().track, add_track(alice, "New")
    said = {"tracks": f"{track.pk},{new.pk}", "playlist": playlist.pk}
    asked = as_alice.post("/playlists/add/", said)
    assert asked.status_code == 422
    assert b"1 of these tracks is in" in asked.content
    assert titles(playlist) == ["One"]
    as_alice.post("/playlists/add/", {**said, "twice": "skip"})
    assert titles(playlist) == ["One", "New"]
    as_alice.post("/playlists/add/", {"tracks": track.pk, "playlist": playlist.pk, "twice": "add"})
    assert titles(playlist) == ["One", "New", "One"]


def test_a_whole_album_is_added_in_its_order(as_bob: Client, alice: Any, bob: Any) -> None:
    two = add_track(alice, "Two", artist="A", album="Album", track_number=2)
    add_track(alice, "One", artist="A", album="Album", track_number=1)
    add_track(alice, "Hidden", artist="A", album="Album", track_number=3, visibility="private")
    as_bob.post("/playlists/add/", {"album": two.album_id, "name": "Mine"})
    assert titles(Playlist.objects.get(owner=bob)) == ["One", "Two"]


def test_ticked_tracks_and_a_queue_are_added_together(as_alice: Client, alice: Any) -> None:
    one, two = add_track(alice, "One"), add_track(alice, "Two")
    response = as_alice.post("/playlists/add/", {"track": [two.pk, one.pk]})
    assert response.url == f"/playlists/add/?tracks={two.pk}%2C{one.pk}"
    assert b"2 tracks" in as_alice.get(response.url).content


def test_boxes_of_which_none_is_ticked_lead_back_with_a_word(as_alice: Client) -> None:
    response = as_alice.post("/playlists/add/", {"next": "/uploads/"}, follow=True)
    assert response.redirect_chain == [("/uploads/", 302)]
    assert "Tick the tracks first." in response.content.decode()


def test_what_one_may_not_hear_is_not_there_to_be_added(as_bob: Client, alice: Any, bob: Any) -> None:
    hidden = add_track(alice, visibility="private", album="Own", artist="A")
    for said in ({"tracks": hidden.pk}, {"album": hidden.album_id}, {"tracks": "x"}, {"tracks": ""}, {"album": "²"}):
        assert as_bob.post("/playlists/add/", {**said, "name": "A"}).status_code == 404
    track = add_track(alice)
    private = playlist_of(alice)
    for playlist in (private.pk, "x", 2**70, 0):
        assert as_bob.post("/playlists/add/", {"tracks": track.pk, "playlist": playlist}).status_code == 404
    assert not PlaylistItem.objects.exists()


def test_the_dialog_gets_only_the_message(as_alice: Client, alice: Any) -> None:
    headers = {"Turbo-Frame": "add-to-playlist", "Accept": STREAM}
    said = {"tracks": add_track(alice).pk, "name": HOSTILE}
    response = as_alice.post("/playlists/add/", said, headers=headers)
    assert response["Content-Type"].startswith("text/vnd.turbo-stream.html")
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;" in response.content


def test_what_was_removed_comes_back_by_undo(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, "One", "Two", "Three")
    item = playlist.items.get(track_title="Two")
    here = f"/playlists/{playlist.pk}/?after=x"
    response = as_alice.post(f"/playlists/{playlist.pk}/items/", {"remove": item.pk, "next": here})
    assert response.url == here
    assert titles(playlist) == ["One", "Three"]
    undo(as_alice, response)
    assert titles(playlist) == ["One", "Two", "Three"]


def test_rows_are_moved_with_and_without_scripts(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, "One", "Two", "Three")
    one, two, three = playlist.items.values_list("pk", flat=True)
    at = f"/playlists/{playlist.pk}/items/"
    as_alice.post(at, {"up": three})
    assert titles(playlist) == ["One", "Three", "Two"]
    as_alice.post(at, {"down": one})
    assert titles(playlist) == ["Three", "One", "Two"]
    assert as_alice.post(f"{at}move/", {"item": two, "before": one}).json() == {"moved": True}
    assert titles(playlist) == ["Three", "Two", "One"]
    assert as_alice.post(f"{at}move/", {"item": "x"}).status_code == 409
    as_alice.post(f"/playlists/{playlist.pk}/sort/", {"by": "title"})
    assert titles(playlist) == ["One", "Three", "Two"]
    as_alice.post(f"/playlists/{playlist.pk}/sort/", {"by": "playlist__owner__password"})
    assert titles(playlist) == ["One", "Three", "Two"]


def test_people_edit_together_and_each_row_says_whose_it_is(
    alice: Any, bob: Any, as_alice: Client, as_bob: Client
) -> None:
    playlist = playlist_of(alice, "One")
    at = f"/playlists/{playlist.pk}/"
    as_alice.post(f"{at}editors/", {"username": "bob"})
    assert as_bob.get(at).status_code == 404
    assert b"would like you to edit" in as_bob.get("/playlists/").content
    assert as_bob.post(f"{at}accept/").url == at
    track = add_track(alice, "Two")
    as_bob.post("/playlists/add/", {"tracks": track.pk, "playlist": playlist.pk})
    shown = as_alice.get(at).content.decode()
    assert "Added by alice" in shown
    assert "Added by bob" in shown

    editor = playlist.editors.get()
    as_alice.post(f"{at}editors/{editor.pk}/revoke/")
    assert as_bob.get(at).status_code == 404
    assert titles(playlist) == ["One", "Two"]


def test_somebody_declines_or_leaves(alice: Any, bob: Any, as_bob: Client) -> None:
    playlist = playlist_of(alice, "One")
    edited_by(playlist, bob)
    as_bob.post(f"/playlists/{playlist.pk}/leave/")
    assert as_bob.get(f"/playlists/{playlist.pk}/").status_code == 404
    assert as_bob.post(f"/playlists/{playlist.pk}/leave/").status_code == 404


@pytest.mark.parametrize("name", ["nobody", "alice", "", "\0", "%"])
def test_whom_one_cannot_invite_one_is_told_and_the_name_stays(alice: Any, as_alice: Client, name: str) -> None:
    playlist = playlist_of(alice)
    response = as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": name})
    assert response.status_code == 422
    assert not name or f'name="username" value="{name}"' in response.content.decode()
    assert not playlist.editors.exists()
    assert list(response.context["messages"])


def test_who_was_blocked_is_not_invited_in_vain(alice: Any, bob: Any, as_alice: Client) -> None:
    block(alice, bob)
    playlist = playlist_of(alice)
    response = as_alice.post(f"/playlists/{playlist.pk}/editors/", {"username": "bob"})
    assert response.status_code == 422 and "You blocked bob" in response.content.decode()
    assert not playlist.editors.exists()


def test_hostile_names_are_only_text(alice: Any, bob: Any, as_alice: Client) -> None:
    alice.profile.display_name = HOSTILE
    alice.profile.save()
    playlist = playlist_of(alice, HOSTILE, name=HOSTILE, description=HOSTILE, visibility="public")
    edited_by(playlist, bob)
    Folder.objects.create(owner=alice, name=HOSTILE)
    for path in ("/playlists/", f"/playlists/{playlist.pk}/", f"/playlists/{playlist.pk}/edit/"):
        shown = as_alice.get(path).content.decode()
        assert "<script>alert" not in shown, path
        assert "%(title)s %s" in shown, path
    playlist.items.get().track.delete()
    assert "<script>alert" not in as_alice.get(f"/playlists/{playlist.pk}/").content.decode()


def test_a_deleted_track_is_shown_as_gone(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, "Once", "Still")
    Track.objects.get(title="Once").delete()
    shown = as_alice.get(f"/playlists/{playlist.pk}/").content.decode()
    assert "Once" in shown
    assert "No longer here" in shown


def test_an_account_takes_its_playlists_along_and_leaves_what_it_added_to_others(alice: Any, bob: Any) -> None:
    mine, others = playlist_of(alice, "One"), playlist_of(bob, "Two")
    edited_by(others, alice)
    add_tracks(others, [Track.objects.get(title="One").pk], alice)
    Folder.objects.create(owner=alice, name="A")
    delete_account(alice)
    assert not Playlist.with_deleted.filter(pk=mine.pk).exists()
    assert not Folder.objects.exists()
    assert titles(others) == ["Two", "One"]
    assert others.items.get(track_title="One").added_by is None
    assert not others.editors.exists()


def test_a_playlist_goes_on_page_after_page(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, *(f"T{number:03}" for number in range(120)))
    seen: list[str] = []
    href = f"/playlists/{playlist.pk}/more/"
    while href:
        answer = as_alice.post(href).json()
        seen += [track["title"] for track in answer["tracks"]]
        href = answer["href"]
    assert seen == [f"T{number:03}" for number in range(120)]
    first = as_alice.get(f"/playlists/{playlist.pk}/")
    second = as_alice.get(f"/playlists/{playlist.pk}/?after={first.context['page'].next_cursor}")
    assert b"T050" in second.content
    assert b"T049" not in second.content


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_ten_tracks_and_a_thousand_cost_the_same_queries(alice: Any, bob: Any, as_alice: Client) -> None:
    few = playlist_of(alice, *(f"T{number}" for number in range(10)))
    many = playlist_of(alice, name="Many")
    edited_by(few, bob)
    edited_by(many, bob)
    ids = list(few.items.values_list("track_id", flat=True))
    add_tracks(many, ids * 100, alice)
    counts = [queries(as_alice, f"/playlists/{playlist.pk}/") for playlist in (few, many)]
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_two_playlists_and_sixty_cost_the_same_queries(alice: Any, bob: Any, as_alice: Client) -> None:
    def some(count: int) -> None:
        for _number in range(count):
            playlist_of(alice, "One", folder=Folder.objects.get_or_create(owner=alice, name=f"F{_number % 5}")[0])
            edited_by(playlist_of(bob, "Two"), alice)
            playlist_of(bob, "Three", visibility="public")

    some(2)
    few = queries(as_alice, "/playlists/")
    some(18)
    assert queries(as_alice, "/playlists/") == few <= MOST_QUERIES


def test_shuffling_plays_all_of_a_long_playlist_once(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, *(f"T{number:03}" for number in range(120)))

    once, again = (played(as_alice, f"/playlists/{playlist.pk}/more/?shuffled") for _time in range(2))
    in_order = [f"T{number:03}" for number in range(120)]
    assert sorted(once) == sorted(again) == in_order
    assert len({tuple(once), tuple(again), tuple(in_order)}) == 3


@pytest.mark.parametrize("luck", ["0", "-1", "x", "9" * 50, "%00", "²"])
def test_any_luck_is_as_good_as_another(alice: Any, as_alice: Client, luck: str) -> None:
    playlist = playlist_of(alice, "One", "Two")
    answer = as_alice.post(f"/playlists/{playlist.pk}/more/?shuffled={luck}&after=x").json()
    assert {track["title"] for track in answer["tracks"]} == {"One", "Two"}


def test_a_queue_takes_as_much_of_a_long_playlist_as_goes_into_it(
    alice: Any, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_order = [f"T{number:03}" for number in range(120)]
    playlist = playlist_of(alice, *in_order)
    path = f"/playlists/{playlist.pk}/more/"
    assert as_alice.post(f"{path}?queue").json()["href"] == ""
    monkeypatch.setattr("music.whole.MOST_QUEUED", 70)
    answer = as_alice.post(f"{path}?queue").json()
    assert [track["title"] for track in answer["tracks"]] == in_order[:70]
    assert played(as_alice, answer["href"]) == in_order[70:]
    answer = as_alice.post(f"{path}?queue&shuffled").json()
    rest = played(as_alice, answer["href"])
    assert sorted([*(track["title"] for track in answer["tracks"]), *rest]) == in_order
    assert (len(answer["tracks"]), len(rest)) == (70, 50)


def test_the_buttons_of_a_long_playlist_are_for_all_of_it(alice: Any, as_alice: Client) -> None:
    few = playlist_of(alice, "One")
    many = playlist_of(alice, *(f"T{number:03}" for number in range(60)))
    whole = f'data-whole="/playlists/{many.pk}/more/" data-enqueue='.encode()
    shuffle, play = (f'data-start-radio="/playlists/{many.pk}/more/{query}"'.encode() for query in ("?shuffled", ""))
    assert b"data-shuffle" in as_alice.get(few.get_absolute_url()).content
    first = as_alice.get(many.get_absolute_url())
    assert shuffle in first.content and play not in first.content
    assert first.content.count(whole) == 2 and b"data-whole" not in as_alice.get(few.get_absolute_url()).content
    second = as_alice.get(f"{many.get_absolute_url()}?after={first.context['page'].next_cursor}")
    assert shuffle in second.content and play in second.content


def test_all_of_many_playlists_can_be_reached(alice: Any, bob: Any, as_alice: Client) -> None:
    folder = Folder.objects.create(owner=alice, name="Trips")
    names = {
        "mine": [f"M{number:03}" for number in range(60)],
        "shared": [f"S{number:03}" for number in range(60)],
        str(folder.pk): [f"F{number:03}" for number in range(60)],
    }
    owners = {"mine": alice, "shared": bob, str(folder.pk): alice}
    for of, some in names.items():
        for name in some:
            playlist = Playlist.objects.create(
                owner=owners[of], name=name, folder=folder if of == str(folder.pk) else None
            )
            if of == "shared":
                edited_by(playlist, alice)
    Playlist.objects.create(owner=bob, name="Not for her")
    front = as_alice.get("/playlists/").content.decode()
    assert front.count("Show all 60 playlists") == 3
    assert ("M047" in front, "M048" in front, "F011" in front, "F012" in front) == (True, False, True, False)
    for of, some in names.items():
        assert f"/playlists/?of={of}" in front
        assert shown_page_after_page(as_alice, of) == some


def shown_page_after_page(client: Client, of: str) -> list[str]:
    seen, more = [], ""
    while True:
        shown = client.get(f"/playlists/?of={of}{more}").context
        seen += [card.playlist.name for card in shown["cards"]]
        if not (after := shown["page"].next_cursor):
            return seen
        more = f"&after={after}"


@pytest.mark.parametrize("of", ["0", "x", "-1", "9" * 40, "²"])
def test_a_shelf_that_is_not_there_is_not_found(as_alice: Client, of: str) -> None:
    assert as_alice.get(f"/playlists/?of={of}").status_code == 404


def test_the_folders_of_others_are_not_there(bob: Any, as_alice: Client) -> None:
    folder = Folder.objects.create(owner=bob, name="Secret")
    assert as_alice.get(f"/playlists/?of={folder.pk}").status_code == 404


def test_a_row_that_leaves_its_page_is_followed(alice: Any, as_alice: Client) -> None:
    playlist = playlist_of(alice, *(f"T{number:03}" for number in range(120)))
    last_of_page = playlist.items.get(track_title="T049")

    def followed(step: str) -> list[str]:
        response = as_alice.post(
            f"/playlists/{playlist.pk}/items/", {step: last_of_page.pk, "follow": "1", "next": "/"}, follow=True
        )
        assert response.redirect_chain[0][0].startswith(f"/playlists/{playlist.pk}/?after=")
        return [title for title in titles(playlist) if f">{title}<" in response.content.decode()]

    assert followed("down")[23:26] == ["T048", "T050", "T049"]
    assert titles(playlist)[48:52] == ["T048", "T050", "T049", "T051"]
    assert followed("up")[24:27] == ["T048", "T049", "T050"]
    first = playlist.items.first()
    there = as_alice.post(f"/playlists/{playlist.pk}/items/", {"down": first.pk, "follow": "1"})
    assert there.url == f"/playlists/{playlist.pk}/"
