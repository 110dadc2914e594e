"""Sites made up the same way every time: people of a few genres each, few tracks played much, most a little."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, vstack

from benchmarks.recommendations_data import Listener
from recommendations.facts import Facts

GENRES = 40
TRACKS_OF_AN_ARTIST, TRACKS_OF_AN_ALBUM = 20, 10
GENRES_OF_A_PERSON = 4
REQUESTS = 200
TASTE = 200


class Site(NamedTuple):
    tracks: int
    people: int
    listens: int


SITES = (
    Site(20_000, 1_000, 200_000),
    Site(100_000, 1_000, 200_000),
    Site(20_000, 10_000, 1_000_000),
    Site(100_000, 10_000, 1_000_000),
    Site(400_000, 10_000, 1_000_000),
)


def site_facts(site: Site) -> Facts:
    dice = np.random.default_rng(2026)
    people = np.sort(dice.integers(0, site.people, site.listens))
    tracks = _heard(site, people, dice)
    weights = csr_matrix((np.ones(site.listens), (people, tracks)), (site.people, site.tracks), dtype=np.float32)
    numbers = np.arange(site.tracks)
    kinds = {
        "genre": numbers % GENRES,
        "artist": numbers // TRACKS_OF_AN_ARTIST,
        "album": numbers // TRACKS_OF_AN_ALBUM,
        "decade": numbers // TRACKS_OF_AN_ALBUM % 7,
    }
    keys = tuple(f"{kind}:{value}" for kind, of in kinds.items() for value in range(of.max() + 1))
    features = [csr_matrix((np.ones(len(of)), (of, numbers)), (of.max() + 1, site.tracks)) for of in kinds.values()]
    return Facts(numbers, weights, keys, csr_matrix(vstack(features), dtype=np.float32))


def site_tastes(site: Site) -> list[Listener]:
    dice = np.random.default_rng(7)
    tastes = [np.unique(_heard(site, np.full(TASTE, person), dice)) for person in range(REQUESTS)]
    return [Listener(known, np.ones(len(known)), known[:0]) for known in tastes]


def _heard(site: Site, people: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    genre = (people * 7 + dice.integers(0, GENRES_OF_A_PERSON, len(people)) * 3) % GENRES
    in_genre = (site.tracks // GENRES * dice.random(len(people)) ** 3).astype(np.int64)
    return in_genre * GENRES + genre
