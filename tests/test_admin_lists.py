"""Lists of the administration cost as much for 50 rows as for 5; a page about one thing does not load all others."""

import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import make_user
from music.models import Album, Artist, BlockedSound, Genre, Takedown, Track, TrackReport
from music.tests.catalogue import add_track
from playlists.models import Playlist, SmartPlaylist
from scrobbling.models import ServiceConnection
from sharing.links import make_share
from sharing.models import Share
from social.models import Announcement
from uploads.models import Upload
from users.models import CustomUser, Invitation, SignUpRequest, UserSession

NUMBERS = count(1)


def track() -> Track:
    number = next(NUMBERS)
    person = make_user(f"person{number}")
    return add_track(
        person, f"Track {number}", artist=f"Artist {number}", album=f"Album {number}", genres=[f"G{number}"]
    )


def log_entry() -> None:
    one, content_type = track(), ContentType.objects.get_for_model(Track)
    LogEntry.objects.create(
        user=one.uploader, content_type=content_type, object_id=one.pk, object_repr="it", action_flag=CHANGE
    )


def session() -> None:
    one = Session.objects.create(session_key=f"{next(NUMBERS):032}", session_data="", expire_date=timezone.now())
    UserSession.objects.create(session=one, user=track().uploader, last_used_at=timezone.now())


def invitation() -> None:
    secret = hashlib.sha256(str(next(NUMBERS)).encode()).hexdigest()
    Invitation.objects.create(sha256=secret, made_by=track().uploader, max_uses=1, expires_at=timezone.now())


MAKERS: dict[type[Model], Callable[[], Any]] = {
    **dict.fromkeys((Track, Album, Artist, Genre, CustomUser), track),
    TrackReport: lambda: TrackReport.objects.create(track=(one := track()), reporter=one.uploader, reason="tags"),
    LogEntry: log_entry,
    UserSession: session,
    Invitation: invitation,
    SignUpRequest: lambda: SignUpRequest.objects.create(user=track().uploader),
    Share: lambda: make_share((one := track()).uploader, one, days=30),
    Takedown: lambda: Takedown.objects.create(track=(one := track()), uploader=one.uploader, title=one.title),
    BlockedSound: lambda: BlockedSound.objects.create(audio_sha256=f"{next(NUMBERS):064}", added_by=track().uploader),
    Announcement: lambda: Announcement.objects.create(text="We move tonight"),
    Upload: lambda: Upload.objects.create(user=track().uploader, filename="a.mp3", size_bytes=1),
    ServiceConnection: lambda: ServiceConnection.objects.create(user=track().uploader, service="lastfm"),
    Playlist: lambda: Playlist.objects.create(owner=track().uploader, name="Track", visibility="public"),
    SmartPlaylist: lambda: SmartPlaylist.objects.create(
        owner=track().uploader, name="Track", visibility="public", rules={}
    ),
    Group: lambda: Group.objects.create(name=f"group {next(NUMBERS)}"),
}
CHANGED = [Track, Album, Artist, Genre, CustomUser, TrackReport]


def asked(client: Any, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model._meta.model_name)
def test_a_list_asks_as_often_for_fifty_rows_as_for_five(staff: Any, sign_in: Any, model: Any) -> None:
    client, name = sign_in(staff), f"admin:{model._meta.app_label}_{model._meta.model_name}"
    lists = [reverse(f"{name}_changelist"), reverse(f"{name}_changelist") + "?q=track"]
    for _number in range(5):
        MAKERS[model]()
    one = reverse(f"{name}_change", args=[model.objects.first().pk]) if model in CHANGED else lists[0]
    few = [asked(client, address) for address in (*lists, one) for _warm in range(2)][1::2]
    for _number in range(45):
        MAKERS[model]()
    many = [asked(client, address) for address in (*lists, one)]
    assert [len(each) for each in many] == [len(each) for each in few]


@pytest.mark.parametrize("model", CHANGED, ids=lambda model: model._meta.model_name)
def test_a_page_to_change_one_thing_is_no_longer_for_fifty_others(staff: Any, sign_in: Any, model: Any) -> None:
    """No choice of all tracks, albums, artists or people stands in it."""
    for _number in range(3):
        MAKERS[model]()
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[model.objects.first().pk])
    client = sign_in(staff)
    short = len(client.get(address).content)
    for _number in range(30):
        MAKERS[model]()
    assert len(client.get(address).content) <= short + 500


def test_every_list_of_ours_has_a_row_here() -> None:
    """One without a row is one page more that nobody measures."""
    known = {"users.SignUpPolicy", "django_tasks_database.DBTaskResult"}
    assert {model._meta.label for model in admin.site._registry} - known - {m._meta.label for m in MAKERS} == set()
