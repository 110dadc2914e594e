"""tus 1.0 as a client meets it: every header that may be wrong, wrong."""

import base64
import fcntl
import hashlib
import os
import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils.http import parse_http_date

from conftest import MP3, check_uploads, media_files
from music.models import Genre, Track
from music.tests.catalogue import add_track
from uploads import receiving
from uploads.models import Upload, UploadQuota
from uploads.tests.odd_files import AUDIO as ODD
from uploads.tests.odd_files import judged_wrongly, needs_odd_files, odd_files, strange_names

AUDIO = MP3.read_bytes()
RESUMABLE = {"Tus-Resumable": "1.0.0"}


def in_base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(**values: str | bytes) -> str:
    return ",".join(f"{key} {in_base64(value)}" for key, value in values.items())


def create(client: Client, **headers: str) -> HttpResponse:
    given = {"Upload-Length": str(len(AUDIO)), "Upload-Metadata": metadata(filename="a.mp3")}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/upload/tus/", headers={**RESUMABLE, **given, **named})


def begun(client: Client, **headers: str) -> str:
    return str(create(client, **headers)["Location"])


def patch(client: Client, place: str, offset: int | str, data: bytes, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {**RESUMABLE, "Upload-Offset": str(offset), **named}
    return client.patch(place, data, content_type="application/offset+octet-stream", headers=given)


def head(client: Client, place: str) -> HttpResponse:
    return client.head(place, headers=RESUMABLE)


def test_an_upload_in_three_chunks_arrives_as_it_was(as_alice: Client, alice: Any) -> None:
    genre = Genre.objects.create(name="Dub Techno", slug="dub-techno", is_suggested=True)
    answer = create(
        as_alice,
        Upload_Metadata=metadata(
            filename="Umlaut ü.mp3", visibility="private", genre=genre.slug, filetype="audio/mpeg"
        ),
    )
    assert answer.status_code == 201
    place = answer["Location"]
    for start in range(0, len(AUDIO), 300_000):
        assert head(as_alice, place)["Upload-Offset"] == str(start)
        chunk = AUDIO[start : start + 300_000]
        answer = patch(as_alice, place, start, chunk)
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(start + len(chunk)))
    upload = Upload.objects.get()
    assert upload.path.read_bytes() == AUDIO
    assert (upload.user, upload.filename, upload.visibility) == (alice, "Umlaut ü.mp3", Track.Visibility.PRIVATE)
    assert (upload.fallback_genre, upload.state) == (genre, Upload.State.RECEIVED)


def test_a_client_that_missed_the_last_answer_learns_that_all_has_arrived(as_alice: Client) -> None:
    place = begun(as_alice)
    patch(as_alice, place, 0, AUDIO)
    Upload.objects.get().path.unlink()
    answer = head(as_alice, place)
    assert (answer.status_code, answer["Upload-Offset"]) == (200, str(len(AUDIO)))
    assert patch(as_alice, place, len(AUDIO), b"more").status_code == 410


def test_the_server_says_what_it_speaks(client: Client) -> None:
    answer = client.options("/upload/tus/")
    assert answer.status_code == 204
    assert answer["Tus-Resumable"] == answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert answer["Tus-Max-Size"] == str(settings.UPLOAD_MAX_BYTES)
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_how_far_it_has_come_is_never_cached_and_says_when_it_ends(as_alice: Client) -> None:
    place = begun(as_alice)
    patch(as_alice, place, 0, AUDIO[:10])
    answer = head(as_alice, place)
    assert answer["Cache-Control"] == "no-store"
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("10", str(len(AUDIO)))
    week = timedelta(days=7).total_seconds()
    assert abs(parse_http_date(answer["Upload-Expires"]) - time.time() - week) < 60


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_chunk_that_adds_up_is_kept(as_alice: Client, algorithm: str) -> None:
    place = begun(as_alice)
    digest = hashlib.new(algorithm, AUDIO[:5000]).digest()
    answer = patch(as_alice, place, 0, AUDIO[:5000], Upload_Checksum=f"{algorithm} {in_base64(digest)}")
    assert answer.status_code == 204
    assert Upload.objects.get().path.read_bytes() == AUDIO[:5000]


def test_of_a_damaged_chunk_nothing_is_kept(as_alice: Client) -> None:
    place = begun(as_alice)
    patch(as_alice, place, 0, AUDIO[:1000])
    digest = in_base64(hashlib.sha1(AUDIO[1000:2000]).digest())
    answer = patch(as_alice, place, 1000, AUDIO[1000:1999] + b"?", Upload_Checksum=f"sha1 {digest}")
    assert (answer.status_code, answer.reason_phrase) == (460, "Checksum Mismatch")
    assert Upload.objects.get().path.read_bytes() == AUDIO[:1000]
    assert patch(as_alice, place, 1000, AUDIO[1000:2000], Upload_Checksum=f"sha1 {digest}").status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload_Length": ""}, 400),
        ({"Upload_Length": "-1"}, 400),
        ({"Upload_Length": "+5"}, 400),
        ({"Upload_Length": "5, 5"}, 400),
        ({"Upload_Length": "5.0"}, 400),
        ({"Upload_Length": "0x5"}, 400),
        ({"Upload_Length": " 5"}, 400),
        ({"Upload_Length": "٣"}, 400),
        ({"Upload_Length": "0"}, 400),
        ({"Upload_Length": "9" * 18}, 413),
        ({"Upload_Length": "9" * 40}, 400),
        ({"Upload_Length": "9" * 5000}, 400),
        ({"Upload_Length": str(500 * 1024**2 + 1)}, 413),
        ({"Upload_Defer_Length": "1"}, 400),
        ({"Upload_Concat": "partial"}, 400),
        ({"Upload_Metadata": ""}, 400),
        ({"Upload_Metadata": "filename"}, 400),
        ({"Upload_Metadata": "filename ***"}, 400),
        ({"Upload_Metadata": "filename YQ"}, 400),
        ({"Upload_Metadata": "filename YQ==,filename Yg=="}, 400),
        ({"Upload_Metadata": "filename YQ==, , visibility"}, 400),
        ({"Upload_Metadata": "ä YQ=="}, 400),
        ({"Upload_Metadata": ","}, 400),
        ({"Upload_Metadata": metadata(filename="a" * 300)}, 400),
        ({"Upload_Metadata": metadata(filename="a.mp3", note="a" * 10_000)}, 400),
        ({"Upload_Metadata": metadata(filename="a\0.mp3")}, 400),
        ({"Upload_Metadata": metadata(filename=b"\xff\xfe.mp3")}, 400),
        ({"Upload_Metadata": metadata(filename="a.mp3", visibility="everywhere")}, 400),
        ({"Upload_Metadata": metadata(filename="a.mp3", genre="no-such-genre")}, 400),
        ({"Upload_Metadata": metadata(filename="a.mp3", genre="\0")}, 400),
        ({"Tus_Resumable": "0.2.2"}, 412),
        ({"Tus_Resumable": "1.0.0, 1.0.0"}, 412),
    ],
)
def test_a_beginning_that_makes_no_sense_is_refused_with_a_sentence(
    as_alice: Client, headers: dict[str, str], status: int
) -> None:
    answer = create(as_alice, **headers)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("offset", "headers", "status"),
    [
        ("", {}, 400),
        ("-1", {}, 400),
        ("0, 0", {}, 400),
        ("9" * 30, {}, 400),
        ("1", {}, 409),
        ("0", {"Content_Type": "application/octet-stream"}, 415),
        ("0", {"Content_Type": ""}, 415),
        ("0", {"Upload_Checksum": "md5 YQ=="}, 400),
        ("0", {"Upload_Checksum": "sha1"}, 460),
        ("0", {"Upload_Checksum": "sha1 ***"}, 400),
        ("0", {"Upload_Checksum": "sha1 YQ==, sha1 YQ=="}, 400),
        ("0", {"Tus_Resumable": ""}, 412),
    ],
)
def test_a_chunk_that_makes_no_sense_changes_nothing(
    as_alice: Client, offset: str, headers: dict[str, str], status: int
) -> None:
    place = begun(as_alice)
    answer = patch(as_alice, place, offset, AUDIO[:100], **headers)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert Upload.objects.get().path.read_bytes() == b""


def test_more_bytes_than_announced_are_refused_whole(as_alice: Client) -> None:
    place = begun(as_alice, Upload_Length="100")
    assert patch(as_alice, place, 0, AUDIO[:101]).status_code == 413
    assert head(as_alice, place)["Upload-Offset"] == "0"


def test_only_the_name_of_a_path_is_kept(as_alice: Client) -> None:
    for name in ("../../etc/passwd.mp3", "C:\\music\\passwd.mp3"):
        assert create(as_alice, Upload_Metadata=metadata(filename=name)).status_code == 201
    assert {upload.filename for upload in Upload.objects.all()} == {"passwd.mp3"}


def test_a_chunk_waits_its_turn(as_alice: Client) -> None:
    place = begun(as_alice)
    with Upload.objects.get().path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert patch(as_alice, place, 0, AUDIO).status_code == 423
        assert as_alice.delete(place, headers=RESUMABLE).status_code == 423
    assert patch(as_alice, place, 0, AUDIO).status_code == 204


def test_a_cancelled_upload_is_gone_with_its_file(as_alice: Client) -> None:
    place = begun(as_alice)
    path = Upload.objects.get().path
    assert as_alice.delete(place, headers=RESUMABLE).status_code == 204
    assert not path.exists() and not Upload.objects.exists()
    assert as_alice.delete(place, headers=RESUMABLE).status_code == 404


def test_what_has_arrived_cannot_be_cancelled_here(as_alice: Client) -> None:
    place = begun(as_alice)
    patch(as_alice, place, 0, AUDIO)
    assert as_alice.delete(place, headers=RESUMABLE).status_code == 410
    assert Upload.objects.get().path.read_bytes() == AUDIO


def test_a_week_after_its_last_byte_an_upload_is_gone(as_alice: Client) -> None:
    place = begun(as_alice)
    then = time.time() - receiving.KEPT_UNFINISHED.total_seconds() - 1
    os.utime(Upload.objects.get().path, (then, then))
    assert head(as_alice, place).status_code == 410
    assert patch(as_alice, place, 0, AUDIO).status_code == 410


def test_other_peoples_uploads_are_not_there(as_alice: Client, as_bob: Client) -> None:
    place = begun(as_alice)
    for address in (place, f"/upload/tus/{uuid.uuid4()}/"):
        assert head(as_bob, address).status_code == 404
        assert patch(as_bob, address, 0, AUDIO).status_code == 404
        assert as_bob.delete(address, headers=RESUMABLE).status_code == 404
    assert head(as_alice, place)["Upload-Offset"] == "0"


def test_strangers_are_told_to_sign_in_and_are_sent_nowhere(client: Client, as_alice: Client) -> None:
    place = begun(as_alice)
    for answer in (create(client), patch(client, place, 0, AUDIO), client.delete(place, headers=RESUMABLE)):
        assert answer.status_code == 401
        assert "Sign in" in answer.json()["error"]
    assert head(client, place).status_code == 401


def test_nothing_happens_without_the_csrf_token(alice: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice)
    upload = receiving.begin(alice, "a.mp3", 10, visibility="public")
    place = f"/upload/tus/{upload.pk}/"
    answers = [create(strict), patch(strict, place, 0, b"0123456789"), strict.delete(place, headers=RESUMABLE)]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert upload.path.read_bytes() == b""


def test_other_methods_are_told_which_there_are(as_alice: Client) -> None:
    place = begun(as_alice)
    for address, methods in (("/upload/tus/", "OPTIONS, POST"), (place, "OPTIONS, HEAD, PATCH, DELETE")):
        answer = as_alice.put(address, headers=RESUMABLE)
        assert (answer.status_code, answer["Allow"]) == (405, methods)


def test_a_method_in_a_header_is_no_method(as_alice: Client) -> None:
    place = begun(as_alice)
    answer = as_alice.post(place, headers={**RESUMABLE, "X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 405
    assert Upload.objects.exists()


def test_a_full_quota_is_said_before_the_first_byte(as_alice: Client, alice: Any) -> None:
    UploadQuota.objects.create(user=alice, max_bytes=1000)
    answer = create(as_alice)
    assert answer.status_code == 507
    assert "1000\xa0bytes" in answer.json()["error"]
    assert not Upload.objects.exists() and not any(Path(settings.MEDIA_ROOT).glob("incoming/*"))


def test_a_genre_that_only_private_tracks_have_cannot_be_asked_for(as_alice: Client, bob: Any) -> None:
    add_track(bob, visibility="private", genres=["Secret Sound"])
    answer = create(as_alice, Upload_Metadata=metadata(filename="a.mp3", genre="secret-sound"))
    assert answer.status_code == 400
    assert not Upload.objects.exists()


def sent(client: Client, filename: str, data: bytes) -> HttpResponse:
    """All of it in one chunk; or why it may not even begin."""
    size, named = str(len(data)), metadata(filename=filename)
    beginning = create(client, Upload_Length=size, Upload_Metadata=named)
    return patch(client, beginning["Location"], 0, data) if beginning.status_code == 201 else beginning


@needs_odd_files
def test_every_odd_file_is_taken_or_refused_and_nothing_is_left_over(as_alice: Client) -> None:
    rows = odd_files()
    wrong = []
    for row in rows:
        answer = sent(as_alice, Path(row["file"]).name, (ODD / row["file"]).read_bytes())
        assert answer.status_code == 204 or (answer.status_code == 400 and answer.json()["error"]), row["file"]
        check_uploads()
        wrong += judged_wrongly([row])
    assert wrong == []
    assert not Upload.objects.exclude(state__in=["review", "refused", "duplicate"]).exists()
    assert all(upload.reason for upload in Upload.objects.exclude(state="review"))
    stored = {Path(track.file.path) for track in Track.objects.all()}
    assert {path for path in media_files() if "covers" not in path.parts} == stored


@needs_odd_files
def test_no_file_name_is_too_strange(as_alice: Client) -> None:
    for name in strange_names():
        answer = sent(as_alice, name, AUDIO)
        assert answer.status_code == 204 or (answer.status_code == 400 and answer.json()["error"]), name
    check_uploads()
    assert not Upload.objects.exclude(state__in=["review", "refused", "duplicate"]).exists()
    assert Upload.objects.exclude(state="refused").count() > 5
    assert not Upload.objects.filter(filename__contains="/").exists()
    assert as_alice.get("/upload/").status_code == 200
    assert as_alice.get("/upload/review/").status_code == 200
    assert len(Path(Track.objects.get().file.name).stem) == 32
