"""A radio: music that goes on like a track, an artist, an album, a genre, a playlist, or like what one listens to."""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from discovery.alike import Close, Wish, close_to, in_common
from discovery.offering import Facts, facts_of
from discovery.serving import by_genre_rule
from discovery.standing import Standing
from music.access import album_for, artist_for, genre_for, track_for
from music.models import Track, generated_cover_url
from music.querysets import TrackQuerySet, visible
from music.rows import in_this_order
from music.utils import Recommendation
from playlists.access import items_for, playlist_for
from playlists.art import art_of
from recommendations.mixes import apart, woven
from recommendations.radio import drawn
from recommendations.rerank import ARTIST_GAP

FIRST, MORE = 20, 10
SPREAD = 0.12
OF_THE_THING = 20
OF_THE_TASTE = 60
LONGEST_KEY = 80
ME = "me"


class Station(NamedTuple):
    """`begins` is played first: of what it is called after, one when it is tuned in. `key` is an id, a slug, or ME."""

    kind: str
    key: str
    name: str
    picture: str
    wish: Wish
    begins: tuple[int, ...] = ()
    href: str = ""

    @property
    def source(self) -> str:
        """What the listens will say they came from."""
        return f"radio:{self.kind}:{self.key}"


def station_for(standing: Standing, kind: str, key: str, had: Collection[int], rng: Random) -> Station:
    """Raises Http404 for what they may not see, and for what is no kind of radio."""
    makers = {
        "track": _of_track,
        "artist": _of_artist,
        "album": _of_album,
        "genre": _of_genre,
        "playlist": _of_playlist,
        ME: _of_me,
    }
    if kind not in makers or len(key) > LONGEST_KEY:
        raise Http404
    station = makers[kind](standing, key)
    return station._replace(begins=() if had else tuple(rng.sample(station.begins, min(1, len(station.begins)))))


def next_up(
    standing: Standing, station: Station, had: Collection[int], limit: int, rng: Random
) -> list[Recommendation]:
    """What it plays next, of what was not played yet; fewer, and at last nothing, when the library has no more."""
    close = close_to(standing, station.wish, rng.randbytes(16), without=had)
    seeds = facts_of(standing.user, standing.hidden, station.wish.tracks)
    begins = [pk for pk in station.begins if pk in seeds]
    facts = {each.facts.pk: each.facts for each in close} | {pk: seeds[pk] for pk in begins}
    following = [pk for pk in _drawn(standing, station, close, limit, rng) if pk not in begins]
    artist_of = {pk: each.artist_id for pk, each in facts.items()}
    rows = in_this_order(standing.user, apart([*begins, *following][:limit], artist_of, ARTIST_GAP))
    found = [Recommendation(row, _reason(standing, station, facts[row.pk], seeds)) for row in rows]
    missing = limit - len(found)
    return found + (_anything(standing, {*had, *facts}, missing) if missing else [])


def _drawn(standing: Standing, station: Station, close: Sequence[Close], limit: int, rng: Random) -> list[int]:
    scores = {each.facts.pk: each.score for each in close}
    artist_of = {each.facts.pk: each.facts.artist_id for each in close}

    def some(ids: Collection[int]) -> list[int]:
        return drawn({pk: scores[pk] for pk in ids}, artist_of, limit, rng, spread=SPREAD, gap=ARTIST_GAP)

    if station.kind != ME:
        return some(list(scores))
    familiar, new = (some([pk for pk in scores if (pk in standing.heard) == is_heard]) for is_heard in (True, False))
    return [taken.track_id for taken in woven(familiar, new, standing.taste.adventure, limit)]


def _anything(standing: Standing, had: Collection[int], limit: int) -> list[Recommendation]:
    """Where nothing more is like it, what would be offered anyway."""
    return by_genre_rule(standing, limit, had)


def _reason(standing: Standing, station: Station, facts: Facts, seeds: Mapping[int, Facts]) -> str:
    if facts.pk in station.begins:
        return _("Where this radio begins")
    others = [seed for pk, seed in seeds.items() if pk != facts.pk]
    if station.kind == ME:
        return _("You have heard this") if facts.pk in standing.heard else _liked(standing, facts, others, station.wish)
    return (station.kind == "genre" and _wished(facts, station.wish)) or in_common(facts, others)


def _liked(standing: Standing, facts: Facts, seeds: Sequence[Facts], wish: Wish) -> str:
    heard = [each for each in seeds if each.pk in standing.heard]
    if name := _shared(facts, heard):
        return _("You listen to %s") % name
    name = _shared(facts, seeds) or _wished(facts, wish)
    return _("You like %s") % name if name else in_common(facts, seeds)


def _shared(facts: Facts, seeds: Sequence[Facts]) -> str:
    """The artist, or a genre, that it shares with them."""
    if any(each.artist_id == facts.artist_id for each in seeds):
        return facts.artist_name
    genres = {pk for each in seeds for pk, _name in each.genres}
    return next((name for pk, name in facts.genres if pk in genres), "")


def _wished(facts: Facts, wish: Wish) -> str:
    """A genre of it that is wished for."""
    return next((name for pk, name in facts.genres if f"genre:{pk}" in wish.features), "")


def _of_track(standing: Standing, key: str) -> Station:
    track = track_for(standing.user, _number(key))
    wish = Wish((track.pk,))
    return Station("track", key, track.title, track.large_cover_url, wish, (track.pk,), track.get_absolute_url())


def _of_artist(standing: Standing, key: str) -> Station:
    artist = artist_for(standing.user, _number(key))
    own = Track.objects.visible_to(standing.user).by_artist(artist)
    newest = _newest_of(own)
    wish = Wish(newest, (f"artist:{artist.pk}",))
    return Station("artist", key, artist.name, artist.cover_url, wish, newest, artist.get_absolute_url())


def _of_album(standing: Standing, key: str) -> Station:
    album = album_for(standing.user, _number(key))
    newest = _newest_of(Track.objects.visible_to(standing.user).filter(album=album))
    return Station("album", key, album.title, album.large_cover_url, Wish(newest), newest, album.get_absolute_url())


def _of_genre(standing: Standing, key: str) -> Station:
    genre = genre_for(standing.user, key)
    wish = Wish((), (f"genre:{genre.pk}",))
    return Station("genre", key, genre.name, genre.cover_url, wish, href=genre.get_absolute_url())


def _of_playlist(standing: Standing, key: str) -> Station:
    """Like what was put into it last."""
    playlist = playlist_for(standing.user, _number(key))
    heard = items_for(standing.user, playlist).filter(visible(standing.user, "track__")).order_by("-pk")
    latest = tuple(dict.fromkeys(heard.values_list("track_id", flat=True)[:OF_THE_THING]))
    art = art_of(standing.user, [playlist])[playlist.pk]
    picture, href = art.picture or art.covers[0], playlist.get_absolute_url()
    return Station("playlist", key, playlist.name, picture, Wish(latest), latest, href)


def _of_me(standing: Standing, key: str) -> Station:
    if key != ME:
        raise Http404
    liked = sorted(standing.taste.tracks.items(), key=lambda pair: -pair[1])
    wish = Wish(tuple(pk for pk, weight in liked[:OF_THE_TASTE] if weight > 0), tuple(standing.taste.favourites))
    return Station(ME, ME, _("Your radio"), generated_cover_url("radio", standing.user.pk), wish)


def _newest_of(tracks: TrackQuerySet) -> tuple[int, ...]:
    return tuple(tracks.order_by("-pk").values_list("pk", flat=True)[:OF_THE_THING])


def _number(key: str) -> int:
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise Http404
    return int(key)
