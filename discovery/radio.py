"""A radio: music that goes on like a track, an artist, an album, a genre, a playlist, or like what one listens to."""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import NamedTuple

from django.http import Http404
from django.utils.translation import gettext as _

from discovery.alike import Close, Likeness, Wish, close_to
from discovery.offering import Facts, facts_of
from discovery.reasons import reasons_for, ties_for
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
    """`begins` is played first: of what it is called after, one when it is tuned in. `key` is an id, a slug, or ME;
    `own` is said of the wish's tracks."""

    kind: str
    key: str
    name: str
    picture: str
    wish: Wish
    begins: tuple[int, ...] = ()
    href: str = ""
    own: str = ""

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
    like = close_to(standing, station.wish, rng.randbytes(16), without=had)
    seeds = facts_of(standing.user, standing.hidden, station.wish.tracks)
    begins = [pk for pk in station.begins if pk in seeds]
    facts = {each.facts.pk: each.facts for each in like.close} | {pk: seeds[pk] for pk in begins}
    following = [pk for pk in _drawn(standing, station, like.close, limit, rng) if pk not in begins]
    artist_of = {pk: each.artist_id for pk, each in facts.items()}
    rows = in_this_order(standing.user, apart([*begins, *following][:limit], artist_of, ARTIST_GAP))
    reasons = _reasons(standing, station, like, [row.pk for row in rows], seeds)
    found = [Recommendation(row, reasons[row.pk]) for row in rows]
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


def _reasons(
    standing: Standing, station: Station, like: Likeness, track_ids: Collection[int], seeds: Mapping[int, Facts]
) -> dict[int, str]:
    own = {pk: said for pk in track_ids if (said := _own(standing, station, pk))}
    why = like.explained({*track_ids} - {*own})
    if station.kind == ME:
        return own | reasons_for(standing, why, seeds.values())
    return own | ties_for(standing, why, like.features)


def _own(standing: Standing, station: Station, track_id: int) -> str:
    """Of what is no suggestion: what the radio is called after, and what they have heard."""
    if track_id in station.begins:
        return _("Where this radio begins")
    if station.kind == ME:
        return _("You have heard this") if track_id in standing.heard else ""
    return station.own if track_id in station.wish.tracks else ""


def _of_track(standing: Standing, key: str) -> Station:
    track = track_for(standing.user, _number(key))
    wish = Wish((track.pk,))
    return Station("track", key, track.title, track.large_cover_url, wish, (track.pk,), track.get_absolute_url())


def _of_artist(standing: Standing, key: str) -> Station:
    artist = artist_for(standing.user, _number(key))
    newest = _newest_of(Track.objects.visible_to(standing.user).by_artist(artist))
    wish = Wish(newest, (f"artist:{artist.pk}",))
    own = _("By %s") % artist.name
    return Station("artist", key, artist.name, artist.cover_url, wish, newest, artist.get_absolute_url(), own)


def _of_album(standing: Standing, key: str) -> Station:
    album = album_for(standing.user, _number(key))
    newest = _newest_of(Track.objects.visible_to(standing.user).filter(album=album))
    own, href = _("From “%s”") % album.title, album.get_absolute_url()
    return Station("album", key, album.title, album.large_cover_url, Wish(newest), newest, href, own)


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
    own = _("From “%s”") % playlist.name
    return Station("playlist", key, playlist.name, picture, Wish(latest), latest, href, own)


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
