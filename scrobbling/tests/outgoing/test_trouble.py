"""A service that is slow, broken, full or tired of us: nothing is lost, nobody is hammered, people are told."""

import logging
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from listening.lease import Held
from scrobbling import outgoing
from scrobbling.models import Scrobble, ServiceConnection, Trouble
from scrobbling.sending import back_off, send_due
from scrobbling.services.calling import Answer
from scrobbling.services.door import Rejected
from scrobbling.services.listenbrainz import LISTEN_BYTES, document_of
from scrobbling.tests.outgoing.cast import (
    BOTH,
    LASTFM,
    LISTENBRAINZ,
    Clock,
    connected,
    heard,
    listen_of,
    played,
    states,
)
from scrobbling.tests.outgoing.upstream import LFM_KEY, Upstream

Send = Callable[[], None]


def test_waits_grow_from_five_seconds_to_four_minutes_and_then_an_hour() -> None:
    waits = [int(back_off(failures).total_seconds()) for failures in range(1, 12)]
    assert waits == [5, 10, 20, 40, 80, 160, 240, 3600, 3600, 3600, 3600]


@BOTH
def test_a_broken_service_is_asked_exactly_when_the_wait_is_over(
    bob: Any, upstream: Upstream, send: Send, clock: Clock, service: str
) -> None:
    connection = connected(bob, service, upstream)
    upstream.faults = [500, 503, "cut", 502, "hang", 500, 500, 500, 500]
    played(bob, "One")
    waits = []
    send()
    while connection.scrobbles.filter(state="waiting").exists():
        connection.refresh_from_db()
        assert connection.next_try_at
        waits.append(round((connection.next_try_at - clock.now).total_seconds()))
        asked = len(upstream.requests)
        clock.now = connection.next_try_at - timedelta(milliseconds=1)
        send()
        assert len(upstream.requests) == asked
        clock.now = connection.next_try_at
        send()
        assert len(upstream.requests) == asked + 1
    assert waits == [5, 10, 20, 40, 80, 160, 240, 3600, 3600]
    assert upstream.titles == ["One"]
    connection.refresh_from_db()
    assert (connection.trouble, connection.failures, connection.next_try_at) == ("", 0, None)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (500, Trouble.BROKEN),
        (404, Trouble.BROKEN),
        ((302, {"Location": "http://127.0.0.1:1/elsewhere"}), Trouble.BROKEN),
        ((200, {}, {"welcome": "to the wireless network of this hotel"}), Trouble.BROKEN),
        ((200, {}, ["no", "object"]), Trouble.BROKEN),
        ("hang", Trouble.UNREACHABLE),
        ("cut", Trouble.UNREACHABLE),
        (429, Trouble.BUSY),
    ],
)
@BOTH
def test_an_answer_that_promises_nothing_is_no_answer(
    bob: Any, upstream: Upstream, send: Send, service: str, fault: Any, trouble: str
) -> None:
    connection = connected(bob, service, upstream)
    upstream.faults = [fault]
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert (connection.trouble, connection.failures) == (trouble, 1)
    assert connection.next_try_at is not None
    assert states(connection) == {"waiting": 1}


def test_a_service_that_is_not_there_at_all(bob: Any, upstream: Upstream, send: Send, settings: Any) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    settings.LISTENBRAINZ_URL = "http://127.0.0.1:1"
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert connection.trouble == Trouble.UNREACHABLE


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"X-RateLimit-Reset-In": "7"}, 7),
        ({"X-RateLimit-Reset-In": "7", "Retry-After": "12"}, 12),
        ({"Retry-After": "999999"}, 3600),
        ({"Retry-After": "soon"}, 5),
        ({}, 5),
    ],
)
def test_a_service_that_says_how_long_to_wait_is_obeyed(
    bob: Any, upstream: Upstream, send: Send, clock: Clock, headers: dict[str, str], seconds: int
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    upstream.faults = [(429, headers)]
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert connection.trouble == Trouble.BUSY
    assert connection.next_try_at == clock.now + timedelta(seconds=seconds)
    clock.forward(seconds=seconds - 1)
    send()
    assert upstream.titles == []
    clock.forward(seconds=1)
    send()
    assert upstream.titles == ["One"]


def test_a_wait_may_be_a_date() -> None:
    in_a_minute = format_datetime(timezone.now() + timedelta(seconds=60), usegmt=True)
    wait = Answer(429, {"Retry-After": in_a_minute}, {}).wait_seconds
    assert wait is not None and 57 < wait <= 60


def test_the_last_question_that_is_allowed_is_followed_by_a_pause(
    bob: Any, upstream: Upstream, send: Send, clock: Clock
) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    upstream.headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "9"}
    played(bob, "One")
    send()
    played(bob, "Two")
    clock.forward(seconds=8)
    send()
    assert upstream.titles == ["One"]
    connection.refresh_from_db()
    assert (connection.trouble, connection.failures) == ("", 0)
    clock.forward(seconds=2)
    send()
    assert upstream.titles == ["One", "Two"]


def test_one_service_down_does_not_hold_up_the_other(bob: Any, upstream: Upstream, send: Send) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    connected(bob, LASTFM, upstream)
    upstream.faults = [500]
    played(bob, "One")
    send()
    assert [kind for kind, _count in upstream.requests] == ["fault 500", "track.scrobble"]


def test_a_service_that_hangs_makes_only_one_of_its_users_wait_at_a_time(
    alice: Any, bob: Any, charlie: Any, upstream: Upstream, send: Send
) -> None:
    for user in (alice, bob, charlie):
        connected(user, LISTENBRAINZ, upstream)
        played(user, "One")
    connected(charlie, LASTFM, upstream)
    played(charlie, "Two")
    upstream.faults = ["hang"]
    send()
    assert [kind for kind, _count in upstream.requests] == ["fault hang", "track.scrobble"]


@pytest.mark.parametrize(
    ("service", "fault"),
    [
        (LISTENBRAINZ, (401, {}, {"error": "Invalid token"})),
        (LASTFM, (403, {}, {"error": 9})),
        (LASTFM, (403, {}, {"error": 4})),
    ],
)
def test_a_refused_token_disconnects_and_keeps_what_waits(
    bob: Any, upstream: Upstream, send: Send, clock: Clock, service: str, fault: Any
) -> None:
    connection = connected(bob, service, upstream)
    upstream.faults = [fault]
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert (connection.state, connection.trouble) == (ServiceConnection.State.REFUSED, Trouble.REVOKED)
    assert connection.sealed == "" and connection.is_unread
    played(bob, "Two")
    clock.forward(days=1)
    send()
    assert len(upstream.requests) == 1
    assert states(connection) == {"waiting": 2}


@pytest.mark.parametrize("code", [8, 11, 16, 29])
def test_passing_troubles_of_lastfm_are_waited_out(
    bob: Any, upstream: Upstream, send: Send, clock: Clock, code: int
) -> None:
    connection = connected(bob, LASTFM, upstream)
    upstream.faults = [(200, {}, {"error": code, "message": "later"})]
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert connection.state == ServiceConnection.State.CONNECTED
    assert connection.trouble == (Trouble.BUSY if code == 29 else Trouble.BROKEN)
    clock.forward(seconds=5)
    send()
    assert upstream.titles == ["One"]


@pytest.mark.parametrize("code", [10, 13, 26])
def test_a_bad_key_of_the_site_disconnects_nobody(bob: Any, upstream: Upstream, send: Send, code: int) -> None:
    connection = connected(bob, LASTFM, upstream)
    upstream.faults = [(403, {}, {"error": code, "message": "bad key"})]
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert (connection.state, connection.trouble) == (ServiceConnection.State.CONNECTED, Trouble.SITE_KEY)
    assert states(connection) == {"waiting": 1}


def test_a_wrong_secret_is_noticed_by_the_signature(bob: Any, upstream: Upstream, send: Send, settings: Any) -> None:
    connection = connected(bob, LASTFM, upstream)
    settings.LASTFM_API_SECRET = "another"
    played(bob, "One")
    send()
    connection.refresh_from_db()
    assert connection.trouble == Trouble.SITE_KEY
    assert upstream.broken_rules == ["Invalid method signature supplied"]
    assert LFM_KEY not in connection.trouble_in_words


@BOTH
def test_one_bad_listen_is_found_and_left_out(
    bob: Any, upstream: Upstream, send: Send, service: str, caplog: pytest.LogCaptureFixture
) -> None:
    connection = connected(bob, service, upstream)
    upstream.unacceptable = {"Track 17"}
    played(bob, *(f"Track {n}" for n in range(40)))
    with caplog.at_level(logging.WARNING):
        send()
    assert upstream.titles == [f"Track {n}" for n in range(40) if n != 17]
    assert len(upstream.requests) <= 2 * 6 + 1
    assert states(connection) == {"sent": 39, "dropped": 1}
    dropped = Scrobble.objects.get(state="dropped")
    assert "Track 17" in dropped.reason
    assert dropped.event_id in caplog.text
    send()
    assert len(upstream.titles) == 39


def test_what_lastfm_ignores_is_kept_with_the_reason(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LASTFM, upstream)
    upstream.ignored = {"Old": ("3", "Timestamp failed filter"), "Odd": ("77", "Never  heard\nof it")}
    played(bob, "One", "Old", "Odd")
    send()
    assert upstream.titles == ["One"]
    reasons = set(Scrobble.objects.filter(state="dropped").values_list("reason", flat=True))
    assert reasons == {"It was heard too long ago for Last.fm.", "Never heard of it"}
    assert states(connection) == {"sent": 1, "dropped": 2}


def test_a_single_scrobble_may_be_ignored_too(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LASTFM, upstream)
    upstream.ignored = {"One": ("1", "Artist was ignored")}
    played(bob, "One")
    send()
    assert states(connection) == {"dropped": 1}


def test_the_daily_limit_of_lastfm_loses_nothing(bob: Any, upstream: Upstream, send: Send, clock: Clock) -> None:
    connection = connected(bob, LASTFM, upstream)
    upstream.ignored = {"Two": ("5", "Daily Scrobble Limit Exceeded")}
    played(bob, "One", "Two")
    send()
    connection.refresh_from_db()
    assert connection.trouble == Trouble.FULL_DAY
    assert states(connection) == {"sent": 1, "waiting": 1}
    upstream.ignored = {}
    clock.forward(minutes=59)
    send()
    assert upstream.titles == ["One"]
    clock.forward(minutes=1)
    send()
    assert upstream.titles == ["One", "Two"]


def test_an_error_of_our_own_makes_nobody_else_wait(
    alice: Any, bob: Any, upstream: Upstream, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _second = connected(alice, LISTENBRAINZ, upstream), connected(bob, LASTFM, upstream)
    played(alice, "Hers")
    played(bob, "His")
    monkeypatch.setattr("scrobbling.services.listenbrainz.metadata", lambda listen: 1 / 0)
    send()
    assert upstream.titles == ["His"]
    first.refresh_from_db()
    assert (first.trouble, first.failures) == (Trouble.FAULT, 1)


def test_a_listen_is_made_small_enough_or_refused(bob: Any) -> None:
    listen = listen_of(bob, "Title" * 50, album_title="Ä" * 6000)
    document = document_of(listen)
    assert "release_name" not in document["track_metadata"]
    assert document["track_metadata"]["track_name"] == listen.title
    with pytest.raises(Rejected, match="10,240"):
        document_of(listen_of(bob, "♥" * (LISTEN_BYTES // 3)))


def test_what_has_no_name_does_not_hold_up_the_rest(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    played(bob, "One", artist_name="")
    played(bob, "Two")
    send()
    assert upstream.titles == ["Two"]
    assert states(connection) == {"sent": 1, "dropped": 1}
    assert upstream.broken_rules == []


def test_a_worker_that_lost_its_lease_sends_nothing_more(
    bob: Any, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connected(bob, "lastfm", upstream)
    outgoing.enqueue([connection], [heard(bob, f"Track {n}", timedelta(minutes=n + 5)) for n in range(120)])
    answers = iter([True, False])
    monkeypatch.setattr(Held, "renew", lambda held: next(answers))
    send_due(timezone.now)
    assert upstream.batches == [50]
    assert states(connection) == {"sent": 50, "waiting": 70}
    connection.refresh_from_db()
    assert connection.trouble == ""
