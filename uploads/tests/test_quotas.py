"""How much somebody may bring in, what is counted, and that two cannot take the last place."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from music.models import Artist, Track
from tests.e2e.conftest import running
from uploads import receiving
from uploads.models import Upload, UploadQuota
from uploads.quotas import Usage, shortage, usage, usage_shown
from uploads.receiving import NoRoom
from uploads.tests.real_server import Visitor, asked, media, told


def begin(user: Any, size_bytes: int = 100) -> Upload:
    return receiving.begin(user, "a.mp3", size_bytes, visibility="public")


def track(user: Any, name: str, **more: Any) -> Track:
    artist, _ = Artist.objects.get_or_create(name="Somebody", defaults={"sort_key": "somebody"})
    facts = {"sha256": name, "audio_sha256": name, "format": "mp3", "size_bytes": 1000, "duration_ms": 1}
    sound = {"bitrate_kbps": 1, "sample_rate_hz": 1, "channels": 1}
    return Track.objects.create(title=name, artist=artist, uploader=user, file=name, **facts, **sound, **more)


def test_tracks_count_unless_staff_took_them_down_and_uploads_until_they_are_settled(alice: Any, bob: Any) -> None:
    for state in Track.State.values:
        track(alice, state, state=state)
    track(bob, "another's")
    begin(bob)
    for state in Upload.State.values:
        upload = begin(alice)
        Upload.objects.filter(pk=upload.pk).update(state=state, kind="cover" if state == "kept" else "music")
    assert usage(alice) == Usage(bytes=4 * 1000 + 4 * 100, tracks=4 + 3, max_bytes=None, max_tracks=None)


def test_a_page_tells_of_a_new_track_at_once_and_of_a_limit_to_the_byte(alice: Any) -> None:
    assert usage_shown(alice) == Usage(bytes=0, tracks=0)
    first = track(alice, "first")
    assert usage_shown(alice) == usage(alice) == Usage(bytes=1000, tracks=1)
    begin(alice)
    assert usage_shown(alice) == usage(alice) == Usage(bytes=1100, tracks=2)
    UploadQuota.objects.create(user=alice, max_tracks=5)
    Track.objects.filter(pk=first.pk).update(size_bytes=10)
    assert usage_shown(alice) == usage(alice) == Usage(bytes=110, tracks=2, max_tracks=5)


def test_a_draft_counts_once(alice: Any) -> None:
    upload = begin(alice, 1000)
    draft = track(alice, "draft", state=Track.State.REVIEW)
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.CHECKED, track=draft)
    assert usage(alice) == Usage(bytes=1000, tracks=1)


@pytest.mark.parametrize(
    ("used", "size_bytes", "sentence"),
    [
        (Usage(900, 9, 1000, 10), 100, ""),
        (
            Usage(900, 9, 1000, 10),
            101,
            "You have used 900\xa0bytes of your 1000\xa0bytes, and this file takes 101",
        ),
        (Usage(900, 10, None, 10), 1, "You have 10 of the 10 tracks that you may have."),
        (Usage(0, 0, 0, None), 1, "You have used 0\xa0bytes of your 0\xa0bytes"),
        (Usage(10**12, 10**6), 10**9, ""),
    ],
)
def test_what_is_too_much_is_said_in_numbers(used: Usage, size_bytes: int, sentence: str) -> None:
    said = shortage(used, size_bytes)
    assert said.startswith(sentence) and bool(said) == bool(sentence)


def test_an_unfinished_upload_keeps_its_place(alice: Any) -> None:
    UploadQuota.objects.create(user=alice, max_bytes=250)
    begin(alice)
    waiting = begin(alice)
    with pytest.raises(NoRoom, match="Delete some"):
        begin(alice)
    receiving.cancel(waiting)
    begin(alice, 150)


def test_a_quota_of_tracks_holds_for_whole_files_too(alice: Any, tmp_path: Path) -> None:
    UploadQuota.objects.create(user=alice, max_tracks=1)
    track(alice, "one", state=Track.State.TRASHED, state_since=timezone.now() - timedelta(days=1))
    source = tmp_path / "a.mp3"
    source.write_bytes(b"sound")
    with pytest.raises(NoRoom, match="You have 1 of the 1 tracks"):
        receiving.take_file(alice, source, "a.mp3", visibility="public")
    assert source.exists() and not Upload.objects.exists()


def test_what_was_begun_may_be_finished_when_the_quota_has_been_lowered(alice: Any) -> None:
    upload = begin(alice)
    UploadQuota.objects.create(user=alice, max_bytes=10)
    assert receiving.append(upload, 0, io.BytesIO(bytes(100)), 100) == 100


def test_eight_at_the_same_moment_do_not_share_the_last_place(tmp_path: Path) -> None:
    """On the real server: threads of a test would share a database in memory, which locks as no other does."""
    with running(tmp_path) as server:
        alice = Visitor(server)
        told(server, "INSERT INTO uploads_uploadquota (user_id, max_bytes) SELECT id, 1000 FROM users_customuser")
        with ThreadPoolExecutor(8) as together:
            answers = list(together.map(alice.begin, [400] * 8))
        assert sorted(answer.status_code for answer in answers) == [201] * 2 + [507] * 6
        assert asked(server, "SELECT sum(size_bytes) FROM uploads_upload") == [(800,)]
        assert len(media(server, "incoming")) == 2


def test_staff_see_what_is_used_and_set_what_may_be(alice: Any, staff: Any, sign_in: Callable[[Any], Client]) -> None:
    track(alice, "one")
    address = f"/admin/users/customuser/{alice.pk}/change/"
    client = sign_in(staff)
    page = client.get(address)
    assert "1000\xa0bytes, 1 track" in page.content.decode()
    form = page.context["adminform"].form.initial
    values = {
        name: value for name, value in form.items() if isinstance(value, str | bool) and value not in (None, False)
    }
    inlines = {
        "profile-TOTAL_FORMS": "1",
        "profile-INITIAL_FORMS": "1",
        "profile-0-user": str(alice.pk),
        "profile-0-time_zone": "UTC",
        "profile-0-listening_visible_to": "me",
        "upload_quota-TOTAL_FORMS": "1",
        "upload_quota-INITIAL_FORMS": "0",
        "upload_quota-0-user": str(alice.pk),
        "upload_quota-0-max_bytes": "1.5",
        "upload_quota-0-max_tracks": "",
        "user_sessions-TOTAL_FORMS": "0",
        "user_sessions-INITIAL_FORMS": "0",
        "role": "uploader",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    answer = client.post(address, {**values, **inlines})
    assert answer.status_code == 302, answer.context["errors"]
    assert (usage(alice).max_bytes, usage(alice).max_tracks) == (3 * 2**29, None)


def test_staff_look_up_uploads_and_change_none(alice: Any, staff: Any, sign_in: Callable[[Any], Client]) -> None:
    upload = begin(alice)
    client = sign_in(staff)
    assert "a.mp3" in client.get("/admin/uploads/upload/").content.decode()
    assert client.get(f"/admin/uploads/upload/{upload.pk}/change/").status_code == 200
    assert client.post(f"/admin/uploads/upload/{upload.pk}/change/", {"filename": "b"}).status_code == 403
    assert client.get("/admin/uploads/upload/add/").status_code == 403
    assert client.post(f"/admin/uploads/upload/{upload.pk}/delete/", {"post": "yes"}).status_code == 403
