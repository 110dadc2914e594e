"""No question reads through everybody's listens: each begins with what an index begins with."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pymongo
import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from listening.listen import Selection
from listening.mongo import MongoListenStore
from listening.mongo_door import MongoDoor
from listening.mongo_indexes import wanted
from listening.tests.cast import ALICE, BOB, NOW, THREE_MINUTES, after, begun, event_id
from listening.tests.conftest import emptied

pytestmark = [pytest.mark.wire, pytest.mark.django_db]

Question = tuple[str, dict[str, Any]]


class Overheard(CommandListener):
    """What the server is asked, but for indexes: the collection, and the filter."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def started(self, event: CommandStartedEvent) -> None:
        command = event.command
        for asked in self._filters(command):
            self.questions.append((str(command[event.command_name]), asked))

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def _filters(self, command: Any) -> Iterator[dict[str, Any]]:
        if "find" in command:
            yield command["filter"]
        for change in (*command.get("updates", ()), *command.get("deletes", ())):
            yield change["q"]
        for step in command.get("pipeline", ()):
            if "$match" in step:
                yield step["$match"]


@pytest.fixture
def overheard() -> Overheard:
    return Overheard()


@pytest.fixture
def store(wire_uri: str, overheard: Overheard) -> Iterator[MongoListenStore]:
    store = MongoListenStore(MongoDoor(lambda: pymongo.MongoClient(wire_uri, event_listeners=[overheard]), 20))
    emptied(store)
    for number in range(1, 5):
        store.start(begun(number=number))
        store.complete(ALICE, event_id(number), THREE_MINUTES, after(180))
    yield store
    store.door.close()


ALL_QUESTIONS: dict[str, Callable[[MongoListenStore], Any]] = {
    "start": lambda store: store.start(begun(number=9)),
    "start again": lambda store: store.start(begun()),
    "progress": lambda store: (store.start(begun(number=9)), store.progress(ALICE, event_id(9), 1000, after(5))),
    "find": lambda store: store.find(ALICE, event_id(1)),
    "history": lambda store: store.history(ALICE, 9),
    "older history": lambda store: store.history(ALICE, 9, before=store.history(ALICE, 1)[0].cursor),
    "history of an artist": lambda store: store.history(ALICE, 9, wanted=Selection(artist_id=10)),
    "history of a track": lambda store: store.history(ALICE, 9, wanted=Selection(track_id=1)),
    "history of a genre": lambda store: store.history(ALICE, 9, wanted=Selection(genre="jazz")),
    "history without": lambda store: store.history(ALICE, 9, without=[Selection(track_id=1)]),
    "each": lambda store: list(store.each(ALICE)),
    "count": lambda store: store.count(ALICE, Selection(since=NOW)),
    "leave out": lambda store: store.leave_out(ALICE, Selection(track_id=1)),
    "erase": lambda store: store.erase(ALICE, Selection(track_id=1)),
    "forget": lambda store: store.forget_user(ALICE),
    "add": lambda store: store.add_all([begun(number=9), begun(BOB, 8)]),
    "join": lambda store: store.join(-5, begun().identity),
    "join of one": lambda store: store.join(-5, begun().identity, [ALICE]),
    "unmatched ids": lambda store: store.unmatched_ids("a", "b"),
    "has unmatched": lambda store: store.has_unmatched(),
    "unmatched among": lambda store: store.unmatched_among([-1], ["a"], ["b"]),
    "unmatched tracks": lambda store: store.unmatched_tracks(ALICE, after=-9),
    "recent tracks": lambda store: store.recent_track_ids(ALICE, 9),
    "heard tracks": lambda store: store.heard_tracks(ALICE).track_ids,
    "completed tracks": lambda store: store.completed_tracks(ALICE),
    "popular": lambda store: store.popular_track_ids(9, NOW - timedelta(days=30)),
    "popular among": lambda store: store.popular_among([ALICE, BOB], 9, NOW - timedelta(days=30)),
    "popular of an artist": lambda store: store.popular_of_artist(10, 9),
}
OF_A_PAGE = ("history", "recent tracks", "heard tracks", "popular", "popular of an artist", "find", "unmatched tracks")


@pytest.mark.parametrize("name", ALL_QUESTIONS)
@pytest.mark.parametrize("is_cluster", [False, True], ids=["replica set", "cluster"])
def test_each_question_begins_with_what_an_index_begins_with(
    store: MongoListenStore, overheard: Overheard, name: str, is_cluster: bool
) -> None:
    overheard.questions.clear()
    ALL_QUESTIONS[name](store)
    assert overheard.questions or name == "start"
    for collection, asked in overheard.questions:
        assert "_id" in asked or (collection == "listens" and begins_an_index(asked, is_cluster)), (collection, asked)


@pytest.mark.parametrize("name", OF_A_PAGE)
def test_the_server_finds_the_index_of_what_a_page_asks(
    store: MongoListenStore, overheard: Overheard, name: str
) -> None:
    overheard.questions.clear()
    ALL_QUESTIONS[name](store)
    with store.door.asking() as listens:
        for collection, asked in (each for each in overheard.questions if "building" not in each[1]):
            said = listens.database.command("explain", {"find": collection, "filter": asked}, verbosity="queryPlanner")
            assert "COLLSCAN" not in str(said["queryPlanner"]["winningPlan"]), asked


def begins_an_index(asked: dict[str, Any], is_cluster: bool) -> bool:
    """A partial index answers only who asks for what it holds."""
    is_unmatched = "$lt" in str(asked.get("track_id")) or str(asked.get("track_id")).startswith("-")
    documents = [index.document for index in wanted(is_cluster)]
    return any(
        next(iter(index["key"])) in asked and (is_unmatched or "partialFilterExpression" not in index)
        for index in documents
    )


def test_a_report_is_written_without_reading_first(store: MongoListenStore, overheard: Overheard) -> None:
    store.start(begun(number=9))
    overheard.questions.clear()
    store.progress(ALICE, event_id(9), 10_000, after(10))

    assert [(collection, set(asked)) for collection, asked in overheard.questions] == [("listens", {"_id", "rev"})]
