"""What is offered to a listener now: what they may see, scored, put in order, and with the reason in words."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from heapq import nlargest
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from discovery.corrections import not_hidden
from discovery.impressions import LONGEST_SHELF
from discovery.models import Impression
from discovery.reasons import is_grounded, reasons_for
from discovery.shelf import Chance, Item
from discovery.standing import Standing
from music.compiled import ID, Compiled, compiled, places
from music.models import Genre, Track
from music.rows import in_this_order, visible_to_somebody
from music.utils import Listening, Recommendation, genres_of, in_words, recommended_for
from recommendations.mixes import few_of_each
from recommendations.rerank import EXPLORATION, MAX_PER_ARTIST, Placed, Scored, rerank
from recommendations.shelf import Candidate, Offer, Reason, day_seed, genre_tiers, pick

if TYPE_CHECKING:
    import numpy as np

    from recommendations.ladder import Contribution

READ_AT_FIRST = 160
READ_ON = 4
READ_AT_MOST = 5000
MOST_LIKED = 2000  # whose genres are asked for
COLUMNS = ("pk", "artist_id", "album_id", "original_year", "year", "genres__pk")
EVEN = 1e-4  # scores that differ by less are equal, and have another order every day


class Offered(NamedTuple):
    recommendation: Recommendation
    chance: Chance = Chance()

    @property
    def item(self) -> Item:
        return Item(self.recommendation.track.pk, self.recommendation.reason, self.chance)


class Known(NamedTuple):
    """What may be offered, as the catalogue has it now; genres by their ids."""

    artist_id: int
    album_id: int | None
    year: int | None
    genres: frozenset[int]

    @property
    def features(self) -> frozenset[str]:
        single = (("artist", self.artist_id), ("album", self.album_id), ("decade", self.year and self.year // 10 * 10))
        return frozenset(
            [*(f"{kind}:{value}" for kind, value in single if value), *(f"genre:{pk}" for pk in self.genres)]
        )


def recommend(
    standing: Standing,
    limit: int,
    *,
    shelf: str,
    among: Collection[int] | None = None,
    exploration: float = EXPLORATION,
) -> list[Offered]:
    """At most `limit` unheard tracks, of those `among` where it is given; the same all day while nothing is heard.

    By the model; what it leaves empty by the genre rule, which is all there is before the first training. While the
    listens are out of reach, what this shelf showed last.
    """
    if standing.is_store_away and among is None and (last := _last_shown(standing, limit, shelf)):
        return last
    offered = _by_model(standing, limit, shelf, among, exploration)
    if len(offered) < limit:
        offered += _fitting(_by_rule(standing, limit, shelf, among), offered)
    return offered[:limit]


def _by_model(
    standing: Standing, limit: int, shelf: str, among: Collection[int] | None, exploration: float
) -> list[Offered]:
    """A guess is one of the explored; what else the model has no reason for is left to the rule."""
    placed = _placed(standing, limit, shelf, among, exploration)
    explained = _explained(standing, [each.track_id for each in placed])
    why = {each.track_id: explained[each.track_id] for each in placed if _is_to_show(standing, each, explained)}
    rows = {row.pk: row for row in in_this_order(standing.user, list(why))}
    reasons = reasons_for(standing, why)
    return [
        Offered(
            Recommendation(rows[each.track_id], reasons[each.track_id]),
            Chance(each.propensity, each.explored, standing.model_version),
        )
        for each in placed
        if each.track_id in rows
    ]


def _placed(
    standing: Standing, limit: int, shelf: str, among: Collection[int] | None, exploration: float
) -> list[Placed]:
    if standing.opinion is None:
        return []
    seed = _seed(standing, shelf)
    ranked = _ranked(standing, standing.opinion.model.item_ids, standing.opinion.scores, seed, among)
    hidden = standing.hidden
    return rerank(
        _visible(standing, ranked),
        limit,
        seed=seed,
        heard=standing.heard,
        hidden_tracks=hidden.tracks,
        hidden_artists=hidden.artists,
        hidden_features={f"genre:{pk}" for pk in hidden.genres},
        exploration=exploration,
    )


def _explained(standing: Standing, track_ids: list[int]) -> dict[int, Contribution]:
    why = standing.opinion.explain(track_ids) if track_ids and standing.opinion else []
    return dict(zip(track_ids, why, strict=True))


def _is_to_show(standing: Standing, placed: Placed, explained: Mapping[int, Contribution]) -> bool:
    return placed.explored or is_grounded(standing, explained[placed.track_id])


def _ranked(
    standing: Standing, ids: np.ndarray, scores: np.ndarray, seed: bytes, among: Collection[int] | None
) -> Iterator[dict[int, float]]:
    """Track ids with their scores, above 0, the best first, in ever larger parts; equals in the day's order."""
    import numpy as np

    scores = np.array(scores, dtype=np.float32)
    scores[_places(ids, [*standing.heard, *standing.hidden.tracks])] = -np.inf
    if among is not None:
        elsewhere = np.ones(len(ids), dtype=bool)
        elsewhere[_places(ids, among)] = False
        scores[elsewhere] = -np.inf
    left = np.flatnonzero(scores > 0)
    dice = np.random.default_rng(int.from_bytes(seed, "big"))
    worth = -scores[left] * (1 + EVEN * dice.random(len(left), dtype=np.float32))
    size = READ_AT_FIRST
    while len(left):
        order = np.argpartition(worth, size) if len(left) > size else np.arange(len(left))
        best, rest = order[:size], order[size:]
        places = left[best[np.argsort(worth[best], kind="stable")]]
        yield dict(zip(ids[places].tolist(), scores[places].tolist(), strict=True))
        left, worth, size = left[rest], worth[rest], min(size * READ_ON, READ_AT_MOST)


def _places(ids: np.ndarray, wanted: Collection[int]) -> np.ndarray:
    """Where they are in the model, as far as it knows them."""
    import numpy as np

    asked = np.fromiter(wanted, dtype=np.int64, count=len(wanted))
    places = np.searchsorted(ids, asked)
    places, asked = places[places < len(ids)], asked[places < len(ids)]
    return places[ids[places] == asked]


def _visible(standing: Standing, ranked: Iterable[dict[int, float]]) -> Iterator[Scored]:
    """Visibility before the limit: further ranks are read until enough of them may be shown."""
    for part in ranked:
        known = known_of(standing, part)
        yield from (
            Scored(pk, known[pk].artist_id, score, known[pk].features) for pk, score in part.items() if pk in known
        )


def known_of(standing: Standing, track_ids: Collection[int]) -> dict[int, Known]:
    """Of those that may be offered, for one question."""
    ids, genres, known = list(track_ids), defaultdict(set), {}
    for pk, artist_id, album_id, first, year, genre_id in _rows(standing, ids):
        known[pk] = artist_id, album_id, first or year
        genres[pk].add(genre_id)
    return {pk: Known(*columns, frozenset(genres[pk] - {None})) for pk, columns in known.items()}


def _rows(standing: Standing, ids: list[int]) -> Iterable[tuple[Any, ...]]:
    """A row for each genre. The SQL is written once for who hides nothing."""
    if any(standing.hidden):
        tracks = not_hidden(Track.objects.visible_to(standing.user), standing.hidden).filter(pk__in=ids)
        return tracks.values_list(*COLUMNS)
    return _known(len(ids)).rows({ID: standing.user.pk, **dict(zip(places(len(ids)), ids, strict=True))}) if ids else []


@lru_cache(maxsize=32)
def _known(count: int) -> Compiled:
    return compiled(visible_to_somebody().filter(pk__in=places(count)).values_list(*COLUMNS))


def _by_rule(standing: Standing, limit: int, shelf: str, among: Collection[int] | None) -> list[Offered]:
    if among is not None:
        return [Offered(each) for each in _by_rule_among(standing, limit, shelf, among)]
    return [Offered(each) for each in by_genre_rule(standing, limit)]


def by_genre_rule(standing: Standing, limit: int, without: Collection[int] = ()) -> list[Recommendation]:
    """The genre rule, by what speaks for each track to them; what speaks against it is not offered."""
    finished, liked, heard = _spoken_for(standing)
    return recommended_for(
        standing.user,
        limit,
        hidden=standing.hidden,
        factors=standing.taste.factors,
        listening=Listening(finished, heard | {*without}),
        liked=liked,
    )


def _spoken_for(standing: Standing) -> tuple[dict[int, tuple[str, ...]], list[int], set[int]]:
    """What they finished with its genres, what they like besides, and what they know or do not want."""
    disliked, completed = standing.disliked, standing.completed
    finished = {pk: genres for pk, genres in completed.items() if pk not in disliked}
    liked = nlargest(
        MOST_LIKED, (pk for pk in standing.liked if pk not in completed), standing.taste.tracks.__getitem__
    )
    return finished, liked, standing.heard | disliked


def _by_rule_among(standing: Standing, limit: int, shelf: str, among: Collection[int]) -> list[Recommendation]:
    """The genre rule over few tracks, which are in memory."""
    seed, known = _seed(standing, shelf), known_of(standing, among)
    names = dict(_genres_of(known))
    slugs = {pk: slug for slug, (pk, _name) in names.items()}
    factors = {slug: standing.taste.factors.get(f"genre:{pk}", 1) for pk, slug in slugs.items()}
    favourites = [slugs[pk] for key in standing.taste.favourites if (pk := int(key.partition(":")[2])) in slugs]

    def candidates_of(slug: str) -> list[Candidate]:
        return [Candidate(pk, each.artist_id) for pk, each in known.items() if names[slug][0] in each.genres]

    completed, liked, heard = _spoken_for(standing)
    finished = (slug for genres in completed.values() for slug in genres if slug in names)
    of_liked = genres_of(liked).filter(slug__in=names)
    newest = [Offer(Reason("new"), [Candidate(pk, known[pk].artist_id) for pk in sorted(known, reverse=True)])]
    tiers = chain(genre_tiers(finished, of_liked, favourites, candidates_of, limit, factors), [newest])
    picks = pick(tiers, limit, heard=heard, seed=seed)
    rows = {row.pk: row for row in in_this_order(standing.user, [each.track_id for each in picks])}
    spoken = {slug: name for slug, (_pk, name) in names.items()}
    return [
        Recommendation(rows[each.track_id], in_words(each.reason, spoken)) for each in picks if each.track_id in rows
    ]


def _genres_of(known: dict[int, Known]) -> Iterator[tuple[str, tuple[int, str]]]:
    genres = Genre.objects.filter(pk__in={pk for each in known.values() for pk in each.genres})
    return ((slug, (pk, name)) for pk, slug, name in genres.values_list("pk", "slug", "name"))


def _fitting(more: Iterable[Offered], offered: Iterable[Offered]) -> list[Offered]:
    """Those that may stand beside what is on the shelf already."""
    shown = {each.recommendation.track.pk for each in offered}
    artists = Counter(each.recommendation.track.artist_id for each in offered)
    fitting = []
    for each in more:
        track = each.recommendation.track
        if track.pk not in shown and artists[track.artist_id] < MAX_PER_ARTIST:
            artists[track.artist_id] += 1
            fitting.append(each)
    return fitting


def _last_shown(standing: Standing, limit: int, shelf: str) -> list[Offered]:
    """Of what this shelf showed on its latest day, in one pick or several, what may still be shown."""
    shown = Impression.objects.filter(user_id=standing.user.pk, shelf=shelf[:LONGEST_SHELF])
    latest = list(shown.order_by("-shown_on", "rank").values_list("shown_on", "track_id")[:limit])
    ids = [track_id for day, track_id in latest if day == latest[0][0]]
    artist_of = {pk: each.artist_id for pk, each in known_of(standing, ids).items()}
    rows = in_this_order(standing.user, few_of_each([pk for pk in ids if pk in artist_of], artist_of, MAX_PER_ARTIST))
    return [Offered(Recommendation(row, _("Picked for you before"))) for row in rows]


def _seed(standing: Standing, shelf: str) -> bytes:
    seed = day_seed(standing.user.pk, timezone.localdate())
    return hashlib.blake2b(shelf.encode(), key=seed, digest_size=16).digest()
