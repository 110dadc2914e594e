"""Saving under another name: the keys, the rows that repeat the name, and where the old one leads."""

from django.db import transaction

from music.album_covers import refresh_album_covers
from music.cataloguing import genre_slug
from music.joining import tracks_named
from music.merging import remember_album, rename_in_credits, tracks_of_artists
from music.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Track, TrackCredit, album_identity, name_key
from music.removal import discard_unused
from music.search import index_names, index_tracks
from music.search.fold import sort_key
from music.tasks import write_tags_later


@transaction.atomic
def save_artist(artist: Artist) -> None:
    """The old name leads here from now on. Raises IntegrityError when another artist has the new one."""
    old = Artist.objects.select_for_update().get(pk=artist.pk)
    artist.name_key = name_key(artist.name)
    artist.sort_key = sort_key(artist.sort_name or artist.name)
    artist.save()
    ArtistAlias.objects.filter(name_key=artist.name_key).delete()
    if old.name_key != artist.name_key:
        ArtistAlias.objects.get_or_create(name_key=old.name_key, artist=artist)
    Track.objects.filter(artist=artist).update(sort_artist=artist.sort_key)
    Album.objects.filter(album_artist=artist).update(sort_artist=artist.sort_key)
    tracks = tracks_of_artists([artist.pk])
    rename_in_credits(tracks, old.name, artist.name)
    index_tracks(tracks)
    tracks_named(tracks)
    index_names(artists=[artist.pk])
    write_tags_later(tracks)


@transaction.atomic
def save_album(album: Album) -> None:
    """What comes in under the old title joins the album still. Raises IntegrityError when there is such an album."""
    old = Album.objects.select_for_update().get(pk=album.pk)
    album.identity = album_identity(album.release_mbid, album.album_artist_id, album.title, album.year)
    if album.title != old.title:
        album.sort_title = sort_key(album.title)
    album.sort_artist = album.album_artist.sort_key
    album.save()
    remember_album(album, {old.identity})
    discard_unused([], [old.album_artist_id], [])
    tracks = list(Track.objects.filter(album=album).values_list("pk", flat=True))
    index_tracks(tracks)
    write_tags_later(tracks)


@transaction.atomic
def save_genre(genre: Genre) -> None:
    """The address stays, and tags of the old name and of the new one both lead here."""
    old = Genre.objects.select_for_update().get(pk=genre.pk) if genre.pk else genre
    names = {old.name, genre.name}
    genre.save()
    write_tags_later(Track.objects.filter(genres=genre).values_list("pk", flat=True))
    GenreAlias.objects.filter(slug__in=[genre.slug, genre_slug(genre.name)]).delete()
    for slug in {genre_slug(name) for name in names} - {genre.slug}:
        GenreAlias.objects.get_or_create(slug=slug, genre=genre)


@transaction.atomic
def save_track(track: Track) -> None:
    """With the artist that is chosen as the first of its credits."""
    old = Track.objects.select_for_update().select_related("artist").get(pk=track.pk)
    if track.title != old.title:
        track.sort_title = sort_key(track.title)
    track.sort_artist = track.artist.sort_key
    track.save()
    if track.artist_id != old.artist_id:
        TrackCredit.objects.filter(track=track, artist=track.artist).delete()
        TrackCredit.objects.filter(track=track, artist=old.artist).update(artist=track.artist)
        rename_in_credits([track.pk], old.artist.name, track.artist.name)
    albums = {pk for pk in (old.album_id, track.album_id) if pk}
    discard_unused(albums, [old.artist_id], [])
    refresh_album_covers(albums)
    index_tracks([track.pk])
    tracks_named([track.pk])
    write_tags_later([track.pk])
