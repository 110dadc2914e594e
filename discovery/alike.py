"""What goes with tracks, an artist or a genre: by the model, and what it does not know of them by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from discovery.offering import Facts, facts_of, first_offerable, of_artists, of_genres
from discovery.standing import Standing
from recommendations.content import Features, closeness, largest_in_common, together
from recommendations.radio import evened

if TYPE_CHECKING:
    from recommendations.ladder import Contribution, Opinion

MOST_RANKED, MOST_CANDIDATES = 2000, 200
OF_GENRES, OF_ARTISTS = 600, 200
GENRES, ARTISTS = 4, 3
MOST_SEEDS = 20


class Wish(NamedTuple):
    """Like these tracks, and of these features, as "genre:3" or "artist:4"."""

    tracks: tuple[int, ...] = ()
    features: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.tracks) + len(self.features)


class Close(NamedTuple):
    """`score` is 0 to 1 among those that came with it; `is_learned` where the model says more for it than what it
    has."""

    facts: Facts
    score: float
    is_learned: bool


@dataclass(frozen=True, eq=False)
class Likeness:
    """What goes with a wish, the best first; the model's opinion as far as it knows what is wished, and what all else
    that is wished has, `wanted`."""

    close: Sequence[Close]
    opinion: Opinion | None
    wanted: Features

    def explained(self, track_ids: Collection[int]) -> dict[int, Contribution]:
        """For those of them that are close what contributes most to their score."""
        from recommendations.ladder import Contribution  # numpy: not for commands that only look at the addresses

        asked = [each for each in self.close if each.facts.pk in track_ids]
        learned = [each.facts.pk for each in asked if each.is_learned]
        why = dict(zip(learned, self.opinion.explain(learned), strict=True)) if self.opinion else {}
        described = {each.facts.pk: each.facts.features for each in asked if not each.is_learned}
        return why | {
            pk: Contribution("feature", *largest_in_common(self.wanted, features)) for pk, features in described.items()
        }

    @property
    def near(self) -> list[Close]:
        """Without those that have nothing to do with it and only follow where nothing else is left."""
        learned = [each.facts.pk for each in self.close if each.is_learned]
        speaks = self.opinion.speaks_for(learned).tolist() if self.opinion else []
        others = {pk for pk, does_speak in zip(learned, speaks, strict=True) if not does_speak}
        return [each for each in self.close if each.facts.pk not in others]

    @cached_property
    def features(self) -> frozenset[str]:
        """All that is wished, or that what is wished has."""
        if self.opinion is None:
            return frozenset(self.wanted)
        profiles, known = self.opinion.model.profiles, self.opinion.grounds.known
        had = profiles.keys[profiles.of[known.items].indices].tolist()
        return frozenset({*self.wanted, *self.opinion.taste.favourites, *had})


def close_to(standing: Standing, wish: Wish, seed: bytes, *, without: Collection[int] = ()) -> Likeness:
    return close_to_each(standing, [wish], seed, without=without)[0]


def close_to_each(
    standing: Standing, wishes: Sequence[Wish], seed: bytes, *, without: Collection[int] = ()
) -> list[Likeness]:
    """For each wish what may be offered to them and fits, the wish's own tracks among it; for the same number of
    queries whatever the wishes.

    What the model says counts as much as it knows of the wish, and what the tracks have as much as it does not.
    """
    known = [_known(standing, wish) for wish in wishes]
    strange = [_without(wish, part) for wish, part in zip(wishes, known, strict=True)]
    opinions = [_opinion(standing, part) for part in known]
    rankings = [_ranked(opinion, MOST_RANKED + len(without)) for opinion in opinions if opinion]
    by_model = iter(_by_model(standing, rankings, without))
    learned = [next(by_model) if opinion else {} for opinion in opinions]
    wanted = _wanted(standing, strange)
    described = _by_content(standing, wanted, seed, without, learned)
    return [
        Likeness(_added(each, others, part.size / max(1, wish.size)), opinion, features)
        for wish, part, opinion, features, each, others in zip(
            wishes, known, opinions, wanted, learned, described, strict=True
        )
    ]


def _known(standing: Standing, wish: Wish) -> Wish:
    """What of it the model knows: nothing of tracks that are younger than it, or private."""
    if standing.model is None:
        return Wish()
    import numpy as np

    from recommendations.facts import positions

    profiles = standing.model.profiles
    places = positions(standing.model.item_ids, np.array(wish.tracks, np.int64)).tolist()
    features = {*profiles.keys[profiles.columns(wish.features)].tolist()}
    return Wish(
        tuple(pk for pk, place in zip(wish.tracks, places, strict=True) if place >= 0),
        tuple(key for key in wish.features if key in features),
    )


def _without(wish: Wish, part: Wish) -> Wish:
    tracks, features = {*part.tracks}, {*part.features}
    return Wish(
        tuple(pk for pk in wish.tracks if pk not in tracks), tuple(key for key in wish.features if key not in features)
    )


def _opinion(standing: Standing, wish: Wish) -> Opinion | None:
    if standing.model is None or not wish.size:
        return None
    from recommendations.ladder import Opinion

    like = replace(standing.taste, tracks=dict.fromkeys(wish.tracks, 1.0), favourites=wish.features, latest=())
    return Opinion(standing.model, like)


def _ranked(opinion: Opinion, most: int) -> list[int]:
    """Track ids, the best first, whoever may hear them."""
    from recommendations.evaluation import top

    best = top(opinion.scores, most)
    ranked: list[int] = opinion.model.item_ids[best[opinion.scores[best] > 0]].tolist()
    return ranked


def _by_model(
    standing: Standing, rankings: Sequence[Sequence[int]], without: Collection[int]
) -> list[dict[Facts, float]]:
    had = {*without}
    left = [[pk for pk in ranked if pk not in had] for ranked in rankings]
    found = first_offerable(standing.user, standing.hidden, left, MOST_CANDIDATES)
    return [{facts: float(-place) for place, facts in enumerate(line)} for line in found]


def _wanted(standing: Standing, wishes: Sequence[Wish]) -> list[Counter[str]]:
    """What each wish has, as far as it may be offered itself."""
    asked = {pk for wish in wishes for pk in wish.tracks[:MOST_SEEDS]}
    seeds = facts_of(standing.user, standing.hidden, asked) if asked else {}
    return [
        together([*(seeds[pk].features for pk in wish.tracks if pk in seeds), dict.fromkeys(wish.features, 1.0)])
        for wish in wishes
    ]


def _by_content(
    standing: Standing,
    wanted: Sequence[Counter[str]],
    seed: bytes,
    without: Collection[int],
    learned: Sequence[Mapping[Facts, float]],
) -> list[dict[Facts, float]]:
    """Of what the model found too."""
    if not any(wanted):
        return [{} for _each in wanted]
    user, hidden = standing.user, standing.hidden
    ids = of_genres(user, hidden, _most(wanted, "genre:", GENRES), seed, OF_GENRES + len(without))
    ids += of_artists(user, hidden, _most(wanted, "artist:", ARTISTS), OF_ARTISTS + len(without))
    known = {facts.pk: facts for line in learned for facts in line}
    found = list((facts_of(user, hidden, {*ids} - {*without}) | known).values())
    gains = [standing.gain(each.pk, each.features) for each in found]
    near = closeness(wanted, [facts.features for facts in found]) * gains
    return [{facts: float(score) for facts, score in zip(found, row, strict=True) if score > 0} for row in near]


def _most(wanted: Iterable[Counter[str]], kind: str, most: int) -> set[int]:
    """The ids of the features of that kind which each wants most."""
    by_kind = [[key for key, _weight in each.most_common() if key.startswith(kind)] for each in wanted]
    return {int(key.removeprefix(kind)) for keys in by_kind for key in keys[:most]}


def _added(learned: Mapping[Facts, float], described: Mapping[Facts, float], share: float) -> list[Close]:
    """`share` is how much of the sum is learned."""
    closest = max(described.values(), default=1)
    by_model = {facts: share * score for facts, score in evened(learned).items()}
    by_content = {facts: (1 - share) * score / closest for facts, score in described.items()}
    sums = evened({facts: by_model.get(facts, 0) + by_content.get(facts, 0) for facts in by_model | by_content})
    return [
        Close(facts, score, by_model.get(facts, -1) >= by_content.get(facts, -1))
        for facts, score in sorted(sums.items(), key=lambda pair: -pair[1])
    ]
