"""A trained model: plain arrays, so that it is saved, mapped into memory and read by many processes at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from recommendations import ease, factors, neighbours, profiles, transitions
from recommendations.facts import Facts

Arrays = Mapping[str, NDArray]
Progress = Callable[[str], None]

KINDS = {"genre": 1.0, "artist": 1.0, "album": 0.5, "decade": 0.3, "sound": 0.5}


@dataclass(frozen=True, slots=True)
class Settings:
    """Tuned on validation cuts of the training part: see docs/recommendations.md."""

    strength: float = 4.0
    own: float = 1.0
    damping: float = 0.2
    rank: int = 512
    # Rows times rank, which is what a request reads twice: many rows have a smaller rank.
    mixing_cells: int = 2_000_000
    feature_mass: float = 0.36
    size: int = 48
    regularisation: float = 40.0
    confidence: float = 20.0
    iterations: int = 15
    # What everybody likes is found without us: scores are divided by this power of the listeners.
    popular: float = 0.08
    # Above these, the rows of the most active listeners and of the most carried features stand for all.
    most_listeners: int = 10_000
    most_features: int = 2_000
    kinds: Mapping[str, float] = field(default_factory=lambda: KINDS)


@dataclass(frozen=True, slots=True)
class Model:
    """listeners: (items,) how many know each · discount: (items,) what a score is multiplied by for that.

    people: so many are the first rows of the evidence; then comes a row for each of `feature_rows`, which are columns
    of the profiles. transitions: items x items, how far people went on from one to the other.
    """

    item_ids: NDArray[np.int64]
    listeners: NDArray[np.float32]
    discount: NDArray[np.float32]
    people: int
    feature_rows: NDArray[np.int64]
    profiles: profiles.Profiles
    ease: ease.Ease
    factors: factors.Factors
    neighbours: neighbours.Neighbours
    transitions: csr_matrix

    def arrays(self) -> dict[str, NDArray]:
        return {
            "item_ids": self.item_ids,
            "listeners": self.listeners,
            "discount": self.discount,
            "feature_keys": self.profiles.keys,
            "feature_rows": self.feature_rows,
            "scalars": np.array([self.people, self.ease.level, self.factors.confidence]),
            "ease_mixing": self.ease.mixing,
            "ease_mixed": self.ease.mixed,
            "ease_known": self.ease.known,
            "ease_told": self.ease.told,
            "factors_items": self.factors.items,
            "factors_gram": self.factors.gram,
            **_parts("ease_evidence", self.ease.evidence),
            **_parts("profiles", self.profiles.of),
            **_parts("likes", self.neighbours.likes),
            **_parts("people", self.neighbours.profiles),
            **_parts("transitions", self.transitions),
        }

    @classmethod
    def of(cls, arrays: Arrays) -> "Model":
        """From what arrays() gave; they may be mapped from files, and are only read."""
        people, level, confidence = map(float, arrays["scalars"])
        items = len(arrays["item_ids"])
        evidence = _matrix("ease_evidence", arrays, (items, int(people) + len(arrays["feature_rows"])))
        known, told = arrays["ease_known"], arrays["ease_told"]
        return cls(
            arrays["item_ids"],
            arrays["listeners"],
            arrays["discount"],
            int(people),
            arrays["feature_rows"],
            profiles.Profiles(
                arrays["feature_keys"], _matrix("profiles", arrays, (items, len(arrays["feature_keys"])))
            ),
            ease.Ease(evidence, arrays["ease_mixing"], arrays["ease_mixed"], level, known, told),
            factors.Factors(arrays["factors_items"], arrays["factors_gram"], confidence),
            neighbours.Neighbours(
                _matrix("likes", arrays, (items, int(people))),
                _matrix("people", arrays, (len(arrays["feature_keys"]), int(people))),
            ),
            _matrix("transitions", arrays, (items, items)),
        )


def train(facts: Facts, settings: Settings = Settings(), progress: Progress = lambda step: None) -> Model:
    """The same facts and settings make the same model."""
    weights = _most_active(facts.weights, settings.most_listeners)
    listeners = np.bincount(facts.weights.indices, minlength=len(facts.item_ids)).astype(np.float32)
    progress("features")
    described = profiles.build(facts.features, facts.feature_keys, settings.kinds)
    carriers = np.diff(facts.features.indptr)
    feature_rows = np.sort(np.argsort(-carriers, kind="stable")[: settings.most_features])
    features = profiles.rows(described, feature_rows, settings.feature_mass * max(weights.shape[0], 1))
    progress("neighbours")
    learned = ease.fit(
        weights,
        features,
        strength=settings.strength,
        own=settings.own,
        damping=settings.damping,
        rank=min(settings.rank, settings.mixing_cells // max(weights.shape[0] + len(feature_rows), 1)),
    )
    progress("factors")
    return Model(
        facts.item_ids,
        listeners,
        ((1 + listeners) ** -settings.popular).astype(np.float32),
        weights.shape[0],
        feature_rows,
        described,
        learned,
        _factors(facts, described, feature_rows, settings),
        neighbours.build(weights, profiles.shares(facts.features)),
        transitions.build(facts.when, listeners),
    )


def _factors(
    facts: Facts, described: profiles.Profiles, feature_rows: NDArray[np.int64], settings: Settings
) -> factors.Factors:
    known = csr_matrix(facts.weights > 0, dtype=np.float32)
    # Before anybody has listened, features weigh as much as one listen of each item.
    features = profiles.rows(described, feature_rows, settings.feature_mass * (known.nnz or known.shape[1]))
    return factors.fit(
        csr_matrix(vstack([known, features]), dtype=np.float32),
        size=settings.size,
        regularisation=settings.regularisation,
        confidence=settings.confidence,
        iterations=settings.iterations,
    )


def _most_active(weights: csr_matrix, most: int) -> csr_matrix:
    if weights.shape[0] <= most:
        return weights
    return weights[np.sort(np.argsort(-np.diff(weights.indptr), kind="stable")[:most])]


def _parts(name: str, matrix: csr_matrix) -> dict[str, NDArray]:
    return {f"{name}_{part}": getattr(matrix, part) for part in ("data", "indices", "indptr")}


def _matrix(name: str, arrays: Arrays, shape: tuple[int, int]) -> csr_matrix:
    return csr_matrix(tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr")), shape=shape)
