"""Any number of workers send each listen once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from conftest import make_user
from scrobbling import outgoing
from scrobbling.sending import send_due
from scrobbling.tests.outgoing.cast import BOTH, connected, heard, states
from scrobbling.tests.outgoing.upstream import Upstream
from tests.own_database import connected_to_own_database


@pytest.fixture(scope="module")
def shared_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """With real transactions: the one in memory does not let threads write side by side."""
    with django_db_blocker.unblock(), connected_to_own_database(tmp_path_factory.mktemp("own")) as url:
        yield url


def all_at_once(call: Callable[[], Any], times: int) -> None:
    def closing(_: int) -> None:
        try:
            call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as threads:
        list(threads.map(closing, range(times)))


@BOTH
def test_four_workers_send_each_listen_once(shared_database: str, upstream: Upstream, service: str) -> None:
    users = [make_user(f"{name}-{service}") for name in ("ann", "ben")]
    theirs = []
    for user in users:
        connection = connected(user, service, upstream)
        listens = [heard(user, f"{user} {n}", timedelta(minutes=n + 5)) for n in range(120)]
        outgoing.enqueue([connection], listens)
        theirs.append(connection)
    for _ in range(2):
        all_at_once(send_due, 4)
    assert len(upstream.received) == len(upstream.kept) == 240
    assert [states(connection) for connection in theirs] == [{"sent": 120}] * 2


def test_the_same_report_at_once_from_two_tabs_is_queued_once(shared_database: str, upstream: Upstream) -> None:
    user = make_user("cleo")
    connection = connected(user, "listenbrainz", upstream)
    listen = heard(user, "One")
    all_at_once(lambda: outgoing.note(user.pk, listen), 8)
    assert states(connection) == {"waiting": 1}
