"""How well models would have foretold what people here went on to finish, beside the rules that they should better."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from discovery.gathering import Catalogue, Gathered, completed_since, seen_by
from recommendations.evaluation import Quality, ndcg_at, quality, top
from recommendations.facts import Facts
from recommendations.genres import count_genres, share_slots
from recommendations.ladder import Taste, score
from recommendations.model import Model
from recommendations.shelf import Candidate, Offer, Reason, day_start, finished_offers, pick

SHELF = 20
MOST_LISTENERS = 300
FEWEST_LISTENERS = 3
FEWEST_TRACKS = 30
LATEST_SHARE = 0.2

Ranking = Callable[[int], np.ndarray]


class Judged(NamedTuple):
    """`each`: the normalised gain of every listener who was asked, in one order for all."""

    quality: Quality
    each: list[float]


@dataclass(frozen=True)
class Holdout:
    """What was heard until `cut`, and by row what each listener went on to complete, new to them."""

    cut: datetime
    before: Gathered
    relevant: Mapping[int, set[int]]

    @property
    def is_enough(self) -> bool:
        """To tell two models apart; of less any difference is chance."""
        return len(self.relevant) >= FEWEST_LISTENERS and sum(map(len, self.relevant.values())) >= FEWEST_TRACKS

    @property
    def rows(self) -> list[int]:
        """The same sample every time."""
        rows = sorted(self.relevant)
        return rows[:: -(-len(rows) // MOST_LISTENERS)] if rows else []

    def judge(self, ranking: Ranking) -> Judged:
        relevant = [self.relevant[row] for row in self.rows]
        rankings = [ranking(row) for row in self.rows]
        each = [ndcg_at(10, ranked, liked) for ranked, liked in zip(rankings, relevant, strict=True)]
        return Judged(quality(rankings, relevant, self._popularity()), each)

    def _popularity(self) -> np.ndarray:
        known = self.before.facts.weights
        return (_listeners(self.before) / max(1, known.shape[0])).astype(np.float32)


def holdout(before: Gathered, cut: datetime) -> Holdout:
    """`before` must have been gathered until the cut. Raises StoreAway."""
    return Holdout(cut, before, completed_since(before, cut))


def late_cut(everything: Gathered) -> datetime | None:
    """Before the latest fifth of what was heard; None where nothing was."""
    if not len(everything.last_at):
        return None
    return datetime.fromtimestamp(float(np.quantile(everything.last_at, 1 - LATEST_SHARE)), UTC)


def by_model(model: Model, before: Gathered) -> Ranking:
    """Also a model of another day: tracks that it does not know are in none of its rankings."""
    ids, items = before.facts.item_ids, np.asarray(model.item_ids)
    to_here = np.searchsorted(ids, items)
    known = np.isin(items, ids)

    def ranked(row: int) -> np.ndarray:
        scores = np.zeros(len(ids), np.float32)
        scores[to_here[known]] = score(model, taste_of_row(before, row))[known]
        return top(scores, SHELF, seen_by(before, row).tolist())

    return ranked


def by_popularity(before: Gathered) -> Ranking:
    listeners = _listeners(before)
    return lambda row: top(listeners, SHELF, seen_by(before, row).tolist())


def by_genre_rule(before: Gathered) -> Ranking:
    """What the home page shows without a model: the same functions, over positions."""
    catalogue = before.catalogue
    genres = _genres(catalogue)
    of_item = catalogue.features[genres].T.tocsr()
    popular, newest = np.argsort(-_listeners(before), kind="stable")[:200], range(len(catalogue.item_ids) - 1, -1, -1)

    def ranked(row: int) -> np.ndarray:
        seed, weights = f"{row}".encode(), before.facts.weights
        liked = weights.indices[weights.indptr[row] : weights.indptr[row + 1]]
        counted = count_genres(of_item[liked].indices.tolist())

        def candidates_of(genre: int) -> Iterable[Candidate]:
            places = catalogue.features[genres[genre]].indices
            return _candidates(catalogue, np.roll(places, -day_start(seed, len(places))))

        tiers = (
            finished_offers(share_slots(counted, SHELF), candidates_of),
            [Offer(Reason("popular"), _candidates(catalogue, popular))],
            [Offer(Reason("new"), _candidates(catalogue, newest))],
        )
        heard = set(seen_by(before, row).tolist())
        return np.array([each.track_id for each in pick(tiers, SHELF, heard=heard, seed=seed)], np.int64)

    return ranked


def taste_of_row(before: Gathered, row: int) -> Taste:
    weights = before.facts.weights
    cells = slice(weights.indptr[row], weights.indptr[row + 1])
    track_ids = before.facts.item_ids[weights.indices[cells]]
    tracks = dict(zip(track_ids.tolist(), weights.data[cells].tolist(), strict=True))
    return Taste(tracks, latest=_latest_first(before.facts, row))


def _latest_first(facts: Facts, row: int) -> tuple[int, ...]:
    if facts.when is None:
        return ()
    when = facts.when[[row]]
    return tuple(facts.item_ids[when.indices[np.argsort(-when.data, kind="stable")]].tolist())


def _listeners(before: Gathered) -> np.ndarray:
    """(items,): how many like each."""
    weights = before.facts.weights
    return np.bincount(weights.indices, minlength=weights.shape[1]).astype(np.float32)


def _genres(catalogue: Catalogue) -> np.ndarray:
    return np.array([row for row, key in enumerate(catalogue.feature_keys) if key.startswith("genre:")], np.int64)


def _candidates(catalogue: Catalogue, places: Iterable[int]) -> Iterable[Candidate]:
    return (Candidate(int(place), int(catalogue.artist_ids[place])) for place in places)
