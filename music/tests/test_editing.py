"""Changing what the catalogue says about tracks, below the pages."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from music.cataloguing import ArtistName, artists_named
from music.editing import TrackChanges, edit_tracks
from music.files import cover_path
from music.models import Album, AlbumAlias, Artist, ArtistAlias, Genre, Lyrics, Track
from music.tests.catalogue import add_track, album_titled


def credited(track: Track) -> list[str]:
    return list(track.artists.order_by("credits__position").values_list("name", flat=True))


def genres(track: Track) -> list[str]:
    return sorted(track.genres.values_list("name", flat=True))


def test_what_is_not_asked_for_stays_as_it_is(alice: Any) -> None:
    track = add_track(alice, "Blue", artist="Nadia Volt", album="Neon", year=1999, genres=["Jazz", "Soul"])

    edit_tracks([track], TrackChanges(title="Blue Hour"))

    track.refresh_from_db()
    assert (track.title, track.sort_title, track.year) == ("Blue Hour", "blue hour", 1999)
    assert track.album and (track.album.title, credited(track), genres(track)) == (
        "Neon",
        ["Nadia Volt"],
        ["Jazz", "Soul"],
    )


def test_several_artists_are_credited_in_order_and_unused_ones_go(alice: Any) -> None:
    track = add_track(alice, artist="Wren and Hollis")

    edit_tracks([track], TrackChanges(artists=("The Wren", "Hollis")))

    track.refresh_from_db()
    assert credited(track) == ["The Wren", "Hollis"]
    assert (track.artist.name, track.credited, track.sort_artist) == ("The Wren", "The Wren, Hollis", "wren")
    assert not Artist.objects.filter(name="Wren and Hollis").exists()


def test_an_alias_of_several_artists_stands_for_all_of_them(alice: Any) -> None:
    for artists in artists_named([ArtistName("Wren"), ArtistName("Hollis")]).values():
        ArtistAlias.objects.create(name_key="wren & hollis", artist=artists[0])
    track = add_track(alice)

    edit_tracks([track], TrackChanges(artists=("Wren & Hollis",)))

    assert sorted(credited(track)) == ["Hollis", "Wren"]


def test_genres_are_found_or_made_and_unused_ones_go(alice: Any) -> None:
    track = add_track(alice, genres=["Zydeco", "Jazz"])

    edit_tracks([track], TrackChanges(genres=("Jazz", "Cumbia")))

    assert genres(track) == ["Cumbia", "Jazz"]
    assert not Genre.objects.filter(name="Zydeco").exists()


def test_lyrics_are_written_replaced_and_removed(alice: Any) -> None:
    track = add_track(alice)
    edit_tracks([track], TrackChanges(lyrics="La la"))
    assert not Lyrics.objects.get(track=track).is_synced
    edit_tracks([track], TrackChanges(lyrics="[00:01.00]La la"))
    assert Lyrics.objects.get(track=track).is_synced
    edit_tracks([track], TrackChanges(lyrics=""))
    assert not Lyrics.objects.filter(track=track).exists()


def test_a_whole_album_goes_along_under_its_new_name_with_its_address(alice: Any) -> None:
    tracks = [add_track(alice, artist="Nadia Volt", album="Neom") for _ in range(3)]
    album = tracks[0].album

    edit_tracks(tracks, TrackChanges(album="Neon", artists=("Nadia Vault",), year=2001))

    assert album and Album.objects.get() == album
    album.refresh_from_db()
    assert (album.title, album.album_artist.name, album.year) == ("Neon", "Nadia Vault", 2001)
    assert album.identity == f"{album.album_artist_id}/2001/neon"
    assert (album.sort_title, album.sort_artist) == ("neon", "nadia vault")
    assert set(album.tracks.all()) == set(tracks)


def test_tracks_part_from_an_album_that_stays_behind(alice: Any) -> None:
    kept, moved = (add_track(alice, artist="Nadia Volt", album="Neon") for _ in range(2))

    edit_tracks([moved], TrackChanges(album="Live in Tupelo"))

    assert kept.album and kept.album.title == "Neon"
    assert moved.album is not None
    moved.refresh_from_db()
    assert moved.album and (moved.album.title, moved.album.album_artist.name) == ("Live in Tupelo", "Nadia Volt")
    assert Album.objects.count() == 2


def test_an_album_that_is_there_is_joined_whatever_its_year(alice: Any) -> None:
    artist = artists_named([ArtistName("Nadia Volt")])["nadia volt"][0]
    there = album_titled("Neon", artist, year=1999)
    add_track(alice, artist="Nadia Volt")
    Track.objects.update(album=there)
    track = add_track(alice, artist="Nadia Volt", album="Neom", year=2005)

    edit_tracks([track], TrackChanges(album="neon"))

    track.refresh_from_db()
    assert track.album == there and Album.objects.get() == there


def test_an_album_of_which_only_a_strangers_private_track_is_left_is_not_found_by_its_title(
    alice: Any, bob: Any
) -> None:
    artist = artists_named([ArtistName("Nadia Volt")])["nadia volt"][0]
    private = album_titled("Neon", artist, year=1999)
    add_track(bob, artist="Nadia Volt", visibility="private")
    Track.objects.update(album=private)
    track = add_track(alice, artist="Nadia Volt")

    edit_tracks([track], TrackChanges(album="Neon"))

    track.refresh_from_db()
    assert track.album and track.album != private and track.album.year is None


def test_an_album_that_was_merged_away_leads_to_the_one_it_was_merged_into(alice: Any) -> None:
    artist = artists_named([ArtistName("Nadia Volt")])["nadia volt"][0]
    target = album_titled("Neon", artist)
    AlbumAlias.objects.create(identity=f"{artist.pk}//neon lights", album=target)
    track = add_track(alice, artist="Nadia Volt")

    edit_tracks([track], TrackChanges(album="Neon Lights"))

    track.refresh_from_db()
    assert track.album == target


def test_the_album_artist_may_be_another_than_the_tracks(alice: Any) -> None:
    tracks = [add_track(alice, artist=name, album="Neon") for name in ("One", "Two")]

    edit_tracks(tracks, TrackChanges(album="Neon", album_artist="Various Artists"))

    album = Album.objects.get()
    assert album.album_artist.name == "Various Artists" and album.tracks.count() == 2


def test_two_loose_tracks_of_different_years_come_onto_one_album(alice: Any) -> None:
    tracks = [add_track(alice, artist="Nadia Volt", year=year) for year in (1999, 2003)]

    edit_tracks(tracks, TrackChanges(album="Neon"))

    assert Album.objects.get().year is None


def test_tracks_come_off_their_album_and_it_goes(alice: Any) -> None:
    track = add_track(alice, album="Neon")

    edit_tracks([track], TrackChanges(album=""))

    track.refresh_from_db()
    assert track.album is None and not Album.objects.exists()


def test_a_year_of_one_track_leaves_its_album_alone(alice: Any) -> None:
    one, _two = (add_track(alice, artist="Nadia Volt", album="Neon") for _ in range(2))

    edit_tracks([one], TrackChanges(year=1984))

    one.refresh_from_db()
    assert one.year == 1984 and Album.objects.get().year is None


def test_a_new_picture_replaces_the_old_one_on_the_album_and_on_disk(
    alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    tracks = [add_track(alice, artist="Nadia Volt", album="Neon") for _ in range(2)]
    for picture in (b"old", b"new"):
        with django_capture_on_commit_callbacks(execute=True):
            edited = edit_tracks(tracks, TrackChanges(cover={96: picture, 320: picture, 640: picture}))

    album = Album.objects.get()
    assert {track.cover for track in edited} == {album.cover}
    assert cover_path(album.cover, 320).read_bytes() == b"new"
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.webp"))) == 3

    with django_capture_on_commit_callbacks(execute=True):
        edit_tracks(tracks, TrackChanges(cover={}))
    assert Album.objects.get().cover == "" and not list(Path(settings.MEDIA_ROOT).rglob("*.webp"))


def test_an_album_shows_no_picture_of_a_track_that_became_private(alice: Any) -> None:
    track = add_track(alice, album="Neon", cover="a" * 32)
    edit_tracks([track], TrackChanges(visibility="public"))
    assert Album.objects.get().cover == "a" * 32

    edit_tracks([track], TrackChanges(visibility="private"))

    assert Album.objects.get().cover == ""


def test_a_failure_half_way_changes_nothing(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    track = add_track(alice, "Blue", artist="Nadia Volt")
    monkeypatch.setattr("music.editing.move_between_albums", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        edit_tracks([track], TrackChanges(title="Red", artists=("Somebody",)))

    track.refresh_from_db()
    assert (track.title, credited(track)) == ("Blue", ["Nadia Volt"])
    assert not Artist.objects.filter(name="Somebody").exists()


def test_many_tracks_cost_as_many_queries_as_one(alice: Any) -> None:
    changes = {"year": 2001, "genres": ("Jazz", "Cumbia"), "lyrics": "La", "visibility": "private"}

    def queries(count: int) -> int:
        tracks = [add_track(alice, artist="One", album=f"Album of {count}") for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            edit_tracks(tracks, TrackChanges(artists=(f"New {count}", "Two"), album=f"B{count}", **changes))
        return len(captured)

    queries(1)  # makes the genre and the artist that the others find
    assert queries(2) == queries(40)
