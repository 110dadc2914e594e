"""A sound that is refused comes in by no door, under no name, and nobody learns whose it was."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from conftest import MP3, OGG, bring_in, check_uploads, send
from music.models import BlockedSound, Track
from music.refusing import BLOCKED, refused_sounds
from uploads.models import Upload
from uploads.tests.arriving import arrived, retagged

ADD = "/admin/music/blockedsound/add/"
HASH = "0123456789abcdef" * 4


@pytest.fixture
def refused(as_alice: Client, alice: Any) -> str:
    """The hash of the sound of MP3, which nobody has here any more."""
    [track] = bring_in(as_alice, MP3)
    sound = track.audio_sha256
    Track.objects.all().delete()
    Upload.objects.all().delete()
    BlockedSound.objects.create(audio_sha256=sound, note="of alice")
    return str(sound)


def test_the_form_refuses_it_under_any_name(refused: str, as_bob: Client, tmp_path: Path) -> None:
    send(as_bob, MP3, retagged(MP3, tmp_path, title="Nothing to see", artist="Nobody"), OGG)
    check_uploads()
    assert sorted(Upload.objects.values_list("state", flat=True)) == ["refused", "refused", "review"]
    assert set(Upload.objects.filter(state="refused").values_list("reason", flat=True)) == {BLOCKED}
    html = as_bob.get("/upload/").content.decode()
    assert BLOCKED in html and "of alice" not in html


def test_resumable_uploads_are_refused_alike(refused: str, as_bob: Client, bob: Any) -> None:
    data = MP3.read_bytes()
    tus = {"HTTP_TUS_RESUMABLE": "1.0.0"}
    made = as_bob.post(
        "/upload/tus/", HTTP_UPLOAD_LENGTH=str(len(data)), HTTP_UPLOAD_METADATA="filename YS5tcDM=", **tus
    )
    kind = "application/offset+octet-stream"
    as_bob.patch(made["Location"], data, content_type=kind, HTTP_UPLOAD_OFFSET="0", **tus)
    check_uploads()
    assert Upload.objects.get().state == "refused" and not Track.objects.exists()


def test_an_import_says_so_and_brings_the_rest(
    refused: str, bob: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    shutil.copy(MP3, disk / "one.mp3")
    shutil.copy(OGG, disk / "two.ogg")
    for options in ({"dry_run": True}, {}, {}):
        with pytest.raises(CommandError):
            call_command("import_music", str(disk), user="bob", jobs=1, **options)
        said = capsys.readouterr()
        assert "refused 1" in said.out and BLOCKED in said.err, options
    assert Track.objects.count() == 1


def test_a_scan_takes_it_neither_as_new_nor_for_what_lay_there(
    refused: str, bob: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    shutil.copy(OGG, disk / "two.ogg")
    call_command("import_music", str(disk), user="bob", jobs=1, in_place=True)
    shutil.copy(MP3, disk / "one.mp3")
    with pytest.raises(CommandError):
        call_command("scan", jobs=1)
    said = capsys.readouterr()
    assert "refused 1" in said.out and BLOCKED in said.err
    assert list(Track.objects.values_list("state", flat=True)) == ["published"]


def test_taken_off_the_list_it_may_come_in(refused: str, as_bob: Client) -> None:
    BlockedSound.objects.all().delete()
    assert len(bring_in(as_bob, MP3)) == 1


def test_a_batch_is_asked_about_in_two_queries(refused: str, bob: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert refused_sounds(bob, [refused, *(f"{number:064x}" for number in range(499))]) == {refused: BLOCKED}


def test_staff_add_by_hash_or_from_a_track_and_not_both(staff: Any, sign_in: Any, as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    client = sign_in(staff)
    wrong = [{}, {"audio_sha256": "abc"}, {"audio_sha256": "g" * 64}, {"track": track.pk, "audio_sha256": HASH}]
    for sent in wrong:
        assert client.post(ADD, sent).status_code == 200, sent
    assert not BlockedSound.objects.exists()
    assert client.post(ADD, {"audio_sha256": f" {HASH.upper()} ", "note": "By letter"}).status_code == 302
    assert client.post(ADD, {"track": track.pk}).status_code == 302
    assert client.post(ADD, {"track": track.pk}).status_code == 200  # it is on the list
    rows = BlockedSound.objects.order_by("pk").values_list("audio_sha256", "title", "note", "added_by__username")
    assert list(rows) == [(HASH, "", "By letter", "staff"), (track.audio_sha256, track.title, "", "staff")]
    log = client.get("/admin/admin/logentry/").content.decode()
    assert track.title in log
    assert client.get(f"{ADD}?track={track.pk}").status_code == 200


def test_a_note_can_be_changed_and_the_hash_cannot(staff: Any, sign_in: Any) -> None:
    sound = BlockedSound.objects.create(audio_sha256=HASH)
    sign_in(staff).post(f"/admin/music/blockedsound/{sound.pk}/change/", {"audio_sha256": "0" * 64, "note": "Why"})
    sound.refresh_from_db()
    assert (sound.audio_sha256, sound.note) == (HASH, "Why")


def test_a_draft_of_before_is_refused_when_it_would_be_published(as_bob: Client, bob: Any) -> None:
    arrived(bob, MP3)
    check_uploads()
    draft = Upload.objects.get()
    assert draft.track
    BlockedSound.objects.create(audio_sha256=draft.track.audio_sha256)
    as_bob.post("/upload/review/", {"action": "publish_all"})
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("refused", BLOCKED) and not Track.objects.exists()
