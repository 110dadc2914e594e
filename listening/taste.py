"""What one user has heard, kept beside the listens as one small document: a page reads it at once.

    {_id: user id, mark: another one after each change,
     tracks: {track id: "" when only heard, "<completed_at> <genre slugs>" when completed}}

Of two texts about a track the greater knows more, so events may be told late, twice and side by side. A document that
is missing, or still has the mark of somebody building it, is built from the listens by whoever reads it.
"""

import json
from collections.abc import Collection as Several
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import cache
from uuid import uuid4

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from listening.listen import Listen, to_ms
from listening.mongo_door import Document

Tracks = dict[str, str]

ONE_BATCH = 100_000


def taste_of(listens: Collection[Document], user_id: int) -> Document:
    found = _beside(listens).find_one({"_id": user_id})
    return build(listens, user_id) if found is None or "building" in found else found


def completed_in(tracks: Tracks, since: datetime | None = None) -> dict[int, tuple[str, ...]]:
    """Track ids and their genre slugs, the latest completed first."""
    parsed = cache(json.loads)  # thousands of tracks share a few dozen combinations
    # What follows a time in its text is greater than the end of one: "~" comes after all that may stand there.
    known_by = f"{_moment(since)}~" if since else ""
    latest_first = sorted(((text, track_id) for track_id, text in tracks.items() if text > known_by), reverse=True)
    return {int(track_id): tuple(parsed(text.partition(" ")[2])) for text, track_id in latest_first}


def note(listens: Collection[Document], user_id: int, told: Iterable[Listen]) -> None:
    """After the listens themselves are written. Nothing happens where there is no document yet, nor for what was only
    begun."""
    saying = [each for each in told if each.heard or each.left_at]
    known = _joined(
        (str(each.track_id), _text(each.completed_at, each.genres, each.is_left_out)) for each in saying if each.heard
    )
    if saying:
        change: Document = {"$set": {"mark": uuid4().hex}}
        if known:
            change["$max"] = {f"tracks.{track_id}": text for track_id, text in known.items()}
        _beside(listens).update_one({"_id": user_id}, change)


def build(listens: Collection[Document], user_id: int) -> Document:
    """Anew from the listens. The mark comes first: what is noted from then on is in the document or in the listens."""
    taste, token = _beside(listens), uuid4().hex
    with suppress(DuplicateKeyError):  # somebody else began in this moment: theirs will stay
        taste.replace_one({"_id": user_id}, {"_id": user_id, "building": token, "tracks": {}}, upsert=True)
    made: Document = {"_id": user_id, "mark": token, "tracks": _from_history(listens, user_id)}
    while found := taste.find_one({"_id": user_id, "building": token}):
        made["tracks"] = _joined([*made["tracks"].items(), *found["tracks"].items()])
        if taste.replace_one(found, made).matched_count:
            break
    return made


def forget(listens: Collection[Document], user_ids: Several[int]) -> None:
    """After the listens changed in another way than by events: the next reader builds it."""
    _beside(listens).delete_many({"_id": {"$in": list(user_ids)}})


def _beside(listens: Collection[Document]) -> Collection[Document]:
    return listens.database.get_collection("taste")


def _from_history(listens: Collection[Document], user_id: int) -> Tracks:
    wanted = {"_id": 0, "track_id": 1, "genres": 1, "completed_at": 1, "is_left_out": 1}
    heard = listens.find({"user_id": user_id, "heard": True}, wanted, batch_size=ONE_BATCH)
    return _joined(
        (str(each["track_id"]), _text(each["completed_at"], each["genres"], each.get("is_left_out", False)))
        for each in heard
    )


def _joined(known: Iterable[tuple[str, str]]) -> Tracks:
    tracks: Tracks = {}
    for track_id, text in known:
        tracks[track_id] = max(tracks.get(track_id, ""), text)
    return tracks


def _text(completed_at: datetime | None, genres: Iterable[str], is_left_out: bool) -> str:
    """Times of one width, in UTC, sort as text. What is left out of the taste was only heard."""
    if completed_at is None or is_left_out:
        return ""
    return f"{_moment(completed_at)} {json.dumps(list(genres))}"


def _moment(moment: datetime) -> str:
    return to_ms(moment).isoformat(timespec="milliseconds")
