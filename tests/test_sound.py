"""A piece of a track is sent before what pages need is looked up: to the same people, and as the view would send it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from conftest import MP3, bring_in
from music.models import Track
from users import device_sessions
from users.models import CustomUser, UserSession

ONLY_OF_PAGES = {"Vary", "Content-Language", "X-Frame-Options"}
PARTS = [{}, {"Range": "bytes=100-199"}, {"Range": "bytes=99999999-"}, {"If-None-Match": "*"}]


@pytest.fixture
def track(as_alice: Client) -> Track:
    return bring_in(as_alice, MP3)[0]


@pytest.mark.parametrize("part", PARTS)
def test_both_ways_send_the_same(as_alice: Client, track: Track, part: dict[str, str]) -> None:
    short = as_alice.get(track.stream_url, headers=part)
    whole = as_alice.get(f"{track.stream_url}?whole", headers=part)
    assert short.status_code == whole.status_code
    short.headers.setdefault("Content-Length", "0")
    assert {**whole.headers} == {**short.headers, **{name: whole[name] for name in ONLY_OF_PAGES}}
    assert short.getvalue() == whole.getvalue()


def test_the_first_piece_of_a_session_notes_that_it_is_used(
    as_alice: Client, track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_sessions, "_noted", {})
    UserSession.objects.update(last_used_at=timezone.now() - timedelta(hours=1))
    assert as_alice.get(track.stream_url).status_code == 200
    assert UserSession.objects.get().last_used_at > timezone.now() - timedelta(minutes=1)


def expire() -> None:
    Session.objects.update(expire_date=timezone.now())


def deactivate() -> None:
    CustomUser.objects.update(is_active=False)


def change_password() -> None:
    user = CustomUser.objects.get()
    user.set_password("another one")
    user.save()


def end_session() -> None:
    device_sessions.end_sessions(UserSession.objects.all())


@pytest.mark.parametrize("sign_out", [expire, deactivate, change_password, end_session])
def test_whoever_is_signed_out_hears_nothing_more(as_alice: Client, track: Track, sign_out: Callable[[], None]) -> None:
    assert as_alice.get(track.stream_url).status_code == 200
    sign_out()
    assert as_alice.get(track.stream_url).status_code == 401


def test_a_session_is_of_whom_it_says_and_not_of_whom_it_was_noted_for(
    as_bob: Client, bob: CustomUser, track: Track
) -> None:
    Track.objects.update(visibility="private")
    assert as_bob.get(track.stream_url).status_code == 404
    UserSession.objects.filter(user=bob).update(user=track.uploader)
    assert as_bob.get(track.stream_url).status_code == 404
