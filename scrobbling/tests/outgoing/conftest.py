from collections.abc import Callable, Iterator
from typing import Any

import pytest

from listening.store import forget_store
from scrobbling.sending import send_due
from scrobbling.services import calling
from scrobbling.tests.outgoing.cast import Clock
from scrobbling.tests.outgoing.upstream import LFM_KEY, LFM_SECRET, Upstream, running


@pytest.fixture(autouse=True)
def fresh_store() -> Iterator[None]:
    yield
    forget_store()


@pytest.fixture
def upstream(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    monkeypatch.setattr(calling, "READ_SECONDS", 0.5)
    with running() as server:
        settings.LISTENBRAINZ_URL, settings.LASTFM_URL = server.url, f"{server.url}/2.0/"
        settings.LASTFM_API_KEY, settings.LASTFM_API_SECRET = LFM_KEY, LFM_SECRET
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def send(clock: Clock) -> Callable[[], None]:
    """What the worker does every two seconds."""
    return lambda: send_due(clock)
