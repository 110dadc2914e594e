"""What a process remembers of the listens that it wrote never overrules what others wrote."""

import pytest

from listening import recent
from listening.errors import UnknownEvent
from listening.listen import Selection
from listening.mongo import MongoListenStore
from listening.recent import Recent
from listening.tests.cast import ALICE, THREE_MINUTES, after, begun, event_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(mock_mongo: MongoListenStore) -> MongoListenStore:
    """Another process at the same database."""
    return MongoListenStore(mock_mongo.door)


def test_what_another_process_wrote_in_between_stays(mock_mongo, other):
    mock_mongo.start(begun())
    other.complete(ALICE, event_id(1), THREE_MINUTES, after(180))

    later = mock_mongo.progress(ALICE, event_id(1), 20_000, after(181))

    assert later == mock_mongo.find(ALICE, event_id(1))
    assert (later.completed, later.played_ms) == (True, THREE_MINUTES)


def test_what_another_process_left_out_stays_out(mock_mongo, other):
    mock_mongo.start(begun())
    other.leave_out(ALICE, Selection())

    assert mock_mongo.complete(ALICE, event_id(1), THREE_MINUTES, after(180)).is_left_out


def test_a_listen_that_another_process_erased_does_not_come_back(mock_mongo, other):
    mock_mongo.start(begun())
    other.forget_user(ALICE)

    for played_ms in (0, 20_000):
        with pytest.raises(UnknownEvent):
            mock_mongo.progress(ALICE, event_id(1), played_ms, after(20))
    assert mock_mongo.count(ALICE) == 0


def test_only_the_latest_are_remembered_and_each_once(monkeypatch):
    monkeypatch.setattr(recent, "MOST", 2)
    known = Recent()
    for number in (1, 2, 3):
        known.keep(event_id(number), begun(number=number), number)

    assert known.take(event_id(1)) is None
    assert known.take(event_id(3)) == (begun(number=3), 3)
    assert known.take(event_id(3)) is None
