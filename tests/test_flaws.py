"""One test for each class of flaw that such places have had, by its name."""

import json
import re
import secrets
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import PASSWORD, media_files
from music.models import Track, TrackReport
from music.tests.catalogue import add_track
from playlists.models import Playlist, SmartPlaylist, new_secret
from playlists.smart.finding import asking_for, track_ids
from playlists.smart.rules import Refused, parse
from playlists.tests.cast import playlist_of, titles
from sharing.links import make_share
from sharing.secrets import new_seed, secret_of
from tests import whose
from tests.test_tampering import pages
from users.models import CustomUser, UserProfile
from users.tests.test_profile_picture import bomb

INJECTIONS = (
    "' OR 1=1 --",
    "'; DROP TABLE music_track; --",
    '" OR ""="',
    "1) OR (1=1",
    "%' OR '1'='1",
    "\\' OR 1=1 --",
)
SCRIPT = "</title><script>alert(1)</script>\"'"  # short, to fit where a device is named


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_criteria_is_a_value_and_never_a_field_an_operator_or_an_order(alice: Any, text: str) -> None:
    add_track(alice, "Found by no injection")
    named = add_track(alice, text)
    rule: dict[str, Any] = {"field": "title", "operator": "is", "value": text}
    assert track_ids(parse({"rules": [rule]}), asking_for(alice)) == [named.pk]
    whole = {"match": "all", "rules": [rule], "order": "title", "limit": 10}
    hostile = [{**whole, "rules": [{**rule, name: text}]} for name in ("field", "operator")]
    hostile += [{**whole, name: text} for name in ("match", "order", "limit", "descending")]
    hostile += [{**whole, "rules": [{**rule, "field": "uploader__password"}]}, {**whole, "order": "uploader__password"}]
    hostile += [{**whole, "rules": [{**rule, "field": "year", "value": text}]}]
    for document in hostile:
        with pytest.raises(Refused):
            parse(document)
    assert Track.objects.count() == 2


@pytest.mark.parametrize(
    "login", ["a%", "%", "al_ce", "_lice", "ali%@example.org", "%@example.org", "*", "alice\\", "al.ce"]
)
def test_like_wildcards_in_a_login_are_letters(client: Client, alice: Any, login: str) -> None:
    client.post("/accounts/login/", {"login": login, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_an_owner_id_in_the_body_is_not_listened_to(as_alice: Client, alice: Any, bob: Any) -> None:
    for name in ("owner", "owner_id", "user", "user_id"):
        as_alice.post("/playlists/new/", {"name": "By the form", "visibility": "private", name: bob.pk})
    as_alice.post("/settings/devices/", {"name": "Phone", "user": bob.pk, "user_id": bob.pk})
    as_alice.post("/queue/", json.dumps({"track_ids": [], "user": bob.pk}), content_type="application/json")
    assert set(Playlist.objects.values_list("owner", flat=True)) == {alice.pk}
    assert not bob.device_tokens.exists() and not hasattr(bob, "play_queue")
    told = {"event_id": "11111111-1111-4111-8111-111111111111", "track_id": add_track(alice).pk, "user_id": bob.pk}
    assert as_alice.post("/listens/start/", json.dumps(told), content_type="application/json").status_code == 403


def test_a_playlist_by_its_number_is_not_anybodys(as_bob: Client, alice: Any) -> None:
    """IDOR: numbers are easily guessed, so they open nothing."""
    private = playlist_of(alice, "One", "Two")
    for pk in range(private.pk - 2, private.pk + 3):
        for path in ("", "edit/", "missing/", "export.m3u8", "share/"):
            assert as_bob.get(f"/playlists/{pk}/{path}").status_code == 404
        for path in ("more/", "edit/", "delete/", "items/", "items/move/", "sort/", "editors/", "accept/", "leave/"):
            assert as_bob.post(f"/playlists/{pk}/{path}", {"name": "Mine", "by": "title"}).status_code == 404
    assert as_bob.post("/playlists/add/", {"tracks": add_track(alice).pk, "playlist": private.pk}).status_code == 404
    assert titles(private) == ["One", "Two"]


def test_the_token_of_a_share_has_128_bits_and_guesses_are_counted(client: Client, alice: Any) -> None:
    letters = re.compile(r"[\w-]{22}")  # of 6 bits each
    assert len(bytes.fromhex(new_seed())) * 8 == 128
    made = [secret_of(new_seed()) for _ in range(200)] + [new_secret() for _ in range(200)]
    assert all(letters.fullmatch(each) for each in made) and len(set(made)) == 400
    share = make_share(alice, add_track(alice), days=30)
    guessed = [client.get(f"/s/{secrets.token_urlsafe(16)}/").status_code for _ in range(25)]
    assert guessed == [404] * 20 + [429] * 5
    assert client.get(f"/s/{share.secret}/").status_code == 429


def test_what_people_write_is_never_markup(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Stored XSS: names, titles, descriptions, notes and file names, on every page that shows them."""
    settings.SHARE_FRAME_ANCESTORS = ["*"]
    monkeypatch.setattr(whose, "HUSHED", SCRIPT)
    monkeypatch.setattr(whose, "OPEN", f"{SCRIPT}2")
    world = whose.make_world()
    track = Track.objects.get(pk=world.things["public track"]["pk"])
    Track.objects.filter(pk=track.pk).update(original_filename=f"{SCRIPT}.mp3")
    TrackReport.objects.create(track=track, reporter=world.people["follower"], reason="other", note=SCRIPT)
    UserProfile.objects.filter(user=world.people["owner"]).update(bio=SCRIPT, display_name=SCRIPT[:80])
    public = [f"/s/{world.things['live share']['secret']}/{path}" for path in ("", "embed/")]
    wrong, seen = [], 0
    for role, paths in {"owner": [*pages(world), *public], "follower": pages(world), whose.VISITOR: public}.items():
        for path in paths:
            response = world.clients[role].get(path)
            if response.streaming or "html" not in response["Content-Type"]:
                continue
            html = response.content.decode()
            seen += "alert(1)" in html
            if "<script>alert" in html or "</script>\"'" in html:
                wrong.append(f"{role} {path}")
    assert not wrong, "\n".join(wrong)
    assert seen > 40


@pytest.mark.parametrize("path", ["/profile/", "/playlists/new/", "/tracks/{track}/edit/"])
def test_a_pixel_bomb_is_no_picture(as_alice: Client, alice: Any, path: str) -> None:
    track = add_track(alice, "Kept", artist="Kept")
    name = "cover" if "tracks" in path else "picture"
    said = {"name": "A", "visibility": "private", "time_zone": "UTC", "title": "Kept", "artist": "Kept"}
    file = SimpleUploadedFile("bomb.png", bomb(), "image/png")
    response = as_alice.post(path.format(track=track.pk), {**said, name: file})
    assert response.status_code == 422
    assert name in response.context["form"].errors
    assert not Playlist.objects.exists() and not SmartPlaylist.objects.exists()
    assert CustomUser.objects.get(pk=alice.pk).profile.avatar == ""
    assert [each for each in media_files() if each.suffix in (".webp", ".png")] == []
