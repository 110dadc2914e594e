from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection

from music.cataloguing import artist_named
from music.models import Album, Artist, ArtistAlias, Track, TrackCredit
from music.removal import discard, restore, trash
from music.rows import rows_of
from music.search import (
    ask,
    corrected,
    differences,
    find_albums,
    find_artists,
    find_tracks,
    index_tracks,
    rebuild,
    suggest,
)
from music.tests.catalogue import add_track

HOSTILE = [
    '"',
    '"" OR ""',
    "NEAR(a b, 2)",
    "a AND NOT",
    "*",
    "name:creep",
    "^creep - {x}",
    "\0",
    "\ud800",
    "😀🎸",
    "'; DROP TABLE search_tracks; --",
    "%",
    "x" * 10_000,
    "word " * 2_000,
    "½ ² ﬁ ﷺ İ",
    "\\",
    "& | ! ( ) :* <->",
]


def add(uploader: Any, title: str, **more: Any) -> Track:
    track = add_track(uploader, title, **more)
    index_tracks([track.pk])
    return track


@pytest.fixture
def library(alice: Any) -> None:
    add(alice, "Creep", artist="Radiohead", album="Pablo Honey")
    add(alice, "Fix You", artist="Coldplay", album="X&Y")
    add(alice, "Help!", artist="The Beatles", album="Help!")
    add(alice, "Crazy in Love", artist="Beyoncé", album="Dangerously in Love")
    add(alice, "Where the Streets Have No Name", artist="U2", album="The Joshua Tree")
    add(alice, "時の流れに身をまかせ", artist="テレサ・テン")


def titles(reader: Any, query: str) -> list[str]:
    return [row.title for row in find_tracks(reader, query, size=50).items]


def suggested(reader: Any, query: str) -> dict[str, list[str]]:
    found = suggest(reader, query)
    return {
        "artists": [artist.name for artist in found.artists],
        "albums": [album.title for album in found.albums],
        "tracks": [row.title for row in found.tracks],
    }


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("creep", ["Creep"]),
        ("RADIOHEAD", ["Creep"]),
        ("radio", ["Creep"]),
        ("honey creep", ["Creep"]),
        ("beyonce crazy", ["Crazy in Love"]),
        ("Béyônce", ["Crazy in Love"]),
        ("the help", ["Help!"]),
        ("u2", ["Where the Streets Have No Name"]),
        ("流", ["時の流れに身をまかせ"]),
        ("テレサ", ["時の流れに身をまかせ"]),
        ("creep coldplay", []),
        ("reep", []),
        ("", []),
    ],
)
def test_all_words_are_found_in_title_artist_or_album(bob: Any, query: str, found: list[str]) -> None:
    assert titles(bob, query) == found


def test_the_title_itself_comes_first_and_the_album_last(alice: Any, bob: Any) -> None:
    add(alice, "Something else", artist="Somebody", album="Home")
    add(alice, "Going home", artist="Somebody")
    add(alice, "Nothing", artist="Home")
    add(alice, "Home", artist="Somebody")
    assert titles(bob, "home") == ["Home", "Going home", "Nothing", "Something else"]


def test_a_track_called_just_so_is_found_however_many_newer_ones_there_are(
    alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "MOST_RANKED", 2)
    for title in ("Love", "The Love", "Love songs", "Of love", "True love"):
        add(alice, title)
    assert titles(bob, "love")[:3] == ["Love", "The Love", "Love songs"]
    assert sorted(titles(bob, "love")[3:]) == ["Of love", "True love"]


def test_every_credited_artist_finds_the_track(alice: Any, bob: Any) -> None:
    track = add(alice, "Duet", artist="First")
    TrackCredit.objects.create(track=track, artist=artist_named("Second"), position=1)
    index_tracks([track.pk])
    assert titles(bob, "second duet") == ["Duet"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_an_error(bob: Any, query: str) -> None:
    assert find_tracks(bob, query, size=5).items == find_tracks(bob, query, size=5).items
    assert suggest(bob, query).corrected == corrected(bob, query)
    assert titles(bob, "creep") == ["Creep"]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("radiohed", "radiohead"),
        ("colplay", "coldplay"),
        ("beatels", "beatles"),
        ("radiohed creap", "radiohead creep"),
        ("cree radiohaed", "cree radiohead"),
        ("hlep", "help"),
        ("radoih", "radiohead"),
        ("radiohead", ""),
        ("radi", ""),
        ("zzzzzz", ""),
        ("crp", ""),
    ],
)
def test_one_or_two_typing_errors_are_forgiven(bob: Any, typed: str, meant: str) -> None:
    assert corrected(bob, typed) == meant
    assert suggest(bob, typed).corrected == meant


def test_what_the_reader_may_not_see_is_not_found_suggested_or_used_to_correct(
    alice: Any, bob: Any, charlie: Any
) -> None:
    add(alice, "Clandestine", artist="Undercover", album="Hideaway", visibility="private")
    add(alice, "Unfinished", artist="Drafty", album="Sketches", state="review")
    assert titles(alice, "clandestine") == ["Clandestine"]
    for query in ("clandestine", "clandestne", "undercover", "hideaway", "c", "cl", "h", "unfinished", "drafty", "sk"):
        assert titles(charlie, query) == []
        assert not suggest(charlie, query)
        assert corrected(charlie, query) == ""
    # The beginning is that of a word he may see, the rest is not.
    add(bob, "Clandestinely yours", artist="Nobody")
    assert corrected(charlie, "clandestineyl") == "clandestinely"
    assert corrected(charlie, "clandistine") != "clandestine"


def test_many_hidden_tracks_do_not_take_the_place_of_one_visible(alice: Any, bob: Any) -> None:
    shown = add(alice, "Echo", artist="Shown")
    hidden = [add_track(alice, "Echo", artist="Hidden", visibility="private") for _ in range(20)]
    index_tracks(track.pk for track in hidden)
    page = find_tracks(bob, "echo", size=1)
    assert [row.pk for row in page.items] == [shown.pk]
    assert page.next_cursor == ""
    assert suggested(bob, "e") == {"artists": [], "albums": [], "tracks": ["Echo"]}


def test_paging_goes_through_every_track_once_the_best_first(alice: Any, bob: Any) -> None:
    tracks = [add_track(alice, f"Same {'word ' * (number % 3)}", artist=f"Artist {number}") for number in range(11)]
    index_tracks(track.pk for track in tracks)
    seen: list[int] = []
    after = ""
    while True:
        page = find_tracks(bob, "same", after=after, size=3)
        seen += [row.pk for row in page.items]
        after = page.next_cursor
        if not after:
            break
    assert len(seen) == 11
    assert set(seen) == {track.pk for track in tracks}
    assert {row.title.strip() for row in find_tracks(bob, "same", size=3).items} == {"Same"}


def test_paging_goes_through_those_that_are_not_ranked_too(
    alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "MOST_RANKED", 3)
    for title in (*(f"Of the night {number}" for number in range(8)), *(f"Night {number}" for number in range(5))):
        add(alice, title)
    add(alice, "Night of mine", visibility="private")
    seen, after = [], None
    while after != "":
        page = find_tracks(bob, "night", after=after or "", size=2)
        seen += [row.title for row in page.items]
        after = page.next_cursor
    assert seen[:5] == [f"Night {number}" for number in range(5)]
    assert sorted(seen[5:8]) == [f"Of the night {number}" for number in (5, 6, 7)]
    assert seen[8:] == [f"Of the night {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.usefixtures("library")
def test_a_cursor_of_other_words_starts_from_the_beginning(alice: Any, bob: Any) -> None:
    index_tracks(add_track(alice, "Creep").pk for _ in range(2))
    cursor = find_tracks(bob, "creep", size=1).next_cursor
    assert cursor
    for stale in (cursor, "nonsense"):
        assert len(find_tracks(bob, "coldplay", after=stale, size=5).items) == 1


def test_of_what_is_called_alike_the_name_itself_comes_first_and_then_what_begins_with_it(alice: Any, bob: Any) -> None:
    for title in ("Drive the night", "Night drive", "Night"):
        add(alice, title)
    assert titles(bob, "night") == ["Night", "Night drive", "Drive the night"]


def test_a_name_that_begins_so_is_found_however_many_newer_tracks_have_the_word(
    alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.search.ask.MOST_RANKED", 3)
    for title in ("Night drive", "A night in June", *(f"Of the night {number}" for number in range(5))):
        add(alice, title)
    assert titles(bob, "night")[0] == "Night drive"


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ("r", "artists", "Radiohead"),
        ("be", "artists", "Beatles"),
        ("the be", "artists", "Beatles"),
        ("he", "albums", "Help!"),
        ("jos", "albums", "The Joshua Tree"),
        ("w", "tracks", "Where the Streets Have No Name"),
        ("streets n", "tracks", "Where the Streets Have No Name"),
        ("no na", "tracks", "Where the Streets Have No Name"),
        ("時", "tracks", "時の流れに身をまかせ"),
    ],
)
def test_suggestions_come_from_the_first_letter_on(bob: Any, query: str, kind: str, name: str) -> None:
    assert any(name in found for found in suggested(bob, query)[kind])


@pytest.mark.usefixtures("library")
def test_two_letters_in_the_middle_of_names_suggest_them_where_no_name_begins_so(bob: Any) -> None:
    assert suggested(bob, "ho")["albums"] == ["Pablo Honey"]
    assert suggest(bob, "ho").corrected == ""


def test_what_is_suggested_is_what_is_there(alice: Any, bob: Any, django_assert_num_queries: Any) -> None:
    track = add(alice, "Creep", artist="Radiohead", album="Pablo Honey")
    Album.objects.update(year=2008, original_year=1993, cover="c" * 32)
    album = Album.objects.get()
    found = suggest(bob, "radiohead")
    with django_assert_num_queries(0):
        assert [(each.pk, each.name, each.cover_url) for each in found.artists] == [
            (track.artist.pk, "Radiohead", track.artist.cover_url)
        ]
        [shown] = found.albums
        assert (shown.pk, shown.title, shown.first_year) == (album.pk, "Pablo Honey", 1993)
        assert (shown.artist_id, shown.artist_name) == (track.artist_id, "Radiohead")
        assert shown.cover_url == album.cover_url
    assert found.tracks == [row._replace(genre=None) for row in rows_of(Track.objects.all())]


def test_at_most_five_of_each_are_suggested(alice: Any, bob: Any) -> None:
    tracks = [
        add_track(alice, f"Star {number}", artist=f"Star {number}", album=f"Star {number}") for number in range(7)
    ]
    index_tracks(track.pk for track in tracks)
    for query in ("s", "star"):
        assert {len(found) for found in suggested(bob, query).values()} == {5}


def test_other_names_of_an_artist_find_the_artist(alice: Any, bob: Any) -> None:
    track = add(alice, "Kiss", artist="Prince")
    Artist.objects.filter(pk=track.artist_id).update(sort_name="Nelson, Rogers")
    ArtistAlias.objects.create(artist=track.artist, name_key="the artist formerly known")
    index_tracks([track.pk])
    for query in ("rogers nelson", "formerly", "formerley"):
        assert [artist.name for artist in suggest(bob, query).artists] == ["Prince"]


@pytest.mark.usefixtures("library")
def test_a_new_name_replaces_the_old_one(bob: Any) -> None:
    track = Track.objects.get(title="Creep")
    Artist.objects.filter(pk=track.artist_id).update(name="On a Friday", name_key="on a friday", sort_key="on a friday")
    Album.objects.filter(pk=track.album_id).update(title="Drill", sort_title="drill")
    index_tracks([track.pk])
    assert titles(bob, "friday drill") == ["Creep"]
    assert titles(bob, "radiohead") == []
    assert find_artists(bob, "radiohead", 5) == find_albums(bob, "pablo", 5) == []
    assert [album.title for album in find_albums(bob, "friday drill", 5)] == ["Drill"]


@pytest.mark.usefixtures("library")
def test_the_trash_is_not_searched_and_comes_back_from_there(bob: Any) -> None:
    creep = Track.objects.filter(title="Creep")
    trash(creep)
    assert (titles(bob, "creep"), suggest(bob, "radiohead").artists) == ([], [])
    restore(creep)
    assert titles(bob, "creep") == ["Creep"]


def stored() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for name in ("tracks", "albums", "artists"):
            cursor.execute(f"SELECT count(*) FROM search_{name}")
            counts[name] = cursor.fetchone()[0]
    return counts


@pytest.mark.usefixtures("library")
def test_what_is_discarded_is_forgotten(bob: Any) -> None:
    before = stored()
    discard(Track.objects.filter(title="Creep"))
    assert stored() == {name: count - 1 for name, count in before.items()}
    assert differences(lambda _count: None) == 0


@pytest.mark.usefixtures("library")
def test_indexing_twice_changes_nothing(bob: Any) -> None:
    before = stored()
    index_tracks(Track.objects.values_list("pk", flat=True))
    assert stored() == before
    assert titles(bob, "creep") == ["Creep"]


@pytest.mark.usefixtures("library")
def test_the_command_reports_and_repairs_what_differs(bob: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rebuild_search", dry_run=True)
    assert "agree" in capsys.readouterr().out
    Track.objects.filter(title="Creep").update(title="Karma Police")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_artists")
        cursor.execute("DELETE FROM search_words")
        cursor.execute(
            "INSERT INTO search_albums (rowid, name, artist{}) VALUES (999, 'x', 'y'{})".format(
                *((", words", ", ''") if connection.vendor == "postgresql" else ("", ""))
            )
        )
    with pytest.raises(CommandError, match="8 names differ"):
        call_command("rebuild_search", dry_run=True)
    assert titles(bob, "karma") == []
    call_command("rebuild_search")
    assert "8 names put right" in capsys.readouterr().out
    assert titles(bob, "karma") == ["Karma Police"]
    assert corrected(bob, "radiohed") == "radiohead"
    call_command("rebuild_search", dry_run=True)


def test_the_same_number_of_queries_whatever_there_is_to_find(
    alice: Any, bob: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(12):
        add(alice, f"Echo {number}", artist=f"Echo {number}", album=f"Echo {number}")
    with django_assert_num_queries(3):  # names that begin so are enough
        assert suggest(bob, "echo").tracks
    with django_assert_num_queries(6):
        assert suggest(bob, "echo 11").tracks
    with django_assert_num_queries(3):
        assert len(find_tracks(bob, "echo", size=12).items) == 12
    with django_assert_num_queries(2):
        assert len(find_tracks(bob, "echo", size=10).items) == 10


def test_nobody_finds_anything_without_signing_in(alice: Any) -> None:
    add(alice, "Creep", artist="Radiohead")
    assert titles(AnonymousUser(), "creep") == []


@pytest.mark.usefixtures("library")
def test_rebuilding_tells_how_far_it_is() -> None:
    told: list[int] = []
    rebuild(told.append)
    assert sum(told) == sum(stored().values())
