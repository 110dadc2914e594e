"""From what a device told to listens, and to what plays now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from listening import rules
from listening.private import is_private, private_times
from listening.store import Listen, listen_store
from music.joining import join_listens
from music.keys import event_id
from music.matching import Match, listen_elsewhere, match
from music.models import Track
from scrobbling.models import DeviceToken, PlayingNow
from scrobbling.submissions import Item
from social.now import note_begun

UNKNOWN_COUNTED_MS = 30_000
UNKNOWN_LASTS_MS = 10 * 60_000


class Outcome(NamedTuple):
    """`played_ms` None: all of it."""

    played_ms: int | None
    counted: bool
    completed: bool


def outcome(claimed_ms: int | None, duration_ms: int, elapsed_ms: int) -> Outcome:
    """What a submitted listen counts as. By ListenBrainz' rule only what counts is submitted.

    What a device says of the time heard is held to our own rule, and credited as far as the track is long and the
    server's clock allows. Whether it counts is not up to the clock: one that is a day off would lose every listen.
    """
    if claimed_ms is None:
        return Outcome(None, True, True)
    if not duration_ms:
        return Outcome(min(claimed_ms, elapsed_ms), claimed_ms >= UNKNOWN_COUNTED_MS, False)
    played_ms = min(claimed_ms, duration_ms, elapsed_ms)
    counted = rules.counts_as_listen(min(claimed_ms, duration_ms), duration_ms)
    return Outcome(played_ms, counted, rules.completed(played_ms, duration_ms, ended=False))


def take_listens(token: DeviceToken, items: list[Item]) -> None:
    """Each once, however often it is told; nothing of a private session."""
    now = timezone.now()
    times = private_times(token.user_id)
    if any(ended_at is None for _began_at, ended_at in times):
        return
    found = match(token.user, [item.heard for item in items])
    listens = [_listen(token, item, each, now) for item, each in zip(items, found, strict=True)]
    public = [
        listen
        for listen in listens
        if not any(ended_at and began_at <= listen.started_at < ended_at for began_at, ended_at in times)
    ]
    listen_store().record(public)
    if any(listen.track_id < 0 for listen in public):
        _join_what_came_since(now)


def take_playing_now(token: DeviceToken, item: Item) -> None:
    """Raises DeviceToken.DoesNotExist when the token was revoked meanwhile."""
    if is_private(token.user_id):
        return
    [found] = match(token.user, [item.heard])
    lasts_ms = item.duration_ms or (found.track.duration_ms if found.track else 0) or UNKNOWN_LASTS_MS
    track_id = found.track.track_id if found.track else 0
    until = timezone.now() + timedelta(milliseconds=lasts_ms)
    said = {"token": token, "track_id": track_id, "metadata": item.metadata, "until": until}
    with transaction.atomic():
        DeviceToken.objects.select_for_update().get(pk=token.pk)
        PlayingNow.objects.update_or_create(user=token.user, defaults=said)
    note_begun(token.user, track_id, until)


def _listen(token: DeviceToken, item: Item, found: Match, now: datetime) -> Listen:
    heard = item.heard
    said_at = datetime.fromtimestamp(item.listened_at, UTC)
    started_at = min(said_at, now)
    duration_ms = found.track.duration_ms if found.track else heard.duration_ms
    came_to = outcome(item.claimed_ms, duration_ms, (now - started_at) // timedelta(milliseconds=1))
    listen = listen_elsewhere(
        token.user_id,
        heard,
        found,
        # By the time that the device said: told again it must be the same.
        event_id=event_id(token.user_id, heard.artist, heard.title, said_at),
        started_at=started_at,
        played_ms=came_to.played_ms,
        counted=came_to.counted,
        completed=came_to.completed,
        client=item.client or token.name,
        origin=token.origin,
    )
    return replace(listen, completed_at=min(listen.completed_at, now)) if listen.completed_at else listen


def _join_what_came_since(began_at: datetime) -> None:
    """A track that was published between our looking for it and our writing found no listen to join."""
    came = Track.objects.filter(state=Track.State.PUBLISHED, state_since__gte=began_at)
    if ids := list(came.values_list("pk", flat=True)):
        join_listens.call(ids)
