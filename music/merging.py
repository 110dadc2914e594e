"""Making one artist, album or genre of several, or several of one, without losing anything that hangs on them.

What is merged or split away is remembered as an alias: what comes in under its name lands where it was led.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, UniqueConstraint
from django.dispatch import Signal
from django.utils.translation import gettext as _

from music.album_covers import refresh_album_covers
from music.cataloguing import ArtistName, artist_named, artists_named, genre_slug, genres_named
from music.files import discard_files
from music.joining import tracks_named
from music.models import (
    Album,
    AlbumAlias,
    Artist,
    ArtistAlias,
    ArtistFollow,
    Genre,
    GenreAlias,
    Track,
    TrackCredit,
    album_identity,
    name_key,
)
from music.removal import discard_unused
from music.search import index_names, index_tracks
from music.search.fold import sort_key
from music.tasks import write_tags_later

BATCH = 500

# The sender is Artist or Genre: what was `source`, an id, is from now on what has the ids `to`. Sent before it goes, so
# that rooms above take along what they keep by its id.
led = Signal()


class CannotSplit(ValueError):
    """`str()` says why, for the person who asked."""


@transaction.atomic
def merge_artists(sources: Iterable[Artist], into: Artist) -> None:
    sources = _others(sources, into)
    pks = [artist.pk for artist in sources]
    tracks = tracks_of_artists(pks)
    Track.objects.filter(artist__in=pks).update(artist=into, sort_artist=into.sort_key)
    _credit_once([*pks, into.pk])
    TrackCredit.objects.filter(artist__in=pks).update(artist=into)
    for artist in sources:
        rename_in_credits(tracks, artist.name, into.name)
        into.artist_mbid = into.artist_mbid or artist.artist_mbid
    _give_albums(pks, into)
    _give_followers(pks, [into])
    _lead(ArtistAlias, "name_key", "artist", sources, {artist.name_key for artist in sources}, [into])
    _take_along(pks, into)
    Artist.objects.filter(pk__in=pks).delete()
    into.save()
    index_tracks(tracks)
    tracks_named(tracks)
    index_names(artists=[*pks, into.pk])
    write_tags_later(tracks)


@transaction.atomic
def split_artist(artist: Artist, names: Sequence[str]) -> list[Artist]:
    """Whoever was credited on a track as `artist` is now credited as all of `names`, the line of the tags kept.

    An album has one artist: the first. Raises CannotSplit.
    """
    if artist.name_key in map(name_key, names):
        raise CannotSplit(_("“%s” cannot be a part of itself.") % artist.name)
    found = artists_named(ArtistName(name) for name in names)
    parts = list(dict.fromkeys(part for name in names for part in found[name_key(name)] if part != artist))
    if len(parts) < 2:
        raise CannotSplit(_("Name two or more artists."))
    pk, tracks = artist.pk, tracks_of_artists([artist.pk])
    for pks in _batches(TrackCredit.objects.filter(artist=artist).values_list("track", flat=True)):
        _credit_parts(pks, artist, parts)
    _give_albums([artist.pk], parts[0])
    _give_followers([artist.pk], parts)
    _lead(ArtistAlias, "name_key", "artist", [artist], {artist.name_key}, parts)
    _take_along([pk], parts[0])
    artist.delete()
    index_tracks(tracks)
    tracks_named(tracks)
    index_names(artists=[pk, *(part.pk for part in parts)])
    write_tags_later(tracks)
    return parts


@transaction.atomic
def merge_albums(sources: Iterable[Album], into: Album) -> None:
    """`into` keeps what it says of itself, and takes over ids of MusicBrainz and a picture where it has none."""
    sources = _others(sources, into)
    pks = [album.pk for album in sources]
    identities = {into.identity, *(album.identity for album in sources)}
    tracks = list(Track.objects.filter(album__in=pks).values_list("pk", flat=True))
    Track.objects.filter(album__in=pks).update(album=into)
    AlbumAlias.objects.filter(album__in=pks).update(album=into)
    _take_along(pks, into)
    Album.objects.filter(pk__in=pks).delete()
    for album in sources:
        for name in ("release_mbid", "release_group_mbid", "original_year"):
            setattr(into, name, getattr(into, name) or getattr(album, name))
        transaction.on_commit(partial(discard_files, "", album.cover))
    into.identity = album_identity(into.release_mbid, into.album_artist_id, into.title, into.year)
    into.save()
    remember_album(into, identities)
    refresh_album_covers([into.pk])
    discard_unused(pks, [album.album_artist_id for album in sources], [])
    index_tracks(tracks)
    write_tags_later(tracks)


@transaction.atomic
def split_album(album: Album, tracks: Iterable[int], title: str, artist: str, year: int | None) -> Album:
    """Those of its tracks part to the album of that name, which is made where there is none. Raises CannotSplit.

    What comes in under that name lands there, also if the name led here because albums were merged.
    """
    album = Album.objects.select_for_update().get(pk=album.pk)
    parting = list(album.tracks.filter(pk__in=tracks).values_list("pk", flat=True))
    if not parting or not album.tracks.exclude(pk__in=parting).exists():
        raise CannotSplit(_("Choose some of the tracks, and leave some."))
    part = _part_of(album, title, artist_named(artist), year)
    if part == album:
        raise CannotSplit(_("Give the new album another title, artist or year."))
    Track.objects.filter(pk__in=parting).update(album=part)
    refresh_album_covers([album.pk, part.pk])
    index_tracks(parting)
    write_tags_later(parting)
    return part


@transaction.atomic
def merge_genres(sources: Iterable[Genre], into: Genre) -> None:
    sources = _others(sources, into)
    _move_genre_links(sources, [into])
    _lead(GenreAlias, "slug", "genre", sources, _slugs(sources) - {into.slug}, [into])
    into.is_suggested = into.is_suggested or any(genre.is_suggested for genre in sources)
    Genre.objects.filter(pk__in=[genre.pk for genre in sources]).delete()
    into.save()


@transaction.atomic
def split_genre(genre: Genre, names: Sequence[str]) -> list[Genre]:
    """Tracks of the genre, and those who like it, get all of `names`. Raises CannotSplit."""
    found = genres_named(names)
    parts = list(dict.fromkeys(part for name in names for part in found[name]))
    if genre in parts:
        raise CannotSplit(_("“%s” cannot be a part of itself.") % genre.name)
    if len(parts) < 2:
        raise CannotSplit(_("Name two or more genres."))
    _move_genre_links([genre], parts)
    _lead(GenreAlias, "slug", "genre", [genre], _slugs([genre]), parts)
    if genre.is_suggested:
        Genre.objects.filter(pk__in=[part.pk for part in parts]).update(is_suggested=True)
    genre.delete()
    return parts


def tracks_of_artists(pks: Sequence[int]) -> list[int]:
    """Tracks that show one of the artists: as theirs, among the credits, or as the artist of the album."""
    shown = Q(artist__in=pks) | Q(album__album_artist__in=pks)
    credited = TrackCredit.objects.filter(artist__in=pks).values_list("track", flat=True)
    return sorted({*Track.objects.filter(shown).values_list("pk", flat=True), *credited})


def rename_in_credits(tracks: Sequence[int], old: str, new: str) -> None:
    """In the lines that tags say of several artists; a line that says no more than the new name is not needed."""
    whole_name = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    for pks in _batches(tracks):
        changed = []
        for track in Track.objects.filter(pk__in=pks).exclude(credit="").select_related("artist"):
            credit = whole_name.sub(lambda _found: new, track.credit)[:255]
            credit = "" if name_key(credit) == track.artist.name_key else credit
            if credit != track.credit:
                track.credit = credit
                changed.append(track)
        Track.objects.bulk_update(changed, ["credit"])


def _give_albums(artists: Sequence[int], to: Artist) -> None:
    """Albums that are then the same as others become one with them."""
    for album in Album.objects.filter(album_artist__in=artists):
        identity = album_identity(album.release_mbid, to.pk, album.title, album.year)
        if twin := Album.objects.filter(identity=identity).exclude(pk=album.pk).first():
            merge_albums([album], twin)
            continue
        album.identity, album.album_artist, album.sort_artist = identity, to, to.sort_key
        album.save()
    # An identity that begins with an artist who is no more would never be met again.
    for pk in artists:
        for alias in AlbumAlias.objects.filter(identity__startswith=f"{pk}/").select_related("album"):
            alias.delete()
            remember_album(alias.album, {f"{to.pk}/{alias.identity.partition('/')[2]}"})


def _give_followers(artists: Sequence[int], to: Sequence[Artist]) -> None:
    """The ones that these artists leave behind go with them."""
    follows = ArtistFollow.objects.filter(artist__in=artists).order_by("since").values_list("user", "since")
    moved = [ArtistFollow(user_id=user, artist=each, since=since) for user, since in follows for each in to]
    ArtistFollow.objects.bulk_create(moved, ignore_conflicts=True, batch_size=BATCH)


def _part_of(album: Album, title: str, artist: Artist, year: int | None) -> Album:
    identity = album_identity("", artist.pk, title, year)
    AlbumAlias.objects.filter(identity=identity, album=album).delete()
    if elsewhere := AlbumAlias.objects.filter(identity=identity).select_related("album").first():
        return elsewhere.album
    fields = {"title": title, "album_artist": artist, "year": year, "kind": album.kind}
    sorting = {"sort_title": sort_key(title), "sort_artist": artist.sort_key}
    return Album.objects.get_or_create(identity=identity, defaults=fields | sorting)[0]


def remember_album(album: Album, identities: set[str]) -> None:
    """What comes in under one of the identities is the album's, unless an album of that identity is there."""
    AlbumAlias.objects.filter(identity=album.identity).delete()
    there = set(Album.objects.filter(identity__in=identities).values_list("identity", flat=True))
    AlbumAlias.objects.bulk_create(
        (AlbumAlias(identity=identity, album=album) for identity in sorted(identities - there)),
        update_conflicts=True,
        unique_fields=["identity"],
        update_fields=["album"],
    )


def _take_along(pks: Sequence[int], into: Artist | Album) -> None:
    """What other rooms hang on artists or albums, such as somebody's star; what would be there twice goes with them."""
    for relation in into._meta.related_objects:
        if relation.related_model._meta.app_label == into._meta.app_label or not relation.one_to_many:
            continue
        name, rows = relation.field.name, relation.related_model._base_manager
        for pk in pks:
            moving = rows.filter(**{name: pk})
            for others in _unique_with(name, relation.related_model):
                there = rows.filter(**{name: into.pk}, **{other: OuterRef(other) for other in others})
                moving.filter(Exists(there)).delete()
            moving.update(**{name: into})


def _unique_with(name: str, model: Any) -> list[list[str]]:
    """The fields with which that one may be there only once."""
    unique = [each.fields for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    return [[field for field in fields if field != name] for fields in unique if name in fields]


def _others(chosen: Iterable[Any], into: Any) -> list[Any]:
    """Locked, in one order for everybody, without the one they are merged into."""
    pks = {each.pk for each in chosen} - {into.pk}
    locked = list(type(into).objects.select_for_update().order_by("pk").filter(pk__in=[*pks, into.pk]))
    into.refresh_from_db()
    return [each for each in locked if each.pk != into.pk]


def _batches(pks: Iterable[int]) -> Iterable[list[int]]:
    every = list(pks)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))


def _credit_once(artists: Sequence[int]) -> None:
    """Of several credits on one track that are about to be the same, the first stays."""
    earlier = TrackCredit.objects.filter(track=OuterRef("track"), artist__in=artists).filter(
        Q(position__lt=OuterRef("position")) | Q(position=OuterRef("position"), pk__lt=OuterRef("pk"))
    )
    TrackCredit.objects.filter(Exists(earlier), artist__in=artists).delete()


def _credit_parts(tracks: Sequence[int], artist: Artist, parts: Sequence[Artist]) -> None:
    """Put the parts where the artist stood."""
    credited: dict[int, list[int]] = defaultdict(list)
    for track, pk in TrackCredit.objects.filter(track__in=tracks).order_by("position").values_list("track", "artist"):
        credited[track] += [part.pk for part in parts] if pk == artist.pk else [pk]
    TrackCredit.objects.filter(track__in=tracks).delete()
    TrackCredit.objects.bulk_create(
        TrackCredit(track_id=track, artist_id=pk, position=position)
        for track, pks in credited.items()
        for position, pk in enumerate(dict.fromkeys(pks))
    )
    Track.objects.filter(pk__in=tracks, credit="", artist=artist).update(credit=artist.name)
    Track.objects.filter(pk__in=tracks, artist=artist).update(artist=parts[0], sort_artist=parts[0].sort_key)


def _lead(alias: Any, key: str, link: str, sources: Sequence[Model], keys: set[str], to: Sequence[Model]) -> None:
    """What led to the sources leads to `to` from now on, in their place, and so do the sources' own `keys`."""
    for source in sources:
        led.send(type(source), source=source.pk, to=[each.pk for each in to])
    every = keys | set(alias.objects.filter(**{f"{link}__in": sources}).values_list(key, flat=True))
    targets: dict[str, list[Model]] = {each: list(to) for each in keys}
    for row in alias.objects.filter(**{f"{key}__in": every - keys}).select_related(link).order_by("pk"):
        target = getattr(row, link)
        targets.setdefault(getattr(row, key), []).extend(to if target in sources else [target])
    alias.objects.filter(**{f"{key}__in": every}).delete()
    alias.objects.bulk_create(
        alias(**{key: each, link: target}) for each in sorted(targets) for target in dict.fromkeys(targets[each])
    )


def _slugs(genres: Iterable[Genre]) -> set[str]:
    """What tags may call them: a genre that was renamed keeps its slug."""
    return {slug for genre in genres for slug in (genre.slug, genre_slug(genre.name))}


def _move_genre_links(sources: Sequence[Genre], to: Sequence[Genre]) -> None:
    """Whatever points at a genre, from whichever room: lists of genres get all of `to`, a single link the first."""
    pks = [genre.pk for genre in sources]
    write_tags_later(Track.objects.filter(genres__in=pks).distinct().values_list("pk", flat=True))
    for relation in Genre._meta.get_fields(include_hidden=True):
        if relation.many_to_many and relation.auto_created:
            _move_pairs(relation, pks, to)
        elif relation.one_to_many and relation.related_model is not GenreAlias:
            _move_single(relation, pks, to[0])


def _move_single(relation: Any, pks: Sequence[int], to: Genre) -> None:
    if not relation.related_model._meta.auto_created:  # a list's own rows, which go in pairs
        name = relation.field.name
        relation.related_model._base_manager.filter(**{f"{name}__in": pks}).update(**{name: to})


def _move_pairs(relation: Any, pks: Sequence[int], to: Sequence[Genre]) -> None:
    pairs = relation.through._base_manager
    genre, other = relation.field.m2m_reverse_field_name(), relation.field.m2m_field_name()
    leaving = pairs.filter(**{f"{genre}__in": pks})
    owners = set(leaving.values_list(other, flat=True))
    pairs.bulk_create(
        (relation.through(**{f"{other}_id": owner, genre: target}) for owner in owners for target in to),
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    leaving.delete()
