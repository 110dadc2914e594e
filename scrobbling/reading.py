"""What devices may read: their user's listening, and that of whoever shows it to them."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.utils import timezone

from listening.deleting import hidden_from
from listening.listenbrainz import as_listenbrainz
from listening.private import is_private
from listening.rollups import refresh
from listening.store import Listen, Selection, listen_store
from listening.totals import plays_of
from music.keys import NAMESPACE, recording_key
from music.models import Track
from scrobbling.models import PlayingNow

HEARD = Selection(outcome="heard")
BATCH = 1000
# A reader who may see few of somebody's tracks does not have a whole history searched for them.
BATCHES_LOOKED_AT = 5


def listens_of(
    reader: Any, owner: Any, count: int, after: datetime | None, before: datetime | None
) -> list[dict[str, Any]]:
    """The latest ones, or those next to `after` when only that is given; the latest of them first. Raises StoreAway.

    `after` is in, `before` is not.
    """
    if count == 0:
        return []
    wanted = Selection(outcome="heard", since=after, until=before)
    is_upward = after is not None and before is None
    batches = _upward(owner, wanted, count) if is_upward else _downward(owner, wanted, count)
    found: list[Listen] = []
    for _number, batch in zip(range(BATCHES_LOOKED_AT), batches, strict=False):
        found += _seen(reader, owner, batch)
        if len(found) >= count:
            break
    found = found[:count]
    return [_told(reader, owner, listen) for listen in (reversed(found) if is_upward else found)]


def ends_of(reader: Any, owner: Any) -> tuple[int, int]:
    """When the oldest and the latest listen were that the reader may see, in seconds since 1970; 0 when there is none.

    Raises StoreAway.
    """
    size = 1 if reader.pk == owner.pk else BATCH
    oldest, latest = _upward(owner, HEARD, size), _downward(owner, HEARD, size)
    return _first_seen(reader, owner, oldest), _first_seen(reader, owner, latest)


def count_of(reader: Any, owner: Any) -> int:
    """Of others those of tracks that the reader could hear; from sums, so that nobody has a history searched for it.

    While something deleted could come back, sums have it still: then no more than all that is left. Raises StoreAway.
    """
    hidden = hidden_from(owner.pk)
    if reader.pk == owner.pk:
        return listen_store().count(owner.pk, HEARD, hidden)
    refresh(owner.pk, owner.profile.time_zone)
    count = plays_of(owner.pk, Track.objects.visible_to(reader).values("pk"))
    return min(count, listen_store().count(owner.pk, HEARD, hidden)) if hidden else count


def playing_now(reader: Any, owner: Any) -> dict[str, Any] | None:
    playing = PlayingNow.objects.filter(user=owner, until__gt=timezone.now()).first()
    if playing is None or is_private(owner.pk):
        return None
    if reader.pk == owner.pk:
        return {"playing_now": True, "track_metadata": playing.metadata}
    if not Track.objects.visible_to(reader).filter(pk=playing.track_id).exists():
        return None
    names = ("artist_name", "track_name", "release_name")
    return {
        "playing_now": True,
        "track_metadata": {name: playing.metadata[name] for name in names if name in playing.metadata},
    }


def _downward(owner: Any, wanted: Selection, count: int) -> Iterator[list[Listen]]:
    hidden, size = hidden_from(owner.pk), min(count, BATCH)
    batch = listen_store().history(owner.pk, size, None, wanted, hidden)
    yield batch
    while len(batch) == size:
        batch = listen_store().history(owner.pk, size, batch[-1].cursor, wanted, hidden)
        yield batch


def _upward(owner: Any, wanted: Selection, count: int) -> Iterator[list[Listen]]:
    return listen_store().each(owner.pk, wanted, hidden_from(owner.pk), batch_size=min(count, BATCH))


def _seen(reader: Any, owner: Any, listens: Sequence[Listen]) -> list[Listen]:
    """Of others only what the reader could hear: the title of a private track is private as well."""
    if reader.pk == owner.pk:
        return list(listens)
    ids = {listen.track_id for listen in listens if listen.track_id > 0}
    visible = set(Track.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True))
    return [listen for listen in listens if listen.track_id in visible]


def _told(reader: Any, owner: Any, listen: Listen) -> dict[str, Any]:
    told = as_listenbrainz(listen)
    if reader.pk != owner.pk:
        for private in ("music_streamer", "media_player"):
            told["track_metadata"]["additional_info"].pop(private, None)
    names = str(recording_key(listen.artist_name, listen.title))
    return {**told, "user_name": owner.get_username(), "recording_msid": str(uuid.uuid5(NAMESPACE, names))}


def _first_seen(reader: Any, owner: Any, batches: Iterator[list[Listen]]) -> int:
    """When it was, in seconds; 0 when there is none as far as is looked."""
    for batch in islice(batches, BATCHES_LOOKED_AT):
        if seen := _seen(reader, owner, batch):
            return int(seen[0].started_at.astimezone(UTC).timestamp())
    return 0
