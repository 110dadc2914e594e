"""Which album tracks belong to once what is said of them has changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from music.cataloguing import ArtistName, artists_named
from music.changes import KEEP, Keep, TrackChanges
from music.models import Album, AlbumAlias, Artist, Track, album_identity, name_key
from music.querysets import known_albums
from music.search.fold import sort_key


@dataclass(frozen=True)
class Wish:
    """The album a track shall be on; the year is KEEP where any edition will do."""

    key: str
    artist: Artist
    year: int | Keep | None

    @property
    def identity(self) -> str:
        return album_identity("", self.artist.pk, self.key, None if self.year is KEEP else self.year)

    def is_met_by(self, album: Album) -> bool:
        is_the_year = self.year is KEEP or self.year == album.year
        return is_the_year and self.artist.pk == album.album_artist_id and self.key == name_key(album.title)


def move_between_albums(tracks: Sequence[Track], main_artists: dict[int, int], changes: TrackChanges) -> None:
    """Put `tracks`, already changed otherwise, onto the albums that `changes` asks for.

    `main_artists` are the ids of the tracks' main artists as they were. An album all of whose tracks are here goes
    along under its new name, with its address; of any other album the tracks part, to an album of the new name that
    is there or is made.
    """
    if KEEP is changes.album is changes.album_artist is changes.year is changes.artists:
        return
    if changes.album == "":
        _put([track for track in tracks if track.album_id], None)
        return
    wishes = Wishes(tracks, main_artists, changes)
    for wish, those in wishes.grouped().items():
        _put(those, wishes.album_for(wish, those))


class Wishes:
    def __init__(self, tracks: Sequence[Track], main_artists: dict[int, int], changes: TrackChanges) -> None:
        self.tracks = tracks
        self.changes = changes
        self.main_artists = main_artists
        self.whole = _whole(tracks)
        self.following = self._following()
        self.album_artist = _named(changes.album_artist)
        self.uploaders = {track.uploader_id for track in tracks if track.uploader_id}

    def grouped(self) -> dict[Wish, list[Track]]:
        groups: dict[Wish, list[Track]] = defaultdict(list)
        for track in self.tracks:
            if wish := self._wish(track):
                groups[wish].append(track)
        return groups

    def album_for(self, wish: Wish, tracks: Sequence[Track]) -> Album:
        source = self._only_source(tracks)
        found = self._found(wish)
        if source and found in (None, source):
            return self._renamed(source, wish)
        return found or self._made(wish, tracks)

    def _wish(self, track: Track) -> Wish | None:
        title = track.album.title if self.changes.album is KEEP and track.album else self.changes.album
        if title is KEEP:
            return None
        return Wish(name_key(title), self._artist(track), self._year(track))

    def _artist(self, track: Track) -> Artist:
        if self.album_artist:
            return self.album_artist
        if not track.album or self.changes.album_artist == "" or track.album_id in self.following:
            return track.artist
        return track.album.album_artist

    def _year(self, track: Track) -> int | Keep | None:
        """That of a track need not be that of its album: only a whole album moves to another year."""
        if self.changes.year is not KEEP and (self.changes.album is not KEEP or track.album_id in self.whole):
            return self.changes.year
        return track.album.year if self.changes.album is KEEP and track.album else KEEP

    def _following(self) -> set[int]:
        """Albums that bear their tracks' one artist, who is now called otherwise."""
        artists: dict[int, set[int]] = defaultdict(set)
        for track in self.tracks:
            if track.album and track.album_id in self.whole:
                artists[track.album.pk] |= {self.main_artists[track.pk], track.album.album_artist_id}
        return {album for album, those in artists.items() if len(those) == 1 and self.changes.artists is not KEEP}

    def _only_source(self, tracks: Sequence[Track]) -> Album | None:
        """The whole album that all of them come from."""
        albums = {track.album for track in tracks}
        album = albums.pop()
        is_whole = album and not albums and self.whole.get(album.pk) == len(tracks)
        return album if is_whole else None

    def _found(self, wish: Wish) -> Album | None:
        """The album of that identity or alias, else one with that title whose tracks the uploader knows of."""
        alias = AlbumAlias.objects.filter(identity=wish.identity).select_related("album").first()
        if alias:
            return alias.album
        titled = Q(album_artist=wish.artist, sort_title=sort_key(wish.key))
        alike = Album.objects.filter(Q(identity=wish.identity) | known_albums(self.uploaders) & titled)
        met = [album for album in alike.distinct().order_by("pk") if wish.is_met_by(album)]
        return next((album for album in met if album.identity == wish.identity), next(iter(met), None))

    def _renamed(self, album: Album, wish: Wish) -> Album:
        if self.changes.album is not KEEP:
            album.title = str(self.changes.album)
            album.sort_title = sort_key(album.title)
        if wish.year is not KEEP:
            album.year = wish.year
        album.album_artist = wish.artist
        album.sort_artist = wish.artist.sort_key
        album.identity = album_identity(album.release_mbid, wish.artist.pk, album.title, album.year)
        album.save()
        return album

    def _made(self, wish: Wish, tracks: Sequence[Track]) -> Album:
        title = next((track.album.title for track in tracks if track.album), "")
        title = title if self.changes.album is KEEP else str(self.changes.album)
        years = {track.year for track in tracks}
        year = wish.year if wish.year is not KEEP else years.pop() if len(years) == 1 else None
        identity = album_identity("", wish.artist.pk, title, year)
        fields = {"title": title, "album_artist": wish.artist, "year": year}
        sorting = {"sort_title": sort_key(title), "sort_artist": wish.artist.sort_key}
        return Album.objects.get_or_create(identity=identity, defaults=fields | sorting)[0]


def _whole(tracks: Iterable[Track]) -> dict[int, int]:
    """How many tracks the albums have, of those albums that have no tracks but these."""
    here = Counter(track.album_id for track in tracks if track.album_id)
    sizes = Album.objects.filter(pk__in=here).annotate(size=Count("tracks")).values_list("pk", "size")
    return {pk: size for pk, size in sizes if size == here[pk]}


def _named(album_artist: str | Keep) -> Artist | None:
    if album_artist is KEEP or not album_artist:
        return None
    return artists_named([ArtistName(album_artist)])[name_key(album_artist)][0]


def _put(tracks: Sequence[Track], album: Any) -> None:
    Track.objects.filter(pk__in=[track.pk for track in tracks if track.album_id != (album and album.pk)]).update(
        album=album
    )
    for track in tracks:
        track.album = album
