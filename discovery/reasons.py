"""Why a track is offered, in words: the largest part of its score, as far as it is still true and may be told.

Of what is for a listener it is said what they like; of what goes with something, what it has in common with that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discovery.offering import Facts
from discovery.signs import Sign
from discovery.standing import Standing
from music.browsing import decade_name
from music.compiled import ID, Compiled, compiled, places
from music.models import Genre, Track, TrackCredit
from music.rows import visible_to_somebody
from music.utils import CROWD

if TYPE_CHECKING:
    from recommendations.ladder import Contribution


SIGNS = {
    "starred": gettext_lazy("You starred it"),
    "starred album": gettext_lazy("You starred its album"),
    "starred artist": gettext_lazy("You starred its artist"),
    "rated": gettext_lazy("You rated it highly"),
    "rated album": gettext_lazy("You rated its album highly"),
    "rated artist": gettext_lazy("You rated its artist highly"),
    "added": gettext_lazy("You put it into a playlist"),
}
BECAUSE_OF_SIGN = {
    "starred": gettext_lazy("Because you starred “%s”"),
    "starred album": gettext_lazy("Because you starred the album with “%s”"),
    "starred artist": gettext_lazy("Because you starred the artist of “%s”"),
    "rated": gettext_lazy("Because you rated “%s” highly"),
    "rated album": gettext_lazy("Because you rated the album with “%s” highly"),
    "rated artist": gettext_lazy("Because you rated the artist of “%s” highly"),
    "added": gettext_lazy("Because you put “%s” into a playlist"),
}
TOO = {
    "genre": gettext_lazy("%s, too"),
    "artist": gettext_lazy("Also by %s"),
    "album": gettext_lazy("Also on “%s”"),
    "decade": gettext_lazy("%s, too"),
}
ASKED = ("genre", "artist", "album", "track")


class Said(NamedTuple):
    """What a feature or a track is called; `slug` of genres, `is_of_others` where the offered track has not got it."""

    name: str
    slug: str = ""
    is_of_others: bool = False


class Listener(NamedTuple):
    """What reasons speak of: the features of what they like, and of what of that they heard; how many tracks of each
    genre they finished, by its slug."""

    standing: Standing
    known: Collection[str]
    heard: Collection[str]
    finished: Counter[str]


def reasons_for(
    standing: Standing, contributions: Mapping[int, Contribution], liked: Collection[Facts] = ()
) -> dict[int, str]:
    """For each track id why it is offered. One question for a page, whatever the contributions are.

    A feature is named only if the offered track still has it, or if it is a genre that they chose; a track only if the
    listener may see it. Of the `liked` it is known what they have, whether or not the model knows them.
    """
    names = _names(standing, contributions)
    heard = (each.features for each in liked if each.pk in standing.heard)
    listener = Listener(
        standing,
        standing.known_features.union(*(each.features for each in liked)),
        standing.heard_features.union(*heard),
        Counter(chain.from_iterable(standing.completed.values())),
    )
    return {
        track_id: said_of(standing, track_id)
        if each.kind == "track" and each.key == track_id
        else _in_words(listener, each, _said(names, track_id, each))
        for track_id, each in contributions.items()
    }


def ties_for(standing: Standing, contributions: Mapping[int, Contribution], wished: Collection[str]) -> dict[int, str]:
    """For each track id what ties it to what it goes with, which has the `wished` features. One question for a page.

    A feature is named only if both have it; a track only if the listener may see it.
    """
    names = _names(standing, contributions)
    return {track_id: _tie(each, _said(names, track_id, each), wished) for track_id, each in contributions.items()}


def is_grounded(standing: Standing, why: Contribution) -> bool:
    """Whether it speaks of something that the listener likes, or that others do; else it is only a guess."""
    return _is_grounded(standing, why, standing.known_features)


def _is_grounded(standing: Standing, why: Contribution, known: Collection[str]) -> bool:
    if why.kind == "popular":
        return int(why.key) > 0
    if why.kind == "track":
        return standing.taste.tracks.get(int(why.key), 0) > 0
    return str(why.key) in known


def _tie(why: Contribution, said: Said | None, wished: Collection[str]) -> str:
    if why.kind == "popular":
        return _popular(int(why.key))
    if why.kind == "track" and said:
        return _("Goes with “%s”, by what people here finish") % said.name
    kind = str(why.key).partition(":")[0]
    if why.key in wished and kind == "sound":
        return _("Sounds like it")
    if why.key not in wished or said is None:
        return _("Goes with it, by what people here finish")
    return _("Others who like %s like it") % said.name if said.is_of_others else str(TOO[kind]) % said.name


def _popular(listeners: int) -> str:
    if not listeners:
        return _("Something different for a change")
    return _("%d listeners here like it") % listeners if listeners >= CROWD else _("Popular here")


def _in_words(listener: Listener, why: Contribution, said: Said | None) -> str:
    standing = listener.standing
    if why.kind == "popular":
        return _popular(int(why.key))
    if not _is_grounded(standing, why, listener.known):
        return _("Something different for a change")
    kind = str(why.key).partition(":")[0]
    if why.kind == "track":
        return _because_of_track(standing, int(why.key), said)
    if kind == "sound":
        heard = str(why.key) in listener.heard
        return _("Sounds like what you listen to") if heard else _("Sounds like what you like")
    if said is None:
        return _("Like what you listen to") if standing.heard else _("Goes with what you like")
    if said.is_of_others:
        return _("Others who like %s like it") % said.name
    if standing.taste.factors.get(str(why.key), 1) > 1:
        return _("You asked for more %s") % said.name
    return _BECAUSE[kind](listener, str(why.key), said)


def said_of(standing: Standing, track_id: int) -> str:
    """What they said of a track, unheard, that speaks for it."""
    sign = standing.signs.get(track_id)
    return str(SIGNS[sign.kind]) if sign and sign.weight > 0 else _("You asked for it")


def _because_of_track(standing: Standing, track_id: int, said: Said | None) -> str:
    if said is None:
        return _("Others who finish what you finish like it")
    if sign := _leading_sign(standing, track_id):
        return str(BECAUSE_OF_SIGN[sign.kind]) % said.name
    if track_id in standing.completed:
        return _("Because you finished “%s”") % said.name
    if track_id in standing.heard:
        return _("Because you listened to “%s”") % said.name
    return _("Because you like “%s”") % said.name


def _leading_sign(standing: Standing, track_id: int) -> Sign | None:
    """If it says more for the track than what they did with it otherwise."""
    sign = standing.signs.get(track_id)
    return sign if sign and 2 * sign.weight > standing.taste.tracks[track_id] else None


def _because_of_genre(listener: Listener, key: str, said: Said) -> str:
    if count := listener.finished[said.slug]:
        return ngettext(
            "Because you finished a %(genre)s track", "Because you finished %(count)d %(genre)s tracks", count
        ) % {"genre": said.name, "count": count}
    return _("You chose %s") % said.name if key in listener.standing.taste.favourites else _("More %s") % said.name


def _because_of_artist(listener: Listener, key: str, said: Said) -> str:
    return (_("Because you listen to %s") if key in listener.heard else _("Because you like %s")) % said.name


def _because_of_album(listener: Listener, key: str, said: Said) -> str:
    heard = key in listener.heard
    return (_("From “%s”, which you listen to") if heard else _("From “%s”, which you like")) % said.name


def _because_of_decade(listener: Listener, key: str, said: Said) -> str:
    heard = key in listener.heard
    return (_("You listen to music of the %s") if heard else _("You like music of the %s")) % said.name


_BECAUSE: dict[str, Callable[[Listener, str, Said], str]] = {
    "genre": _because_of_genre,
    "artist": _because_of_artist,
    "album": _because_of_album,
    "decade": _because_of_decade,
}


def _said(names: Mapping[tuple[int, int | str], Said], track_id: int, why: Contribution) -> Said | None:
    said = names.get((track_id, why.key))
    of_anything = names.get((0, why.key))
    return said or (of_anything and of_anything._replace(is_of_others=why.kind == "feature"))


def _names(standing: Standing, contributions: Mapping[int, Contribution]) -> dict[tuple[int, int | str], Said]:
    """By the offered track and the key of what it is offered for; 0 for tracks and chosen genres, which belong to
    none of them."""
    features = [str(each.key) for each in contributions.values() if each.kind == "feature"]
    wanted = {
        kind: [int(key.partition(":")[2]) for key in features if key.startswith(f"{kind}:")]
        for kind in ("genre", "artist", "album")
    }
    names: dict[tuple[int, int | str], Said] = {
        (track_id, each.key): Said(decade_name(int(str(each.key).partition(":")[2])))
        for track_id, each in contributions.items()
        if str(each.key).startswith("decade:")
    }
    wanted["track"] = [int(each.key) for each in contributions.values() if each.kind == "track"]
    if any(wanted.values()):
        for kind, track_id, key, name, slug in _answers(standing.user, list(contributions), wanted):
            names[track_id, f"{kind}:{key}" if kind else key] = Said(name, slug)
    return names


def _answers(user: Any, offered: list[int], wanted: Mapping[str, list[int]]) -> list[tuple[Any, ...]]:
    """The question is written once for so many tracks; what is not wanted of a kind is asked as 0, which nothing is."""
    size = 1 << (len(offered) - 1).bit_length()
    asked = [each + [0] * (size - len(each)) for each in (offered, *(sorted({*wanted[kind]}) for kind in ASKED))]
    stands = places(len(asked) * size)
    return _question(size).rows({ID: user.pk, **dict(zip(stands, chain.from_iterable(asked), strict=True))})


@lru_cache(maxsize=16)
def _question(size: int) -> Compiled:
    """Which of the offered tracks has which feature, which genres were chosen, and which of the tracks may be named."""
    stands = places((len(ASKED) + 1) * size)
    offered, genres, artists, albums, tracks = (stands[at : at + size] for at in range(0, len(stands), size))
    links = Track.genres.through.objects.filter(track_id__in=offered, genre_id__in=genres)
    credits = TrackCredit.objects.filter(track_id__in=offered, artist_id__in=artists)
    of_albums = Track.objects.filter(pk__in=offered, album_id__in=albums)
    chosen = Genre.objects.filter(pk__in=genres, fans=ID)
    seen = visible_to_somebody().filter(pk__in=tracks)
    parts = [
        _columns(links, "genre", F("track_id"), F("genre_id"), F("genre__name"), F("genre__slug")),
        _columns(credits, "artist", F("track_id"), F("artist_id"), F("artist__name"), Value("")),
        _columns(of_albums, "album", F("pk"), F("album_id"), F("album__title"), Value("")),
        _columns(chosen, "genre", Value(0), F("pk"), F("name"), F("slug")),
        _columns(seen, "", Value(0), F("pk"), F("title"), Value("")),
    ]
    return compiled(parts[0].union(*parts[1:], all=True))


def _columns(rows: QuerySet[Any], kind: str, *columns: Any) -> QuerySet[Any]:
    """Of one type in every part, as PostgreSQL wants it of a union."""
    track_id, key, name, slug = columns
    texts = (Cast(text, CharField()) for text in (Value(kind), name, slug))
    said_kind, said_name, said_slug = texts
    return rows.order_by().values_list(said_kind, track_id, key, said_name, said_slug)
