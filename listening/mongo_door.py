"""The door to MongoDB: one client per process, a short wait, errors named by what to do next."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from threading import Lock
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from pymongo.collection import Collection
from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

from listening.breaker import Breaker
from listening.errors import BadEvent, StoreAway, StoreTooSlow
from listening.mongo_indexes import look

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Connect = Callable[[], pymongo.MongoClient[Document]]
IsConnected = Callable[[pymongo.MongoClient[Document]], bool]

TIMEOUT_SECONDS = 0.37
LAST_WORD_SECONDS = 0.08
LONGEST_SEARCH_SECONDS = 8.0
OPERATORS_FIRST_WORD_SECONDS = 20.0
DATABASE = "music_streamer"
# On more than this many listens an index takes longer to build than a page waits: `manage.py ensure_indexes` does it.
FEW_LISTENS = 1000


def connect_to(uri: str, timeout_seconds: float = TIMEOUT_SECONDS) -> Connect:
    """A way to make the client when it is first needed: after the fork, not at import."""
    connect_ms = max(400, round(timeout_seconds * 1000))
    # w, journal: else an acknowledged listen is lost when a server is killed in the next moments or another is elected.
    # readPreference: a change is decided by what was read, which a secondary may not have yet.
    # retry: the driver would look for another server in steps of half a second, whatever the timeout is.
    return lambda: pymongo.MongoClient(
        uri,
        w="majority",
        journal=True,
        readPreference="primary",
        retryReads=False,
        retryWrites=False,
        serverSelectionTimeoutMS=connect_ms,
        connectTimeoutMS=connect_ms,
        heartbeatFrequencyMS=1000,
        appname="music-streamer",
    )


def sees_server(client: pymongo.MongoClient[Document]) -> bool:
    return client.topology_description.has_writable_server()


class MongoDoor:
    def __init__(
        self,
        connect: Connect,
        timeout_seconds: float = TIMEOUT_SECONDS,
        is_connected: IsConnected = sees_server,
        is_to_index: bool = True,
    ) -> None:
        self._connect = connect
        self._is_connected = is_connected
        self._timeout_seconds = timeout_seconds
        self._is_to_index = is_to_index
        self._breaker = Breaker()
        self._lock = Lock()
        self._client: pymongo.MongoClient[Document] | None = None
        self._client_pid = 0
        self._is_indexed = False

    @contextmanager
    def asking(self) -> Iterator[Collection[Document]]:
        """The listens, for questions that together take no longer than the timeout. Raises StoreAway."""
        with self._breaker.guard(), self._named_errors(), pymongo.timeout(self._timeout_seconds):
            listens = self._listens()
            self._wait_for_server(listens.database.client)
            if self._is_to_index and not self._is_indexed:
                _index_if_few(listens)
                self._is_indexed = True
            yield listens

    @contextmanager
    def one_budget(self) -> Iterator[None]:
        """Everything asked inside shares the time that a single question has."""
        with pymongo.timeout(self._timeout_seconds + LAST_WORD_SECONDS):
            yield

    @property
    def may_answer(self) -> bool:
        """False while it is known to be away: asking would only raise StoreAway."""
        return self._breaker.lets_through

    def close(self) -> None:
        if self._client is not None and self._client_pid == os.getpid():
            self._client.close()
        self._client = None

    def _listens(self) -> Collection[Document]:
        with self._lock:
            if self._client is None or self._client_pid != os.getpid():
                self._client, self._client_pid, self._is_indexed = self._connect(), os.getpid(), False
            options: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
            return self._client.get_default_database(DATABASE).get_collection("listens", codec_options=options)

    def _wait_for_server(self, client: pymongo.MongoClient[Document]) -> None:
        # Not left to the driver's server selection: it waits in steps of half a second, whatever the timeout is.
        give_up_at = time.monotonic() + min(self._timeout_seconds, LONGEST_SEARCH_SECONDS)
        while not self._is_connected(client):
            if time.monotonic() > give_up_at:
                raise ServerSelectionTimeoutError("no server was found")
            time.sleep(0.005)

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except PyMongoError as error:
            if error.timeout and self._still_answers():
                raise StoreTooSlow("MongoDB took too long.") from error
            logger.warning("MongoDB is away: %s", error)
            raise StoreAway("MongoDB does not answer.") from error
        except (BSONError, OverflowError, UnicodeError) as error:
            raise BadEvent("MongoDB cannot keep this.") from error

    def _still_answers(self) -> bool:
        """A question that was too big looks like a dead server; a ping tells them apart."""
        database = self._listens().database
        try:
            with pymongo.timeout(LAST_WORD_SECONDS):
                return self._is_connected(database.client) and bool(database.command("ping"))
        except PyMongoError:
            return False


def operators_door(uri: str, timeout_seconds: float) -> MongoDoor:
    """For commands that keep a server busy: one that is slow to say that it is there has not gone away.

    It builds no index by itself.
    """
    return MongoDoor(connect_to(uri, OPERATORS_FIRST_WORD_SECONDS), timeout_seconds, is_to_index=False)


def _index_if_few(listens: Collection[Document]) -> None:
    state = look(listens)
    if state.missing and listens.estimated_document_count() <= FEW_LISTENS:
        listens.create_indexes(state.missing)
    elif names := [*state.missing_names, *state.different]:
        logger.warning("MongoDB lacks indexes (%s); run `manage.py ensure_indexes`.", ", ".join(names))
