"""What `manage.py check --deploy` says about MongoDB: docs/mongodb.md tells why. No message names who signs in."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

if TYPE_CHECKING:
    from listening.mongo_door import MongoDoor
    from listening.mongo_indexes import IndexState
    from listening.mongo_uri import MongoUri

SECONDS = 2.0
ENFORCED = {"w": "majority", "journal": True, "readPreference": "primary"}
CLUSTER, REPLICA_SET, ALONE = "cluster", "replica set", "alone"


@register(Tags.security, deploy=True)
def check_mongodb(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.MONGODB_URI:
        return []
    from listening.mongo_uri import BadUri, read  # not at the head: see listening.store.mongo_store

    try:
        uri = read(settings.MONGODB_URI)
    except BadUri:
        hint = "In the name and the password every one of : / ? # [ ] @ % must be written as %3A, %2F and so on."
        return [Error("MONGODB_URI cannot be read.", hint=hint, id="listening.E001")]
    return [*_of_address(uri), *_of_server(uri)]


def _of_address(uri: "MongoUri") -> Iterator[CheckMessage]:
    lowered = [name for name, value in ENFORCED.items() if uri.options.get(name, value) != value]
    if lowered:
        yield Warning(
            f"MONGODB_URI sets {', '.join(lowered)}, which is not heeded.",
            hint="Take it out: listens are always written with w=majority and journal, and read from the primary.",
            id="listening.W002",
        )
    if not uri.is_local and not uri.has_tls:
        yield Warning(
            "Listens and the password go to MongoDB without TLS.",
            hint="Add tls=true to MONGODB_URI, and tlsCAFile where the certificate is of an authority of your own.",
            id="listening.W003",
        )
    if uri.has_tls and not uri.verifies:
        yield Warning(
            "MONGODB_URI lets any server say that it is yours.",
            hint="Take tlsInsecure and tlsAllowInvalid... out and name the authority by tlsCAFile.",
            id="listening.W003",
        )


def _of_server(uri: "MongoUri") -> Iterator[CheckMessage]:
    from listening.errors import ListenError
    from listening.mongo_door import MongoDoor, connect_to

    with closing(MongoDoor(connect_to(settings.MONGODB_URI), SECONDS, is_to_index=False)) as door:
        try:
            kind, key, state = _looked(door)
        except ListenError:
            yield Warning(
                "MongoDB does not answer, or does not let this application in: its indexes were not checked.",
                hint="Start it, or correct MONGODB_URI, and check again.",
                id="listening.W004",
            )
            yield from _of_kind(uri, "")
            return
    yield from _of_kind(uri, kind)
    if names := [*state.missing_names, *state.different]:
        yield Warning(
            f"MongoDB lacks indexes ({', '.join(names)}).",
            hint="Run manage.py ensure_indexes.",
            id="listening.W005",
        )
    if key and key[0] != "user_id":
        yield Warning(
            f"The listens are sharded by {', '.join(key)}: each page asks every shard.",
            hint="Reshard them by {user_id: 1, _id: 1}.",
            id="listening.W006",
        )


def _of_kind(uri: "MongoUri", kind: str) -> Iterator[CheckMessage]:
    if kind != CLUSTER and not uri.is_srv and "replicaSet" not in uri.options:
        yield Warning(
            "MONGODB_URI names no replica set: when its one server is down, listens wait and pages lack history.",
            hint="Run three servers as a replica set, name all of them and add replicaSet=... to MONGODB_URI.",
            id="listening.W001",
        )
    elif kind == ALONE:
        yield Warning(
            "The MongoDB server that answers is in no replica set.",
            hint="Start it with --replSet and call rs.initiate().",
            id="listening.W001",
        )


def _looked(door: "MongoDoor") -> "tuple[str, list[str], IndexState]":
    """What kind of server it is, the fields of its shard key, and its indexes. Changes nothing."""
    from listening.mongo_indexes import look, shard_key

    with door.asking() as listens:
        said = listens.database.command("hello")
        kind = CLUSTER if said.get("msg") == "isdbgrid" else REPLICA_SET if said.get("setName") else ALONE
        return kind, shard_key(listens) if kind == CLUSTER else [], look(listens)
