"""Recommendation and history utilities: the one place that turns ids of listening/ and recommendations/ into tracks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from listening.leaving_out import left_out
from listening.models import LeftOut
from listening.rules import begin
from listening.store import Identity, Listen, StoreAway, listen_store
from music.browsing import newest_track_id
from music.hiding import NOTHING_HIDDEN, Hidden, not_hidden
from music.matching import identity_of
from music.models import Artist, Genre, Track
from music.querysets import visible
from music.rows import TrackRow, in_this_order
from recommendations.shelf import (
    Candidate,
    Offer,
    Reason,
    day_seed,
    day_start,
    genre_tiers,
    pick,
)

POPULAR_SINCE = timedelta(days=30)
POPULAR_AT_FIRST = 200
POPULAR_KEPT_SECONDS = 600
MOST_RANKED = 100
# Of fewer, in a household, a number says who it was, and most show their listening to nobody.
CROWD = 3


@dataclass(frozen=True)
class Recommendation:
    """A track to offer, and in words why."""

    track: TrackRow
    reason: str


class Listening(NamedTuple):
    """Tracks completed with their genres, the latest first, without what is left out of the taste; all tracks heard;
    and the mark of `listening.store.Heard`."""

    completed: dict[int, tuple[str, ...]]
    heard: set[int]
    mark: Any = None


def listen_to(track: Track | Identity, user: Any, event_id: str, received_at: datetime, **more: Any) -> Listen:
    """A listen of the track that begins now, with what has to be known of it when the track is gone.

    `more`: started_at, source and client, as in `listening.rules.begin`. Raises BadEvent.
    """
    known = identity_of(track) if isinstance(track, Track) else track
    return begin(user_id=user.pk, event_id=event_id, received_at=received_at, **known._asdict(), **more)


def top_tracks_of(user: Any, artist: Artist, limit: int = 5) -> list[TrackRow]:
    """The artist's tracks that most people here finished; none while the store is away."""
    try:
        ranked = listen_store().popular_of_artist(artist.pk, MOST_RANKED)
    except StoreAway:
        return []
    return in_this_order(user, [track_id for track_id, _listeners in ranked])[:limit]


def recommended_for(
    user: Any,
    limit: int,
    *,
    hidden: Hidden = NOTHING_HIDDEN,
    factors: Mapping[str, float] | None = None,
    since: datetime | None = None,
    listening: Listening | None = None,
    liked: Collection[int] = (),
) -> list[Recommendation]:
    """The genre rule for this user today: unheard tracks of the genres they finish, else of those of the `liked`
    tracks, else of those they chose, else what is popular here, else the newest; each with its reason. Stable until
    the day or their listens change.

    `factors` by "genre:<id>" make genres weigh more or less; nothing hidden is offered. What was finished before
    `since` says nothing. Who knows the user's `listening` already gives it.
    """
    completed, heard, _mark = listening or listening_of(user, since)
    seed = day_seed(user.pk, timezone.localdate())
    tiers = _tiers(user, completed, liked, limit, seed, hidden, _by_slug(factors or {}))
    picks = pick(tiers, limit, heard=heard, seed=seed)
    tracks = {row.pk: row for row in in_this_order(user, [each.track_id for each in picks])}
    names = dict(Genre.objects.filter(slug__in={each.reason.genre for each in picks}).values_list("slug", "name"))
    return [
        Recommendation(tracks[each.track_id], in_words(each.reason, names))
        for each in picks
        if each.track_id in tracks  # it may have been deleted in between
    ]


def in_words(reason: Reason, genre_names: dict[str, str]) -> str:
    name = genre_names.get(str(reason.genre), "")
    if reason.kind == "finished":
        return ngettext(
            "Because you finished a %(genre)s track", "Because you finished %(count)d %(genre)s tracks", reason.count
        ) % {"genre": name, "count": reason.count}
    if reason.kind == "liked":
        return _("You like %s") % name
    if reason.kind == "favourite":
        return _("You chose %s") % name
    if reason.kind == "popular":
        return _("Finished by %d listeners here") % reason.count if reason.count >= CROWD else _("Popular here")
    return _("New here")


def listening_of(user: Any, since: datetime | None = None) -> Listening:
    """Both empty while the store is away."""
    try:
        return listening_or_away(user, since)
    except StoreAway:
        return Listening({}, set())


def listening_or_away(user: Any, since: datetime | None = None) -> Listening:
    """Raises StoreAway."""
    completed, heard = listen_store().completed_tracks(user.pk, since), listen_store().heard_tracks(user.pk)
    no_taste = left_out_tracks(user)
    return Listening({pk: genres for pk, genres in completed.items() if pk not in no_taste}, *heard)


def left_out_tracks(user: Any) -> set[int]:
    """Themselves or with their album; those of playlists are known by each listen."""
    by_kind = left_out(user.pk)
    tracks, albums = by_kind[LeftOut.Kind.TRACK], by_kind[LeftOut.Kind.ALBUM]
    if albums:
        tracks |= set(Track.objects.filter(album__in=albums).values_list("pk", flat=True))
    return tracks


def genres_of(track_ids: Collection[int]) -> "QuerySet[Genre, str]":
    """Their slugs, one for each track that has it."""
    return Genre.objects.filter(tracks__in=list(track_ids)).order_by("pk").values_list("slug", flat=True)


def _by_slug(factors: Mapping[str, float]) -> dict[str, float]:
    """The factors of genres, which the rule knows by their slugs."""
    of_genres = {int(key.removeprefix("genre:")): factor for key, factor in factors.items() if key.startswith("genre:")}
    if not of_genres:
        return {}
    return {slug: of_genres[pk] for pk, slug in Genre.objects.filter(pk__in=of_genres).values_list("pk", "slug")}


def _tiers(
    user: Any,
    completed: dict[int, tuple[str, ...]],
    liked: Collection[int],
    limit: int,
    seed: bytes,
    hidden: Hidden,
    factors: dict[str, float],
) -> Iterator[Sequence[Offer]]:
    """Asked for one by one: the later ones cost nothing when the first fills the shelf."""

    pivot = day_start(seed, newest_track_id(user) + 1)

    def candidates_of(slug: str) -> Iterator[Candidate]:
        return _of_genre(user, slug, pivot, hidden)

    favourites = list(user.profile.favourite_genres.values_list("slug", flat=True))
    finished = chain.from_iterable(completed.values())
    yield from genre_tiers(finished, genres_of(liked), favourites, candidates_of, limit, factors)
    yield [Offer(Reason("popular"), popular_for(user, hidden))]
    yield [Offer(Reason("new"), _newest(user, hidden))]


def _of_genre(user: Any, slug: str, pivot: int, hidden: Hidden) -> Iterator[Candidate]:
    """The genre's tracks from `pivot` on, which is another place every day, and round to where it began.

    Read along the links of the genre, which lie in that order: asked of the tracks, all of them would be sorted.
    """
    links = Track.genres.through.objects.filter(visible(user, "track__"), not_hidden(hidden, "track__"))
    tracks = links.filter(genre__slug=slug).order_by("track_id").values_list("track_id", "track__artist_id")
    for part in (tracks.filter(track_id__gte=pivot), tracks.filter(track_id__lt=pivot)):
        yield from (Candidate(*row) for row in part.iterator(chunk_size=200))


def popular_for(user: Any, hidden: Hidden) -> Iterator[Candidate]:
    """Visibility comes before the limit: further ranks are read until enough of them may be shown."""
    limit, seen = POPULAR_AT_FIRST, 0
    while True:
        ranked = _most_finished(limit)
        artists = dict(
            Track.objects.visible_to(user)
            .filter(not_hidden(hidden), pk__in=[track_id for track_id, _listeners in ranked[seen:]])
            .values_list("pk", "artist_id")
        )
        yield from (Candidate(pk, artists[pk], listeners) for pk, listeners in ranked[seen:] if pk in artists)
        if len(ranked) < limit:
            return
        seen, limit = limit, limit * 4


def _most_finished(limit: int) -> list[tuple[int, int]]:
    """(track id, listeners who finished it), kept for some minutes: it is the same for everybody."""
    key = f"most-finished-{limit}"
    ranked = cache.get(key)
    if ranked is None:
        try:
            ranked = listen_store().popular_track_ids(limit, timezone.now() - POPULAR_SINCE)
        except StoreAway:
            return []
        cache.set(key, ranked, POPULAR_KEPT_SECONDS)
    return list(ranked)


def _newest(user: Any, hidden: Hidden) -> Iterator[Candidate]:
    rows = Track.objects.visible_to(user).filter(not_hidden(hidden)).order_by("-pk").values_list("pk", "artist_id")
    return (Candidate(*row) for row in rows.iterator(chunk_size=200))
