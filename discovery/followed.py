"""What those finish whom somebody follows: only people whose listening they may see, and whom they have not muted."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.cache import cache as kept
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discovery.offering import first_offerable
from discovery.shelf import Item, Shelf
from listening.models import LeftOut
from listening.store import listen_store
from music.compiled import ID, Compiled, compiled
from music.models import Track
from recommendations.mixes import apart, few_of_each
from recommendations.rerank import ARTIST_GAP, MAX_PER_ARTIST
from recommendations.shelf import tossed
from users.access import follower_of, listening_shown_to
from users.models import CustomUser, Follow, Mute

if TYPE_CHECKING:
    from discovery.standing import Standing

SINCE = timedelta(days=30)
# Those who let themselves be followed last.
MOST_PEOPLE = 50
MOST_RANKED, MOST_SHOWN = 1000, 60
KEPT_SECONDS = 600


def people_of(user: Any) -> tuple[int, ...]:
    """Asked anew for each page: whoever stops showing what they listen to is not counted in the next."""
    return tuple(pk for (pk,) in _people().rows({ID: user.pk}))


@cache
def _people() -> Compiled:
    somebody = CustomUser(pk=ID)
    shown = CustomUser.objects.filter(listening_shown_to(somebody), pk__in=follower_of(somebody))
    muted = Mute.objects.filter(muter_id=ID).values("muted_id")
    theirs = Follow.objects.filter(follower_id=ID, followed__in=shown).exclude(followed__in=muted)
    return compiled(theirs.order_by("-approved_at", "-pk").values_list("followed_id")[:MOST_PEOPLE])


def popular_with(standing: "Standing", seed: bytes) -> Shelf:
    """What most of them finished lately, in the day's order; unheard ones first, and nothing where there are none.

    Raises StoreAway.
    """
    listeners = dict(_finished_by(() if standing.is_store_away else standing.people))
    [found] = first_offerable(standing.user, standing.hidden, [list(listeners)], MOST_SHOWN)
    worth = {each.pk: listeners[each.pk] * standing.gain(each.pk, each.features) for each in found}
    found.sort(key=lambda facts: -tossed(worth[facts.pk], seed, facts.pk))
    artist_of = {facts.pk: facts.artist_id for facts in found}
    few = few_of_each(list(artist_of), artist_of, MAX_PER_ARTIST)
    line = sorted(apart(few, artist_of, ARTIST_GAP), key=lambda pk: pk in standing.heard)
    is_known = all(pk in standing.heard for pk in line)
    items = () if is_known else tuple(Item(pk, _in_words(listeners[pk])) for pk in line)
    return Shelf("followed", _("Popular with people you follow"), _("What they finished in the last 30 days"), items)


def _in_words(count: int) -> str:
    text = ngettext("Finished by somebody you follow", "Finished by %(count)d people you follow", count)
    return text % {"count": count}


def _finished_by(people: Sequence[int]) -> list[tuple[int, int]]:
    """(track id, how many of them), kept for some minutes."""
    if not people:
        return []
    key = f"finished-by-{hashlib.blake2b(repr(sorted(people)).encode(), digest_size=16).hexdigest()}"
    found: list[tuple[int, int]] | None = kept.get(key)
    if found is None:
        found = listen_store().popular_among(people, MOST_RANKED, timezone.now() - SINCE, _left_out(people))
        kept.set(key, found, KEPT_SECONDS)
    return found


def _left_out(people: Sequence[int]) -> set[tuple[int, int]]:
    """(track id, user id) of what they left out of their taste; of playlists it is known by each listen."""
    said = LeftOut.objects.filter(user_id__in=people)
    tracks, albums = (
        said.filter(kind=kind).values_list("target_id", "user_id") for kind in (LeftOut.Kind.TRACK, LeftOut.Kind.ALBUM)
    )
    of_albums: dict[int, list[int]] = {}
    for album_id, user_id in albums:
        of_albums.setdefault(album_id, []).append(user_id)
    on_them = Track.objects.filter(album__in=list(of_albums)).values_list("pk", "album_id")
    return {*tracks, *((pk, user_id) for pk, album_id in on_them for user_id in of_albums[album_id])}
