"""What goes with some tracks, an artist or a genre: by the model, and where it knows none of them by what they are."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.utils.translation import gettext as _

from discovery.offering import Facts, facts_of, first_offerable, of_artists, of_genres
from discovery.standing import Standing
from music.browsing import decade_name
from recommendations.content import closeness, together
from recommendations.radio import evened

MOST_RANKED, MOST_CANDIDATES = 2000, 200
OF_GENRES, OF_ARTISTS = 600, 200
GENRES, ARTISTS = 4, 3
MOST_SEEDS = 20


class Wish(NamedTuple):
    """Like these tracks, and of these features, as "genre:3" or "artist:4"."""

    tracks: tuple[int, ...] = ()
    features: tuple[str, ...] = ()


class Close(NamedTuple):
    """`score` is 0 to 1 among those that came with it."""

    facts: Facts
    score: float


def close_to(standing: Standing, wish: Wish, seed: bytes, *, without: Collection[int] = ()) -> list[Close]:
    return close_to_each(standing, [wish], seed, without=without)[0]


def close_to_each(
    standing: Standing, wishes: Sequence[Wish], seed: bytes, *, without: Collection[int] = ()
) -> list[list[Close]]:
    """For each wish what may be offered to them and fits, the best first, the wish's own tracks among it; for the same
    number of queries whatever the wishes."""
    rankings = [_ranked(standing, wish, MOST_RANKED + len(without)) for wish in wishes]
    strange = [wish for wish, ranked in zip(wishes, rankings, strict=True) if ranked is None]
    by_model = iter(_by_model(standing, [ranked for ranked in rankings if ranked is not None], without))
    by_content = iter(_by_content(standing, strange, seed, without) if strange else [])
    found = [next(by_content if ranked is None else by_model) for ranked in rankings]
    return [
        [Close(facts, score) for facts, score in sorted(evened(scored).items(), key=lambda pair: -pair[1])]
        for scored in found
    ]


def _by_model(
    standing: Standing, rankings: Sequence[Sequence[int]], without: Collection[int]
) -> list[dict[Facts, float]]:
    had = {*without}
    left = [[pk for pk in ranked if pk not in had] for ranked in rankings]
    found = first_offerable(standing.user, standing.hidden, left, MOST_CANDIDATES)
    return [{facts: float(-place) for place, facts in enumerate(line)} for line in found]


def _ranked(standing: Standing, wish: Wish, most: int) -> list[int] | None:
    """Track ids, the best first, whoever may hear them; None where there is no model that knows any of what is wished.

    It knows nothing of tracks that are younger than it, and of private ones.
    """
    if standing.model is None:
        return None
    from recommendations.evaluation import top  # numpy: not for commands that only look at the addresses
    from recommendations.ladder import Opinion

    like = replace(standing.taste, tracks=dict.fromkeys(wish.tracks, 1.0), favourites=wish.features, latest=())
    opinion = Opinion(standing.model, like)
    if opinion.grounds.rung == "popular":
        return None
    best = top(opinion.scores, most)
    ranked: list[int] = standing.model.item_ids[best[opinion.scores[best] > 0]].tolist()
    return ranked


def _by_content(
    standing: Standing, wishes: Sequence[Wish], seed: bytes, without: Collection[int]
) -> list[dict[Facts, float]]:
    user, hidden = standing.user, standing.hidden
    seeds = facts_of(user, hidden, {pk for wish in wishes for pk in wish.tracks[:MOST_SEEDS]})
    wanted = [
        together([*(seeds[pk].features for pk in wish.tracks if pk in seeds), dict.fromkeys(wish.features, 1.0)])
        for wish in wishes
    ]
    ids = of_genres(user, hidden, _most(wanted, "genre:", GENRES), seed, OF_GENRES + len(without))
    ids += of_artists(user, hidden, _most(wanted, "artist:", ARTISTS), OF_ARTISTS + len(without))
    found = list(facts_of(user, hidden, {*ids} - {*without}).values())
    gains = [standing.gain(each.pk, each.features) for each in found]
    near = closeness(wanted, [facts.features for facts in found]) * gains
    return [{facts: float(score) for facts, score in zip(found, row, strict=True) if score > 0} for row in near]


def _most(wanted: Iterable[Counter[str]], kind: str, most: int) -> set[int]:
    """The ids of the features of that kind which each wants most."""
    by_kind = [[key for key, _weight in each.most_common() if key.startswith(kind)] for each in wanted]
    return {int(key.removeprefix(kind)) for keys in by_kind for key in keys[:most]}


def in_common(facts: Facts, others: Iterable[Facts]) -> str:
    """Why it goes with them, in words that hold for it: the artist, else genres they share, else the decade, else how
    people listen."""
    others = list(others)
    if any(facts.artist_id == other.artist_id for other in others):
        return _("Also by %s") % facts.artist_name
    theirs = {pk for other in others for pk, _name in other.genres}
    if shared := [name for pk, name in facts.genres if pk in theirs]:
        return _("%s, too") % " · ".join(shared[:2])
    if facts.decade and any(facts.decade == other.decade for other in others):
        return _("%s, too") % decade_name(facts.decade)
    return _("Goes with it, by what people here finish")
