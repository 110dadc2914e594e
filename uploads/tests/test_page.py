"""The list below the upload form: what each file has come to, live, and what one can do about it."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import MP3, OGG, bring_in, check_uploads, media_files, send
from music.models import Track
from music.tests.catalogue import add_track
from uploads.models import Upload, UploadQuota
from uploads.tests.arriving import arrived

STATES = "/upload/states/"


def listed(user: Any, state: str = "received", **more: Any) -> Upload:
    return Upload.objects.create(user=user, filename=f"{uuid4().hex}.mp3", size_bytes=1000, state=state, **more)


def text(client: Client, path: str = STATES) -> str:
    return client.get(path).content.decode()


def test_the_states_say_how_far_the_check_is(as_alice: Client) -> None:
    send(as_alice, MP3, OGG)
    assert 'data-busy="true"' in text(as_alice)
    assert "0 of 2 checked" in text(as_alice)
    check_uploads()
    page = text(as_alice)
    assert 'data-busy="false"' in page
    assert "2 wait for your review" in page
    assert "Review 2 tracks" in page


def test_the_fragment_is_what_the_page_shows(as_alice: Client) -> None:
    send(as_alice, MP3)
    assert text(as_alice).strip() in text(as_alice, "/upload/")


def test_nobody_sees_the_uploads_of_another(as_alice: Client, as_bob: Client) -> None:
    send(as_alice, MP3)
    assert MP3.name not in text(as_bob)
    assert MP3.name not in text(as_bob, "/upload/")


def test_the_answer_is_not_kept(as_alice: Client) -> None:
    assert "no-store" in as_alice.get(STATES)["Cache-Control"]


def test_a_file_that_waits_is_taken_back(as_alice: Client, alice: Any) -> None:
    upload = arrived(alice, MP3)
    assert as_alice.post(f"/upload/{upload.pk}/remove/").url == "/upload/"
    assert not Upload.objects.exists()
    assert media_files() == []
    check_uploads()
    assert not Track.objects.exists()


def test_a_file_that_still_arrives_is_cancelled(as_alice: Client, alice: Any) -> None:
    upload = arrived(alice, MP3)
    Upload.objects.update(state="receiving")
    as_alice.post(f"/upload/{upload.pk}/remove/")
    assert not Upload.objects.exists()
    assert media_files() == []


def test_what_is_published_leaves_the_list_and_stays_in_the_catalogue(as_alice: Client) -> None:
    bring_in(as_alice, MP3)
    as_alice.post(f"/upload/{Upload.objects.get().pk}/remove/")
    assert not Upload.objects.exists()
    assert Track.objects.get().state == "published"


def test_a_draft_is_not_lost_by_this_button(as_alice: Client) -> None:
    send(as_alice, MP3)
    check_uploads()
    as_alice.post(f"/upload/{Upload.objects.get().pk}/remove/")
    assert Upload.objects.get().state == "review"


def test_clearing_keeps_what_is_under_way(as_alice: Client, alice: Any) -> None:
    for state in Upload.State.values:
        listed(alice, state, track=add_track(alice) if state == "review" else None)
    as_alice.post("/upload/clear/")
    assert set(Upload.objects.values_list("state", flat=True)) == {
        "receiving", "received", "checked", "review", "kept",
    }  # fmt: skip


def test_the_buttons_are_for_ones_own_uploads(as_alice: Client, as_bob: Client, alice: Any) -> None:
    upload = listed(alice, "refused")
    assert as_bob.post(f"/upload/{upload.pk}/remove/").status_code == 404
    as_bob.post("/upload/clear/")
    assert Upload.objects.get() == upload
    assert as_alice.post(f"/upload/{uuid4()}/remove/").status_code == 404


def test_a_duplicate_leads_to_what_is_here(as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    bring_in(as_alice, MP3)
    assert f'href="{track.get_absolute_url()}"' in text(as_alice)


def test_a_duplicate_of_what_became_private_no_longer_names_it(as_alice: Client, as_bob: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    bring_in(as_bob, MP3)
    Track.objects.filter(pk=track.pk).update(visibility="private", title="Secret")
    assert "Secret" not in text(as_bob)
    assert track.get_absolute_url() not in text(as_bob)


def test_more_uploads_cost_no_more_queries(as_alice: Client, alice: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_alice.get("/upload/").status_code == 200
        return len(captured)

    listed(alice)
    queries()  # what their tracks take is remembered
    few = queries()
    for number in range(60):
        listed(alice, Upload.State.values[number % 7])
    assert queries() == few


def test_a_thousand_uploads_come_in_pages_and_are_counted_as_a_whole(as_alice: Client, alice: Any) -> None:
    Upload.objects.bulk_create(
        Upload(user=alice, filename=f"{number}.mp3", size_bytes=1, state="refused") for number in range(1000)
    )
    response = as_alice.get("/upload/")
    assert "1000 refused" in response.content.decode()
    seen = [upload.filename for upload in response.context["page"].items]
    for _page in range(19):
        response = as_alice.get(f"/upload/?after={response.context['page'].next_cursor}")
        seen += [upload.filename for upload in response.context["page"].items]
    assert sorted(seen, key=lambda name: int(name[:-4])) == [f"{number}.mp3" for number in range(1000)]
    assert not response.context["page"].next_cursor


@pytest.mark.parametrize(
    ("quota", "words"),
    [
        ({}, "Your music takes"),
        ({"max_bytes": 10 * 1024**2}, "of your 10.0"),
        ({"max_tracks": 7}, "You have 1 of 7 tracks."),
    ],
)
def test_the_page_says_how_much_room_is_used(as_alice: Client, alice: Any, quota: dict[str, int], words: str) -> None:
    bring_in(as_alice, MP3)
    if quota:
        UploadQuota.objects.create(user=alice, **quota)
    assert words in text(as_alice, "/upload/").replace("\xa0", " ")


def test_what_is_over_the_quota_is_refused_at_once_and_what_fits_is_taken(as_alice: Client, alice: Any) -> None:
    UploadQuota.objects.create(user=alice, max_tracks=1)
    response = send(as_alice, MP3, OGG)
    assert response.status_code == 422
    assert f"{OGG.name}: You have 1 of the 1 tracks" in response.content.decode()
    assert Upload.objects.get().filename == MP3.name
