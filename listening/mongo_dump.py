"""The collections as files of BSON, as mongodump writes them, and back: in bounded memory."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from gzip import GzipFile
from itertools import islice
from typing import IO, Any, cast

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection
from pymongo.database import Database

from listening.mongo_door import MongoDoor
from listening.mongo_indexes import is_sharded
from listening.tally import Tally

Advance = Callable[[int], Any]

BATCH = 1000
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
OWNER = {"listens": "user_id", "taste": "_id"}
COUNTED_BY_SQL = ("track_id", "artist_id", "album_id")


def names(door: MongoDoor) -> list[str]:
    """Of all our collections, the listens first."""
    with door.asking() as listens:
        found = listens.database.list_collection_names()
    return sorted(name for name in found if not name.startswith("system."))


def about_how_many(door: MongoDoor, name: str) -> int:
    with door.asking() as listens:
        return listens.database.get_collection(name).estimated_document_count()


def is_empty(door: MongoDoor) -> bool:
    with door.asking() as listens:
        database = listens.database
        return all(database.get_collection(name).find_one({}, {"_id": 1}) is None for name in names(door))


def dump(door: MongoDoor, name: str, file: GzipFile, newest_user_id: int, advance: Advance) -> tuple[Tally, dict]:
    """What was written, and the highest of each id that SQL gives out. Whoever came after that user is left out."""
    tally, highest = Tally(), dict.fromkeys(COUNTED_BY_SQL, 0)
    for batch in _batches(door, name):
        for document in batch:
            if name in OWNER and document[OWNER[name]] > newest_user_id:
                continue
            raw = bytes(document.raw)
            file.write(raw)
            tally.add(raw)
            for field in COUNTED_BY_SQL:
                highest[field] = max(highest[field], document.get(field, 0))
        advance(len(batch))
    return tally, highest


def load(door: MongoDoor, name: str, file: GzipFile, advance: Advance) -> None:
    documents = _decoded(file)
    while batch := list(islice(documents, BATCH)):
        with door.asking() as listens:
            _raw(listens, name).insert_many(batch, ordered=False)
        advance(len(batch))


def tally_of(file: GzipFile, advance: Advance) -> Tally | None:
    """Of what lies there; None where it is torn."""
    found, documents = Tally(), _decoded(file)
    try:
        while batch := list(islice(documents, BATCH)):
            for document in batch:
                found.add(bytes(document.raw))
            advance(len(batch))
    except (OSError, EOFError, zlib.error, InvalidBSON):
        return None
    return found


def tally(door: MongoDoor, name: str, advance: Advance) -> Tally:
    """Of what the server has now."""
    found = Tally()
    for batch in _batches(door, name):
        for document in batch:
            found.add(bytes(document.raw))
        advance(len(batch))
    return found


def empty(door: MongoDoor) -> None:
    """Nothing is left, but how a sharded cluster is sharded."""
    for name in names(door):
        with door.asking() as listens:
            collection = listens.database.get_collection(name)
            collection.delete_many({}) if is_sharded(listens) else collection.drop()


def server_version(door: MongoDoor) -> str:
    with door.asking() as listens:
        return str(listens.database.client.server_info()["version"])


def _batches(door: MongoDoor, name: str) -> Iterator[list[RawBSONDocument]]:
    with door.asking() as listens:
        found = _raw(listens, name).find(batch_size=BATCH)
    while batch := _next(door, found):
        yield batch


def _next(door: MongoDoor, found: Iterable[RawBSONDocument]) -> list[RawBSONDocument]:
    """Each batch has the patience of a question."""
    with door.asking():
        return list(islice(found, BATCH))


def _decoded(file: GzipFile) -> Iterator[RawBSONDocument]:
    return decode_file_iter(cast(IO[bytes], file), RAW)


def _raw(listens: Collection[dict[str, Any]], name: str) -> Collection[RawBSONDocument]:
    database: Database[Any] = listens.database
    return database.get_collection(name, codec_options=RAW)
