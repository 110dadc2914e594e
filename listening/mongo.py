"""Listens in MongoDB. No call keeps its caller waiting for more than half a second."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from collections.abc import Collection as Several
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.cursor import Cursor as FoundDocuments
from pymongo.errors import BulkWriteError, DuplicateKeyError

from listening import rules, taste
from listening.errors import EventBelongsToAnother, UnknownEvent
from listening.listen import (
    EVERYTHING,
    Cursor,
    Event,
    Heard,
    Identity,
    Listen,
    Selection,
    Story,
    TrackSums,
    TrackTotals,
    identity_columns,
    to_ms,
)
from listening.marks import mark, mark_all
from listening.mongo_door import Document, MongoDoor
from listening.recent import Recent

T = TypeVar("T")

FIELDS = tuple(field.name for field in fields(Listen))
RECENT_LISTENS = 1000
ONE_BATCH = 100_000
COUNTED = {"_id": 0, "track_id": 1, "user_id": 1}
SHORTEST_STRETCH = timedelta(hours=1)
LONGEST_STEP = 16.0
LONGEST_STRETCH = timedelta(days=365)
FORGOTTEN_AT_ONCE = 200
DUPLICATE_KEY = 11000
MS = timedelta(milliseconds=1)
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
# Hardly anybody noted what they heard before.
EARLY = datetime(2005, 1, 1, tzinfo=UTC)


class MongoListenStore:
    def __init__(self, door: MongoDoor) -> None:
        self.door = door
        self._recent = Recent()

    def start(self, listen: Listen) -> Listen:
        mark(listen.user_id, [listen.started_at])
        with self.door.asking() as listens:
            try:
                listens.insert_one(_document(listen))
                self._recent.keep(_key(listen.user_id, listen.event_id), listen, 0)
            except DuplicateKeyError:
                listen = self._existing(listens, listen)
            taste.note(listens, listen.user_id, [listen])
            return listen

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        event = Event("left" if left else "progress", played_ms, received_at)
        return self._change(user_id, event_id, lambda listen: rules.apply(listen, event))

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        event = Event("complete", played_ms, received_at)
        return self._change(user_id, event_id, lambda listen: rules.apply(listen, event))

    def tell(self, user_id: int, stories: Sequence[Story]) -> set[str]:
        """Many listens of theirs at once, as if each event came by itself; the event ids that are not theirs."""
        with self.door.asking() as listens:
            keys = [_key(user_id, story.event_id) for story in stories]
            found = listens.find({"user_id": user_id, "_id": {"$in": keys}})
            known = {document["event_id"]: document for document in found}
            told = {story.event_id: after for story in stories if (after := _told(story, known.get(story.event_id)))}
            new = [listen for event_id, listen in told.items() if event_id not in known]
            changed = [told[event_id] for event_id, document in known.items() if told[event_id] != _listen(document)]
            mark(user_id, (listen.started_at for listen in (*new, *changed)))
            taken = {listen.event_id for listen in _inserted_elsewhere(listens, new)}
            taken |= {listen.event_id for listen in _changed_elsewhere(listens, known, changed)}
            # Those that did not change too: a retry repairs what a crash left undone.
            taste.note(listens, user_id, (listen for listen in told.values() if listen.event_id not in taken))
        refused = {story.event_id for story in stories if story.event_id not in told}
        return refused | {
            story.event_id for story in stories if story.event_id in taken and not self._retold(user_id, story)
        }

    def find(self, user_id: int, event_id: str) -> Listen | None:
        with self.door.asking() as listens:
            found = listens.find_one(_one(user_id, event_id))
        return _listen(found) if found else None

    def history(
        self,
        user_id: int,
        limit: int,
        before: Cursor | None = None,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
    ) -> list[Listen]:
        found: list[Document] = []
        with self.door.asking() as listens:
            for window in _windows(user_id, before):
                found = list(_newest_first(listens, _chosen(window, wanted, without), limit))
                if len(found) >= limit:
                    break
        return [_listen(document) for document in found]

    def each(
        self,
        user_id: int,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
        batch_size: int = 1000,
    ) -> Iterator[list[Listen]]:
        if wanted != EVERYTHING:
            yield from self._in_order(_chosen({"user_id": user_id}, wanted, without), batch_size)
            return
        since: datetime | None = None
        until, length, now = EARLY, LONGEST_STRETCH, datetime.now(UTC)
        while since is None or since <= now:
            stretch = Selection(since=since, until=until if until <= now else None)
            found = 0
            for batch in self._in_order(_chosen({"user_id": user_id}, stretch, without), batch_size):
                found += len(batch)
                yield batch
            length = min(LONGEST_STRETCH, _next_length(length, batch_size, found))
            since, until = until, until + length

    def _in_order(self, chosen: Document, batch_size: int) -> Iterator[list[Listen]]:
        """The earliest first. Servers that sort all that matches do so for each batch: see _newest_completed."""
        with self.door.asking() as listens:
            found = listens.find(chosen, batch_size=batch_size).sort([("started_at", 1), ("event_id", 1)])
        while batch := self._next(found, batch_size):
            yield [_listen(document) for document in batch]

    def count(self, user_id: int, wanted: Selection = EVERYTHING, without: Sequence[Selection] = ()) -> int:
        with self.door.asking() as listens:
            return listens.count_documents(_chosen({"user_id": user_id}, wanted, without))

    def erase(self, user_id: int, wanted: Selection) -> int:
        erased = 0
        with self.door.asking() as listens:
            chosen = _chosen({"user_id": user_id}, wanted)
            for part in _parts(listens.find(chosen, {"started_at": 1}, batch_size=ONE_BATCH)):
                mark(user_id, (found["started_at"] for found in part))
                those = {"user_id": user_id, "_id": {"$in": [found["_id"] for found in part]}}
                erased += listens.delete_many(those).deleted_count
            taste.forget(listens, [user_id])
        return erased

    def leave_out(self, user_id: int, wanted: Selection, is_left_out: bool = True) -> int:
        chosen = _chosen({"user_id": user_id, "is_left_out": {"$ne": is_left_out}}, wanted)
        with self.door.asking() as listens:
            changed = listens.update_many(chosen, {"$set": {"is_left_out": is_left_out}, "$inc": {"rev": 1}})
            taste.forget(listens, [user_id])
        return changed.modified_count

    def join(self, unmatched_track_id: int, track: Identity, user_ids: Sequence[int] | None = None) -> int:
        chosen: Document = {"track_id": unmatched_track_id}
        if user_ids is not None:
            chosen["user_id"] = {"$in": list(user_ids)}
        joined = 0
        with self.door.asking() as listens:
            for part in _parts(listens.find(chosen, {"user_id": 1, "started_at": 1}, batch_size=ONE_BATCH)):
                mark_all((found["user_id"], found["started_at"]) for found in part)
                those = {"_id": {"$in": [found["_id"] for found in part]}}
                said = {**identity_columns(track), "genres": list(track.genres)}
                joined += listens.update_many(those, {"$set": said, "$inc": {"rev": 1}}).modified_count
                taste.forget(listens, {found["user_id"] for found in part})
        return joined

    def unmatched_ids(self, recording_mbid: str = "", isrc: str = "") -> set[int]:
        same = [{name: value} for name, value in (("recording_mbid", recording_mbid), ("isrc", isrc)) if value]
        if not same:
            return set()
        with self.door.asking() as listens:
            found = listens.find({"track_id": {"$lt": 0}, "$or": same}, {"track_id": 1}, batch_size=ONE_BATCH)
            return {each["track_id"] for each in found}

    def has_unmatched(self) -> bool:
        with self.door.asking() as listens:
            return listens.find_one({"track_id": {"$lt": 0}}, {"_id": 1}) is not None

    def unmatched_among(
        self, track_ids: Iterable[int], recording_mbids: Iterable[str], isrcs: Iterable[str]
    ) -> set[tuple[int, str, str]]:
        asked = (("recording_mbid", [*{*recording_mbids} - {""}]), ("isrc", [*{*isrcs} - {""}]))
        questions: list[Document] = [{"track_id": {"$lt": 0, "$in": list(track_ids)}}]
        questions += [{"track_id": {"$lt": 0}, name: {"$in": values}} for name, values in asked if values]
        columns = {"_id": 0, "track_id": 1, "recording_mbid": 1, "isrc": 1}
        with self.door.asking() as listens:
            return {
                (found["track_id"], found.get("recording_mbid", ""), found.get("isrc", ""))
                for question in questions
                for found in listens.find(question, columns, batch_size=ONE_BATCH)
            }

    def unmatched_tracks(self, user_id: int, limit: int = 1000, after: int | None = None) -> list[Identity]:
        unmatched: Document = {"$lt": 0} if after is None else {"$lt": 0, "$gt": after}
        one_each: dict[int, Identity] = {}
        with self.door.asking() as listens:
            for found in listens.find({"user_id": user_id, "track_id": unmatched}).sort("track_id", 1):
                if found["track_id"] not in one_each and len(one_each) == limit:
                    break
                one_each.setdefault(found["track_id"], _listen(found).identity)
        return list(one_each.values())

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        latest: list[int] = []
        with self.door.asking() as listens:
            for window in _windows(user_id, None):
                played = _newest_first(listens, window, RECENT_LISTENS, {"track_id": 1})
                latest = list(dict.fromkeys(document["track_id"] for document in played))
                if len(latest) >= limit:
                    break
        return latest[:limit]

    def heard_tracks(self, user_id: int) -> Heard:
        with self.door.asking() as listens:
            found = taste.taste_of(listens, user_id)
        return Heard({int(track_id) for track_id in found["tracks"]}, found.get("mark"))

    def completed_tracks(self, user_id: int, since: datetime | None = None) -> dict[int, tuple[str, ...]]:
        with self.door.asking() as listens:
            return taste.completed_in(taste.taste_of(listens, user_id)["tracks"], since)

    def loved_before(self, user_id: int, moment: datetime, since: datetime | None = None) -> list[int]:
        moment, finished = to_ms(moment), {"user_id": user_id, "completed": True}
        before = {**_chosen(finished, Selection(since=since, until=moment)), "is_left_out": {"$ne": True}}
        later = _chosen(finished, Selection(since=moment))
        with self.door.asking() as listens:
            latest = _newest_first(listens, before, rules.LOVED_LISTENS, {"track_id": 1})
            loved = rules.loved(found["track_id"] for found in latest)
            heard = listens.find({**later, "track_id": {"$in": loved}}, {"track_id": 1}, batch_size=ONE_BATCH)
            again = {found["track_id"] for found in heard} if loved else set()
        return [track_id for track_id in loved if track_id not in again]

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        with self.door.asking() as listens:
            latest = rules.shared_out(partial(_newest_completed, listens, since))
            return rules.most_listeners(latest)[:limit]

    def popular_among(
        self, user_ids: Several[int], limit: int, since: datetime, without: Set[tuple[int, int]] = frozenset()
    ) -> list[tuple[int, int]]:
        theirs = {"user_id": {"$in": list(user_ids)}, "started_at": {"$gte": to_ms(since)}}
        finished = {**theirs, "completed": True, "is_left_out": {"$ne": True}}
        with self.door.asking() as listens:
            found = listens.find(finished, COUNTED, batch_size=ONE_BATCH)
            pairs = {(each["track_id"], each["user_id"]) for each in found}
        return rules.most_listeners(pairs - without)[:limit]

    def popular_of_artist(self, artist_id: int, limit: int) -> list[tuple[int, int]]:
        finished: Document = {"artist_id": artist_id, "completed_at": {"$gt": BEFORE_ALL}}
        with self.door.asking() as listens:
            latest = rules.shared_out(partial(_latest_completed, listens, finished))
            return rules.most_listeners(latest)[:limit]

    def tastes(
        self,
        suggested: Several[str] = (),
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[TrackSums]:
        """User by user: each answer comes from the index in its own time, and fits into memory."""
        with self.door.asking() as listens:
            user_ids = [user_id] if user_id is not None else sorted(listens.distinct("user_id"))
        for each in user_ids:
            taken = _chosen({"user_id": each}, Selection(since=since, until=until))
            wanted = {**taken, "track_id": {"$gt": 0}, "is_left_out": {"$ne": True}}
            with self.door.asking() as listens:
                found = list(listens.aggregate(_summed_up(wanted, suggested)))
            for sums in found:
                yield TrackSums(each, **{("track_id" if name == "_id" else name): sums[name] for name in sums})

    def track_totals(self, user_id: int, track_ids: Several[int]) -> Iterator[TrackTotals]:
        with self.door.asking() as listens:
            found = list(listens.aggregate(_totals({"user_id": user_id, "track_id": {"$in": list(track_ids)}})))
        for sums in found:
            yield TrackTotals(sums.pop("_id"), **sums)

    def forget_user(self, user_id: int) -> int:
        """In parts: what is erased stays erased when the time is over, and others are answered in between."""
        erased = 0
        with self.door.asking() as listens:
            while keys := [
                found["_id"] for found in listens.find({"user_id": user_id}, {"_id": 1}, batch_size=ONE_BATCH)
            ]:
                for part in _parts(keys):
                    erased += listens.delete_many({"user_id": user_id, "_id": {"$in": part}}).deleted_count
            taste.forget(listens, [user_id])
        return erased

    def rebuild_taste(self, user_id: int) -> None:
        """Make completed_tracks and heard_tracks quick for somebody whose listens came by add_all."""
        with self.door.asking() as listens:
            taste.build(listens, user_id)

    def add_all(self, listens: Sequence[Listen]) -> int:
        by_key = {_key(listen.user_id, listen.event_id): listen for listen in listens}
        with self.door.asking() as collection:
            known = {found["_id"]: _listen(found) for found in collection.find({"_id": {"$in": list(by_key)}})}
            new = [listen for key, listen in by_key.items() if key not in known]
            mark_all((listen.user_id, listen.started_at) for listen in new)
            changed = [by_key[key] for key, before in known.items() if rules.merge(before, by_key[key]) != before]
            changed += _inserted_elsewhere(collection, new)
        for listen in changed:
            self._merge(listen)
        with self.door.asking() as collection:
            taste.forget(collection, {listen.user_id for listen in listens})
        return len(new) + len(changed)

    def record(self, listens: Sequence[Listen]) -> None:
        """One is noted in the taste; for many the taste is made anew when it is asked for."""
        if len(listens) == 1:
            self.start(listens[0])
        else:
            self.add_all(listens)

    def one_budget(self) -> AbstractContextManager[None]:
        return self.door.one_budget()

    def ping(self) -> None:
        with self.door.asking() as listens:
            listens.database.command("ping")

    def _next(self, found: FoundDocuments[Document], count: int) -> list[Document]:
        """Each batch has the patience of a question."""
        with self.door.asking():
            return list(islice(found, count))

    def _existing(self, listens: Collection[Document], listen: Listen) -> Listen:
        found = listens.find_one(_one(listen.user_id, listen.event_id))
        if found is None:
            raise EventBelongsToAnother(listen.event_id)
        return _listen(found)

    def _change(self, user_id: int, event_id: str, changed: Callable[[Listen], Listen]) -> Listen:
        """Read, decide, write if nobody wrote in between; else again. The rules stay in Python, in one place."""
        with self.door.asking() as listens:
            if known := self._recent.take(_key(user_id, event_id)):
                before, rev = known
                after = changed(before)
                # Unchanged may also mean gone.
                if after != before and self._written(listens, before, rev, after):
                    return after
            while found := listens.find_one(_one(user_id, event_id)):
                before, rev = _listen(found), found["rev"]
                after = changed(before)
                if after == before:
                    taste.note(listens, user_id, [after])  # a retry repairs what a crash left undone
                    return after
                if self._written(listens, before, rev, after):
                    return after
        raise UnknownEvent(event_id)

    def _written(self, listens: Collection[Document], before: Listen, rev: int, after: Listen) -> bool:
        mark(after.user_id, [after.started_at])
        document = {**_document(after), "rev": rev + 1}
        if not listens.replace_one({"_id": document["_id"], "rev": rev}, document).matched_count:
            return False
        if any(getattr(after, name) != getattr(before, name) for name in ("heard", "completed_at", "skipped")):
            taste.note(listens, after.user_id, [after])
        self._recent.keep(document["_id"], after, rev + 1)
        return True

    def _retold(self, user_id: int, story: Story) -> bool:
        """Whether it is theirs."""
        try:
            self._change(user_id, story.event_id, lambda listen: rules.apply_all(listen, story.events))
        except UnknownEvent:
            return False
        return True

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


def _chosen(chosen: Document, wanted: Selection, without: Sequence[Selection] = ()) -> Document:
    """Narrowed down, flat: inside an $and not every server finds its index."""
    condition = _condition(wanted)
    started = {**chosen.get("started_at", {}), **condition.get("started_at", {})}
    chosen = {**chosen, **condition}
    if started:
        chosen["started_at"] = started
    if without:
        chosen["$nor"] = [_condition(selection) for selection in without]
    return chosen


def _condition(selection: Selection) -> Document:
    said: Document = {
        "event_id": selection.event_id or None,
        "track_id": selection.track_id,
        "artist_id": selection.artist_id,
        "album_id": selection.album_id,
        "genres": selection.genre or None,
        "source": _begins(selection.source),
        "completed": selection.outcome == "completed" or None,
        "skipped": selection.outcome == "skipped" or None,
        "heard": selection.outcome == "heard" or None,
        "is_left_out": selection.outcome == "left_out" or None,
        "origin": _begins(selection.origin),
    }
    # Not $gte: of a compound index that descends SecantusDB leaves out the bound itself.
    started = {"$gt": selection.since and to_ms(selection.since) - MS, "$lt": selection.until}
    said["started_at"] = {name: moment for name, moment in started.items() if moment} or None
    return {name: value for name, value in said.items() if value is not None}


def _summed_up(wanted: Document, suggested: Several[str]) -> list[Document]:
    source: Document = {"$ifNull": ["$source", ""]}
    begins = {"$arrayElemAt": [{"$split": [source, ":"]}, 0]}
    is_ours = {"$or": [{"$in": [source, list(suggested)]}, {"$in": [begins, list(suggested)]}]}
    part = {"$min": [1, {"$divide": ["$played_ms", {"$max": ["$duration_ms", 1]}]}]}
    sums = {
        "listens": 1,
        "completed": _if("$completed", 1),
        "share": _if("$completed", 1, _if({"$gt": ["$duration_ms", 0]}, part)),
        "skipped": _if("$skipped", 1),
        "suggested": _if(is_ours, 1),
    }
    group = {name: {"$sum": value} for name, value in sums.items()} | {"last_at": {"$max": "$started_at"}}
    return [{"$match": wanted}, {"$group": {"_id": "$track_id", **group}}, {"$sort": {"_id": 1}}]


def _totals(wanted: Document) -> list[Document]:
    sums = {"plays": _if("$heard", 1), "begun": 1, "finished": _if("$completed", 1), "skipped": _if("$skipped", 1)}
    group = {name: {"$sum": value} for name, value in sums.items()} | {"last_at": {"$max": "$started_at"}}
    # Both values of `heard`: what the index has between the user and the track.
    indexed = {**wanted, "heard": {"$in": [True, False]}, "$or": [{"heard": True}, {"played_ms": {"$gt": 0}}]}
    return [{"$match": indexed}, {"$group": {"_id": "$track_id", **group}}, {"$sort": {"_id": 1}}]


def _if(condition: Any, value: Any, otherwise: Any = 0) -> Document:
    return {"$cond": [condition, value, otherwise]}


def _begins(text: str) -> Document | None:
    return {"$regex": f"^{re.escape(text)}(:|$)"} if text else None


def _parts(found: Iterable[T]) -> Iterator[list[T]]:
    """What is done in parts stays done when the time is over, and others are answered in between."""
    remaining = iter(list(found))
    while part := list(islice(remaining, FORGOTTEN_AT_ONCE)):
        yield part


def _latest_completed(
    listens: Collection[Document], finished: Document, limit: int, full: Set[int]
) -> list[tuple[int, int]]:
    """(track id, user id) of at most so many, without those of the users in `full`."""
    wanted = {**finished, "user_id": {"$nin": list(full)}} if full else finished
    found = listens.find(wanted, COUNTED, batch_size=ONE_BATCH).sort("completed_at", -1).limit(limit)
    return [(each["track_id"], each["user_id"]) for each in found]


def _newest_completed(
    listens: Collection[Document], since: datetime, limit: int, full: Set[int]
) -> Iterator[tuple[int, int]]:
    """The same since then, one stretch of time before the other, each as long as the rest should take.

    MongoDB itself would need only the limit; other servers read all that matches before they sort and cut it.
    """
    missing, begin, length = limit, datetime.now(UTC), SHORTEST_STRETCH
    until: Document = {}
    while missing:
        begin = max(since, begin - length)
        page = _latest_completed(listens, {"completed_at": {"$gte": begin, **until}}, missing, full)
        yield from page
        if begin == since:
            return
        missing, until = missing - len(page), {"$lt": begin}
        length = _next_length(length, missing, len(page))


def _next_length(length: timedelta, wanted: int, found: int) -> timedelta:
    """Of a stretch that should have so many, after one with what was found."""
    return max(SHORTEST_STRETCH, length * min(LONGEST_STEP, 1.05 * wanted / max(1, found)))


def _newest_first(
    listens: Collection[Document], wanted: Document, limit: int, projection: Document | None = None
) -> Iterator[Document]:
    return iter(listens.find(wanted, projection).sort([("started_at", -1), ("event_id", -1)]).limit(limit))


def _replacement(after: Listen, rev: int) -> ReplaceOne[Document]:
    """If nobody changed it since."""
    document = {**_document(after), "rev": rev + 1}
    return ReplaceOne({"_id": document["_id"], "rev": rev}, document)


def _told(story: Story, known: Document | None) -> Listen | None:
    listen = _listen(known) if known else story.start
    return listen and rules.apply_all(listen, story.events)


def _changed_elsewhere(
    collection: Collection[Document], known: dict[str, Document], changed: Sequence[Listen]
) -> Sequence[Listen]:
    """Replace; if somebody else changed any of them meanwhile, all: to change them once more changes nothing."""
    if not changed:
        return []
    revs = {listen.event_id: known[listen.event_id]["rev"] for listen in changed}
    answer = collection.bulk_write([_replacement(listen, revs[listen.event_id]) for listen in changed], ordered=False)
    return changed if answer.matched_count < len(changed) else []


def _inserted_elsewhere(collection: Collection[Document], new: Sequence[Listen]) -> list[Listen]:
    """Insert; the ones that somebody else inserted meanwhile."""
    if not new:
        return []
    try:
        collection.insert_many([_document(listen) for listen in new], ordered=False)
    except BulkWriteError as error:
        failures = error.details["writeErrors"]
        if error.details.get("writeConcernErrors") or any(failure["code"] != DUPLICATE_KEY for failure in failures):
            raise
        return [new[failure["index"]] for failure in failures]
    return []


def _key(user_id: int, event_id: str) -> str:
    return f"{user_id}:{event_id}"


def _one(user_id: int, event_id: str) -> Document:
    """With the user, who says on which shard it is."""
    return {"user_id": user_id, "_id": _key(user_id, event_id)}


def _document(listen: Listen) -> Document:
    values: Document = {name: getattr(listen, name) for name in FIELDS}
    identity = {"_id": _key(listen.user_id, listen.event_id), "rev": 0}
    return {**identity, **values, "genres": list(listen.genres), "heard": listen.heard}


def _listen(document: Document) -> Listen:
    """Those of former versions lack what came later."""
    values: Document = {name: document[name] for name in FIELDS if name in document}
    return Listen(**{**values, "genres": tuple(document["genres"])})
