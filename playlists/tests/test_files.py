"""Playlists from files and as files."""

import io
import json
from time import process_time
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from music.models import Track
from music.tests.catalogue import add_track
from playlists import editing
from playlists.editing import add_tracks
from playlists.files.bringing import WRITERS, read
from playlists.files.entries import Entry, NotAPlaylistError, PlaylistFile
from playlists.models import MissingTrack, Playlist
from uploads.disk.paths import encoded
from uploads.models import LibraryFile, LibraryFolder

MBID = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"


def send(client: Client, content: str | bytes) -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post("/playlists/import/", {"file": io.BytesIO(content)})


def titles(playlist: Playlist) -> list[str]:
    return list(playlist.items.order_by("position").values_list("track__title", flat=True))


def m3u(*entries: str) -> str:
    return "\n".join(["#EXTM3U", "#PLAYLIST:An evening", *entries])


def line(artist: str, title: str, seconds: int = 60, path: str = "somewhere.mp3") -> str:
    return f"#EXTINF:{seconds},{artist} - {title}\n{path}"


@pytest.fixture
def tracks(alice: Any) -> list[Track]:
    return [
        add_track(alice, "Blue & <green>", artist="Ilse", album="Grey", recording_mbid=MBID, duration_ms=61_500),
        add_track(alice, "Nocturne", artist="Ilse", isrc="GBAYE0601498"),
        add_track(alice, "Umbrella\u2028Weather", artist="Quartet"),
    ]


@pytest.mark.parametrize("kind", list(WRITERS))
def test_what_is_exported_comes_in_again(as_bob: Client, bob: Any, tracks: list[Track], kind: str) -> None:
    playlist = Playlist.objects.create(owner=bob, name="Späte Stunde", description="For <two>")
    add_tracks(playlist, [tracks[2].pk, tracks[0].pk, tracks[1].pk, tracks[0].pk], bob)
    answer = as_bob.get(f"/playlists/{playlist.pk}/export.{kind}")
    assert answer["Content-Disposition"] == f'attachment; filename="spate-stunde.{kind}"'

    assert send(as_bob, answer.content).status_code == 302
    copy = Playlist.objects.latest("pk")
    assert (copy.name, copy.visibility, copy.owner) == ("Späte Stunde", "private", bob)
    assert titles(copy) == titles(playlist) and not copy.missing.exists()
    assert copy.description == ("" if kind == "m3u8" else "For <two>")


@pytest.mark.parametrize("kind", list(WRITERS))
def test_an_export_has_only_what_its_reader_may_hear(
    as_bob: Client, alice: Any, tracks: list[Track], kind: str
) -> None:
    playlist = Playlist.objects.create(owner=alice, name="Mine", visibility="public")
    add_tracks(playlist, [track.pk for track in tracks], alice)
    Track.objects.filter(pk=tracks[1].pk).update(visibility="private")
    assert "Nocturne" not in as_bob.get(f"/playlists/{playlist.pk}/export.{kind}").content.decode()
    Playlist.objects.update(visibility="private")
    assert as_bob.get(f"/playlists/{playlist.pk}/export.{kind}").status_code == 404
    assert as_bob.get(f"/playlists/{playlist.pk}/export.exe").status_code == 404


def test_tracks_are_found_by_their_numbers_and_names(as_bob: Client, tracks: list[Track]) -> None:
    jspf = {
        "title": "From elsewhere",
        "track": [
            {"title": "x", "creator": "y", "identifier": [f"https://musicbrainz.org/recording/{MBID}"]},
            {"title": "x", "creator": "y", "identifier": "isrc:gbaye0601498"},
            {"title": "UMBRELLA WEATHER", "creator": "quartet", "duration": 60_000},
        ],
    }
    send(as_bob, json.dumps({"playlist": jspf}))
    assert titles(Playlist.objects.get()) == [track.title for track in tracks]


def test_of_recordings_of_one_name_the_one_as_long_is_meant(as_bob: Client, alice: Any) -> None:
    for seconds in (180, 420):
        add_track(alice, "Nocturne", artist="Ilse", duration_ms=seconds * 1000)
    send(as_bob, m3u(line("Ilse", "Nocturne", 419), line("Ilse", "Nocturne", 182)))
    assert list(Playlist.objects.get().items.order_by("position").values_list("track__duration_ms", flat=True)) == [
        420_000,
        180_000,
    ]


def test_the_uploader_finds_a_track_by_its_file(as_alice: Client, as_bob: Client, tracks: list[Track]) -> None:
    Track.objects.filter(pk=tracks[1].pk).update(original_filename="07 nocturne final.mp3")
    file = m3u("D:\\Music\\Ilse\\07 nocturne final.mp3")
    send(as_alice, file)
    assert titles(Playlist.objects.get()) == ["Nocturne"]
    send(as_bob, file)
    assert titles(Playlist.objects.latest("pk")) == []


def test_what_is_missing_is_reported_and_goes_to_its_place_when_it_comes(
    as_bob: Client, alice: Any, tracks: list[Track]
) -> None:
    file = m3u(
        line("Nobody", "First"),
        line("Ilse", "Nocturne"),
        line("Nobody", "Second <b>"),
        line("Nobody", "Third"),
        line("Quartet", "Umbrella Weather"),
        line("Nobody", "Last"),
    )
    answer = send(as_bob, file)
    playlist = Playlist.objects.get()
    assert answer["Location"] == f"/playlists/{playlist.pk}/missing/"
    assert [track.title for track in playlist.missing.order_by("position")] == ["First", "Second <b>", "Third", "Last"]
    page = as_bob.get(answer["Location"]).content.decode()
    assert "4 tracks of the file are not here" in page and "Second &lt;b&gt;" in page

    for title in ("Third", "First", "Last"):
        add_track(alice, title, artist="Nobody")
    as_bob.post(answer["Location"])
    assert titles(playlist) == ["First", "Nocturne", "Third", "Umbrella\u2028Weather", "Last"]
    assert [track.title for track in playlist.missing.all()] == ["Second <b>"]
    playlist.refresh_from_db()
    assert playlist.track_count == 5
    as_bob.post(answer["Location"])
    assert playlist.items.count() == 5


def test_looking_again_for_a_full_playlist_says_that_there_is_no_room(
    as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = send(as_bob, m3u(line("Nobody", "First")))["Location"]
    add_track(alice, "First", artist="Nobody")
    monkeypatch.setattr(editing, "MOST_ITEMS", 0)
    assert "there is no room" in as_bob.post(report, follow=True).content.decode()
    assert MissingTrack.objects.get().title == "First"


def test_others_private_tracks_are_missing_and_reports_are_the_editors(
    as_bob: Client, as_alice: Client, bob: Any, tracks: list[Track]
) -> None:
    Track.objects.update(visibility="private")
    page = f"http://testserver/tracks/{tracks[1].pk}/"
    send(as_bob, m3u(line("Ilse", "Nocturne", path=page)))
    playlist = Playlist.objects.get(owner=bob)
    assert titles(playlist) == [] and MissingTrack.objects.count() == 1
    assert as_alice.get(f"/playlists/{playlist.pk}/missing/").status_code == 404
    assert as_alice.post(f"/playlists/{playlist.pk}/missing/").status_code == 404


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist xmlns="http://xspf.org/ns/0/"><trackList><track><title>&b;</title></track></trackList></playlist>"""
FILE = BOMB.replace('<!ENTITY a "ha">', '<!ENTITY b SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize(
    "content",
    [
        *("", "\n", "#EXTM3U", BOMB, FILE, "<html></html>", "<playlist", "<a>" * 100_000, "ID3\0\0an MP3"),
        *("{", '{"playlist": []}', "{" * 5000, '{"playlist": {"track": []}}', '{"playlist": ' + "[" * 5000),
        '<?xml version="1.0" encoding="nonsense"?><playlist/>',
    ],
)
def test_what_is_no_playlist_is_refused_with_a_sentence(as_bob: Client, content: str) -> None:
    answer = send(as_bob, content)
    assert answer.status_code == 422 and "errorlist" in answer.content.decode()
    assert not Playlist.objects.exists()


@pytest.mark.parametrize("location", ["http://[bad", "/x/\ud800.mp3", "/x/a%00.mp3"])
def test_a_track_with_an_impossible_address_is_one_that_is_missing(as_bob: Client, location: str) -> None:
    jspf = {"title": "Odd", "track": [{"title": "One", "location": location}]}
    assert send(as_bob, json.dumps({"playlist": jspf})).status_code == 302
    assert MissingTrack.objects.get().title == "One"
    assert "\0" not in Entry(location=location).filename


def test_an_import_that_breaks_off_leaves_no_playlist(as_bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_arguments: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr("playlists.files.views.fill", break_off)
    with pytest.raises(RuntimeError):
        send(as_bob, m3u(line("Ilse", "Nocturne")))
    assert not Playlist.objects.exists()


def test_too_much_is_refused(as_bob: Client) -> None:
    assert send(as_bob, m3u(*[line("A", "B")] * 5001)).status_code == 422
    assert send(as_bob, b"#" * (4 * 1024 * 1024 + 1)).status_code == 422
    assert not Playlist.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "a.mp3\n" * 5100,
        json.dumps({"playlist": {"track": [{}] * 5100}}),
        f'<playlist xmlns="http://xspf.org/ns/0/"><trackList>{"<track/>" * 5100}</trackList></playlist>',
    ],
    ids=["m3u8", "jspf", "xspf"],
)
def test_no_more_of_a_file_is_read_than_shows_that_it_is_too_much(content: str) -> None:
    assert len(read(content.encode()).entries) == 5001


def test_files_that_others_wrote_are_understood() -> None:
    old = read(b"#EXTM3U\r\n#EXTINF:123 tvg-id=x,Bj\xf6rk - J\xf3ga\r\nmusic/x.mp3\r\nSomebody - Alone.ogg\r\n")
    assert [(each.artist, each.title, each.duration_ms) for each in old.entries] == [
        ("Björk", "Jóga", 123_000),
        ("Somebody", "Alone", 0),
    ]
    assert ElementTree.fromstring(WRITERS["xspf"][0](PlaylistFile("a\x0bb", "", [Entry(title="\x00c")]))) is not None


def test_a_length_that_is_no_number_takes_nothing_else_along() -> None:
    [entry] = read(b"#EXTINF:soon,Harbour Lions - Saltwater Radio\n/x/1.mp3").entries
    assert (entry.artist, entry.title, entry.duration_ms) == ("Harbour Lions", "Saltwater Radio", 0)


@pytest.mark.parametrize("content", [b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>", b"Dear all,\nsee you on Monday.\n"])
def test_any_other_text_is_no_playlist(content: bytes) -> None:
    with pytest.raises(NotAPlaylistError):
        read(content)


def test_what_says_that_it_is_a_playlist_may_name_files_as_it_likes() -> None:
    found = read(b"#EXTM3U\n#EXTINF:0,\n/music/Saltwater Radio\nTrack 2\n").entries
    assert [entry.title for entry in found] == ["Saltwater Radio", "Track 2"]


def test_a_list_of_names_is_one() -> None:
    [entry] = read(b"Harbour Lions - Saltwater Radio\n").entries
    assert (entry.artist, entry.title) == ("Harbour Lions", "Saltwater Radio")


def test_a_long_line_is_read_as_fast_as_many_short_ones() -> None:
    content = b"#EXTINF:1." + b"1" * 50_000 + b"\nsomewhere.mp3"
    before = process_time()
    assert [entry.title for entry in read(content).entries] == ["somewhere"]
    assert process_time() - before < 1


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(str.encode)
    | st.text(max_size=80).map(lambda t: b"<" + t.encode())
)
def test_no_bytes_break_the_reading(content: bytes) -> None:
    try:
        found = read(content)
    except NotAPlaylistError:
        return
    assert found.entries


ENTRIES = st.builds(Entry, title=st.text(min_size=1, max_size=30), artist=st.text(max_size=30), location=st.just("/x"))


@given(st.lists(ENTRIES, min_size=1, max_size=5), st.sampled_from(["xspf", "jspf"]))
def test_whatever_is_written_can_be_read(entries: list[Entry], kind: str) -> None:
    written = WRITERS[kind][0](PlaylistFile("Name", "", entries))
    assert len(read(written.encode("utf-8", "replace")).entries) == len(entries)


def on_disk(track: Track, path: str) -> None:
    """As if it had been brought in from there."""
    folder, _new = LibraryFolder.objects.get_or_create(path="/srv/media", user=track.uploader)
    LibraryFile.objects.create(folder=folder, track=track, path=encoded(path), size_bytes=1, mtime_ns=1)
    Track.objects.filter(pk=track.pk).update(original_filename=path.split("/")[-1])


def brought_in(client: Client, *paths: str) -> list[str]:
    send(client, m3u(*paths))
    return titles(Playlist.objects.latest("pk"))


def test_tracks_are_found_by_how_the_paths_of_their_files_end(as_bob: Client, alice: Any, bob: Any) -> None:
    blue, green = add_track(alice, "Blue"), add_track(alice, "Grün")
    on_disk(blue, "/srv/media/Ilse/Grey/01.mp3")
    on_disk(green, "/srv/media/Quartet/Gräser/01.mp3")
    assert brought_in(as_bob, "/home/bob/Ilse/Grey/01.mp3") == ["Blue"]
    assert brought_in(as_bob, "D:\\Music\\Ilse\\Grey\\01.mp3", "../Gräser/01.mp3") == ["Blue", "Grün"]
    assert brought_in(as_bob, "file:///x/Quartet/Gr%C3%A4ser/01.mp3") == ["Grün"]
    assert brought_in(as_bob, "01.mp3", "/other/Grey/01.mp3", "/x/Grey/01.mp3") == []
    assert brought_in(as_bob, "#EXTINF:500,Somebody - Something", "/x/Ilse/Grey/01.mp3") == []


def test_a_path_finds_neither_what_is_hidden_nor_one_of_several(as_bob: Client, alice: Any) -> None:
    hidden, one, other = (
        add_track(alice, "Hidden", visibility="private"), add_track(alice, "One"), add_track(alice, "Other"),
    )  # fmt: skip
    on_disk(hidden, "/srv/media/Ilse/Secret/02.mp3")
    on_disk(one, "/srv/media/A/Ilse/Grey/03.mp3")
    on_disk(other, "/srv/media/B/Ilse/Grey/03.mp3")
    assert brought_in(as_bob, "/x/Ilse/Secret/02.mp3", "/A/Ilse/Grey/03.mp3", "srv/media/B/Ilse/Grey/03.mp3") == []
