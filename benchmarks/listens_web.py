"""What a player's reports cost the real server, beside a view that does nothing."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from benchmarks.cost import family
from benchmarks.ground import serving
from benchmarks.nothing import ADDRESS, NOTHING
from benchmarks.posting import Clients, Spent, clients, post_request
from benchmarks.shelf_world import DURATION_MS
from benchmarks.wire import free_port

KINDS = ("start", "progress", "complete")
LISTENS_A_ROUND, WARM_UP_LISTENS = 100, 20


def spent_on_events(folder: Path, users: Sequence, tracks: int, rounds: int, **settings: str) -> dict[str, Spent]:
    """Of each kind, by one client for each user; the kinds take turns, so that what else the machine does hits all."""
    port = free_port()
    total = {name: Spent() for name in (NOTHING, *KINDS)}
    with serving(folder, port, DJANGO_SETTINGS_MODULE="benchmarks.nothing_settings", **settings) as pid:
        sessions = [_session(user) for user in users]
        with clients(len(users), port, _server(pid)) as crowd:
            _one_round(crowd, port, sessions, tracks, WARM_UP_LISTENS)
            for _round in range(rounds):
                for name, spent in _one_round(crowd, port, sessions, tracks, LISTENS_A_ROUND).items():
                    total[name].add(spent)
    return total


def _one_round(crowd: Clients, port: int, sessions: list[str], tracks: int, count: int) -> dict[str, Spent]:
    dice = random.Random(2026)
    listens = [[_Reports(number, dice.randint(1, tracks)) for number in range(count)] for _session in sessions]
    spent = {}
    for name in (NOTHING, *KINDS):
        requests = [
            [post_request(port, *listen.said(name), session) for listen in own]
            for own, session in zip(listens, sessions, strict=True)
        ]
        spent[name] = crowd.post(requests)
    return spent


class _Reports:
    """What the player says of one track heard to its end some minutes ago: the dearest case, as all of it counts."""

    def __init__(self, number: int, track_id: int) -> None:
        self.event_id = str(uuid4())
        self.track_id = track_id
        self.started_at = datetime.now(UTC) - timedelta(milliseconds=DURATION_MS + 1000 * number)

    def said(self, kind: str) -> tuple[str, bytes]:
        """The address and the body; to the view that does nothing what is said to start."""
        if kind in (NOTHING, "start"):
            body = {
                "event_id": self.event_id,
                "track_id": self.track_id,
                "source": "library",
                "started_at": self.started_at.isoformat(),
            }
            return ADDRESS if kind == NOTHING else "/listens/start/", json.dumps(body).encode()
        played_ms = DURATION_MS if kind == "complete" else DURATION_MS // 2
        return f"/listens/{self.event_id}/{kind}/", json.dumps({"played_ms": played_ms}).encode()


def _session(user) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def _server(pid: int) -> int:
    """The process that answers requests: what it starts beside it works for all."""
    for each in family(pid):
        if b"music_streamer.web" in Path(f"/proc/{each}/cmdline").read_bytes():
            return each
    raise RuntimeError("The server has no process that answers requests.")
