"""The page on which listens are brought along."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from history.imports import running
from history.models import ListenImport
from history.tests.exports import document, lastfm_track, spotify_row
from listening.store import listen_store
from music.tests.catalogue import add_track

pytestmark = pytest.mark.django_db
PAGE = "/history/import/"


def send(client: Client, content: bytes, name: str = "my export.json") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, content)})


def previewed(client: Client, content: bytes) -> ListenImport:
    assert send(client, content).status_code == 302
    job = ListenImport.objects.latest("created_at")
    running.look_through(str(job.pk))
    return job


def text(client: Client, path: str = PAGE) -> str:
    return " ".join(client.get(path).content.decode().split())


def act(client: Client, job: ListenImport, what: str) -> int:
    return client.post(f"{PAGE}{job.pk}/{what}/").status_code


def test_the_whole_way_from_file_to_history_and_back(as_alice: Client, alice: Any) -> None:
    add_track(alice, "Waterloo", artist="Abba")
    rows = [spotify_row(1), spotify_row(10, master_metadata_track_name="<b>Else</b>"), spotify_row(incognito_mode=True)]
    send(as_alice, document(rows))
    job = ListenImport.objects.get()
    assert 'data-busy="true"' in text(as_alice) and job.path.exists()
    running.look_through(str(job.pk))
    preview = text(as_alice, f"{PAGE}states/")
    assert "Import 2 listens" in preview and "1 from a private session" in preview
    assert "&lt;b&gt;Else&lt;/b&gt;" in preview and "From 6 May 2024 to 6 May 2024." in preview
    assert act(as_alice, job, "start") == 302
    running.import_now(str(job.pk))
    assert "Undo this import" in text(as_alice)
    assert listen_store().count(alice.pk) == 2
    assert act(as_alice, job, "undo") == 302
    running.undo_now(str(job.pk))
    assert "Undone" in text(as_alice)
    assert listen_store().count(alice.pk) == 0


def test_scrobbles_are_said_to_count_as_whole_listens(as_alice: Client) -> None:
    previewed(as_alice, document([lastfm_track()]))
    assert "Each play counts as a whole listen" in text(as_alice)


def test_a_file_with_nothing_new_offers_no_import(as_alice: Client) -> None:
    previewed(as_alice, document([spotify_row(incognito_mode=True)]))
    page = text(as_alice)
    assert "There is nothing new in this file." in page and "/start/" not in page


def test_a_refused_file_says_why(as_alice: Client) -> None:
    previewed(as_alice, b"Dear diary")
    assert "There are no listens in this file." in text(as_alice)


def test_no_file_an_empty_one_and_one_that_is_too_large(as_alice: Client, settings: Any) -> None:
    assert b"Choose the file" in as_alice.post(PAGE, {}).content
    answer = send(as_alice, b"")
    assert (answer.status_code, b"This file is empty." in answer.content) == (422, True)
    settings.UPLOAD_MAX_BYTES = 100
    answer = send(as_alice, b"x" * 200)
    assert answer.status_code == 422 and b"This file is larger than" in answer.content
    assert not ListenImport.objects.exists()


def test_imports_of_others_are_not_there(as_alice: Client, as_bob: Client) -> None:
    job = previewed(as_alice, document([spotify_row()]))
    assert [act(as_bob, job, what) for what in ("start", "undo", "remove")] == [404, 404, 404]
    assert str(job.filename) not in text(as_bob)
    assert act(as_bob, ListenImport(pk=uuid.uuid4()), "start") == 404


def test_starting_twice_is_starting_once(as_alice: Client) -> None:
    job = previewed(as_alice, document([spotify_row()]))
    assert [act(as_alice, job, "start"), act(as_alice, job, "start")] == [302, 302]
    running.import_now(str(job.pk))
    act(as_alice, job, "start")
    job.refresh_from_db()
    assert job.state == "done"


def test_removing_from_the_list_keeps_the_listens(as_alice: Client, alice: Any) -> None:
    job = previewed(as_alice, document([spotify_row()]))
    act(as_alice, job, "start")
    running.import_now(str(job.pk))
    act(as_alice, job, "remove")
    assert not ListenImport.objects.exists()
    assert listen_store().count(alice.pk) == 1


def test_the_file_goes_with_its_import(as_alice: Client) -> None:
    job = previewed(as_alice, document([spotify_row()]))
    assert job.path.exists()
    act(as_alice, job, "remove")
    assert not job.path.exists()


def test_no_name_that_is_sent_reaches_the_disk(as_alice: Client, settings: Any) -> None:
    send(as_alice, document([spotify_row()]), "../../evil\u202e.json")
    folder = Path(settings.MEDIA_ROOT) / "imports"
    assert [path.name for path in folder.iterdir()] == [ListenImport.objects.get().pk.hex]


def test_more_imports_take_the_same_queries(as_alice: Client, alice: Any) -> None:
    def queries(count: int) -> int:
        for _ in range(count):
            ListenImport.objects.create(user=alice, filename="x", size_bytes=1, state="done", counts={"listens": 3})
        with CaptureQueriesContext(connection) as asked:
            as_alice.get(PAGE)
        return len(asked)

    assert queries(1) == queries(20)
