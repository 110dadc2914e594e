"""Telling staff that something is wrong with a track."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from music.models import Track, TrackReport
from music.tests.catalogue import add_track


def report(client: Client, track: Track, reason: str = "tags", note: str = "") -> Any:
    return client.post(reverse("report_track", args=[track.pk]), {"reason": reason, "note": note}, follow=True)


def test_a_report_reaches_the_queue_and_is_thanked_for(as_bob: Client, alice: Any, bob: Any) -> None:
    track = add_track(alice)

    response = report(as_bob, track, "rights", "It is mine.")

    assert "Thank you" in response.content.decode()
    filed = TrackReport.objects.get()
    assert (filed.track, filed.reporter, filed.reason, filed.note) == (track, bob, "rights", "It is mine.")


def test_a_second_report_changes_the_open_one(as_bob: Client, alice: Any) -> None:
    track = add_track(alice)
    report(as_bob, track, "tags", "First words")

    page = as_bob.get(reverse("report_track", args=[track.pk])).content.decode()
    report(as_bob, track, "sound")

    assert "already" in page and "First words" in page
    assert TrackReport.objects.get().reason == "sound"


def test_after_staff_have_dealt_with_it_a_new_one_may_come(as_bob: Client, alice: Any) -> None:
    track = add_track(alice)
    report(as_bob, track)
    TrackReport.objects.update(resolved_at=timezone.now())
    report(as_bob, track)
    assert TrackReport.objects.count() == 2


def test_a_report_says_what_is_wrong(as_bob: Client, alice: Any) -> None:
    response = report(as_bob, add_track(alice), "", "Typed already")
    assert response.status_code == 422 and "Typed already" in response.content.decode()
    assert not TrackReport.objects.exists()


def test_nobody_reports_what_they_do_not_see_or_what_is_their_own(as_alice: Client, as_bob: Client, alice: Any) -> None:
    private, own = add_track(alice, visibility="private"), add_track(alice)
    assert report(as_bob, private).status_code == 404
    assert report(as_alice, own).status_code == 404
    assert not TrackReport.objects.exists()
