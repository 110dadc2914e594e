"""Daily mixes: a listener's taste, taken apart into a few lists of what they know and what goes with it."""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from discovery.alike import Close, Wish, close_to_each
from discovery.offering import Facts, facts_of
from discovery.reasons import reasons_for, said_of
from discovery.shelf import Item, Shelf
from discovery.standing import Standing
from recommendations.content import content_vectors, unit
from recommendations.mixes import MOST_MIXES, apart, clusters, few_of_each, leading, woven
from recommendations.radio import drawn
from recommendations.rerank import ARTIST_GAP

if TYPE_CHECKING:
    import numpy as np

    from recommendations.ladder import Contribution

SIZE = 25
LEAST_TRACKS, LEAST_ARTISTS = 5, 3
FULL_TRACKS, FULL_ARTISTS = 15, 4
OF_ONE_ARTIST = 3
MOST_LIKED = 240
SMALL_TASTE = 12
LEAST_LIKED = 3
SEEDS = 12
SPREAD = 0.25
LEAST_SCORE = 0.4
NAMED_GENRES, NAMED_ARTISTS = 2, 3
GENRE_SHARE = 0.3


class Group(NamedTuple):
    """What one mix is made around: tracks that are liked, or a genre that was chosen."""

    liked: tuple[Facts, ...] = ()
    genre: tuple[int, str] = (0, "")


def daily_mixes(standing: Standing, seed: bytes) -> list[Shelf]:
    """At most six, none with a track of another. A small library or a young taste gets fewer and shorter ones."""
    made: list[Shelf] = []
    used: set[int] = set()
    groups = _groups(standing)
    likes = close_to_each(standing, [_wish(group) for group in groups], seed)
    why: dict[int, Contribution] = {}
    for group, like in zip(groups, likes, strict=True):
        items, facts = _mixed(standing, group, like.near, seed, used)
        if len(items) >= LEAST_TRACKS and len({each.artist_id for each in facts}) >= LEAST_ARTISTS:
            used |= {item.track_id for item in items}
            why |= like.explained([item.track_id for item in items if not item.reason])
            made.append(_named(f"mix:{len(made) + 1}", items, facts, {mix.title for mix in made}))
    said = reasons_for(standing, why, [each for group in groups for each in group.liked])
    return [mix._replace(items=tuple(_said(item, said) for item in mix.items)) for mix in made]


def _said(item: Item, said: Mapping[int, str]) -> Item:
    return item._replace(reason=item.reason or said[item.track_id])


def _wish(group: Group) -> Wish:
    return Wish(tuple(each.pk for each in group.liked[:SEEDS]), (f"genre:{group.genre[0]}",) if group.genre[0] else ())


def _groups(standing: Standing) -> list[Group]:
    best = sorted(standing.taste.tracks.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LIKED]
    facts = facts_of(standing.user, standing.hidden, [pk for pk, weight in best if weight > 0])
    liked = [(facts[pk], weight) for pk, weight in best if pk in facts]
    chosen = _chosen(standing)
    if len(liked) < LEAST_LIKED:
        return [*([Group(tuple(each for each, _weight in liked))] if liked else []), *chosen][:MOST_MIXES]
    most = MOST_MIXES if len(liked) >= SMALL_TASTE else max(1, len(liked) // LEAST_LIKED)
    vectors = _vectors(standing, [each for each, _weight in liked])
    places = clusters(vectors, [weight for _each, weight in liked], most, least=2)
    groups = [Group(tuple(liked[place][0] for place in group)) for group in places]
    heard = {pk for group in groups for each in group.liked for pk, _name in each.genres}
    return [*groups, *(group for group in chosen if group.genre[0] not in heard)][:MOST_MIXES]


def _vectors(standing: Standing, liked: Sequence[Facts]) -> "np.ndarray":
    """By what they are, and by what was learned of them where there is a model."""
    content = content_vectors([each.features for each in liked])
    if standing.model is None:
        return content
    import numpy as np

    from recommendations.facts import positions

    places = positions(standing.model.item_ids, np.array([each.pk for each in liked], np.int64))
    learned = np.where(places[:, None] >= 0, standing.model.factors.items[places], 0)
    return unit(np.hstack([content, unit(learned)]))


def _chosen(standing: Standing) -> list[Group]:
    """The genres that they said they like: what there is to go by in the first second."""
    genres = standing.user.profile.favourite_genres.exclude(pk__in=standing.hidden.genres)
    return [Group(genre=(pk, name)) for pk, name in genres.values_list("pk", "name")]


def _mixed(
    standing: Standing, group: Group, close: Sequence[Close], seed: bytes, used: Collection[int]
) -> tuple[list[Item], list[Facts]]:
    rng = Random(seed + str(group.genre[0] or group.liked[0].pk).encode())  # noqa: S311
    known = {each.pk: each for each in group.liked if each.pk not in used}
    close = [
        each
        for each in close
        if each.score >= LEAST_SCORE
        and _is_new(standing, each.facts.pk)
        and each.facts.pk not in used
        and (not group.genre[0] or group.genre in each.facts.genres)
    ]
    facts = {**known, **{each.facts.pk: each.facts for each in close}}
    artist_of = {pk: each.artist_id for pk, each in facts.items()}
    familiar = drawn(_falling(known), artist_of, SIZE, rng, spread=SPREAD, gap=0)
    new = drawn({each.facts.pk: each.score for each in close}, artist_of, 2 * SIZE, rng, spread=SPREAD, gap=0)
    few, fresh = (few_of_each(each, artist_of, OF_ONE_ARTIST) for each in (familiar, new))
    woven_line = woven(few, fresh, standing.taste.adventure, SIZE)
    is_new = {taken.track_id: taken.is_new for taken in woven_line}
    line = apart(list(is_new), artist_of, ARTIST_GAP)
    if len({artist_of[pk] for pk in line}) < FULL_ARTISTS:
        line = line[: FULL_TRACKS - 1]
    said = {pk: _why(standing, group, pk, is_new[pk]) for pk in line}
    return [Item(pk, said[pk]) for pk in line], [facts[pk] for pk in line]


def _is_new(standing: Standing, pk: int) -> bool:
    """Unheard, and not what they skip."""
    return pk not in standing.heard and standing.taste.tracks.get(pk, 0) >= 0


def _falling(known: Collection[int]) -> dict[int, float]:
    return {pk: 1 - place / len(known) for place, pk in enumerate(known)}


def _why(standing: Standing, group: Group, track_id: int, is_new: bool) -> str:
    """Of what is known already, and of a chosen genre; nothing of what is for a reason that has to be found."""
    if is_new:
        return _("You chose %s") % group.genre[1] if group.genre[0] else ""
    if track_id in standing.completed:
        return _("You finished this")
    return _("You have heard this") if track_id in standing.heard else said_of(standing, track_id)


def _named(source: str, items: Sequence[Item], facts: Sequence[Facts], taken: set[str]) -> Shelf:
    """By what it is made of: the leading genres, if half of it is theirs, and artists."""
    genres = leading([name for each in facts for _pk, name in each.genres], NAMED_GENRES, GENRE_SHARE)
    if 2 * sum(any(name in genres for _pk, name in each.genres) for each in facts) < len(facts):
        genres = []
    artists = leading([each.artist_name for each in facts], NAMED_ARTISTS)
    title = " · ".join(genres) or _("A bit of everything")
    if title in taken:
        title = f"{title} · {artists[0]}"
    return Shelf(source, title, ", ".join(artists), tuple(items), reverse("mix", args=[source.partition(":")[2]]))
