"""The shelves of the home page: picked once a day, and again when the listener finished something or said something."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from discovery.alike import Likeness, Wish, close_to_each
from discovery.followed import popular_with
from discovery.mixes import daily_mixes
from discovery.offering import Facts, facts_of, first_offerable, newest, of_artists, offerable
from discovery.reasons import ties_for
from discovery.serving import Offered, recommend
from discovery.shelf import Item, Shelf
from discovery.standing import Standing
from listening.store import StoreAway, listen_store
from music.browsing import newest_track_id
from music.models import Track
from music.utils import in_words, left_out_tracks, popular_for
from recommendations.mixes import leading, varied
from recommendations.rerank import ARTIST_GAP, MAX_PER_ARTIST
from recommendations.shelf import Reason, day_seed, tossed

FIRST, LONG = 12, 12
LOOKED_AT = 300
LEAST = 4
NEW_FOR = timedelta(days=30)
LOVED_BEFORE = timedelta(days=60)
MOST_NEW, MOST_DEEP, MOST_POPULAR = 300, 300, 100
DEEP_ARTISTS, FINISHED_OF_AN_ARTIST = 12, 2
LATELY = 6
KEPT_SECONDS = 2 * 24 * 3600
NO_SHELF = Shelf("", "", "", ())
NEW = "new-for-you"


class Picks(NamedTuple):
    """Of a day: the first shelf, the mixes, and what comes below them; `people` are those whose listening is in it,
    `newest` is the newest track that there was."""

    first: Shelf
    mixes: tuple[Shelf, ...]
    shelves: tuple[Shelf, ...]
    people: tuple[int, ...] = ()
    newest: int = 0

    @property
    def all(self) -> tuple[Shelf, ...]:
        return (self.first, *self.mixes, *self.shelves)

    def without_people(self) -> "Picks":
        return self._replace(shelves=tuple(each for each in self.shelves if each.source != "followed"), people=())


def picks_of(standing: Standing) -> Picks:
    """Kept for the day, until a listen or a word of theirs changes them; what was added meanwhile changes what is new
    for them alone. While the listens are out of reach what was picked last stays; it is for the reader to leave out
    what may not be shown any more.
    """
    key, state, newest = _key(standing.user.pk), _state(standing), newest_track_id(standing.user)
    kept_state, kept = cache.get(key) or ("", None)
    if kept is not None and kept.people != standing.people:
        kept = kept.without_people()
    if kept is not None and (standing.is_store_away or (kept_state, kept.newest) == (state, newest)):
        return kept
    try:
        if kept is not None and kept_state == state and len(kept.first.items) >= FIRST:
            picks = _with_what_is_new(standing, kept)
        else:
            picks = _picked(standing)
    except StoreAway:
        return kept or _picked(replace(standing, is_store_away=True))
    if not standing.is_store_away:
        picks = picks._replace(newest=newest)
        cache.set(key, (state, picks), KEPT_SECONDS)
    return picks


def forget_picks(user_id: int) -> None:
    cache.delete(_key(user_id))


def _key(user_id: int) -> str:
    return f"picks-{user_id}"


def _state(standing: Standing) -> str:
    """Everything that makes other picks at once: the day, what they heard and said, whom they follow, and that there is
    a model. Another model is in the next ones.
    """
    heard, completed, taste = standing.heard, standing.completed, standing.taste
    said = (standing.hidden, sorted(taste.favourites), sorted(taste.factors.items()), taste.adventure, standing.since)
    parts = (
        timezone.localdate(), get_language(), len(heard), sum(heard), len(completed), sum(completed),
        next(iter(completed), 0), [sorted(each) for each in said[0]], said[1:], sorted(standing.disliked),
        bool(standing.model_version), sorted(standing.signs.items()), standing.people,
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def day_seed_of(user: Any) -> bytes:
    return day_seed(user.pk, timezone.localdate())


def _picked(standing: Standing) -> Picks:
    """Nothing stands on two shelves, and a shelf that would be nearly empty is not made."""
    seed = day_seed_of(standing.user)
    first = _made_for_you(standing)
    taken = set(first.ids)
    made: dict[str, Shelf] = {}
    for kind, make in NARROW_FIRST.items():
        shelf = make(standing, seed).without(taken, LONG)
        if len(shelf.items) >= LEAST:
            taken |= {*shelf.ids}
            made[kind] = shelf
    shelves = tuple(made[kind] for kind in IN_ORDER if kind in made)
    return Picks(first, tuple(daily_mixes(standing, seed)), shelves, standing.people)


def _with_what_is_new(standing: Standing, kept: Picks) -> Picks:
    others = [each for each in kept.shelves if each.source != NEW]
    new = _new_for_you(standing, day_seed_of(standing.user))
    new = new.without((pk for shelf in (kept.first, *others) for pk in shelf.ids), LONG)
    place = sum(each.source.startswith("because:") for each in others)
    fresh = [new] if len(new.items) >= LEAST else []
    return kept._replace(shelves=(*others[:place], *fresh, *others[place:]))


def _made_for_you(standing: Standing) -> Shelf:
    """Where there is little that they have not heard, something is left for the other shelves."""
    seen = offerable(standing.user, standing.hidden).order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    unheard = sum(pk not in standing.heard for pk in seen)
    offered = recommend(standing, min(FIRST, max(FIRST // 2, unheard // 2)), shelf="made-for-you")
    return _shelf("made-for-you", _("Made for you"), _("Not heard yet, and why it is here"), offered)


def _new_for_you(standing: Standing, seed: bytes) -> Shelf:
    added = newest(standing.user, standing.hidden, timezone.now() - NEW_FOR, MOST_NEW + len(standing.heard))
    among = _unheard(standing, added, MOST_NEW)
    offered = recommend(standing, 2 * LONG, shelf=NEW, among=among)
    return _shelf(NEW, _("New for you"), _("Added here in the last 30 days"), offered)


def _unheard(standing: Standing, track_ids: Sequence[int], most: int) -> list[int]:
    return [pk for pk in track_ids if pk not in standing.heard][:most]


def _varied(line: Sequence[int], facts: Mapping[int, Facts]) -> list[int]:
    return varied(line, {pk: facts[pk].artist_id for pk in line}, MAX_PER_ARTIST, ARTIST_GAP)


def _shelf(source: str, title: str, text: str, offered: Sequence[Offered]) -> Shelf:
    return Shelf(source, title, text, tuple(each.item for each in offered))


def because(standing: Standing, track: Track, like: Likeness) -> Shelf:
    """Unheard tracks that are like one that was finished."""
    return _because(standing, track.pk, track.title, like, _new_of(standing, like))


def _because_finished(standing: Standing, seed: bytes) -> Shelf:
    """Of what was finished last that which has enough unheard ones beside it."""
    lately = list(standing.completed)[:LATELY]
    facts = facts_of(standing.user, standing.hidden, lately)
    titles = dict(Track.objects.filter(pk__in=list(facts)).values_list("pk", "title"))
    those = [pk for pk in lately if pk in facts and pk in titles]
    likes = close_to_each(standing, [Wish((pk,)) for pk in those], seed)
    found = ((pk, like, _new_of(standing, like)) for pk, like in zip(those, likes, strict=True))
    made = (_because(standing, pk, titles[pk], like, line) for pk, like, line in found if len(line) >= LEAST)
    return next(made, NO_SHELF)


def _new_of(standing: Standing, like: Likeness) -> list[int]:
    unheard = {each.facts.pk: each.facts for each in like.near if each.facts.pk not in standing.heard}
    return _varied(list(unheard), unheard)[: 2 * LONG]


def _because(standing: Standing, pk: int, title: str, like: Likeness, line: Sequence[int]) -> Shelf:
    said = ties_for(standing, like.explained(line), like.features)
    items = [Item(each, said[each]) for each in line]
    title, text = _("Because you finished “%s”") % title, _("What goes with it, and you have not heard")
    return Shelf(f"because:{pk}", title, text, tuple(items), reverse("because", args=[pk]))


def _rediscover(standing: Standing, seed: bytes) -> Shelf:
    if standing.is_store_away:
        return NO_SHELF
    loved = listen_store().loved_before(standing.user.pk, timezone.now() - LOVED_BEFORE, standing.since)
    no_taste = left_out_tracks(standing.user)
    ranked = [pk for pk in loved if pk not in no_taste]
    [found] = first_offerable(standing.user, standing.hidden, [ranked], 4 * LONG)
    worth = {each.pk: standing.gain(each.pk, each.features) for each in found}
    facts = {each.pk: each for each in sorted(found, key=lambda each: -tossed(worth[each.pk], seed, each.pk))}
    line = _varied(list(facts), facts)
    items = [Item(pk, _("You finished it again and again")) for pk in line]
    return Shelf("rediscover", _("Rediscover"), _("Loved once, and not heard for two months"), tuple(items))


def _deep_cuts(standing: Standing, seed: bytes) -> Shelf:
    finished = facts_of(standing.user, standing.hidden, list(standing.completed)[:MOST_DEEP]).values()
    by = [each.artist_id for each in finished]
    artists = [pk for pk in leading(by, DEEP_ARTISTS) if by.count(pk) >= FINISHED_OF_AN_ARTIST]
    theirs = of_artists(standing.user, standing.hidden, artists, MOST_DEEP + len(standing.heard))
    among = _unheard(standing, theirs, MOST_DEEP)
    offered = recommend(standing, 2 * LONG, shelf="deep-cuts", among=among)
    return _shelf("deep-cuts", _("Deep cuts"), _("Unheard tracks of artists you finish"), offered)


def _popular_here(standing: Standing, seed: bytes) -> Shelf:
    """Of each genre the most finished first, in the day's order, then of each the next; what was heard already comes
    after what was not."""
    ranked = {
        each.track_id: each.listeners for each in islice(popular_for(standing.user, standing.hidden), MOST_POPULAR)
    }
    facts = facts_of(standing.user, standing.hidden, ranked)
    by_genre: dict[str, list[int]] = {}
    liked = {pk: tossed(ranked[pk] * standing.gain(pk, facts[pk].features), seed, pk) for pk in ranked if pk in facts}
    for pk in sorted(liked, key=lambda pk: (pk in standing.heard, -liked[pk])):
        by_genre.setdefault(facts[pk].genres[0][1] if facts[pk].genres else "", []).append(pk)
    line = _varied([pk for round_ in zip_longest(*by_genre.values()) for pk in round_ if pk is not None], facts)
    items = [Item(pk, in_words(Reason("popular", count=ranked[pk]), {})) for pk in line]
    return Shelf("popular", _("Popular here"), _("What people here finish, from every corner"), tuple(items))


IN_ORDER = ("because", "new", "followed", "rediscover", "deep", "popular")
# Those that can be filled with little else take first what the others would find a replacement for.
NARROW_FIRST: dict[str, Callable[[Standing, bytes], Shelf]] = {
    "rediscover": _rediscover,
    "followed": popular_with,
    "new": _new_for_you,
    "deep": _deep_cuts,
    "because": _because_finished,
    "popular": _popular_here,
}
