"""What counted arrives, once, the oldest first, in batches that the services take."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from listening.listen import packed_selection
from listening.models import Deletion
from listening.store import Selection, listen_store
from scrobbling import outgoing, sending
from scrobbling.models import Scrobble, ServiceConnection
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
from scrobbling.tests.outgoing.upstream import Upstream

Send = Callable[[], None]


def hidden(user: Any, selection: Selection) -> Deletion:
    """What they deleted and can still take back."""
    erase_at = timezone.now() + timedelta(minutes=1)
    return Deletion.objects.create(user_id=user.pk, selection=packed_selection(selection), count=1, erase_at=erase_at)


@BOTH
def test_listens_arrive_once_and_in_order(bob: Any, upstream: Upstream, send: Send, service: str) -> None:
    connection = connected(bob, service, upstream)
    listens = played(bob, "First", "Second", "Third")
    for _ in range(3):
        send()
        for listen in listens:
            outgoing.note(bob.pk, listen)
    assert upstream.received == [(each.title, int(each.started_at.timestamp())) for each in listens]
    assert upstream.broken_rules == []
    assert states(connection) == {"sent": 3}
    connection.refresh_from_db()
    assert connection.last_sent_at is not None and connection.trouble == ""


def test_everything_known_of_a_track_goes_to_listenbrainz(bob: Any, upstream: Upstream, send: Send) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    mbid = "e225fb84-dc9a-419e-adcd-9890f59ec432"
    played(bob, "Ünïcode ♥", recording_mbid=mbid, isrc="DEABC1234567")
    played(bob, "Bare", album_title="", recording_mbid="no uuid")
    send()
    info = {"media_player": "Music Streamer", "submission_client": "Music Streamer", "duration_ms": 100_000}
    by_title = {each["track_metadata"]["track_name"]: each["track_metadata"] for each in upstream.raw}
    assert by_title["Ünïcode ♥"] == {
        "artist_name": "An Artist",
        "track_name": "Ünïcode ♥",
        "release_name": "An Album",
        "additional_info": {**info, "recording_mbid": mbid, "isrc": "DEABC1234567"},
    }
    assert by_title["Bare"] == {"artist_name": "An Artist", "track_name": "Bare", "additional_info": info}


@pytest.mark.parametrize(("service", "batches"), [(LISTENBRAINZ, [1000, 1000, 1000, 1]), (LASTFM, [50] * 60 + [1])])
def test_three_thousand_listens_go_in_full_batches(
    bob: Any, upstream: Upstream, send: Send, service: str, batches: list[int]
) -> None:
    connection = connected(bob, service, upstream)
    listens = [listen_of(bob, f"Track {n}", timedelta(minutes=5 * (3001 - n))) for n in range(3001)]
    listen_store().add_all(listens)
    outgoing.enqueue([connection], listens)
    for _ in range(7):
        send()
    assert upstream.batches == batches
    assert upstream.titles == [f"Track {n}" for n in range(3001)]
    assert upstream.broken_rules == []
    assert states(connection) == {"sent": 3001}


def test_a_turn_ends_after_ten_batches_so_that_others_get_theirs(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LASTFM, upstream)
    listens = [listen_of(bob, f"Track {n}", timedelta(minutes=n + 1)) for n in range(510)]
    listen_store().add_all(listens)
    outgoing.enqueue([connection], listens)
    send()
    assert upstream.batches == [50] * 10


@BOTH
def test_what_does_not_count_stays_here(bob: Any, upstream: Upstream, send: Send, service: str) -> None:
    connection = connected(bob, service, upstream, days=2)
    played(bob, "Left early", share=0.4)
    played(bob, "A jingle", duration_ms=20_000)
    played(bob, "From a file", origin="import:1")
    played(bob, "From a phone", origin="device:1")
    outgoing.note(bob.pk, heard(bob, "Before they connected", timedelta(days=3)))
    send()
    assert upstream.received == []
    assert states(connection) == {}


def test_one_persons_listens_go_to_their_accounts_alone(alice: Any, bob: Any, upstream: Upstream, send: Send) -> None:
    connected(bob, LISTENBRAINZ, upstream)
    connected(bob, LASTFM, upstream)
    played(alice, "Hers")
    played(bob, "His")
    send()
    assert upstream.titles == ["His", "His"]


@BOTH
def test_what_died_between_sending_and_noting_is_one_listen_there(
    bob: Any, upstream: Upstream, send: Send, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again: nobody can know whether it arrived. The services know it by its second."""
    connection = connected(bob, service, upstream)
    played(bob, "One", "Two")

    class Killed(BaseException): ...

    def dying(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending.Sender, "settle", dying)
        with pytest.raises(Killed):
            send()
    send()
    assert upstream.titles == ["One", "Two", "One", "Two"]
    assert len(upstream.kept) == 2
    assert states(connection) == {"sent": 2}


@BOTH
def test_an_answer_that_got_lost_is_one_listen_there(
    bob: Any, upstream: Upstream, send: Send, clock: Clock, service: str
) -> None:
    connection = connected(bob, service, upstream)
    upstream.faults = ["take and cut"]
    played(bob, "One", "Two")
    send()
    clock.forward(seconds=6)
    send()
    assert len(upstream.received) == 4 and len(upstream.kept) == 2
    assert states(connection) == {"sent": 2}


@BOTH
def test_what_they_delete_while_it_waits_is_not_sent(bob: Any, upstream: Upstream, send: Send, service: str) -> None:
    connection = connected(bob, service, upstream)
    _keep, gone, back = played(bob, "Keep", "Gone", "Back")
    deletion = hidden(bob, Selection(event_id=gone.event_id))
    undone = hidden(bob, Selection(event_id=back.event_id))
    send()
    assert upstream.titles == ["Keep"]
    undone.delete()
    send()
    assert upstream.titles == ["Keep", "Back"]
    listen_store().erase(bob.pk, Selection(event_id=gone.event_id))
    deletion.delete()
    send()
    assert upstream.titles == ["Keep", "Back"]
    assert states(connection) == {"sent": 2}


def test_a_queue_that_is_hidden_does_not_hold_up_what_follows(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LASTFM, upstream)
    outgoing.enqueue([connection], [heard(bob, f"Track {n}", timedelta(minutes=n + 5)) for n in range(60)])
    hidden(bob, Selection(until=timezone.now() - timedelta(minutes=1)))
    outgoing.enqueue([connection], [heard(bob, "After", timedelta(seconds=30))])
    send()
    assert upstream.titles == ["After"]


def test_what_is_old_is_forgotten_and_not_sent_again(bob: Any, upstream: Upstream, send: Send) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream, days=100)
    listen = heard(bob, "Old", outgoing.KEPT - timedelta(minutes=1))
    outgoing.note(bob.pk, listen)
    send()
    Scrobble.objects.update(started_at=timezone.now() - outgoing.KEPT - timedelta(seconds=1))
    sending.prune()
    assert states(connection) == {}
    outgoing.note(bob.pk, heard(bob, "Older", outgoing.KEPT + timedelta(seconds=1)))
    assert states(connection) == {}
    assert upstream.titles == ["Old"]


def test_what_waits_is_never_pruned_while_there_is_hope(bob: Any, upstream: Upstream) -> None:
    connection = connected(bob, LISTENBRAINZ, upstream)
    played(bob, "One")
    Scrobble.objects.update(started_at=timezone.now() - outgoing.KEPT - timedelta(days=1))
    sending.prune()
    assert states(connection) == {"waiting": 1}
    ServiceConnection.objects.update(state=ServiceConnection.State.REFUSED)
    sending.prune()
    assert states(connection) == {}


def test_a_service_that_is_not_set_up_any_more_is_left_alone(
    bob: Any, upstream: Upstream, send: Send, settings: Any
) -> None:
    connection = connected(bob, LASTFM, upstream)
    played(bob, "One")
    settings.LASTFM_API_KEY = ""
    played(bob, "Two")
    send()
    assert upstream.requests == []
    assert states(connection) == {"waiting": 1}


def test_an_account_takes_its_connections_along(bob: Any, upstream: Upstream) -> None:
    from users.deletion import delete_account

    connected(bob, LISTENBRAINZ, upstream)
    played(bob, "One")
    delete_account(bob)
    assert not ServiceConnection.objects.exists() and not Scrobble.objects.exists()
    assert listen_store().history(bob.pk or 0, 1) == []
