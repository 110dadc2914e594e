"""The indexes that the questions need, and which of them a server has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

UNMATCHED = {"track_id": {"$lt": 0}}
INDEXES = (
    # What a sharded cluster divides the listens by; elsewhere what one listen is found by.
    IndexModel([("user_id", 1), ("_id", 1)], name="shard_key"),
    IndexModel([("user_id", 1), ("started_at", -1), ("event_id", -1)], name="history"),
    IndexModel([("user_id", 1), ("heard", 1), ("track_id", 1)], name="heard"),
    IndexModel([("completed_at", -1), ("track_id", 1), ("user_id", 1)], name="popular"),
    IndexModel([("artist_id", 1), ("completed_at", -1), ("track_id", 1), ("user_id", 1)], name="of_artist"),
    IndexModel([("user_id", 1), ("artist_id", 1), ("started_at", -1), ("event_id", -1)], name="by_artist"),
    IndexModel([("track_id", 1)], name="unmatched", partialFilterExpression=UNMATCHED),
    IndexModel([("user_id", 1), ("track_id", 1)], name="unmatched_of_user", partialFilterExpression=UNMATCHED),
    IndexModel([("recording_mbid", 1)], name="unmatched_mbid", partialFilterExpression=UNMATCHED),
    IndexModel([("isrc", 1)], name="unmatched_isrc", partialFilterExpression=UNMATCHED),
)
ONE_OWNER = IndexModel([("event_id", 1)], name="one_listen_per_event", unique=True)
# A sharded collection allows no unique index that does not begin with its shard key.
EVENT = IndexModel([("event_id", 1)], name="event")


@dataclass
class IndexState:
    """Names, but of those that are missing what to create."""

    right: list[str] = field(default_factory=list)
    missing: list[IndexModel] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def missing_names(self) -> list[str]:
        return [name_of(index) for index in self.missing]


def wanted(is_cluster: bool) -> tuple[IndexModel, ...]:
    return (EVENT if is_cluster else ONE_OWNER, *INDEXES)


def is_sharded(listens: Collection[dict[str, Any]]) -> bool:
    """Whether what answers is the router of a sharded cluster."""
    return listens.database.client.topology_description.topology_type_name == "Sharded"


def shard_key(listens: Collection[dict[str, Any]]) -> list[str]:
    """Of a sharded cluster; empty where they are not sharded, or where that may not be read."""
    try:
        found = listens.database.client["config"]["collections"].find_one({"_id": listens.full_name})
    except OperationFailure:
        return []
    return list(found["key"]) if found else []


def name_of(index: IndexModel) -> str:
    return str(index.document["name"])


def look(listens: Collection[dict[str, Any]]) -> IndexState:
    """One question to the server; nothing is changed."""
    there, state = listens.index_information(), IndexState()
    needed = {name_of(index): index for index in wanted(is_sharded(listens))}
    for name, index in needed.items():
        if name not in there:
            state.missing.append(index)
        else:
            (state.right if _means(index.document) == _means(there[name]) else state.different).append(name)
    state.unknown = sorted(there.keys() - needed.keys() - {"_id_"})
    return state


def _means(index: Mapping[str, Any]) -> tuple[list[tuple[str, Any]], bool, dict[str, Any] | None]:
    """As declared or as the server tells it, where numbers may have become floats."""
    key, partial = index["key"], index.get("partialFilterExpression")
    pairs = list(key.items() if isinstance(key, Mapping) else key)
    return pairs, bool(index.get("unique")), partial and {name: dict(value) for name, value in partial.items()}
