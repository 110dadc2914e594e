from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from music.models import album_identity, name_key
from music.search.fold import sort_key

CHUNK = 1000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keys and credits of what was in the catalogue before it had them."""
    _fill_artists(apps.get_model("music", "Artist"))
    _fill_albums(apps.get_model("music", "Album"))
    _fill_tracks(apps.get_model("music", "Track"), apps.get_model("music", "TrackCredit"))


def _fill_artists(artists: Any) -> None:
    taken: set[str] = set()
    rows = list(artists.objects.order_by("pk").only("name"))
    for artist in rows:
        key = name_key(artist.name)
        # Two spellings from a time that told capitals apart: the later one keeps a key of its own, for staff to merge.
        artist.name_key = key if key not in taken else f"{key[:230]} #{artist.pk}"
        artist.sort_key = sort_key(artist.name)
        taken.add(artist.name_key)
    artists.objects.bulk_update(rows, ["name_key", "sort_key"], batch_size=CHUNK)


def _fill_albums(albums: Any) -> None:
    taken: set[str] = set()
    rows = list(albums.objects.order_by("pk").select_related("album_artist"))
    for album in rows:
        identity = album_identity(album.release_mbid, album.album_artist_id, album.title, album.year)
        album.identity = identity if identity not in taken else f"{identity[:300]} #{album.pk}"
        album.sort_title, album.sort_artist = sort_key(album.title), album.album_artist.sort_key
        taken.add(album.identity)
    albums.objects.bulk_update(rows, ["identity", "sort_title", "sort_artist"], batch_size=CHUNK)


def _fill_tracks(tracks: Any, credits: Any) -> None:
    last = 0
    while rows := list(tracks.objects.filter(pk__gt=last).order_by("pk").select_related("artist")[:CHUNK]):
        for track in rows:
            track.sort_title, track.sort_artist = sort_key(track.title), track.artist.sort_key
        tracks.objects.bulk_update(rows, ["sort_title", "sort_artist"])
        credits.objects.bulk_create([credits(track=track, artist=track.artist) for track in rows], ignore_conflicts=True)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("music", "0004_catalogue")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
