import importlib
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from music.keys import recording_key
from music.models import Track
from music.tests.catalogue import add_track


@pytest.mark.django_db(transaction=True)
def test_tracks_that_were_there_before_get_their_keys(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = importlib.import_module("music.migrations.0010_recording_keys")
    monkeypatch.setattr(migration, "CHUNK", 2)
    titles = [f"Title {number}" for number in range(5)]
    for title in titles:
        add_track(alice, title, artist="Abba")
    Track.objects.update(recording_key=0)
    apps = MigrationExecutor(connection).loader.project_state([("music", "0010_recording_keys")]).apps
    with connection.schema_editor() as editor:
        migration.fill(apps, editor)
    keys = set(Track.objects.values_list("recording_key", flat=True))
    assert keys == {recording_key("Abba", title) for title in titles}
