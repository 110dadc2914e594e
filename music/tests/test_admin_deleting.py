"""Staff delete many rows at once, or one that much hangs on."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import make_user
from music.admin import deleting, portions
from music.models import BlockedSound, Track, TrackReport
from music.tests.catalogue import add_track

LIST = "/admin/music/track/"


@pytest.fixture
def as_staff(staff: Any, sign_in: Any) -> Client:
    return sign_in(staff)


def chosen(*objects: Any, **more: str) -> dict[str, Any]:
    return {"action": "delete_selected", "_selected_action": [each.pk for each in objects], **more}


def report(track: Track, count: int) -> None:
    for _number in range(count):
        person = make_user(f"reporter{TrackReport.objects.count()}")
        TrackReport.objects.create(track=track, reporter=person, reason="other")


def asked(client: Client, path: str, data: Any = None) -> tuple[int, str]:
    """How many queries it took, and the page."""
    with CaptureQueriesContext(connection) as queries:
        response = client.post(path, data) if data else client.get(path)
    return len(queries), response.content.decode()


def test_what_goes_along_is_counted_and_not_read(as_staff: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    track = add_track(alice, "Blue")
    for path, data in ((LIST, chosen(track)), (f"{LIST}{track.pk}/delete/", None)):
        asked(as_staff, path, data)
        report(track, 1)
        few, page = asked(as_staff, path, data)
        assert "Blue" in page
        report(track, 20)
        many, page = asked(as_staff, path, data)
        assert many == few
        assert "reporter" not in page
    assert "rack reports: 42" in asked(as_staff, LIST, chosen(track))[1]
    monkeypatch.setattr(deleting, "MOST_COUNTED", 5)
    assert "more than 5" in asked(as_staff, LIST, chosen(track))[1]


def test_all_rows_of_a_list_are_deleted_in_portions_and_written_down(
    as_staff: Client, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = [add_track(alice, f"T{number}") for number in range(7)]
    monkeypatch.setattr(portions, "PORTION", 3)
    said = chosen(tracks[0], select_across="1")
    _count, page = asked(as_staff, LIST, said)
    assert "7 are deleted for good" in page and page.count('name="_selected_action"') == 1
    assert Track.objects.count() == 7
    response = as_staff.post(LIST, said | {"post": "yes"}, follow=True)
    assert "7 are deleted." in response.content.decode()
    assert not Track.objects.exists()
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {str(track) for track in tracks}


def test_a_list_that_says_nothing_of_deleting_asks_the_same_way(as_staff: Client, alice: Any) -> None:
    sound = BlockedSound.objects.create(audio_sha256="a" * 64)
    path = "/admin/music/blockedsound/"
    assert "is deleted for good" in asked(as_staff, path, chosen(sound))[1]
    as_staff.post(path, chosen(sound, post="yes"))
    assert not BlockedSound.objects.exists()


def test_who_may_not_delete_is_offered_nothing(sign_in: Any, alice: Any) -> None:
    helper = make_user("helper", is_staff=True)
    client = sign_in(helper)
    track = add_track(alice)
    assert client.post(LIST, chosen(track, post="yes")).status_code == 403
    assert Track.objects.exists()
