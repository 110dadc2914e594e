"""Listens in MongoDB. No call keeps its caller waiting for more than half a second."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError

from listening import rules
from listening.errors import EventBelongsToAnother, UnknownEvent
from listening.listen import Cursor, Event, Listen
from listening.mongo_door import Document, MongoDoor

FIELDS = tuple(field.name for field in fields(Listen))
RECENT_LISTENS = 1000
ONE_BATCH = 100_000
DUPLICATE_KEY = 11000


class MongoListenStore:
    def __init__(self, door: MongoDoor) -> None:
        self.door = door

    def start(self, listen: Listen) -> Listen:
        with self.door.asking() as listens:
            try:
                listens.insert_one(_document(listen))
            except DuplicateKeyError:
                return self._existing(listens, listen)
            return listen

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        event = Event("left" if left else "progress", played_ms, received_at)
        return self._change(user_id, event_id, lambda listen: rules.apply(listen, event))

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        event = Event("complete", played_ms, received_at)
        return self._change(user_id, event_id, lambda listen: rules.apply(listen, event))

    def history(self, user_id: int, limit: int, before: Cursor | None = None) -> list[Listen]:
        found: list[Document] = []
        with self.door.asking() as listens:
            for window in _windows(user_id, before):
                found = list(_newest_first(listens, window, limit))
                if len(found) >= limit:
                    break
        return [_listen(document) for document in found]

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        latest: list[int] = []
        with self.door.asking() as listens:
            for window in _windows(user_id, None):
                played = _newest_first(listens, window, RECENT_LISTENS, {"track_id": 1})
                latest = list(dict.fromkeys(document["track_id"] for document in played))
                if len(latest) >= limit:
                    break
        return latest[:limit]

    def heard_track_ids(self, user_id: int) -> set[int]:
        with self.door.asking() as listens:
            return set(listens.distinct("track_id", {"user_id": user_id, "heard": True}))

    def completed_tracks(self, user_id: int) -> dict[int, tuple[str, ...]]:
        wanted = {"_id": 0, "track_id": 1, "genres": 1, "completed_at": 1}
        with self.door.asking() as listens:
            finished = list(listens.find({"user_id": user_id, "completed": True}, wanted, batch_size=ONE_BATCH))
        latest: dict[int, tuple[str, ...]] = {}
        for document in sorted(finished, key=lambda document: document["completed_at"], reverse=True):
            latest.setdefault(document["track_id"], tuple(document["genres"]))
        return latest

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        pipeline: list[Document] = [
            {"$match": {"completed_at": {"$gte": since}}},
            {"$group": {"_id": {"track_id": "$track_id", "user_id": "$user_id"}}},
            {"$group": {"_id": "$_id.track_id", "listeners": {"$sum": 1}}},
            {"$sort": {"listeners": -1, "_id": 1}},
            {"$limit": limit},
        ]
        with self.door.asking() as listens:
            return [(found["_id"], found["listeners"]) for found in listens.aggregate(pipeline)]

    def forget_user(self, user_id: int) -> int:
        with self.door.asking() as listens:
            return listens.delete_many({"user_id": user_id}).deleted_count

    def add_all(self, listens: Sequence[Listen]) -> int:
        by_key = {_key(listen.user_id, listen.event_id): listen for listen in listens}
        with self.door.asking() as collection:
            known = {found["_id"]: _listen(found) for found in collection.find({"_id": {"$in": list(by_key)}})}
            new = [listen for key, listen in by_key.items() if key not in known]
            changed = [by_key[key] for key, before in known.items() if rules.merge(before, by_key[key]) != before]
            changed += _inserted_elsewhere(collection, new)
        for listen in changed:
            self._merge(listen)
        return len(new) + len(changed)

    def ping(self) -> None:
        with self.door.asking() as listens:
            listens.database.command("ping")

    def _existing(self, listens: Collection[Document], listen: Listen) -> Listen:
        found = listens.find_one({"_id": _key(listen.user_id, listen.event_id)})
        if found is None:
            raise EventBelongsToAnother(listen.event_id)
        return _listen(found)

    def _change(self, user_id: int, event_id: str, changed: Callable[[Listen], Listen]) -> Listen:
        """Read, decide, write if nobody wrote in between; else again. The rules stay in Python, in one place."""
        with self.door.asking() as listens:
            while found := listens.find_one({"_id": _key(user_id, event_id)}):
                before = _listen(found)
                after = changed(before)
                if after == before or _replaced(listens, found["rev"], after):
                    return after
        raise UnknownEvent(event_id)

    def _merge(self, listen: Listen) -> Listen:
        try:
            return self._change(listen.user_id, listen.event_id, lambda known: rules.merge(known, listen))
        except UnknownEvent as error:
            raise EventBelongsToAnother(listen.event_id) from error


def _windows(user_id: int, before: Cursor | None) -> Iterator[Document]:
    """Ever longer stretches of one user's history: a page is near its beginning, whatever lies behind."""
    beginning: Document = {"user_id": user_id}
    newest = datetime.now(UTC)
    if before:
        newest = before.started_at
        earlier = [{"started_at": {"$lt": newest}}, {"event_id": {"$lt": before.event_id}}]
        beginning = {"user_id": user_id, "started_at": {"$lte": newest}, "$or": earlier}
    for days in (7, 60):
        yield {**beginning, "started_at": {**beginning.get("started_at", {}), "$gte": newest - timedelta(days=days)}}
    yield beginning


def _newest_first(
    listens: Collection[Document], wanted: Document, limit: int, projection: Document | None = None
) -> Iterator[Document]:
    return iter(listens.find(wanted, projection).sort([("started_at", -1), ("event_id", -1)]).limit(limit))


def _replaced(listens: Collection[Document], rev: int, after: Listen) -> bool:
    document = {**_document(after), "rev": rev + 1}
    return listens.replace_one({"_id": document["_id"], "rev": rev}, document).matched_count == 1


def _inserted_elsewhere(collection: Collection[Document], new: Sequence[Listen]) -> list[Listen]:
    """Insert; the ones that somebody else inserted meanwhile."""
    if not new:
        return []
    try:
        collection.insert_many([_document(listen) for listen in new], ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if any(failure["code"] != DUPLICATE_KEY for failure in failures):
            raise
        return [new[failure["index"]] for failure in failures]
    return []


def _key(user_id: int, event_id: str) -> str:
    return f"{user_id}:{event_id}"


def _document(listen: Listen) -> Document:
    values: Document = {name: getattr(listen, name) for name in FIELDS}
    identity = {"_id": _key(listen.user_id, listen.event_id), "rev": 0}
    return {**identity, **values, "genres": list(listen.genres), "heard": listen.heard}


def _listen(document: Document) -> Listen:
    values: Document = {name: document[name] for name in FIELDS}
    return Listen(**{**values, "genres": tuple(document["genres"])})
