"""One of several, and several of one: nothing that hangs on them is lost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audio.facts import Tags
from music.album_covers import refresh_album_covers
from music.cataloguing import ArtistName, Names, artists_named, genres_named
from music.changes import TrackChanges
from music.editing import edit_tracks
from music.merging import (
    CannotSplit,
    merge_albums,
    merge_artists,
    merge_genres,
    split_album,
    split_artist,
    split_genre,
)
from music.models import Album, AlbumAlias, Artist, ArtistAlias, Genre, Track
from music.removal import discard
from music.renaming import save_album, save_artist, save_track
from music.search import differences, rebuild
from music.tests.catalogue import add_track, album_titled


def artist(name: str) -> Artist:
    return artists_named([ArtistName(name)])[name.casefold()][0]


def genre(name: str) -> Genre:
    return genres_named([name])[name][0]


def credited(track: Track) -> list[str]:
    return list(track.artists.order_by("credits__position").values_list("name", flat=True))


def fresh(track: Track) -> Track:
    return Track.objects.get(pk=track.pk)


def lands_on(**tags: Any) -> tuple[list[str], Album | None, list[str]]:
    """Where a file with these tags would come in."""
    read = Tags(title="New", **tags)
    names = Names([read])
    return [str(each) for each in names.credited(read)], names.album_of(read), [str(g) for g in names.genres_of(read)]


def test_tracks_credits_and_albums_of_an_artist_move(alice: Any) -> None:
    track = add_track(alice, artist="Beatels", album="Help")
    other = add_track(alice, artist="Somebody")
    edit_tracks([other], TrackChanges(artists=("Somebody", "Beatels")))
    add_track(alice, artist="The Beatles")

    merge_artists([artist("Beatels")], artist("The Beatles"))

    assert (fresh(track).artist.name, fresh(track).sort_artist) == ("The Beatles", "beatles")
    assert credited(track) == ["The Beatles"]
    assert credited(other) == ["Somebody", "The Beatles"] and fresh(other).credit == "Somebody, The Beatles"
    album = Album.objects.get()
    assert (album.album_artist.name, album.sort_artist) == ("The Beatles", "beatles")
    assert album.identity == f"{album.album_artist_id}//help"
    assert not Artist.objects.filter(name="Beatels").exists()


def test_later_uploads_under_the_old_name_land_on_the_artist_and_the_album(alice: Any) -> None:
    track = add_track(alice, artist="Beatels", album="Help")
    add_track(alice, artist="The Beatles")

    merge_artists([artist("Beatels")], artist("The Beatles"))

    names, album, _genres = lands_on(artist="beatels", artists=("BEATELS",), album="Help")
    assert names == ["The Beatles"] and album == fresh(track).album


def test_a_track_credited_to_both_keeps_one_credit_in_the_first_place(alice: Any) -> None:
    track = add_track(alice)
    edit_tracks([track], TrackChanges(artists=("Beatels", "Somebody", "The Beatles")))

    merge_artists([artist("Beatels")], artist("The Beatles"))

    assert credited(track) == ["The Beatles", "Somebody"] and fresh(track).artist.name == "The Beatles"


def test_albums_that_become_the_same_are_merged_with_their_tracks(alice: Any) -> None:
    one = add_track(alice, artist="Beatels", album="Help")
    two = add_track(alice, artist="The Beatles", album="help")

    merge_artists([artist("Beatels")], artist("The Beatles"))

    assert Album.objects.count() == 1
    assert fresh(one).album == fresh(two).album


def test_the_ids_of_musicbrainz_fill_a_gap_and_replace_nothing(alice: Any) -> None:
    Artist.objects.filter(pk=add_track(alice, artist="One").artist_id).update(artist_mbid="1" * 36)
    Artist.objects.filter(pk=add_track(alice, artist="Two").artist_id).update(artist_mbid="2" * 36)
    add_track(alice, artist="Three")

    merge_artists([artist("One"), artist("Two")], artist("Three"))
    assert artist("Three").artist_mbid == "1" * 36


def test_names_that_led_to_a_merged_artist_lead_on(alice: Any) -> None:
    for name in ("A", "B", "C", "D"):
        add_track(alice, artist=name)
    merge_artists([artist("A")], artist("B"))
    add_track(alice, artist="X & C")
    split_artist(artist("X & C"), ["C", "B"])

    merge_artists([artist("B")], artist("D"))
    assert [a.name for a in artists_named([ArtistName("A")])["a"]] == ["D"]

    merge_artists([artist("C")], artist("D"))
    assert [a.name for a in artists_named([ArtistName("x & c")])["x & c"]] == ["D"]


def test_the_order_of_a_split_name_survives_a_merge_of_its_first_part(alice: Any) -> None:
    add_track(alice, artist="A & B")
    split_artist(artist("A & B"), ["A", "B"])
    add_track(alice, artist="The A")
    merge_artists([artist("A")], artist("The A"))
    assert lands_on(artist="A & B")[0] == ["The A", "B"]


def test_merged_albums_keep_tracks_ids_and_a_picture(alice: Any) -> None:
    one = add_track(alice, artist="Nadia Volt", album="Neon", cover="a" * 32)
    two = add_track(alice, artist="Nadia Volt", album="Neon (Deluxe)")
    assert one.album and two.album
    Album.objects.filter(pk=one.album_id).update(release_mbid="9" * 36, identity="mbid:" + "9" * 36)

    merge_albums([one.album], two.album)

    album = Album.objects.get()
    assert album == two.album and set(album.tracks.all()) == {one, two}
    assert (album.release_mbid, album.identity, album.cover) == ("9" * 36, "mbid:" + "9" * 36, "a" * 32)
    assert lands_on(artist="Nadia Volt", album="Neon (Deluxe)")[1] == album


def test_an_album_merged_twice_is_still_found_by_its_first_name(alice: Any) -> None:
    albums = [add_track(alice, artist="Nadia Volt", album=title).album for title in ("One", "Two", "Three")]
    merge_albums(albums[:1], albums[1])
    merge_albums(albums[1:2], albums[2])
    assert lands_on(artist="Nadia Volt", album="One")[1] == albums[2]
    assert AlbumAlias.objects.count() == 2


def test_an_album_of_a_merged_artist_is_found_under_a_name_it_was_merged_from(alice: Any) -> None:
    albums = [add_track(alice, artist="Beatels", album=title).album for title in ("Hlep", "Help")]
    merge_albums(albums[:1], albums[1])
    add_track(alice, artist="The Beatles")
    merge_artists([artist("Beatels")], artist("The Beatles"))
    assert lands_on(artist="The Beatles", album="Hlep")[1] == albums[1]


def test_the_artist_of_a_merged_album_goes_when_nothing_is_left_of_them(alice: Any) -> None:
    track = add_track(alice, artist="One", album="Neon")
    edit_tracks([track], TrackChanges(album_artist="Various Artists"))
    target = add_track(alice, artist="Two", album="Neon").album
    merge_albums([fresh(track).album], target)
    assert not Artist.objects.filter(name="Various Artists").exists()


def test_genres_move_with_their_tracks_and_listeners(alice: Any, bob: Any) -> None:
    both, one = add_track(alice, genres=["Hiphop Music", "Rap Music"]), add_track(alice, genres=["Hiphop Music"])
    alice.profile.favourite_genres.set([genre("Hiphop Music"), genre("Rap Music")])
    bob.profile.favourite_genres.set([genre("Hiphop Music")])

    merge_genres([genre("Hiphop Music")], genre("Rap Music"))

    assert [str(each) for each in both.genres.all()] == [str(each) for each in one.genres.all()] == ["Rap Music"]
    for listener in (alice, bob):
        assert list(listener.profile.favourite_genres.all()) == [genre("Rap Music")]
    assert lands_on(genres=("Hiphop Music",))[2] == ["Rap Music"]


def test_an_artist_is_split_in_the_place_where_they_stood(alice: Any) -> None:
    alone, among = add_track(alice, artist="Wren & Hollis", album="Heron"), add_track(alice)
    edit_tracks([among], TrackChanges(artists=("Somebody", "Wren & Hollis", "Last")))

    split_artist(artist("Wren & Hollis"), ["Wren", "Hollis"])

    assert credited(alone) == ["Wren", "Hollis"] and fresh(alone).credited == "Wren & Hollis"
    assert (fresh(alone).artist.name, fresh(alone).sort_artist) == ("Wren", "wren")
    assert credited(among) == ["Somebody", "Wren", "Hollis", "Last"]
    assert Album.objects.get().album_artist.name == "Wren"
    assert lands_on(artist="wren & hollis", album="Heron")[:2] == (["Wren", "Hollis"], Album.objects.get())
    assert not Artist.objects.filter(name="Wren & Hollis").exists()


def test_some_tracks_of_an_album_become_one_of_their_own(alice: Any) -> None:
    stays = add_track(alice, artist="Nadia Volt", album="Neon", cover="a" * 32)
    parts = add_track(alice, artist="Nadia Volt", album="Neon", cover="b" * 32)
    refresh_album_covers([stays.album_id])

    part = split_album(stays.album, [parts.pk], "Neon Live", "Nadia Volt and Friends", 2003)

    assert fresh(parts).album == part and fresh(stays).album == stays.album
    assert (part.title, part.album_artist.name, part.year) == ("Neon Live", "Nadia Volt and Friends", 2003)
    assert [Album.objects.get(pk=each.pk).cover for each in (part, stays.album)] == ["b" * 32, "a" * 32]
    assert lands_on(artist="Nadia Volt", album="Neon")[1] == stays.album
    live = {"artist": "Nadia Volt", "album_artist": "Nadia Volt and Friends", "album": "Neon Live", "year": 2003}
    assert lands_on(**live)[1] == part


def test_a_split_undoes_a_merge_of_albums_and_the_name_leads_back(alice: Any) -> None:
    one, two = (add_track(alice, artist="Nadia Volt", album=title) for title in ("Neon", "Neon (Deluxe)"))
    merge_albums([one.album], two.album)
    assert lands_on(artist="Nadia Volt", album="Neon")[1] == two.album

    part = split_album(two.album, [one.pk], "Neon", "Nadia Volt", None)

    assert lands_on(artist="Nadia Volt", album="Neon")[1] == part == fresh(one).album
    assert not AlbumAlias.objects.exists()


def test_tracks_part_to_an_album_that_is_there_under_that_name_or_was(alice: Any) -> None:
    mixed = add_track(alice, artist="Nadia Volt", album="Mixed")
    first, second = (add_track(alice, artist="Nadia Volt", album="Mixed") for _ in range(2))
    there, gone = (add_track(alice, artist="Nadia Volt", album=title).album for title in ("There", "Gone"))
    merge_albums([gone], there)

    assert split_album(mixed.album, [first.pk], "There", "Nadia Volt", None) == there
    assert split_album(mixed.album, [second.pk], "Gone", "Nadia Volt", None) == there


def test_an_album_is_not_split_into_itself_all_or_nothing(alice: Any) -> None:
    one, other = (add_track(alice, artist="Nadia Volt", album="Neon") for _ in range(2))
    stranger = add_track(alice, artist="Nadia Volt", album="Else")
    for tracks, title in (
        ([one.pk], "NEON"),
        ([], "Part"),
        ([stranger.pk], "Part"),
        ([one.pk, other.pk], "Part"),
    ):
        with pytest.raises(CannotSplit):
            split_album(one.album, tracks, title, "Nadia Volt", None)
    assert {fresh(one).album, fresh(other).album} == {one.album}
    assert Album.objects.count() == 2


def test_a_genre_is_split_for_tracks_and_listeners(alice: Any) -> None:
    track = add_track(alice, genres=["Rock/Pop", "Funk"])
    alice.profile.favourite_genres.set([genre("Rock/Pop")])

    split_genre(genre("Rock/Pop"), ["Rock", "Pop"])

    assert [str(each) for each in track.genres.all()] == ["Funk", "Pop", "Rock"]
    assert {str(each) for each in alice.profile.favourite_genres.all()} == {"Rock", "Pop"}
    assert lands_on(genres=("Rock/Pop",))[2] == ["Rock", "Pop"]


@pytest.mark.parametrize("names", [["Wren"], ["Wren", "wren"], ["Wren & Hollis", "Wren"]])
def test_a_split_into_less_than_two_is_refused_and_changes_nothing(alice: Any, names: list[str]) -> None:
    track = add_track(alice, artist="Wren & Hollis")
    with pytest.raises(CannotSplit):
        split_artist(artist("Wren & Hollis"), names)
    assert credited(track) == ["Wren & Hollis"] and not ArtistAlias.objects.exists()


def test_a_failure_half_way_changes_nothing(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    track = add_track(alice, artist="Beatels", album="Help")
    add_track(alice, artist="The Beatles")
    monkeypatch.setattr("music.merging._give_albums", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merge_artists([artist("Beatels")], artist("The Beatles"))
    assert credited(track) == ["Beatels"] and fresh(track).artist.name == "Beatels"
    assert album_titled("Help", artist("Beatels")) == track.album


def test_merging_costs_the_same_for_more_tracks(alice: Any) -> None:
    def queries(count: int) -> int:
        for _ in range(count):
            add_track(alice, artist="Beatels")
        add_track(alice, artist="The Beatles")
        with CaptureQueriesContext(connection) as captured:
            merge_artists([artist("Beatels")], artist("The Beatles"))
        ArtistAlias.objects.all().delete()
        return len(captured)

    queries(1)
    assert queries(2) == queries(60)


def _merge_artists(one: Track, two: Track) -> None:
    merge_artists([one.artist], two.artist)


def _merge_albums(one: Track, two: Track) -> None:
    merge_albums([one.album], two.album)


def _split_artist(one: Track, two: Track) -> None:
    split_artist(one.artist, ["First", "Second"])


def _split_album(one: Track, two: Track) -> None:
    merge_albums([one.album], two.album)
    split_album(fresh(two).album, [one.pk], "Another", "Somebody", 2003)


def _rename_artist(one: Track, two: Track) -> None:
    one.artist.name = "Another"
    save_artist(one.artist)


def _rename_album(one: Track, two: Track) -> None:
    assert one.album
    one.album.title = "Another"
    save_album(one.album)


def _rename_track(one: Track, two: Track) -> None:
    one.title, one.artist, one.album = "Another", two.artist, None
    save_track(one)


def _edit(one: Track, two: Track) -> None:
    edit_tracks([one], TrackChanges(title="Another", artists=("Third", "Fourth"), album="Fifth"))


def _discard(one: Track, two: Track) -> None:
    discard(Track.objects.filter(pk=one.pk))


CHANGES = [
    _merge_artists, _merge_albums, _split_artist, _split_album, _rename_artist, _rename_album, _rename_track, _edit,
    _discard,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_can_be_found_is_in_step_with_every_change(alice: Any, change: Any) -> None:
    one, two = (add_track(alice, artist=name, album=f"{name}'s") for name in ("One", "Two"))
    edit_tracks([two], TrackChanges(artists=("Two", "One")))
    rebuild(lambda _count: None)

    change(fresh(one), fresh(two))

    assert differences(lambda _count: None) == 0


def lands_undated(uploader: Any, *others: Tags) -> Album | None:
    read = Tags(title="New", artist="Nadia Volt", album="Neon")
    return Names([read, *others], [uploader.pk]).album_of(read)


def test_a_file_without_a_year_joins_the_only_album_of_that_artist_and_title(alice: Any, bob: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon", year=1999)

    assert lands_undated(alice) == lands_undated(bob) == track.album
    assert Album.objects.count() == 1


def test_a_file_without_a_year_joins_the_album_that_comes_in_with_it(alice: Any) -> None:
    album = lands_undated(alice, Tags(title="Blue", artist="Nadia Volt", album="Neon", year=1999))

    assert album and album.year == 1999


def test_a_file_without_a_year_does_not_guess_between_editions(alice: Any) -> None:
    for year in (1999, 2009):
        add_track(alice, artist="Nadia Volt", album="Neon", year=year)

    album = lands_undated(alice)

    assert album and album.year is None


def test_a_file_without_a_year_does_not_tell_that_of_a_private_album(alice: Any, bob: Any) -> None:
    add_track(alice, artist="Nadia Volt", album="Neon", year=1999, visibility=Track.Visibility.PRIVATE)

    album = lands_undated(bob)

    assert album and album.year is None


def land(uploader: Any, *years: int | None, mbid: str = "") -> list[Album | None]:
    read = [Tags(title="New", artist="Nadia Volt", album="Neon", year=year, release_mbid=mbid) for year in years]
    names = Names(read, [uploader.pk])
    return [names.album_of(each) for each in read]


def test_files_with_a_year_join_their_uploaders_only_album_that_has_none(alice: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon")

    [album, again] = land(alice, 1999, 1999)

    assert album == again == track.album == Album.objects.get()
    assert album and (album.year, album.identity) == (1999, f"{album.album_artist_id}/1999/neon")


def test_a_release_of_musicbrainz_joins_its_uploaders_only_album_without_a_year(alice: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon")
    mbid = "0b9b3a3c-3a3c-4a5f-8f3e-0e8d1c2f9a11"

    [album] = land(alice, None, mbid=mbid)

    assert album and (album, album.release_mbid, album.identity) == (track.album, mbid, f"mbid:{mbid}")


def test_two_editions_at_once_leave_an_album_without_a_year_alone(alice: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon")

    albums = {*land(alice, 1999, 2009)}

    assert len(albums) == 2 and track.album not in albums and fresh(track).album.year is None


def test_an_album_without_a_year_beside_an_edition_is_left_alone(alice: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon")
    Album.objects.filter(pk=track.album_id).update(year=1999, identity=f"{track.artist_id}/1999/neon")
    other = add_track(alice, artist="Nadia Volt", album="Neon")

    [album] = land(alice, 2009)

    assert album not in (track.album, other.album) and fresh(other).album.year is None


def test_nobody_elses_album_is_given_a_year(alice: Any, bob: Any) -> None:
    track = add_track(alice, artist="Nadia Volt", album="Neon")

    [album] = land(bob, 1999)

    assert album != track.album and fresh(track).album.year is None


def test_an_edition_that_is_hidden_from_the_uploader_is_not_taken_for_theirs(alice: Any, bob: Any) -> None:
    hidden = add_track(bob, artist="Nadia Volt", album="Neon", visibility=Track.Visibility.PRIVATE)
    Album.objects.filter(pk=hidden.album_id).update(year=1999, identity=f"{hidden.artist_id}/1999/neon")
    own = add_track(alice, artist="Nadia Volt", album="Neon")

    [album] = land(alice, 1999)

    assert album == hidden.album and fresh(own).album.year is None
