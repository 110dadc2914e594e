import struct
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from shutil import copyfile

import pytest
from mutagen.flac import Picture
from mutagen.id3 import (
    APIC,
    ID3,
    RVA2,
    SYLT,
    TALB,
    TCMP,
    TCON,
    TDOR,
    TDRC,
    TIT2,
    TPE1,
    TPE2,
    TPOS,
    TRCK,
    TSO2,
    TSOA,
    TSOP,
    TSOT,
    TSRC,
    TSST,
    TXXX,
    UFID,
    USLT,
    Frame,
)
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis

from audio.inspect import Tags, inspect
from audio.tests.files import chunk, demo_file, mp3, tone, wav, with_chunks

MBID = "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"
OTHER_MBID = "2f0be2ea-b7a5-4b8b-9d47-6c3b8a1b2c3d"
FULL = Tags(
    title="Title",
    artist="One, Two",
    artists=("One", "Two"),
    album_artist="Band",
    album_artists=("Band",),
    album="Album",
    genres=("Rock", "Hip-Hop"),
    year=1999,
    original_year=1971,
    track_number=3,
    disc_number=1,
    disc_subtitle="Side B",
    artist_sort="One, Mr",
    album_artist_sort="Band, The",
    album_sort="Album, An",
    title_sort="Title, The",
    is_compilation=True,
    release_type="live",
    recording_mbid=MBID,
    release_mbid=MBID,
    release_group_mbid=OTHER_MBID,
    artist_mbids=(MBID, OTHER_MBID),
    album_artist_mbids=(MBID,),
    isrc="USRC17607839",
    track_gain_db=-7.5,
    track_peak=0.98,
    album_gain_db=-6.0,
    album_peak=1.01,
    lyrics="First line\nSecond line",
)


def full_id3() -> ID3:
    tags = ID3()
    tags.add(TIT2(3, ["Title"]))
    tags.add(TPE1(3, ["One", "Two"]))
    tags.add(TPE2(3, ["Band"]))
    tags.add(TALB(3, ["Album"]))
    tags.add(TCON(3, ["17", "hip hop"]))
    tags.add(TDRC(3, ["1999-01-02"]))
    tags.add(TRCK(3, ["3/12"]))
    tags.add(TPOS(3, ["1/2"]))
    tags.add(UFID(owner="http://musicbrainz.org", data=MBID.encode()))
    for name in ("Album", "Album Artist"):
        tags.add(TXXX(3, f"MusicBrainz {name} Id", [MBID]))
    tags.add(TXXX(3, "MusicBrainz Artist Id", [f"{MBID}/{OTHER_MBID}"]))
    tags.add(TXXX(3, "MusicBrainz Release Group Id", [OTHER_MBID]))
    tags.add(TXXX(3, "MusicBrainz Album Type", ["album; live"]))
    tags.add(TDOR(3, ["1971-12-01"]))
    tags.add(TSST(3, ["Side B"]))
    tags.add(TSOP(3, ["One, Mr"]))
    tags.add(TSO2(3, ["Band, The"]))
    tags.add(TSOA(3, ["Album, An"]))
    tags.add(TSOT(3, ["Title, The"]))
    tags.add(TCMP(3, ["1"]))
    tags.add(TSRC(3, ["US-RC1-76-07839"]))
    tags.add(USLT(3, "eng", "", "First line\r\nSecond line\n"))
    tags.add(TXXX(3, "REPLAYGAIN_TRACK_GAIN", ["-7.50 dB"]))
    tags.add(TXXX(3, "replaygain_track_peak", ["0.98"]))
    tags.add(TXXX(3, "REPLAYGAIN_ALBUM_GAIN", ["-6 dB"]))
    tags.add(TXXX(3, "REPLAYGAIN_ALBUM_PEAK", ["1.01"]))
    return tags


@pytest.mark.parametrize("version", [3, 4])
def test_id3v2_is_read_whole(tmp_path: Path, version: int) -> None:
    tags = full_id3()
    if version == 3:
        tags.update_to_v23()
        for frame_id in ("TPE1", "TSST", "TSOP", "TSOA", "TSOT"):  # mutagen alone believes that 2.3 has not these
            tags.setall(frame_id, full_id3().getall(frame_id))
    path = mp3(tmp_path / "upload")
    tags.save(path, v2_version=version, v23_sep=None)
    assert inspect(path, "a.mp3").tags == FULL


def read(tmp_path: Path, *frames: Frame) -> Tags:
    path, tags = mp3(tmp_path / "upload"), ID3()
    for frame in frames:
        tags.add(frame)
    tags.save(path)
    return inspect(path, "a.mp3").tags


def test_the_credit_stays_as_it_is_written_and_the_artists_stand_beside_it(tmp_path: Path) -> None:
    tags = read(tmp_path, TPE1(3, ["One feat. Two"]), TXXX(3, "ARTISTS", ["One", "Two"]))
    assert (tags.artist, tags.artists) == ("One feat. Two", ("One", "Two"))


def test_the_artists_of_a_tag_with_room_for_one_value_are_taken_apart(tmp_path: Path) -> None:
    tags = read(tmp_path, TPE1(3, ["One & Two"]), TXXX(3, "Artists", ["One; Two"]), TXXX(3, "ALBUMARTISTS", ["AC/DC"]))
    assert tags.artists == ("One", "Two")
    assert tags.album_artists == ("AC/DC",)


@pytest.mark.parametrize(
    ("raw", "release_type"),
    [
        ("Album", "album"),
        ("EP", "ep"),
        ("album; live", "live"),
        ("album/compilation", "compilation"),
        ("single; demo", "single"),
        ("Mixtape/Street", "mixtape"),
        ("spokenword", ""),
        ("<script>", ""),
    ],
)
def test_the_kind_of_release_is_the_one_that_says_most(tmp_path: Path, raw: str, release_type: str) -> None:
    assert read(tmp_path, TXXX(3, "MusicBrainz Album Type", [raw])).release_type == release_type


@pytest.mark.parametrize("raw", ["", "USRC1760783", "USRC176078399", "12RC17607839", "'; DROP TABLE"])
def test_what_is_no_isrc_is_left_out(tmp_path: Path, raw: str) -> None:
    assert read(tmp_path, TSRC(3, [raw])).isrc == ""


def test_timed_words_become_lrc_and_win_over_plain_ones(tmp_path: Path) -> None:
    words = [("Second", 2_500), ("Third", 61_001)]
    tags = read(tmp_path, USLT(3, "eng", "", "Second\nThird"), SYLT(3, "eng", 2, 1, "", words))
    assert tags.lyrics == "[00:02.500]Second\n[01:01.001]Third"
    assert tags.is_synced


def test_words_in_utf8_that_claim_to_be_latin_are_repaired(tmp_path: Path) -> None:
    assert read(tmp_path, USLT(0, "deu", "", "Über".encode().decode("latin-1"))).lyrics == "Über"


def test_words_timed_in_frames_and_chords_are_no_lyrics(tmp_path: Path) -> None:
    tags = read(tmp_path, SYLT(3, "eng", 1, 1, "", [("By frame", 9)]), SYLT(3, "eng", 2, 5, "", [("Am", 9)]))
    assert tags.lyrics == ""


def test_a_flood_of_words_is_cut(tmp_path: Path) -> None:
    tags = read(tmp_path, USLT(3, "eng", "", "la la la\n" * 1_000_000))
    assert 60_000 < len(tags.lyrics.encode()) <= 65_536


def test_a_year_of_the_first_release_is_not_this_releases(tmp_path: Path) -> None:
    tags = read(tmp_path, TDOR(3, ["1971"]))
    assert (tags.year, tags.original_year) == (None, 1971)


def test_id3v22_is_read(tmp_path: Path) -> None:
    frame = b"TT2" + b"\0\0\x06" + b"\0Title" + b"TCO" + b"\0\0\x05" + b"\0(17)"
    path = mp3(tmp_path / "upload")
    path.write_bytes(b"ID3\x02\0\0\0\0\0" + bytes([len(frame)]) + frame + path.read_bytes())
    tags = inspect(path, "a.mp3").tags
    assert (tags.title, tags.genres) == ("Title", ("Rock",))


def test_id3v1_is_read(tmp_path: Path) -> None:
    path = mp3(tmp_path / "upload")
    ID3(path).delete()
    tag = b"TAG" + struct.pack("30s30s30s4s28sBBB", b"Title", b"Artist", b"Album", b"1999", b"", 0, 5, 17)
    path.write_bytes(path.read_bytes() + tag)
    tags = inspect(path, "a.mp3").tags
    assert (tags.title, tags.artist, tags.album, tags.year) == ("Title", "Artist", "Album", 1999)
    assert (tags.track_number, tags.genres) == (5, ("Rock",))


def test_vorbis_comments_are_read_whole(tmp_path: Path) -> None:
    path = copyfile(demo_file("ogg"), tmp_path / "upload")
    file = OggVorbis(path)
    file.delete()
    file.update(
        {
            "TITLE": ["Title"],
            "ARTIST": ["One", "Two"],
            "ALBUMARTIST": ["Band"],
            "ALBUM": ["Album"],
            "GENRE": ["(17)", "hiphop"],
            "DATE": ["1999"],
            "TRACKNUMBER": ["3/12"],
            "DISCNUMBER": ["01"],
            "MUSICBRAINZ_TRACKID": [MBID],
            "MUSICBRAINZ_ALBUMID": [MBID],
            "MUSICBRAINZ_ARTISTID": [MBID, OTHER_MBID],
            "MUSICBRAINZ_RELEASEGROUPID": [OTHER_MBID],
            "RELEASETYPE": ["album", "live"],
            "ORIGINALDATE": ["1971-12-01"],
            "DISCSUBTITLE": ["Side B"],
            "ARTISTSORT": ["One, Mr"],
            "ALBUMARTISTSORT": ["Band, The"],
            "ALBUMSORT": ["Album, An"],
            "TITLESORT": ["Title, The"],
            "COMPILATION": ["1"],
            "ISRC": ["usrc17607839"],
            "LYRICS": ["First line\nSecond line"],
            "MUSICBRAINZ_ALBUMARTISTID": [MBID],
            "REPLAYGAIN_TRACK_GAIN": ["-7.5 dB"],
            "REPLAYGAIN_TRACK_PEAK": ["0.98"],
            "REPLAYGAIN_ALBUM_GAIN": ["-6.00 dB"],
            "REPLAYGAIN_ALBUM_PEAK": ["1.01"],
        }
    )
    file.save()
    assert inspect(path, "a.ogg").tags == FULL


def test_opus_gain_becomes_replaygain(tmp_path: Path) -> None:
    path = tone(tmp_path / "upload", "libopus", 0.5, "ogg")
    file = OggOpus(path)
    file["R128_TRACK_GAIN"] = "-512"
    file.save()
    assert inspect(path, "a.ogg").tags.track_gain_db == 3.0


def test_volume_frames_become_replaygain(tmp_path: Path) -> None:
    tags = ID3()
    tags.add(RVA2(desc="track", channel=1, gain=-3.5, peak=0.5))
    path = mp3(tmp_path / "upload")
    tags.save(path)
    assert inspect(path, "a.mp3").tags.track_gain_db == -3.5


def test_a_wave_keeps_a_whole_id3_tag_in_a_chunk(tmp_path: Path) -> None:
    tag = BytesIO()
    full_id3().save(tag)
    assert inspect(with_chunks(wav(tmp_path / "upload"), chunk(b"id3 ", tag.getvalue())), "a.wav").tags == FULL


def test_riff_info_is_read(tmp_path: Path) -> None:
    fields = {b"INAM": b"T\xc3\xaftle\0", b"IART": b"Caf\xe9", b"IPRD": b"Album", b"IGNR": b"Rock", b"ICRD": b"1999"}
    info = chunk(
        b"LIST", b"INFO" + b"".join(chunk(name, value) for name, value in fields.items()) + chunk(b"ITRK", b"3")
    )
    tags = inspect(with_chunks(wav(tmp_path / "upload"), info), "a.wav").tags
    assert tags == Tags("Tïtle", "Café", ("Café",), album="Album", genres=("Rock",), year=1999, track_number=3)


@pytest.mark.parametrize(
    "chunks",
    [
        b"LIST\xff\xff\xff\xffINFOINAM\xff\xff\xff\xffx",
        b"LIST\x04\0\0\0INFO" * 5000,
        b"id3 \xf0\xff\xff\xffID3",
        b"LIST",
        chunk(b"LIST", b"INFO" + b"\0" * 50_000),
    ],
)
def test_a_lying_chunk_harms_nobody(tmp_path: Path, chunks: bytes) -> None:
    assert inspect(with_chunks(wav(tmp_path / "upload"), chunks), "a.wav").duration_ms == pytest.approx(1000, abs=20)


def test_nonsense_becomes_nothing(tmp_path: Path) -> None:
    tags = ID3()
    tags.add(TIT2(3, ["\u200b \0"]))
    tags.add(TRCK(3, ["99999"]))
    tags.add(TDRC(3, ["0000"]))
    tags.add(TXXX(3, "MusicBrainz Album Id", ["<script>"]))
    tags.add(TXXX(3, "replaygain_track_gain", ["1e400 dB"]))
    tags.add(TXXX(3, "replaygain_album_gain", ["9000 dB"]))
    path = mp3(tmp_path / "upload")
    tags.save(path)
    assert inspect(path, "name.mp3").tags == Tags(title="name")


def test_the_front_cover_is_found_and_a_link_is_not_followed(tmp_path: Path) -> None:
    tags = ID3()
    tags.add(APIC(3, "-->", 3, "link", b"http://127.0.0.1/"))
    tags.add(APIC(3, "image/png", 4, "back", b"back"))
    tags.add(APIC(3, "image/png", 3, "front", b"front"))
    path = mp3(tmp_path / "upload")
    tags.save(path)
    assert inspect(path, "a.mp3").cover == b"front"


def test_a_huge_cover_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audio.inspect.MAX_COVER_BYTES", 100)
    assert inspect(demo_file("mp3"), "a.mp3").cover is None


def retag_mp3(path: Path) -> None:
    tags = ID3(path)
    tags.setall("TIT2", [TIT2(3, ["Another"])])
    tags.setall("APIC", [APIC(3, "image/png", 3, "", b"x" * 50_000)])
    tags.save(path, v1=2)


def retag_ogg(path: Path) -> None:
    file, picture = OggVorbis(path), Picture()
    picture.data = b"x" * 50_000
    file["title"], file["metadata_block_picture"] = "Another", b64encode(picture.write()).decode()
    file.save()


def retag_wav(path: Path) -> None:
    with_chunks(path, chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Another")))


@pytest.mark.parametrize(("format", "retag"), [("mp3", retag_mp3), ("ogg", retag_ogg), ("wav", retag_wav)])
def test_a_retagged_copy_is_the_same_audio(tmp_path: Path, format: str, retag) -> None:
    before = inspect(demo_file(format), f"a.{format}")
    copy = copyfile(demo_file(format), tmp_path / "upload")
    retag(copy)
    after = inspect(copy, f"a.{format}")
    assert after.tags.title == "Another"
    assert after.sha256 != before.sha256
    assert (after.audio_sha256, after.duration_ms) == (before.audio_sha256, before.duration_ms)
