"""A picture or lyrics beside the music, in whatever order they are checked."""

import zlib
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from conftest import MP3, check_uploads, media_files, send
from music.files import cover_path
from music.models import Lyrics, Track
from music.tests.catalogue import add_track
from uploads import quotas, sidecars
from uploads.checking import check_now
from uploads.models import Sidecar, Upload, UploadQuota
from uploads.sweep import sweep
from uploads.tests.arriving import arrived, tone
from uploads.tests.test_tus import create, metadata

LRC = b"[00:01.00]First line\n[00:02.50]Second line\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(colour: tuple[int, int, int], side: int = 30, claims: int = 0) -> bytes:
    """A square of one colour; one that `claims` to be larger than it is would be unpacked to that size."""
    size = (claims or side).to_bytes(4, "big")
    pixels = zlib.compress((b"\0" + bytes(colour) * side) * side)
    header = chunk(b"IHDR", 2 * size + bytes([8, 2, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


RED, BLUE = png((255, 0, 0)), png((0, 0, 255))


def beside(user: Any, name: str, data: bytes, folder: str = "A") -> Upload:
    return arrived(user, data, name, kind=sidecars.kind_of(name), folder=folder)


def checked(*uploads: Upload) -> list[Upload]:
    for upload in uploads:
        check_now(str(upload.pk))
        upload.refresh_from_db()
    return list(uploads)


def track_of(upload: Upload) -> Track:
    upload.refresh_from_db()
    assert upload.track
    return upload.track


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_track_gets_what_lay_beside_it_whichever_is_checked_first(alice: Any, order: tuple[int, ...]) -> None:
    song = beside(alice, "1 Song.wav", tone())
    uploads = [song, beside(alice, "Folder.PNG", RED), beside(alice, "1 song.LRC", LRC)]
    checked(*(uploads[place] for place in order))
    track = track_of(song)
    assert (track.state, song.state) == ("review", "review")
    assert cover_path(track.cover, 96).exists()
    assert track.lyrics.is_synced
    assert "Second line" in track.lyrics.text
    assert {upload.state for upload in Upload.objects.exclude(pk=song.pk)} == {"kept"}
    assert not any(upload.path.exists() for upload in uploads)


def test_each_folder_has_its_own_picture(alice: Any) -> None:
    songs = [
        beside(alice, "Song.wav", tone(level=level), folder) for level, folder in ((16, "A"), (17, "B"), (18, "C"))
    ]
    checked(songs[0], beside(alice, "cover.png", RED, "A"), beside(alice, "cover.png", BLUE, "B"), *songs[1:])
    red, blue, none = (track_of(song).cover for song in songs)
    assert red and blue and red != blue
    assert none == ""


def test_the_picture_inside_a_file_comes_before_the_one_beside_it(alice: Any) -> None:
    song = beside(alice, "Song.mp3", MP3.read_bytes())
    checked(beside(alice, "cover.png", RED), song)
    assert track_of(song).cover not in ("", Sidecar.objects.get().cover)


def test_a_cover_is_preferred_to_a_front(alice: Any) -> None:
    song = beside(alice, "Song.wav", tone())
    cover, _front = checked(beside(alice, "cover.png", RED), beside(alice, "front.png", BLUE))
    checked(song)
    assert track_of(song).cover == cover.sidecar.cover


def test_what_was_chosen_in_the_review_meanwhile_stays(alice: Any) -> None:
    [song] = checked(beside(alice, "Song.wav", tone()))
    Track.objects.filter(pk=song.track_id).update(cover="chosen")
    Lyrics.objects.create(track_id=song.track_id, text="Typed")
    _cover, lyrics = checked(beside(alice, "cover.png", RED), beside(alice, "Song.lrc", LRC))
    assert track_of(song).cover == "chosen"
    assert track_of(song).lyrics.text == "Typed"
    assert (lyrics.state, lyrics.reason) == ("refused", sidecars.HAS_WORDS)


def test_a_published_track_of_ones_own_is_filled_and_nobody_elses_is(alice: Any, bob: Any) -> None:
    [mine, theirs] = [add_track(user, user.username) for user in (alice, bob)]
    for track in (mine, theirs):  # the second as after staff put a file of theirs in its place
        Upload.objects.create(user=alice, filename="a.wav", folder="A", size_bytes=1, state="published", track=track)
    checked(beside(alice, "cover.png", RED), beside(alice, "a.lrc", LRC))
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.cover
    assert "Second line" in mine.lyrics.text
    assert theirs.cover == ""
    assert not Lyrics.objects.filter(track=theirs).exists()


def test_somebody_else_who_names_the_same_folder_gets_and_gives_nothing(alice: Any, bob: Any) -> None:
    ours, theirs = beside(alice, "Song.wav", tone()), beside(bob, "Song.wav", tone())
    checked(ours, beside(bob, "cover.png", RED), beside(bob, "Song.lrc", LRC), theirs)
    assert track_of(ours).cover == ""
    assert not Lyrics.objects.filter(track=track_of(ours)).exists()
    assert track_of(theirs).cover


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cover.png", png((255, 0, 0), claims=30_000)),
        ("folder.jpg", b"no picture"),
        ("Song.lrc", b"\xef\xbb\xbf \r\n\r\n"),
    ],
)
def test_what_cannot_be_used_is_listed_with_its_reason(as_alice: Client, alice: Any, name: str, data: bytes) -> None:
    song, refused = checked(beside(alice, "Song.wav", tone()), beside(alice, name, data))
    assert refused.state == "refused"
    assert refused.reason.endswith(".")
    page = as_alice.get("/upload/").content.decode()
    assert name in page
    assert refused.reason.split(",")[0] in page
    assert track_of(song).cover == ""
    assert not Sidecar.objects.exists()


def test_what_is_kept_is_no_longer_listed(as_alice: Client, alice: Any) -> None:
    checked(beside(alice, "cover.png", RED), beside(alice, "Song.wav", tone()))
    page = as_alice.get("/upload/").content.decode()
    assert "cover.png" not in page
    assert "1 waits for your review" in page


def by_tus(client: Client, name: str, size: int, **more: str) -> Any:
    return create(client, Upload_Length=str(size), Upload_Metadata=metadata(filename=name, **more))


@pytest.mark.parametrize(
    ("name", "most", "words"), [("cover.jpg", 20 << 20, "20 MB"), ("a.lrc", 256 << 10, "256.0\xa0KB")]
)
def test_a_sidecar_that_is_too_large_is_not_begun(as_alice: Client, name: str, most: int, words: str) -> None:
    refused = by_tus(as_alice, name, most + 1, folder="A")
    assert refused.status_code == 413
    assert words in refused.json()["error"]
    assert by_tus(as_alice, name, most, folder="A").status_code == 201


def test_files_of_one_folder_are_known_by_a_key_of_its_name(as_alice: Client) -> None:
    for name in ("a.mp3", "cover.jpg", "a.lrc"):
        by_tus(as_alice, name, 9, folder="/Album/" + 300 * "ü")
    by_tus(as_alice, "cover.jpg", 9)
    kinds = Upload.objects.order_by("created_at").values_list("kind", flat=True)
    assert list(kinds) == ["music", "cover", "lyrics", "music"]
    assert len(set(Upload.objects.exclude(folder="").values_list("folder", flat=True))) == 1


def test_sidecars_count_as_bytes_and_not_as_tracks(as_alice: Client, alice: Any) -> None:
    UploadQuota.objects.create(user=alice, max_tracks=1, max_bytes=5000)
    assert by_tus(as_alice, "a.mp3", 1000, folder="A").status_code == 201
    assert by_tus(as_alice, "cover.jpg", 4000, folder="A").status_code == 201
    assert by_tus(as_alice, "a.lrc", 1, folder="A").status_code == 507
    assert by_tus(as_alice, "b.mp3", 1, folder="A").status_code == 507


def test_what_is_kept_counts_as_what_it_takes(alice: Any) -> None:
    checked(beside(alice, "Song.lrc", LRC + b"\r\n\r\n"))
    assert quotas.usage(alice).bytes == len(LRC.strip())
    checked(beside(alice, "cover.png", RED))
    stored = sum({path.stat().st_size for path in media_files() if "covers" in path.parts})
    assert quotas.usage(alice).bytes >= len(LRC.strip()) + stored


def test_the_plain_form_takes_them_too(as_alice: Client) -> None:
    song = SimpleUploadedFile("Song.wav", tone())
    assert send(as_alice, song, SimpleUploadedFile("Song.lrc", LRC), SimpleUploadedFile("cover.png", RED)).url
    check_uploads()
    track = Track.objects.get()
    assert track.cover
    assert "Second line" in track.lyrics.text


def test_the_plain_form_says_what_belongs_to_no_track(as_alice: Client) -> None:
    files = [("Song.wav", tone()), ("Other.lrc", LRC), ("front.png", BLUE), ("cover.png", RED)]
    answer = send(as_alice, *(SimpleUploadedFile(name, data) for name, data in files))
    assert answer.status_code == 422
    for name in ("Other.lrc", "front.png"):
        assert f"{name} was left out: no track needs it." in answer.content.decode()
    assert set(Upload.objects.values_list("filename", flat=True)) == {"Song.wav", "cover.png"}


def test_two_goes_of_the_plain_form_are_two_folders(as_alice: Client) -> None:
    send(as_alice, SimpleUploadedFile("One.wav", tone()), SimpleUploadedFile("cover.png", RED))
    send(as_alice, SimpleUploadedFile("Two.wav", tone(level=17)))
    check_uploads()
    assert [bool(track.cover) for track in Track.objects.order_by("pk")] == [True, False]


def test_after_a_week_what_is_kept_goes_with_a_picture_that_no_track_has(
    alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    song, _used = checked(beside(alice, "Song.wav", tone()), beside(alice, "cover.png", RED))
    [unused] = checked(beside(alice, "cover.png", BLUE, "B"))
    name = unused.sidecar.cover
    assert sweep()["covers and lyrics kept for a week"] == 0
    Upload.objects.filter(state="kept").update(state_since=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep()["covers and lyrics kept for a week"] == 2
    assert not Upload.objects.filter(state="kept").exists()
    assert not cover_path(name, 96).exists()
    assert cover_path(track_of(song).cover, 96).exists()


def test_a_check_that_was_killed_and_comes_again_keeps_one(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def killed(*_arguments: object) -> None:
        raise Killed

    upload = beside(alice, "cover.png", RED)
    with monkeypatch.context() as patched:
        patched.setattr("uploads.sidecars.edit_tracks", killed)
        song = checked(beside(alice, "Song.wav", tone()))[0]
        with pytest.raises(Killed):
            checked(upload)
    checked(upload, upload)
    assert Sidecar.objects.count() == 1
    assert track_of(song).cover == upload.sidecar.cover


def test_without_track_follows_the_rules_of_the_disk() -> None:
    assert sidecars.without_track(["a.MP3", "A.lrc", "b.lrc", "Front.jpg", "folder.JPEG"]) == {"b.lrc", "Front.jpg"}
    assert sidecars.without_track(["cover.jpg", "a.lrc"]) == {"cover.jpg", "a.lrc"}
    assert sidecars.without_track([str(Path("a.ogg")), "back.jpg"]) == set()
