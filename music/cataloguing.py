"""From what a file says about itself to rows of the catalogue; the same for one upload and for a whole disk."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audio.facts import AudioFacts, Tags
from audio.loudness import gain_for
from music.inserting import insert_objects, insert_rows
from music.joining import join_later
from music.keys import recording_key
from music.models import (
    Album,
    AlbumAlias,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Lyrics,
    Track,
    TrackCredit,
    TrackWaveform,
    album_identity,
    name_key,
)
from music.querysets import known_albums
from music.search import index_tracks
from music.search.fold import sort_key

FEATURED = re.compile(r"\s+[(\[]?(?:feat\.?|ft\.?|featuring)\s+", re.IGNORECASE)
VARIOUS_ARTISTS = "Various Artists"


@dataclass(frozen=True)
class NewTrack:
    """An inspected file at its place in the media folder (`file`, `cover`: names there), not yet in the catalogue."""

    facts: AudioFacts
    uploader: Any
    file: str
    original_filename: str
    cover: str = ""
    visibility: str = Track.Visibility.PUBLIC
    state: str = Track.State.PUBLISHED
    is_copy: bool = False
    fallback_genres: tuple[Genre, ...] = ()


@dataclass(frozen=True)
class ArtistName:
    name: str
    mbid: str = ""
    sort_name: str = ""


def add_tracks(new: Sequence[NewTrack]) -> list[Track]:
    """All of them or none, in a number of queries that does not depend on how many they are.

    Raises IntegrityError when an uploader already has the same audio.
    """
    names = Names([each.facts.tags for each in new], {each.uploader.pk for each in new if each.uploader})
    with transaction.atomic():
        tracks = [_row(each, names) for each in new]
        insert_objects(tracks)
        insert_rows(
            TrackCredit,
            ("track_id", "artist_id", "position"),
            (
                (track.pk, artist.pk, position)
                for each, track in zip(new, tracks, strict=True)
                for position, artist in enumerate(names.credited(each.facts.tags))
            ),
        )
        insert_rows(
            Track.genres.through,
            ("track_id", "genre_id"),
            (
                (track.pk, genre.pk)
                for each, track in zip(new, tracks, strict=True)
                for genre in names.genres_of(each.facts.tags) or each.fallback_genres
            ),
        )
        Lyrics.objects.bulk_create(
            Lyrics(track_id=track.pk, text=each.facts.tags.lyrics, is_synced=each.facts.tags.is_synced)
            for each, track in zip(new, tracks, strict=True)
            if each.facts.tags.lyrics
        )
        TrackWaveform.objects.bulk_create(
            TrackWaveform(track_id=track.pk, bars=bytes(each.facts.bars))
            for each, track in zip(new, tracks, strict=True)
            if each.facts.bars
        )
        index_tracks(track.pk for track in tracks)
        join_later(track.pk for track in tracks if track.state == Track.State.PUBLISHED)
    show_album_covers(tracks)
    return tracks


def _row(new: NewTrack, names: "Names") -> Track:
    facts, tags = new.facts, new.facts.tags
    artist = names.credited(tags)[0]
    return Track(
        title=tags.title,
        artist=artist,
        credit=tags.artist if name_key(tags.artist) != artist.name_key else "",
        album=names.album_of(tags),
        year=tags.year,
        original_year=tags.original_year,
        track_number=tags.track_number,
        disc_number=tags.disc_number,
        disc_subtitle=tags.disc_subtitle,
        recording_mbid=tags.recording_mbid,
        isrc=tags.isrc,
        recording_key=recording_key(artist.name, tags.title),
        sort_title=sort_key(tags.title_sort or tags.title),
        sort_artist=artist.sort_key,
        uploader=new.uploader,
        visibility=new.visibility,
        state=new.state,
        is_copy=new.is_copy,
        file=new.file,
        original_filename=new.original_filename[:255],
        cover=new.cover,
        **measured(facts),
    )


def measured(facts: AudioFacts) -> dict[str, Any]:
    """The fields of a track that come from its sound; gains from the tags where they are, else from its loudness."""
    tags, lufs = facts.tags, facts.loudness_lufs
    return {
        "sha256": facts.sha256,
        "audio_sha256": facts.audio_sha256,
        "format": facts.format,
        "size_bytes": facts.size_bytes,
        "duration_ms": facts.duration_ms,
        "bitrate_kbps": facts.bitrate_kbps,
        "sample_rate_hz": facts.sample_rate_hz,
        "channels": facts.channels,
        "track_gain_db": tags.track_gain_db if tags.track_gain_db is not None or lufs is None else gain_for(lufs),
        "track_peak": tags.track_peak if tags.track_peak is not None else facts.true_peak,
        "album_gain_db": tags.album_gain_db,
        "album_peak": tags.album_peak,
        "loudness_lufs": lufs,
    }


def credits_of(tags: Tags) -> list[ArtistName]:
    """Who is credited, the main artist first. "A feat. B" in one field is A and B."""
    names = list(tags.artists) or [tags.artist]
    if len(names) == 1:
        names = [part.strip(" )]") for part in FEATURED.split(names[0])]
    names = [name for name in names if name_key(name)] or [_("Unknown artist")]
    mbids = tags.artist_mbids if len(tags.artist_mbids) == len(names) else ("",) * len(names)
    sort_names = (tags.artist_sort,) if len(names) == 1 else ("",) * len(names)
    return [ArtistName(*each) for each in zip(names, mbids, sort_names, strict=True)]


def album_artist_of(tags: Tags) -> ArtistName:
    if tags.album_artist:
        mbid = tags.album_artist_mbids[0] if len(tags.album_artist_mbids) == 1 else ""
        return ArtistName(tags.album_artist, mbid, tags.album_artist_sort)
    return ArtistName(VARIOUS_ARTISTS) if tags.is_compilation else credits_of(tags)[0]


class Names:
    """The artists, albums and genres that some tags name: found, by an alias too, or made.

    They are made before the tracks' transaction: two imports that meet inside one could wait for each other.
    """

    def __init__(self, tags: Sequence[Tags], uploaders: Iterable[int] = ()) -> None:
        self._uploaders = uploaders
        wanted = [name for each in tags for name in (*credits_of(each), album_artist_of(each))]
        self._artists = artists_named(wanted)
        self._genres = genres_named({name for each in tags for name in each.genres})
        self._albums = self._albums_titled([each for each in tags if each.album])

    def credited(self, tags: Tags) -> list[Artist]:
        """Each artist once, in order."""
        artists = [artist for name in credits_of(tags) for artist in self._artists[name_key(name.name)]]
        return list(dict.fromkeys(artists))

    def genres_of(self, tags: Tags) -> list[Genre]:
        return list(dict.fromkeys(genre for name in tags.genres for genre in self._genres[name]))

    def album_of(self, tags: Tags) -> Album | None:
        return self._albums[self._identity(tags)] if tags.album else None

    def _album_artist(self, tags: Tags) -> Artist:
        return self._artists[name_key(album_artist_of(tags).name)][0]

    def _identity(self, tags: Tags) -> str:
        return album_identity(tags.release_mbid, self._album_artist(tags).pk, tags.album, tags.year)

    def _albums_titled(self, tags: Sequence[Tags]) -> dict[str, Album]:
        wanted = {self._identity(each): each for each in tags}
        aliases = AlbumAlias.objects.filter(identity__in=wanted).select_related("album")
        found = {alias.identity: alias.album for alias in aliases}
        left = {identity: each for identity, each in wanted.items() if identity not in found}
        dated = {identity: each for identity, each in left.items() if each.year or each.release_mbid}
        self._date_own_albums(dated)
        found |= _found_or_made(Album, "identity", dated, self._new_album)
        undated = {identity: each for identity, each in left.items() if identity not in dated}
        found |= self._only_editions(undated, found.values())
        alone = {identity: each for identity, each in undated.items() if identity not in found}
        return found | _found_or_made(Album, "identity", alone, self._new_album)

    def _date_own_albums(self, dated: dict[str, Tags]) -> None:
        """An album without a year, on which only the uploader has tracks, is the one that comes in with a year, where
        neither has another edition.
        """
        coming: dict[str, list[str]] = {}
        for identity, each in dated.items():
            coming.setdefault(album_identity("", self._album_artist(each).pk, each.album, None), []).append(identity)
        once = {bare: identities[0] for bare, identities in coming.items() if len(identities) == 1}
        of_others = Track.objects.filter(album=OuterRef("pk")).exclude(uploader__in=self._uploaders)
        own = Album.objects.filter(~Exists(of_others)).in_bulk(once, field_name="identity")
        if not own:
            return
        only = self._single_editions(dated[once[bare]] for bare in own)
        there = set(Album.objects.filter(identity__in=dated).values_list("identity", flat=True))
        for bare, album in own.items():
            if only.get(bare) == album and once[bare] not in there:
                _date(album, once[bare], dated[once[bare]])

    def _only_editions(self, undated: dict[str, Tags], here: Iterable[Album]) -> dict[str, Album]:
        """Tags without a year mean the album of that artist and title that the uploader knows of, if it is only one."""
        only = self._single_editions(undated.values(), here) if undated else {}
        return {identity: only[identity] for identity in undated if identity in only}

    def _single_editions(self, tags: Iterable[Tags], here: Iterable[Album] = ()) -> dict[str, Album]:
        """By what would be their identity without a year."""
        titles, artists = set(), set()
        for each in tags:
            titles.add(sort_key(each.album_sort or each.album))
            artists.add(self._album_artist(each).pk)
        alike = Album.objects.filter(
            known_albums(self._uploaders), sort_title__in=titles, album_artist__in=artists
        ).distinct()
        editions: dict[str, set[Album]] = {}
        for album in (*alike, *here):
            editions.setdefault(album_identity("", album.album_artist_id, album.title, None), set()).add(album)
        return {name: albums.pop() for name, albums in editions.items() if len(albums) == 1}

    def _new_album(self, identity: str, tags: Tags) -> Album:
        artist = self._album_artist(tags)
        kind = tags.release_type or (Album.Kind.COMPILATION if tags.is_compilation else Album.Kind.ALBUM)
        return Album(
            title=tags.album,
            album_artist=artist,
            year=tags.year,
            original_year=tags.original_year,
            kind=kind,
            release_mbid=tags.release_mbid,
            release_group_mbid=tags.release_group_mbid,
            identity=identity,
            sort_title=sort_key(tags.album_sort or tags.album),
            sort_artist=artist.sort_key,
        )


def _date(album: Album, identity: str, tags: Tags) -> None:
    Album.objects.filter(pk=album.pk, identity=album.identity).update(
        identity=identity,
        year=tags.year,
        original_year=tags.original_year or album.original_year,
        release_mbid=tags.release_mbid,
        release_group_mbid=tags.release_group_mbid,
    )


def artists_named(names: Iterable[ArtistName]) -> dict[str, list[Artist]]:
    """Artists by `name_key`; an alias of several answers all of them, in order."""
    wanted: dict[str, ArtistName] = {}
    for name in names:
        wanted.setdefault(name_key(name.name), name)
    found: dict[str, list[Artist]] = {}
    for alias in ArtistAlias.objects.filter(name_key__in=wanted).select_related("artist").order_by("pk"):
        found.setdefault(alias.name_key, []).append(alias.artist)
    others = {key: name for key, name in wanted.items() if key not in found}
    return found | {key: [artist] for key, artist in _found_or_made(Artist, "name_key", others, _new_artist).items()}


def artist_named(name: str) -> Artist:
    name = name or _("Unknown artist")
    return artists_named([ArtistName(name)])[name_key(name)][0]


def _new_artist(key: str, name: ArtistName) -> Artist:
    sort = sort_key(name.sort_name or name.name)
    return Artist(name=name.name, name_key=key, sort_name=name.sort_name, sort_key=sort, artist_mbid=name.mbid)


def genres_named(names: Iterable[str]) -> dict[str, list[Genre]]:
    """Genres by the name that was asked for."""
    slugs = {name: genre_slug(name) for name in sorted(names)}
    found: dict[str, list[Genre]] = {}
    for alias in GenreAlias.objects.filter(slug__in=slugs.values()).select_related("genre").order_by("pk"):
        found.setdefault(alias.slug, []).append(alias.genre)
    for genre in Genre.objects.filter(name__in=slugs):
        found.setdefault(slugs[genre.name], [genre])
    others = {slug: name for name, slug in slugs.items() if slug not in found}
    found |= {slug: [genre] for slug, genre in _found_or_made(Genre, "slug", others, _new_genre).items()}
    return {name: found[slug] for name, slug in slugs.items()}


def genre_named(name: str) -> Genre:
    return genres_named([name])[name][0]


def genre_slug(name: str) -> str:
    return slugify(name, allow_unicode=True)[:80] or hashlib.sha256(name.encode()).hexdigest()[:12]


def _new_genre(slug: str, name: str) -> Genre:
    return Genre(slug=slug, name=name)


def _found_or_made(model: Any, key: str, wanted: dict[str, Any], make: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Rows of `model` by their unique `key`. Somebody may make the same row at the same moment: theirs is taken."""
    if not wanted:
        return {}
    rows = model.objects.filter(**{f"{key}__in": wanted})
    found = {getattr(row, key): row for row in rows.all()}
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        model.objects.bulk_create([make(each, wanted[each]) for each in missing], ignore_conflicts=True)
        found |= {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": missing})}
    return found


def show_album_covers(tracks: Iterable[Track]) -> None:
    """Albums without a picture take that of a track which everybody here may see."""
    pictures: dict[int, str] = {}
    for track in tracks:
        is_shown = track.state == Track.State.PUBLISHED and track.visibility == Track.Visibility.PUBLIC
        if track.cover and track.album_id and is_shown:
            pictures.setdefault(track.album_id, track.cover)
    bare = list(Album.objects.filter(pk__in=pictures, cover=""))
    for album in bare:
        album.cover = pictures[album.pk]
    Album.objects.bulk_update(bare, ["cover"])
