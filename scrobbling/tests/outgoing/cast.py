"""Connections and listens as they come about, without a browser."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from listening.rules import apply, begin
from listening.store import Event, Listen, listen_store
from scrobbling import outgoing
from scrobbling.models import Scrobble, Service, ServiceConnection
from scrobbling.sealing import seal
from scrobbling.tests.outgoing.upstream import LB_TOKEN, LFM_SESSION, Upstream

LISTENBRAINZ, LASTFM = Service.LISTENBRAINZ, Service.LASTFM
BOTH = pytest.mark.parametrize("service", [LISTENBRAINZ, LASTFM])


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def connected(user: Any, service: str, upstream: Upstream, days: float = 40) -> ServiceConnection:
    """As after a token was accepted some days ago."""
    secret, account = (LB_TOKEN, "bob_lb") if service == LISTENBRAINZ else (LFM_SESSION, "bob_fm")
    if service == LASTFM:
        upstream.lfm_sessions[LFM_SESSION] = account
    return ServiceConnection.objects.create(
        user=user,
        service=service,
        state=ServiceConnection.State.CONNECTED,
        sealed=seal(secret),
        account=account,
        since=datetime.now(UTC) - timedelta(days=days),
    )


def heard(user: Any, title: str, *facts: Any, **more: Any) -> Listen:
    """A listen that is in the store."""
    listen = listen_of(user, title, *facts, **more)
    listen_store().add_all([listen])
    return listen


def listen_of(user: Any, title: str, ago: timedelta = timedelta(hours=1), share: float = 1.0, **more: Any) -> Listen:
    """Of a track of 100 s."""
    began_at = timezone.now() - ago
    facts = {"artist_name": "An Artist", "album_title": "An Album", "duration_ms": 100_000, **more}
    listen = begin(
        user_id=user.pk,
        event_id=str(uuid.uuid4()),
        track_id=1,
        title=title,
        artist_id=1,
        genres=["jazz"],
        received_at=began_at,
        **facts,
    )
    ended_at = began_at + timedelta(milliseconds=listen.duration_ms)
    return apply(listen, Event("progress", int(listen.duration_ms * share), ended_at))


def played(user: Any, *titles: str, **more: Any) -> list[Listen]:
    """Listens ten minutes apart, the first the longest ago, that the player reported."""
    listens = [heard(user, title, timedelta(minutes=10 * (len(titles) - n)), **more) for n, title in enumerate(titles)]
    for listen in listens:
        outgoing.note(user.pk, listen)
    return listens


def states(connection: ServiceConnection) -> dict[str, int]:
    """How many scrobbles are in which state."""
    counts: dict[str, int] = {}
    for state in Scrobble.objects.filter(connection=connection).values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts
