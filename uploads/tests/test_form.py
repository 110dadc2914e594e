import csv
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audio.facts import Refused
from audio.inspect import inspect
from conftest import DEMO, MP3, OGG, WAV, bring_in, check_uploads, media_files, send
from music.models import Album, Artist, Track
from uploads.models import Upload
from uploads.tests.odd_files import AUDIO, judged_wrongly, needs_odd_files, odd_files, strange_names


def truth(file: Path) -> dict[str, str]:
    with (DEMO / "manifest.csv").open(newline="", encoding="utf-8") as manifest:
        return next(row for row in csv.DictReader(manifest) if row["file"] == file.name)


@pytest.mark.parametrize("file", [MP3, OGG, WAV])
def test_an_upload_becomes_a_track_with_what_its_tags_say(as_alice: Client, alice: Any, file: Path) -> None:
    [track] = bring_in(as_alice, file)

    track.refresh_from_db()
    row = truth(file)
    assert (track.title, track.artist.name, track.album.title) == (row["title"], row["artist"], row["album"])
    assert [genre.name for genre in track.genres.all()] == [row["genre"]]
    assert track.year == int(row["year"])
    assert track.format == row["format"]
    assert track.duration_ms == pytest.approx(float(row["duration_s"]) * 1000, abs=100)
    assert (track.size_bytes, track.sha256) == (int(row["bytes"]), row["sha256"])
    assert (track.uploader, track.visibility, track.state) == (alice, "public", "published")


def test_the_page_after_an_upload_lists_the_files_and_how_far_they_are(as_alice: Client) -> None:
    response = send(as_alice, MP3, OGG)
    assert (response.status_code, response.url) == (302, "/upload/")
    page = as_alice.get("/upload/").content.decode()
    assert MP3.name in page
    assert OGG.name in page
    assert "0 of 2 checked" in page
    check_uploads()
    page = as_alice.get("/upload/").content.decode()
    assert "2 wait for your review" in page
    assert "Corner Booth at Two" in page
    assert "Umbrella Weather" in page


def test_what_has_arrived_is_checked_in_the_background(
    as_alice: Client, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        send(as_alice, MP3)
        assert Upload.objects.get().state == "received"
    assert Upload.objects.get().state == "review"


def test_a_good_file_goes_on_when_its_neighbour_is_refused(as_alice: Client) -> None:
    fake = SimpleUploadedFile("holiday.mp3", b"MZ" + bytes(5000))
    [track] = bring_in(as_alice, MP3, fake)
    page = as_alice.get("/upload/").content.decode()
    assert track.title == "Corner Booth at Two"
    assert "holiday.mp3" in page
    assert str(refusal(fake)) in page


def refusal(file: SimpleUploadedFile) -> Refused:
    path = Path(mkdtemp()) / "file"
    file.seek(0)
    path.write_bytes(file.read())
    try:
        inspect(path, str(file.name))
    except Refused as refused:
        return refused
    raise AssertionError("it is taken")


def test_the_stored_file_has_a_name_of_ours_and_the_same_bytes(as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    stored = Path(track.file.path)
    assert stored.read_bytes() == MP3.read_bytes()
    assert "corner" not in str(stored)
    assert stored.suffix == ".mp3"


def test_the_same_file_again_is_reported_and_not_stored(as_alice: Client) -> None:
    bring_in(as_alice, MP3)
    before = media_files()
    assert send(as_alice, MP3).status_code == 302
    check_uploads()
    assert "This file is already in the library." in as_alice.get("/upload/").content.decode()
    assert Track.objects.count() == 1
    assert media_files() == before


def test_the_same_file_again_says_where_its_track_is_by_now(as_alice: Client) -> None:
    send(as_alice, MP3)
    check_uploads()
    send(as_alice, MP3)
    check_uploads()
    assert "it waits for your review" in as_alice.get("/upload/").content.decode()
    as_alice.post("/upload/review/", {"action": "publish_all"})
    page = as_alice.get("/upload/").content.decode()
    assert "This file is already in the library." in page
    assert "it waits for your review" not in page


def test_the_same_file_twice_in_one_form_is_one_track(as_alice: Client) -> None:
    bring_in(as_alice, MP3, MP3)
    assert Track.objects.count() == 1


def test_the_same_file_as_a_private_track_does_not_betray_it(as_alice: Client, as_bob: Client) -> None:
    bring_in(as_alice, MP3, visibility="private")
    bring_in(as_bob, MP3)
    assert Track.objects.count() == 2
    assert "already" not in as_bob.get("/upload/").content.decode()


def test_a_private_upload_is_for_its_uploader_alone(as_alice: Client, as_bob: Client) -> None:
    [track] = bring_in(as_alice, MP3, visibility="private")
    for path in (track.get_absolute_url(), track.artist.get_absolute_url(), track.album.get_absolute_url()):
        assert as_alice.get(path).status_code == 200
        assert as_bob.get(path).status_code == 404
    assert as_bob.get(f"/stream/{track.pk}/").status_code == 404
    assert track.title not in as_bob.get("/tracks/").content.decode()
    assert track.title not in as_bob.get("/").content.decode()


def test_files_that_name_no_genre_take_the_chosen_one(as_alice: Client) -> None:
    bare = AudioBytes.without_tags()
    bring_in(as_alice, bare, MP3, genre="folk")
    genres = {track.title: [genre.slug for genre in track.genres.all()] for track in Track.objects.all()}
    assert genres == {"bare": ["folk"], "Corner Booth at Two": ["jazz"]}


class AudioBytes:
    @staticmethod
    def without_tags(name: str = "bare.wav", seconds: int = 2) -> SimpleUploadedFile:
        import io
        import wave

        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(b"\x10\x00\xf0\xff" * 4000 * seconds)
        return SimpleUploadedFile(name, buffer.getvalue())


def test_a_file_without_a_title_is_called_by_its_name(as_alice: Client) -> None:
    [track] = bring_in(as_alice, AudioBytes.without_tags("My first song.wav"))
    assert track.title == "My first song"


def test_a_title_is_text_and_never_markup(as_alice: Client) -> None:
    send(as_alice, AudioBytes.without_tags("<img src=x onerror=alert(1)>.wav"))
    assert "<img src=x" not in as_alice.get("/upload/").content.decode()
    check_uploads()
    assert "<img src=x" not in as_alice.get("/upload/review/").content.decode()
    [track] = bring_in(as_alice, OGG)[:1]
    for path in ("/", "/tracks/", "/upload/", track.get_absolute_url()):
        assert "<img src=x" not in as_alice.get(path).content.decode()


def test_a_file_over_the_cap_is_refused_and_the_others_are_kept(as_alice: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 500_000
    response = send(as_alice, WAV, MP3)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors()[0].startswith(f"{WAV.name}: This file is larger than")
    assert "This file is larger than" in response.content.decode()
    assert Upload.objects.get().filename == MP3.name


def test_only_oversize_files_say_so_instead_of_asking_for_files(as_alice: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    page = send(as_alice, WAV).content.decode()
    assert "larger than" in page
    assert "Choose one or more" not in page
    assert media_files() == []


def test_more_files_than_are_taken_at_once_are_left_out_and_said(as_alice: Client, settings: Any) -> None:
    settings.UPLOAD_MAX_FILES = 1
    response = send(as_alice, MP3, OGG, WAV)
    assert response.status_code == 422
    assert f"2 files were left out, from {OGG.name} on: 1 files are taken at once." in response.content.decode()
    assert f"{OGG.name} was left out" in send(as_alice, WAV, OGG).content.decode()
    check_uploads()
    assert [upload.filename for upload in Upload.objects.filter(state="review").order_by("created_at")] == [
        MP3.name,
        WAV.name,
    ]


def test_sending_nothing_asks_for_files_and_keeps_the_choices(as_alice: Client) -> None:
    response = as_alice.post("/upload/", {"visibility": "private"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose one or more MP3, OGG or WAV files first." in page
    assert '<option value="private" selected>' in page


def test_a_stranger_is_asked_to_sign_in_before_anything_is_read(client: Client, db: None) -> None:
    response = send(client, MP3)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")
    assert Upload.objects.count() == 0


def test_a_copy_in_other_capitals_is_by_the_same_artist(as_alice: Client) -> None:
    bring_in(as_alice, MP3)
    Artist.objects.update(name="THE LATE SHIFT QUARTET")
    bring_in(as_alice, OGG)
    assert Artist.objects.count() == 1
    assert Album.objects.count() == 1


def test_an_empty_file_is_refused_at_once_and_its_neighbour_taken(as_alice: Client) -> None:
    response = send(as_alice, SimpleUploadedFile("nothing.mp3", b""), MP3)
    assert response.status_code == 422
    assert "nothing.mp3: The file is empty." in response.content.decode()
    assert Upload.objects.get().filename == MP3.name


@needs_odd_files
def test_every_odd_file_is_taken_or_refused_and_nothing_is_left_over(as_alice: Client) -> None:
    rows = odd_files()
    wrong = []
    for start in range(0, len(rows), 50):
        batch = rows[start : start + 50]
        response = send(as_alice, *[AUDIO / row["file"] for row in batch])
        assert response.status_code in (302, 422)
        check_uploads()
        wrong += judged_wrongly(batch)
    assert wrong == []
    stored = {Path(track.file.path) for track in Track.objects.all()}
    assert {path for path in media_files() if "covers" not in path.parts} == stored


@needs_odd_files
def test_no_file_name_is_too_strange(as_alice: Client) -> None:
    for name in strange_names():
        file = AudioBytes.without_tags()
        file._name = name
        assert send(as_alice, file).status_code in (302, 422), name
    check_uploads()
    assert not Upload.objects.exclude(state__in=["review", "refused", "duplicate"]).exists()
    assert as_alice.get("/upload/").status_code == 200
    assert as_alice.get("/upload/review/").status_code == 200
    assert all(len(Path(track.file.name).stem) == 32 for track in Track.objects.all())
