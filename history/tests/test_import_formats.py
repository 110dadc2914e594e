"""Every format that people bring, and files that are something else."""

import io
import json
import struct
import tempfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from history.imports import reading, words
from history.imports.reading import read
from history.imports.rows import MAX_MS, Format, Item, LeftOut, Refused, Row, moment, outcome
from history.tests.exports import (
    MONDAY,
    document,
    lastfm_track,
    lines,
    listenbrainz_row,
    saved,
    spotify_row,
    zipped,
)

EIGHT = datetime(2024, 5, 6, 8, 0, tzinfo=UTC)


@pytest.fixture
def plays(tmp_path: Path) -> Any:
    def of(content: bytes) -> list[Item]:
        return list(read(saved(tmp_path, content)))

    return of


def test_listenbrainz_lines(plays: Any) -> None:
    now = {**listenbrainz_row(), "listened_at": None}
    [first, second, playing] = plays(lines([listenbrainz_row(), listenbrainz_row(1, duration=165, isrc="X"), now]))
    assert (first.format, first.heard.artist, first.heard.title) == (Format.LISTENBRAINZ, "ABBA", "Waterloo")
    assert (first.started_at, first.played_ms, first.client) == (EIGHT, None, "Navidrome")
    assert first.heard.recording_mbid == "c8cdd7fb-ac1d-4f6b-9b8a-4b4f3b7a8f6e"
    assert (second.heard.duration_ms, second.heard.isrc) == (165_000, "X")
    assert playing is LeftOut.NOW_PLAYING


def test_listenbrainz_zip_by_year_and_month(plays: Any) -> None:
    content = zipped(
        user_dot_json=b'{"user_id": 1}',
        feedback_dot_jsonl=b'{"score": 1}',
        listens__2024__6_dot_jsonl=lines([listenbrainz_row(9000)]),
        listens__2024__5_dot_jsonl=lines([listenbrainz_row(0)]),
    )
    assert [row.started_at for row in plays(content)] == [EIGHT, EIGHT + timedelta(seconds=2_700_000)]


def test_listenbrainz_as_one_array_as_it_once_was(plays: Any) -> None:
    assert len(plays(document([listenbrainz_row(number) for number in range(3)]))) == 3


def test_our_own_export_says_all_there_is_to_a_listen(plays: Any) -> None:
    own = {
        "event_id": "0191D0B0-0000-7000-8000-00000000000A",
        "played_ms": 61_000,
        "duration_ms": 165_000,
        "completed": False,
        "skipped": False,
        "source": "album:7",
    }
    [row] = plays(lines([listenbrainz_row(duration_ms=165_000, music_streamer=own)]))
    assert (row.format, row.event_id) == (Format.MUSIC_STREAMER, "0191d0b0-0000-7000-8000-00000000000a")
    assert (row.played_ms, row.heard.duration_ms, row.source) == (61_000, 165_000, "album:7")
    [bad] = plays(lines([listenbrainz_row(music_streamer={**own, "event_id": 7})]))
    assert (bad.format, bad.event_id) == (Format.LISTENBRAINZ, "")


CSV = {
    "lastfm-to-csv": "ABBA,Waterloo,Waterloo,06 May 2024 08:00\nBjörk,,Jóga,06 May 2024 08:10\n",
    "with a header": "artist,album,title,date\nABBA,Waterloo,Waterloo,06 May 2024 08:00\n"
    "Björk,,Jóga,06 May 2024 08:10\n",
    "with ids": "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
    f'"{MONDAY}","06 May 2024, 08:00","ABBA","","Waterloo","","Waterloo",""\n'
    f'"{MONDAY + 600}","06 May 2024, 08:10","Björk","","","","Jóga",""\n',
    "lastfmstats": "Artist;Album;AlbumId;Track;Date#somebody\n"
    f'"ABBA";"Waterloo";"";"Waterloo";"{MONDAY}000"\n"Björk";"";"";"Jóga";"{MONDAY + 600}000"\n',
}


@pytest.mark.parametrize("name", CSV)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lastfm_csv(plays: Any, name: str, mark: bytes) -> None:
    rows = plays(mark + CSV[name].encode())
    assert [(row.heard.artist, row.heard.title) for row in rows] == [("ABBA", "Waterloo"), ("Björk", "Jóga")]
    assert [row.started_at for row in rows] == [EIGHT, EIGHT + timedelta(minutes=10)]
    assert {row.format for row in rows} == {Format.LASTFM}


def test_a_csv_row_without_a_date_is_playing_now(plays: Any) -> None:
    assert plays(b"ABBA,Waterloo,Waterloo,\nABBA,Waterloo,Waterloo,06 May 2024 08:00\n")[0] is LeftOut.NOW_PLAYING


LASTFM_JSON = {
    "pages": [{"track": [lastfm_track(0), lastfm_track(1)], "@attr": {"page": "1"}}, {"track": [lastfm_track(2)]}],
    "recenttracks pages": [{"recenttracks": {"track": [lastfm_track(0), lastfm_track(1), lastfm_track(2)]}}],
    "one answer": {"recenttracks": {"@attr": {"user": "x"}, "track": [lastfm_track(n) for n in range(3)]}},
    "tracks": [lastfm_track(number) for number in range(3)],
    "lastfmstats": {
        "username": "somebody",
        "scrobbles": [
            {
                "track": "Waterloo",
                "artist": "ABBA",
                "album": "Waterloo",
                "albumId": "",
                "date": (MONDAY + 300 * n) * 1000,
            }
            for n in range(3)
        ],
    },
}


@pytest.mark.parametrize("name", LASTFM_JSON)
def test_lastfm_json(plays: Any, name: str) -> None:
    rows = plays(document(LASTFM_JSON[name]))
    assert [row.started_at for row in rows] == [EIGHT + timedelta(minutes=5 * number) for number in range(3)]
    assert {(row.heard.artist, row.heard.title, row.heard.album) for row in rows} == {("ABBA", "Waterloo", "Waterloo")}


def test_what_lastfm_plays_now_is_no_listen(plays: Any) -> None:
    now = lastfm_track(**{"@attr": {"nowplaying": "true"}})
    del now["date"]
    assert plays(document([now, lastfm_track()]))[0] is LeftOut.NOW_PLAYING


def test_spotify_tells_the_end_and_what_was_played(plays: Any) -> None:
    [row] = plays(document([spotify_row(10)]))
    assert (row.started_at, row.played_ms) == (EIGHT + timedelta(minutes=7), 180_000)
    assert (row.has_ended, row.has_left, row.client) == (True, False, "Spotify")


def test_spotify_rows_that_are_not_to_be_known_or_no_music_are_left_out(plays: Any) -> None:
    podcast = {"master_metadata_track_name": None, "episode_name": "Talk", "episode_show_name": "Show"}
    book = {"master_metadata_track_name": None, "audiobook_title": "Book"}
    rows = [spotify_row(incognito_mode=True), spotify_row(**podcast), spotify_row(**book), spotify_row(ms_played=0)]
    found = plays(document([*rows, spotify_row()]))
    assert found[:4] == [LeftOut.PRIVATE, LeftOut.NOT_MUSIC, LeftOut.NOT_MUSIC, LeftOut.SILENT]
    assert isinstance(found[4], Row)


def test_spotify_zip_takes_the_audio_history_alone(plays: Any) -> None:
    folder = "Spotify Extended Streaming History__"
    content = zipped(
        **{
            f"{folder}ReadMeFirst_dot_pdf": b"%PDF",
            f"{folder}Streaming_History_Audio_2023-2024_1_dot_json": document([spotify_row(20)]),
            f"{folder}Streaming_History_Audio_2022_0_dot_json": document([spotify_row(10)]),
            f"{folder}Streaming_History_Video_2024_dot_json": document([spotify_row(30)]),
        }
    )
    assert [row.started_at.minute for row in plays(content)] == [7, 17]


def test_spotify_endsong_zip(plays: Any) -> None:
    assert len(plays(zipped(MyData__endsong_0_dot_json=document([spotify_row()])))) == 1


def test_spotify_account_data(plays: Any) -> None:
    rows = [{"endTime": "2024-05-06 08:10", "artistName": "ABBA", "trackName": "Waterloo", "msPlayed": 120_000}]
    for content in (
        document(rows),
        zipped(**{"Spotify Account Data__StreamingHistory_music_0_dot_json": document(rows)}),
    ):
        [row] = plays(content)
        assert (row.format, row.started_at) == (Format.SPOTIFY_ACCOUNT, EIGHT + timedelta(minutes=8))
        assert row.within > timedelta(minutes=1)


@pytest.mark.parametrize(
    ("row", "duration_ms", "expected"),
    [
        ({"played_ms": None}, 0, (None, True, True, False)),
        ({"played_ms": 29_000}, 0, (29_000, False, False, False)),
        ({"played_ms": 30_000}, 0, (30_000, True, False, False)),
        ({"played_ms": 31_000, "has_ended": True}, 0, (31_000, True, True, False)),
        ({"played_ms": 5_000, "has_left": True}, 0, (5_000, False, False, True)),
        ({"played_ms": 100_000}, 180_000, (100_000, True, False, False)),
        ({"played_ms": 60_000}, 180_000, (60_000, False, False, False)),
        ({"played_ms": 150_000, "has_ended": True}, 180_000, (150_000, True, True, False)),
        ({"played_ms": 500_000}, 180_000, (180_000, True, True, False)),
        ({"played_ms": 5_000, "has_left": True}, 180_000, (5_000, False, False, True)),
    ],
)
def test_what_a_play_counts_as(row: dict[str, Any], duration_ms: int, expected: tuple[Any, ...]) -> None:
    assert tuple(outcome(Row(Format.SPOTIFY, None, EIGHT, **row), duration_ms)) == expected  # type: ignore[arg-type]


HOSTILE = {
    "nothing": b"",
    "spaces": b" \n\n  ",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "other words": b"Dear diary,\ntoday I heard, again, something\n",
    "other json": document({"name": "x", "version": 1}),
    "other rows": document([{"a": 1}] * 50),
    "numbers": document([1, 2, 3]),
    "utf-16": "artist,album,title,date\nABBA,A,B,06 May 2024 08:00".encode("utf-16"),
    "latin-1": "artist,album,title,date\nBjörk,A,B,06 May 2024 08:00".encode("latin-1"),
    "broken off json": document([spotify_row(number) for number in range(5)])[:-200],
    "half a zip": zipped(endsong_0_dot_json=document([spotify_row()] * 99))[:-60],
    "zip without listens": zipped(holiday_dot_txt=b"x"),
    "only a zip's head": b"PK\x03\x04" + b"x" * 100,
    "one huge line": b'{"track_metadata": "' + b"x" * (2 << 20) + b'"}',
    "one huge entry": b'[{"ts": "' + b"x" * (9 << 20) + b'"}]',
    "deep nesting": b"[" * 200_000,
    "deep line": b'{"track_metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "open quote": b'artist,album,title,date\n"' + b"x,\n" * 100_000,
    "nulls": b"\0" * 100_000,
    "a long number": b'[{"ms_played": ' + b"9" * 10_000 + b"}]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_history_is_refused_in_a_sentence(plays: Any, name: str) -> None:
    with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
        plays(HOSTILE[name])


def test_a_zip_bomb_is_refused_before_it_is_read(plays: Any) -> None:
    with pytest.raises(Refused, match="far more"):
        plays(zipped(endsong_0_dot_json=b"[" + b" " * (300 << 20) + b"]"))


def test_a_zip_that_lies_about_its_size_is_refused(plays: Any) -> None:
    content = zipped(endsong_0_dot_json=b"[" + b" " * (30 << 20) + b"]")
    small = content.replace(struct.pack("<I", (30 << 20) + 2), struct.pack("<I", 1000))
    with pytest.raises(Refused):
        plays(small)


def test_a_zip_of_a_zip_is_not_opened(plays: Any) -> None:
    with pytest.raises(Refused):
        plays(zipped(export_dot_zip=zipped(endsong_0_dot_json=document([spotify_row()]))))


def test_a_zip_that_unpacks_without_end_is_refused(plays: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 100_000)
    with pytest.raises(Refused, match="4 GB"):
        plays(document([spotify_row(number % 60) for number in range(2000)]))


def test_a_locked_zip_is_refused(plays: Any) -> None:
    content = bytearray(zipped(endsong_0_dot_json=document([spotify_row()])))
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    with pytest.raises(Refused, match="locked"):
        plays(bytes(content))


def test_odd_rows_among_good_ones_are_only_left_out(plays: Any) -> None:
    odd = [None, 7, "x", [], {}, {"track_metadata": None}, listenbrainz_row() | {"listened_at": "soon"}]
    odd += [listenbrainz_row() | {"listened_at": 10**30}, listenbrainz_row() | {"listened_at": -5}]
    _first, *rows = plays(lines([listenbrainz_row(), *odd, listenbrainz_row()]) + b"\n{broken\n")
    assert [type(row) for row in rows].count(Row) == 1
    assert set(rows[:5]) == {LeftOut.UNREADABLE}
    assert set(rows[5:8]) <= {LeftOut.NO_DATE, LeftOut.NOW_PLAYING}


@pytest.mark.parametrize("said", [-5, 10**30, "long", None, MAX_MS + 1])
def test_a_playing_time_that_cannot_be_right_is_not_called_silence(plays: Any, said: Any) -> None:
    assert plays(document([spotify_row(), spotify_row(1, ms_played=said)]))[1] is LeftOut.NO_TIME


def test_what_is_left_out_is_told_apart(plays: Any) -> None:
    nameless = listenbrainz_row() | {"track_metadata": {"artist_name": "ABBA"}}
    rows = plays(lines([listenbrainz_row(), nameless]) + b"\n{broken\n")[1:]
    assert rows == [LeftOut.NAMELESS, LeftOut.UNREADABLE]
    assert [words.reason(row, 2) for row in rows] == ["2 without an artist or a title", "2 that could not be read"]


def test_names_are_made_fit_for_any_database(plays: Any) -> None:
    row = listenbrainz_row()
    row["track_metadata"] |= {"artist_name": "A\0B\ud800\n C", "track_name": "x" * 5000}
    [found] = plays(lines([row]))
    assert (found.heard.artist, len(found.heard.title)) == ("A B? C", 255)


def test_how_far_it_is_goes_to_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    list(read(saved(tmp_path, document([spotify_row(number % 60) for number in range(3000)])), told.append))
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SHAPES = [spotify_row(), listenbrainz_row(), lastfm_track(), {"endTime": "", "artistName": "", "msPlayed": 1}]


@st.composite
def damaged_rows(draw: Any) -> dict[str, Any]:
    row = json.loads(json.dumps(draw(st.sampled_from(SHAPES))))
    for name in draw(st.lists(st.sampled_from(sorted(row)), max_size=4)):
        row[name] = draw(json_values)
    return row


def reads_or_refuses(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        refusal = "."
        try:
            for item in read(saved(Path(folder), content)):
                assert isinstance(item, Row | LeftOut)
                if isinstance(item, Row):
                    assert item.heard.artist and item.heard.title and item.started_at.tzinfo is UTC
        except Refused as error:
            refusal = str(error)
    assert refusal.endswith(".")


quietly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quietly
@given(st.lists(damaged_rows(), min_size=1, max_size=5), st.booleans())
def test_damaged_rows_are_read_or_left_out(rows: list[dict[str, Any]], as_lines: bool) -> None:
    reads_or_refuses(lines(rows) if as_lines else document(rows))


@quietly
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"[", b"{", b"PK\x03\x04", b"artist,album,title,date\n", b"a;b\n"])
)
def test_any_bytes_are_read_or_refused(content: bytes, beginning: bytes) -> None:
    reads_or_refuses(beginning + content)


GOOD_ZIP = zipped(
    listens__2024__5_dot_jsonl=lines([listenbrainz_row()] * 30), endsong_0_dot_json=document([spotify_row()])
)


@quietly
@given(st.lists(st.tuples(st.integers(0, len(GOOD_ZIP) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_zip_with_changed_bytes_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD_ZIP)
    for place, byte in changes:
        content[place] = byte
    reads_or_refuses(bytes(content))


@pytest.mark.parametrize("byte", range(1, 23))
def test_a_zip_whose_last_record_has_another_byte_is_read_or_refused(byte: int) -> None:
    """There it says where its list lies: a member may seem to begin before the file does."""
    for value in (0, 1, 255):
        content = bytearray(GOOD_ZIP)
        content[-byte] = value
        reads_or_refuses(bytes(content))


@quietly
@given(st.text(max_size=200))
def test_any_csv_is_read_or_refused(words: str) -> None:
    reads_or_refuses(b"artist,album,title,date\n" + words.encode("utf-8", "replace"))


def test_a_zip_is_read_where_it_lies(tmp_path: Path) -> None:
    """Names inside lead nowhere: nothing is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../outside/endsong_0.json", document([spotify_row()]))
    folder = tmp_path / "inside"
    folder.mkdir()
    assert len(list(read(saved(folder, buffer.getvalue())))) == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["export", "inside"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (0, None),
        ("01 Jan 1970, 00:00", None),
        ("2099-01-01T00:00:00Z", None),
        (4_070_908_800, None),
        ("2024-05-06T08:00:00", "2024-05-06T08:00:00+00:00"),
        ("2024-05-06 08:00", "2024-05-06T08:00:00+00:00"),
        ("2024-05-06T10:00:00+02:00", "2024-05-06T08:00:00+00:00"),
        (1_714_982_400_000, "2024-05-06T08:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", None),
        ("nan", None),
        ("infinity", None),
        (True, None),
    ],
)
def test_a_date_that_cannot_be_right_is_none_and_one_without_a_zone_is_utc(said: Any, meant: str | None) -> None:
    found = moment(said)
    assert (found.isoformat() if found else None) == meant


def test_names_in_a_zip_lead_nowhere(plays: Any, tmp_path: Path) -> None:
    [row] = plays(zipped(**{"___dot___dot____etc__endsong_0_dot_json": document([spotify_row()])}))
    assert isinstance(row, Row)
    assert [path.name for path in tmp_path.rglob("*")] == ["export"]
