"""From a file to listens: looked through, taken in, taken back."""

import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from history import tasks
from history.imports import keeping, running
from history.imports.keeping import remove, start, take, tidy, undo
from history.imports.rows import Refused
from history.models import ListenImport
from history.tests.exports import MONDAY, document, lastfm_track, lines, listenbrainz_row, spotify_row
from listening.deleting import delete_listens
from listening.errors import StoreAway
from listening.models import Deletion
from listening.store import EVERYTHING, Listen, listen_store
from music.joining import join_now
from music.keys import recording_key
from music.matching import UNMATCHED, Heard, listen_elsewhere
from music.tests.catalogue import add_track
from scrobbling.tests.devices import Device, listen, now

pytestmark = pytest.mark.django_db


def sent(user: Any, folder: Path, content: bytes) -> ListenImport:
    path = folder / f"{uuid.uuid4()}.json"
    path.write_bytes(content)
    return take(user, path, "my export.json")


def looked_through(user: Any, folder: Path, content: bytes) -> ListenImport:
    job = sent(user, folder, content)
    running.look_through(str(job.pk))
    job.refresh_from_db()
    return job


def imported(user: Any, folder: Path, content: bytes) -> ListenImport:
    job = looked_through(user, folder, content)
    assert job.state == "preview", job.reason
    start(job)
    running.import_now(str(job.pk))
    job.refresh_from_db()
    return job


def history(user: Any) -> list[Listen]:
    return listen_store().history(user.pk, 1000)


def test_a_preview_says_what_would_come_and_writes_nothing(alice: Any, tmp_path: Path) -> None:
    track = add_track(alice, "Waterloo", artist="Abba")
    near = {"master_metadata_track_name": "Dancin Queen", "master_metadata_album_artist_name": "ABBA"}
    add_track(alice, "Dancing Queen", artist=track.artist.name, duration_ms=180_000)
    rows = [
        spotify_row(1),
        spotify_row(10, **near),
        spotify_row(20, master_metadata_track_name="Elsewhere"),
        spotify_row(30, incognito_mode=True),
    ]
    job = looked_through(alice, tmp_path, document(rows))
    assert (job.state, job.format, job.share) == ("preview", "spotify", 1)
    assert job.counts == {
        "rows": 4, "listens": 3, "names": 1, "near": 1, "unmatched": 1, "left_out": {"private": 1},
    }  # fmt: skip
    assert job.examples["near"] == [["ABBA", "Dancin Queen", "Abba", "Dancing Queen"]]
    assert job.examples["unmatched"] == [["ABBA", "Elsewhere", "", ""]]
    assert job.first_at and job.last_at and job.last_at - job.first_at == timedelta(minutes=19)
    assert history(alice) == []


def test_an_import_brings_listens_matched_and_not(alice: Any, tmp_path: Path) -> None:
    track = add_track(alice, "Waterloo", artist="Abba", genres=["Pop"], duration_ms=165_000)
    job = imported(alice, tmp_path, document([spotify_row(1), spotify_row(20, master_metadata_track_name="Elsewhere")]))
    assert (job.state, job.counts["listens"]) == ("done", 2)
    unknown, known = history(alice)
    assert (known.track_id, known.genres, known.origin, known.client) == (track.pk, ("pop",), job.origin, "Spotify")
    assert (known.played_ms, known.completed, known.counted) == (165_000, True, True)
    assert (unknown.title, unknown.track_id) == ("Elsewhere", recording_key("ABBA", "Elsewhere"))
    assert (unknown.played_ms, unknown.duration_ms, unknown.completed) == (180_000, 0, True)
    assert not job.path.exists()


def test_scrobbles_are_whole_listens(alice: Any, tmp_path: Path) -> None:
    track = add_track(alice, "Waterloo", artist="Abba", duration_ms=165_000)
    other = lastfm_track(2, name="Elsewhere")
    imported(alice, tmp_path, document([lastfm_track(), other]))
    unknown, known = history(alice)
    assert (known.track_id, known.played_ms, known.counted, known.completed) == (track.pk, 165_000, True, True)
    assert (unknown.played_ms, unknown.duration_ms, unknown.counted, unknown.completed) == (0, 0, True, True)


def test_importing_twice_adds_nothing(alice: Any, tmp_path: Path) -> None:
    content = document([spotify_row(number) for number in range(0, 50, 5)])
    imported(alice, tmp_path, content)
    before = history(alice)
    again = imported(alice, tmp_path, content)
    assert (again.counts["listens"], again.counts["duplicates"]) == (0, 10)
    assert history(alice) == before


def test_what_a_device_told_before_is_not_added_again(alice: Any, tmp_path: Path) -> None:
    add_track(alice, "Blue Hour", artist="The Quartet")
    told = [listen("Blue Hour", at=now() - 9000), listen("Elsewhere", "Nobody", at=now() - 8000)]
    Device(alice).submit(*told, kind="import")
    job = imported(alice, tmp_path, lines(told))
    assert (job.counts["listens"], job.counts["duplicates"]) == (0, 2)
    assert len(history(alice)) == 2


def test_the_same_play_told_by_two_services_is_one_listen(alice: Any, tmp_path: Path) -> None:
    imported(alice, tmp_path, document([lastfm_track(0)]))
    ended = spotify_row(ts="2024-05-06T08:03:07Z")
    assert imported(alice, tmp_path, document([ended])).counts["duplicates"] == 1
    minute = {"endTime": "2024-05-06 08:03", "artistName": "ABBA", "trackName": "Waterloo", "msPlayed": 180_000}
    assert imported(alice, tmp_path, document([minute])).counts["duplicates"] == 1
    later = spotify_row(ts="2024-05-06T08:03:27Z")
    assert imported(alice, tmp_path, document([later])).counts["listens"] == 1


def test_what_our_player_recorded_and_sent_out_is_not_added_again(alice: Any, tmp_path: Path) -> None:
    track = add_track(alice, "Waterloo", artist="Abba")
    own = replace(
        listen_elsewhere(
            alice.pk,
            Heard("Abba", "Waterloo"),
            UNMATCHED,
            event_id=str(uuid.uuid4()),
            started_at=datetime.fromtimestamp(MONDAY + 4, UTC),
            played_ms=1000,
            counted=True,
            completed=False,
        ),
        track_id=track.pk,
    )
    listen_store().add_all([own])
    assert imported(alice, tmp_path, lines([listenbrainz_row(0)])).counts["duplicates"] == 1


def test_undo_erases_what_came_and_nothing_else(alice: Any, bob: Any, tmp_path: Path) -> None:
    imported(alice, tmp_path, document([lastfm_track(5)]))
    imported(bob, tmp_path, document([lastfm_track(0)]))
    job = imported(alice, tmp_path, document([lastfm_track(0), lastfm_track(1)]))
    assert len(history(alice)) == 3
    undo(job)
    running.undo_now(str(job.pk))
    job.refresh_from_db()
    assert job.state == "undone"
    assert (len(history(alice)), len(history(bob))) == (1, 1)
    assert imported(alice, tmp_path, document([lastfm_track(0), lastfm_track(1)])).counts["listens"] == 2


def test_what_an_undone_import_erases_cannot_be_brought_back(alice: Any, tmp_path: Path) -> None:
    job = imported(alice, tmp_path, document([lastfm_track(0), lastfm_track(1)]))
    assert delete_listens(alice, EVERYTHING).count == 2
    undo(job)
    running.undo_now(str(job.pk))
    assert Deletion.objects.get().count == 0


def own_export(*listens: Listen) -> bytes:
    return lines([
        {
            "listened_at": int(each.started_at.timestamp()),
            "track_metadata": {
                "artist_name": each.artist_name,
                "track_name": each.title,
                "additional_info": {
                    "duration_ms": each.duration_ms,
                    "music_streamer": {
                        "event_id": each.event_id, "played_ms": each.played_ms, "duration_ms": each.duration_ms,
                        "counted": each.counted,
                                "completed": each.completed, "skipped": each.skipped, "source": each.source,
                    },
                },
            },
        }
        for each in listens
    ])  # fmt: skip


def test_our_own_export_comes_back_as_it_was(alice: Any, tmp_path: Path) -> None:
    add_track(alice, "Waterloo", artist="ABBA", duration_ms=165_000)
    imported(
        alice,
        tmp_path,
        document([spotify_row(1, ms_played=90_000), spotify_row(10), spotify_row(10, ts="2024-05-06T08:10:04Z")]),
    )
    before = history(alice)
    content = own_export(*before)
    assert imported(alice, tmp_path, content).counts["duplicates"] == len(before)
    listen_store().erase(alice.pk, EVERYTHING)
    imported(alice, tmp_path, content)
    facts = [(each.event_id, each.played_ms, each.completed, each.counted, each.track_id) for each in before]
    after = history(alice)
    assert [(each.event_id, each.played_ms, each.completed, each.counted, each.track_id) for each in after] == facts


def test_somebody_elses_export_becomes_ones_own_listens(alice: Any, bob: Any, tmp_path: Path) -> None:
    imported(alice, tmp_path, document([lastfm_track(0), lastfm_track(1)]))
    content = own_export(*history(alice))
    for _ in range(2):
        imported(bob, tmp_path, content)
        assert len(history(bob)) == 2
    assert len(history(alice)) == 2
    assert not {each.event_id for each in history(bob)} & {each.event_id for each in history(alice)}


def test_an_import_that_was_cut_short_goes_on_and_counts_right(
    alice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 4)
    job = looked_through(alice, tmp_path, document([lastfm_track(number) for number in range(10)]))
    start(job)
    real, calls = running._add, []

    def killed(store: Any, new: list[Listen]) -> None:
        real(store, new)
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(running, "_add", killed)
        with pytest.raises(SystemExit):
            running.import_now(str(job.pk))
    assert len(history(alice)) == 8
    running.import_now(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.counts["listens"], len(history(alice))) == ("done", 10, 10)


def test_an_import_waits_while_the_store_is_away(alice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = looked_through(alice, tmp_path, document([lastfm_track()]))
    start(job)

    def away(*_args: Any) -> None:
        raise StoreAway

    with monkeypatch.context() as patch:
        patch.setattr(type(listen_store()), "add_all", away)
        tasks.import_listens.func(str(job.pk))
    [again] = DBTaskResult.objects.filter(task_path="history.tasks.import_listens")
    assert again.run_after > timezone.now()
    running.import_now(str(job.pk))
    assert len(history(alice)) == 1


def test_an_import_waits_until_what_was_deleted_is_gone(alice: Any, tmp_path: Path) -> None:
    job = looked_through(alice, tmp_path, document([lastfm_track()]))
    start(job)
    pending = Deletion.objects.create(user_id=alice.pk, selection={}, count=1, erase_at=timezone.now())
    with pytest.raises(running.Later):
        running.import_now(str(job.pk))
    pending.delete()
    running.import_now(str(job.pk))
    assert len(history(alice)) == 1


def test_what_comes_after_the_import_joins_it(alice: Any, tmp_path: Path) -> None:
    imported(alice, tmp_path, document([lastfm_track()]))
    track = add_track(alice, "Waterloo", artist="Abba")
    assert join_now([track.pk]) == 1
    assert history(alice)[0].track_id == track.pk
    assert imported(alice, tmp_path, document([lastfm_track()])).counts["duplicates"] == 1


def test_a_refused_file_says_why_and_is_gone(alice: Any, tmp_path: Path) -> None:
    job = looked_through(alice, tmp_path, b"something else")
    assert (job.state, job.reason) == ("failed", job.reason) and job.reason.endswith(".")
    assert not job.path.exists()


def test_two_imports_at_once_bring_both(alice: Any, tmp_path: Path) -> None:
    first = looked_through(alice, tmp_path, document([lastfm_track(0)]))
    second = looked_through(alice, tmp_path, document([lastfm_track(1)]))
    start(second), start(first)
    running.import_now(str(first.pk)), running.import_now(str(second.pk))
    assert len(history(alice)) == 2


def test_only_a_few_may_wait_at_once(alice: Any, tmp_path: Path) -> None:
    for _ in range(keeping.MAX_OPEN):
        sent(alice, tmp_path, b"x")
    with pytest.raises(Refused, match="under way"):
        sent(alice, tmp_path, b"x")
    with pytest.raises(Refused, match="empty"):
        sent(alice, tmp_path, b"")


def test_an_import_of_somebody_who_left_writes_nothing_more(alice: Any, tmp_path: Path) -> None:
    job = looked_through(alice, tmp_path, document([lastfm_track()]))
    start(job)
    pk = str(job.pk)
    waiting = ListenImport.objects.filter(pk=pk)
    loaded = waiting.get()
    waiting.delete()
    with pytest.raises(running.Unwanted):
        running._pass(loaded, write=True)


def test_after_a_week_nobody_waits_for_a_decision(alice: Any, tmp_path: Path) -> None:
    job = looked_through(alice, tmp_path, document([lastfm_track()]))
    tidy()
    assert job.path.exists()
    ListenImport.objects.update(changed_at=timezone.now() - timedelta(days=8))
    tidy()
    job.refresh_from_db()
    assert job.state == "failed" and not job.path.exists()


def test_an_import_whose_worker_died_for_good_is_given_up(alice: Any, tmp_path: Path) -> None:
    lost, waiting = sent(alice, tmp_path, b"x"), sent(alice, tmp_path, b"y")
    tasks.look_through_import.enqueue(str(waiting.pk))
    ListenImport.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    tidy()
    lost.refresh_from_db(), waiting.refresh_from_db()
    assert (lost.state, waiting.state) == ("failed", "reading")


def test_files_of_no_import_are_taken_away(alice: Any, tmp_path: Path) -> None:
    job = sent(alice, tmp_path, b"x")
    stray = job.path.with_name("stray")
    stray.write_bytes(b"x")
    os.utime(stray, (1, 1))
    os.utime(job.path, (1, 1))
    tidy()
    assert not stray.exists() and job.path.exists()


def test_removing_leaves_what_is_under_way(alice: Any, tmp_path: Path) -> None:
    job = sent(alice, tmp_path, b"x")
    remove(job)
    assert ListenImport.objects.filter(pk=job.pk).exists()
    running.look_through(str(job.pk))
    remove(job)
    assert not ListenImport.objects.exists()


def test_more_plays_take_the_same_queries(alice: Any, tmp_path: Path) -> None:
    def queries(count: int) -> int:
        rows = [lastfm_track(number, name=f"Title {number}") for number in range(count)]
        job = looked_through(alice, tmp_path, document(rows))
        start(job)
        with CaptureQueriesContext(connection) as asked:
            running.import_now(str(job.pk))
        remove(ListenImport.objects.get(pk=job.pk))
        listen_store().erase(alice.pk, EVERYTHING)
        return len(asked)

    assert queries(3) == queries(30)


def test_an_imported_history_makes_the_next_page(
    alice: Any, bob: Any, tmp_path: Path, sign_in: Callable[[Any], Client]
) -> None:
    for genre in ("Folk", "Jazz"):
        for number in range(12):
            names = {"artist": f"{genre} Band {number}", "genres": [genre]}
            add_track(alice, f"{genre} {number}", duration_ms=200_000, **names)
    as_bob = sign_in(bob)
    as_bob.get("/")
    rows = [
        spotify_row(
            10 * number,
            master_metadata_track_name=f"Folk {number}",
            master_metadata_album_artist_name=f"Folk Band {number}",
            ms_played=200_000,
        )
        for number in range(4)
    ]
    assert imported(bob, tmp_path, document(rows)).counts["listens"] == 4
    offered = as_bob.get("/").context["recommended"]
    assert {each.reason for each in offered[:4]} == {"Because you finished 4 Folk tracks"}
