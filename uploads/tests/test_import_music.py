import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from mutagen.id3 import APIC, ID3, TALB, TIT2, TPE1

from conftest import MP3, OGG, WAV, media_files
from music.models import Album, Artist, Lyrics, Track
from uploads.disk.paths import decoded, encoded
from uploads.models import LibraryFile

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder as people keep them: music, a cover, lyrics and other things."""
    album = tmp_path / "disk" / "Late Shift" / "Corner"
    album.mkdir(parents=True)
    shutil.copy(MP3, album / "01 One.mp3")
    shutil.copy(OGG, album / "02 Two.ogg")
    (album / "notes.txt").write_text("not music")
    shutil.copy(WAV, tmp_path / "disk" / "Nocturne.wav")
    return tmp_path / "disk"


def bring(*paths: Path, user: str = "alice", **options: Any) -> None:
    call_command("import_music", *map(str, paths), user=user, jobs=1, **options)


def outcome(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.split(" (")[0]


def test_a_folder_and_all_below_it_comes_in_published(
    alice: Any, disk: Path, as_bob: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    bring(disk)
    assert outcome(capsys) == "Added 3, already here 0, refused 0"
    assert {track.state for track in Track.objects.all()} == {"published"}
    assert {track.uploader for track in Track.objects.all()} == {alice}
    for track in Track.objects.all():
        assert len(b"".join(as_bob.get(track.stream_url).streaming_content)) == track.size_bytes


def test_a_private_folder_is_heard_by_its_owner_alone(alice: Any, disk: Path, as_bob: Client) -> None:
    bring(disk, visibility="private")
    assert as_bob.get(Track.objects.first().stream_url).status_code == 404


def test_the_same_folder_again_adds_nothing_and_opens_nothing(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(disk)
    capsys.readouterr()
    monkeypatch.setattr("audio.sandbox.BulkInspector.inspect", lambda self, files: 1 / 0)
    bring(disk)
    assert outcome(capsys) == "Added 0, already here 3, refused 0"
    assert Track.objects.count() == 3


def test_the_same_bytes_elsewhere_and_the_same_names_are_the_same_track(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(WAV, disk / "again.wav")
    shutil.copy(MP3, disk / "picture.mp3")
    tags = ID3(disk / "picture.mp3")
    tags.delall("APIC")
    tags.save()
    bring(disk)
    assert outcome(capsys) == "Added 3, already here 2, refused 0"
    assert LibraryFile.objects.count() == 5


def test_the_same_sound_on_another_album_is_a_track_of_its_own(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(MP3, disk / "best-of.mp3")
    tags = ID3(disk / "best-of.mp3")
    tags.add(TALB(3, ["The Best Of"]))
    tags.save()
    bring(disk)
    bring(disk)
    assert outcome(capsys) == "Added 4, already here 0, refused 0"
    assert Track.objects.filter(format="mp3").count() == 2
    assert Track.objects.filter(format="mp3", is_copy=True).count() == 1


def test_a_file_that_was_retagged_meanwhile_is_not_added_again(alice: Any, disk: Path) -> None:
    bring(disk)
    tags = ID3(disk / "Late Shift" / "Corner" / "01 One.mp3")
    tags.add(TIT2(3, ["Another name"]))
    tags.save()
    bring(disk)
    assert Track.objects.count() == 3


def test_in_place_leaves_the_files_where_they_are_and_plays_them_there(
    alice: Any, disk: Path, as_alice: Client
) -> None:
    bring(disk, in_place=True)
    track = Track.objects.get(format="wav")
    assert Path(track.file.path).is_symlink()
    part = as_alice.get(track.stream_url, headers={"Range": "bytes=10-19"})
    assert b"".join(part.streaming_content) == WAV.read_bytes()[10:20]
    assert (disk / "Nocturne.wav").read_bytes() == WAV.read_bytes()
    track.delete()
    assert (disk / "Nocturne.wav").exists()


def test_a_dry_run_looks_at_everything_and_changes_nothing(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (disk / "broken.mp3").write_bytes(b"no music at all")
    with pytest.raises(CommandError):
        bring(disk, dry_run=True)
    assert outcome(capsys) == "Would add 3, already here 0, refused 1"
    assert not Track.objects.exists() and not LibraryFile.objects.exists()
    assert media_files() == []


def test_a_refused_file_has_a_line_with_its_reason_and_stops_nobody(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (disk / "broken.wav").write_bytes(b"RIFF....")
    (disk / "lossless.flac").write_bytes(b"fLaC")
    with pytest.raises(CommandError, match="2 refused"):
        bring(disk)
    lines = [line for line in capsys.readouterr().err.splitlines() if "disk" in line]
    assert len(lines) == 2
    assert any("broken.wav: This is not a WAV file" in line for line in lines)
    assert any("lossless.flac: Only MP3, OGG and WAV" in line for line in lines)
    assert Track.objects.count() == 3


def test_a_cover_and_lyrics_beside_the_files_are_taken(alice: Any, disk: Path) -> None:
    album = disk / "Late Shift" / "Corner"
    tags = ID3(album / "01 One.mp3")
    tags.delall("APIC")
    tags.save(album / "01 One.mp3")
    (album / "Folder.PNG").write_bytes(PNG)
    (album / "01 One.lrc").write_text("[00:01.00]First line\n[00:02.50]Second line\n")
    bring(disk)
    track = Track.objects.get(format="mp3")
    assert track.cover
    lyrics = Lyrics.objects.get(track=track)
    assert lyrics.is_synced
    assert "Second line" in lyrics.text


def test_a_picture_inside_the_file_comes_before_the_one_beside_it(alice: Any, disk: Path) -> None:
    album = disk / "Late Shift" / "Corner"
    shutil.copy(album / "01 One.mp3", disk / "other.mp3")
    tags = ID3(disk / "other.mp3")
    tags.delall("APIC")
    tags.add(APIC(3, "image/png", 3, "", PNG))
    tags.save(disk / "other.mp3")
    (album / "01 One.mp3").unlink()
    shutil.copy(Path(__file__).parents[2] / "docs/screenshots/home.png", disk / "cover.png")
    bring(disk)
    cover = Track.objects.get(format="mp3").cover
    assert cover and cover != Track.objects.get(format="wav").cover


def test_a_link_that_leads_round_in_a_circle_ends(alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (disk / "Late Shift" / "again").symlink_to(disk)
    (disk / "itself.mp3").symlink_to(disk / "itself.mp3")
    with pytest.raises(CommandError, match="1 refused"):
        bring(disk)
    assert outcome(capsys) == "Added 3, already here 0, refused 1"


def test_names_that_are_not_utf_8_are_brought_in_and_found_again(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = os.fsencode(disk) + b"/caf\xe9 \xff.mp3"
    shutil.copy(MP3, odd)
    (disk / "Late Shift" / "Corner" / "01 One.mp3").unlink()
    bring(disk, in_place=True)
    bring(disk, in_place=True)
    assert outcome(capsys).startswith("Added 3")
    track = Track.objects.get(format="mp3")
    assert track.original_filename == "caf\ufffd \ufffd.mp3"
    assert os.fsencode(decoded(track.library_files.get().path)) == odd
    assert Path(track.file.path).read_bytes() == MP3.read_bytes()


def test_every_path_survives_being_written_down() -> None:
    for raw in (b"/a b/%41.mp3", "/ü/é.mp3".encode(), b"/\xff\xfe/x", b"/new\nline"):
        path = os.fsdecode(raw)
        assert decoded(encoded(path)) == path
        assert encoded(path).isascii()


def test_a_pipe_or_a_folder_called_like_music_is_no_music(
    alice: Any, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(disk / "pipe.mp3")
    (disk / "folder.mp3").mkdir()
    with pytest.raises(CommandError, match="1 refused"):
        bring(disk)
    assert "pipe.mp3: It is not a file." in capsys.readouterr().err


def test_an_unknown_user_or_a_missing_folder_is_said_at_once(alice: Any, disk: Path) -> None:
    with pytest.raises(CommandError, match="Nobody here is called nobody") as refusal:
        bring(disk, user="nobody")
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="is not there") as refusal:
        bring(disk / "nowhere")
    assert refusal.value.returncode == 2


def test_many_files_take_as_many_queries_as_few(alice: Any, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        copy = tmp_path / "many" / f"{number}.mp3"
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(MP3, copy)
        tags = ID3(copy)
        tags.delall("APIC")
        tags.add(TIT2(3, [f"Title {number}"]))
        tags.add(TPE1(3, [f"Artist {number}"]))
        tags.add(TALB(3, [f"Album {number}"]))
        tags.delall("TPE2")
        tags.save(copy)
        with copy.open("ab") as file:  # another sound: one more frame of silence would do, any other packet does
            file.write(MP3.read_bytes()[-2000 - number * 40 :])
    with django_assert_max_num_queries(60):
        bring(tmp_path / "many")
    assert Track.objects.count() == Artist.objects.count() == Album.objects.count() == 40


def test_a_picture_first_seen_in_a_duplicate_is_there_for_its_album(alice: Any, disk: Path) -> None:
    first = disk / "Late Shift" / "Corner" / "01 One.mp3"
    bring(first)
    folder = disk / "later"
    folder.mkdir()
    shutil.copy(first, folder / "a.mp3")
    shutil.copy(first, folder / "b.mp3")
    tags = ID3(folder / "b.mp3")
    tags.add(TIT2(3, ["Another track of the album"]))
    tags.save()
    bring(folder)
    assert Track.objects.get(title="Another track of the album").cover == Track.objects.get(is_copy=False).cover != ""
