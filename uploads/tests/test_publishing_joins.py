from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from conftest import MP3
from listening.store import listen_store
from listening.tests.cast import begun
from music.joining import join_now
from music.keys import recording_key
from uploads.checking import check_now
from uploads.models import Upload
from uploads.review import publish
from uploads.tests.arriving import arrived

pytestmark = pytest.mark.django_db


def test_listens_from_elsewhere_join_a_track_when_it_is_published(
    alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    upload = arrived(alice, MP3)
    check_now(str(upload.pk))
    track = Upload.objects.get(pk=upload.pk).track
    assert track is not None
    listen_store().add_all([begun(alice.pk, track_id=recording_key(track.artist.name, track.title))])
    assert join_now([track.pk]) == 0
    with django_capture_on_commit_callbacks(execute=True):
        publish(alice, [upload.pk])
    [task] = DBTaskResult.objects.filter(task_path="music.joining.join_listens")
    assert join_now(*task.args_kwargs["args"]) == 1
    assert [listen.track_id for listen in listen_store().history(alice.pk, 5)] == [track.pk]
