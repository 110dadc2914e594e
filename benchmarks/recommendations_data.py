"""The public data sets of the benchmark: who listened to what, cut into what is known and what is held out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from recommendations.facts import Facts, positions

Ints = NDArray[np.int64]

HELD_OUT = 0.2
FAVOURITES = 3
UNSEEN = 300
# The tags of an artist that a site would know as its genres.
GENRES = 5


@dataclass(frozen=True)
class Listener:
    """Positions of items: those known with their weights, those held out; favourites are feature keys."""

    known: Ints
    weights: NDArray[np.float64]
    held: Ints
    favourites: tuple[str, ...] = ()


@dataclass(frozen=True)
class HetRec:
    """Last.fm of Cantador, Brusilovsky & Kuflik (HetRec 2011): plays and tag assignments, as positions."""

    artist_ids: Ints
    listeners: Ints
    artists: Ints
    plays: NDArray[np.float64]
    taggers: Ints
    tagged: Ints
    tags: Ints

    @property
    def size(self) -> int:
        return int(self.listeners.max()) + 1

    @classmethod
    def read(cls, folder: Path) -> "HetRec":
        ids = np.unique(_columns(folder / "artists.dat", 1)[:, 0])
        plays, tags = _columns(folder / "user_artists.dat", 3), _columns(folder / "user_taggedartists.dat", 3)
        people = np.unique(plays[:, 0])
        tagged = positions(ids, tags[:, 1])
        tags, tagged = tags[tagged >= 0], tagged[tagged >= 0]
        listeners, artists = positions(people, plays[:, 0]), positions(ids, plays[:, 1])
        return cls(
            ids, listeners, artists, plays[:, 2].astype(float), positions(people, tags[:, 0]), tagged, tags[:, 2]
        )

    def facts(self, listens: Ints, tags: Ints) -> Facts:
        """Of these rows of the plays, and these of the tag assignments."""
        used, rows = np.unique(self.listeners[listens], return_inverse=True)
        shape = (len(used), len(self.artist_ids))
        weights = csr_matrix((self.plays[listens], (rows, self.artists[listens])), shape=shape, dtype=np.float32)
        names, features = np.unique(self.tags[tags], return_inverse=True)
        cells = (np.ones(len(tags)), (features, self.tagged[tags]))
        carried = csr_matrix(cells, shape=(len(names), len(self.artist_ids)), dtype=np.float32)
        return Facts(np.arange(len(self.artist_ids)), weights, tuple(f"genre:{name}" for name in names), carried)

    def warm(self, seed: int, validation: bool = False) -> tuple[Facts, list[Listener]]:
        """A random fifth of each listener's artists is held out, and what they said about those with it.

        The validation cut does the same again within the training part, and never sees what is held out for the test.
        """
        train, held = self._cut(np.arange(len(self.artists)), seed)
        if validation:
            train, held = self._cut(train, seed + 1000)
        missing = np.setdiff1d(np.arange(len(self.artists)), train)
        hidden = set(zip(self.listeners[missing].tolist(), self.artists[missing].tolist(), strict=True))
        said = zip(self.taggers.tolist(), self.tagged.tolist(), strict=True)
        tags = np.array([row for row, pair in enumerate(said) if pair not in hidden])
        listeners = [self._listener(train, held, person) for person in range(self.size)]
        return self.facts(train, tags), [listener for listener in listeners if len(listener.held)]

    def cold(self, seed: int, validation: bool = False) -> tuple[Facts, list[Listener]]:
        """300 listeners of whom training has nothing at all; their favourites are told by what is not held out."""
        shuffled = np.random.default_rng(seed).permutation(self.size)
        unseen, others = shuffled[:UNSEEN], shuffled[UNSEEN:]
        if validation:
            unseen, others = others[:UNSEEN], others[UNSEEN:]
        facts = self.facts(
            np.flatnonzero(np.isin(self.listeners, others)), np.flatnonzero(np.isin(self.taggers, others))
        )
        train, held = self._cut(np.flatnonzero(np.isin(self.listeners, unseen)), seed)
        shares = facts.features.multiply(1 / np.maximum(facts.features.sum(axis=0), 1)).tocsc()
        return facts, [self._newcomer(facts, shares, train, held, person, seed) for person in unseen]

    def _newcomer(self, facts: Facts, shares: csr_matrix, train: Ints, held: Ints, person: int, seed: int) -> Listener:
        of = self._listener(train, held, person)
        order = np.random.default_rng([seed, person]).permutation(len(of.known))
        liked = np.asarray(shares[:, of.known].sum(axis=1)).ravel()
        favourites = tuple(facts.feature_keys[row] for row in np.argsort(-liked, kind="stable")[:FAVOURITES])
        return Listener(of.known[order], of.weights[order], of.held, favourites)

    def _listener(self, train: Ints, held: Ints, person: int) -> Listener:
        mine = train[self.listeners[train] == person]
        return Listener(self.artists[mine], self.plays[mine], self.artists[held[self.listeners[held] == person]])

    def _cut(self, rows: Ints, seed: int) -> tuple[Ints, Ints]:
        dice = np.random.default_rng(seed)
        held = [dice.choice(mine, max(round(HELD_OUT * len(mine)), 1), replace=False) for mine in self._by_person(rows)]
        out = np.concatenate(held)
        return np.setdiff1d(rows, out), out

    def _by_person(self, rows: Ints) -> Iterator[Ints]:
        ordered = rows[np.argsort(self.listeners[rows], kind="stable")]
        groups = np.split(ordered, np.flatnonzero(np.diff(self.listeners[ordered])) + 1)
        return (group for group in groups if len(group) > 1)


def genres_of(facts: Facts) -> list[list[int]]:
    """Of each item, the features that it has most of: what the genre rule goes by."""
    items = facts.features.T.tocsr()
    rows = (items[[item]] for item in range(items.shape[0]))
    return [row.indices[np.argsort(-row.data, kind="stable")[:GENRES]].tolist() for row in rows]


def read_sequences(folder: Path, steps_back: int = 1, attributes: bool = False) -> tuple[Facts, list[Listener]]:
    """LastFM of S3-Rec (Zhou et al. 2020): the last of each listener's sequence is held out, the others are known.

    `steps_back` 2 holds out the one before it instead, for validation.
    """
    lines = (folder / "LastFM.txt").read_text().splitlines()
    sequences = [np.array(line.split()[1:], np.int64) - 1 for line in lines]
    items = 1 + max(int(sequence.max()) for sequence in sequences)
    listeners = [
        Listener(sequence[:-steps_back], np.ones(len(sequence) - steps_back), sequence[[-steps_back]])
        for sequence in sequences
    ]
    rows = np.repeat(np.arange(len(listeners)), [len(listener.known) for listener in listeners])
    cells = (np.ones(len(rows)), (rows, np.concatenate([listener.known for listener in listeners])))
    weights = csr_matrix(cells, shape=(len(listeners), items), dtype=np.float32)
    places = np.concatenate([1.0 + np.arange(len(listener.known)) for listener in listeners])
    when = csr_matrix((places, cells[1]), shape=weights.shape)
    keys, features = _attributes(folder, items) if attributes else ((), csr_matrix((0, items), dtype=np.float32))
    return Facts(np.arange(items), weights, keys, features, when), listeners


def _attributes(folder: Path, items: int) -> tuple[tuple[str, ...], csr_matrix]:
    by_item = json.loads((folder / "LastFM_item2attributes.json").read_text())
    pairs = np.array([(attribute, int(item) - 1) for item, each in by_item.items() for attribute in each])
    names, rows = np.unique(pairs[:, 0], return_inverse=True)
    features = csr_matrix((np.ones(len(rows)), (rows, pairs[:, 1])), shape=(len(names), items), dtype=np.float32)
    return tuple(f"genre:{name}" for name in names), features


def _columns(path: Path, count: int) -> Ints:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    return np.array([line.split("\t")[:count] for line in lines if line], np.int64)
