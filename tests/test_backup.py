"""Both databases go into a folder and come out of it the same, elsewhere."""

import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from conftest import make_user
from listening import outbox
from listening.mongo_dump import empty
from listening.store import forget_store, listen_store, mongo_store
from listening.tally import Tally
from listening.tests.cast import begun, event_id
from listening.tests.conftest import wire_uri  # noqa: F401 a fixture
from music.models import Track
from music.tests.catalogue import add_track
from music.tests.listens import listened
from music_streamer.backup import database, making, postgresql
from music_streamer.backup.manifest import sha256
from music_streamer.backup.stages import bars
from tests.mongo_server import free_port
from tests.own_database import connected_to_own_database
from tests.test_settings import run

NOW = datetime.now(UTC)
LISTENS = 25
Place = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """A folder with a backup of a place that is lived in, its listens in SQL."""
    path = tmp_path_factory.mktemp("made")
    with django_db_blocker.unblock(), connected_to_own_database(path):
        lived_in()
        said("backup", str(path / "backups"))
    return path / "backups"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def backup(made: Path, folder: Path) -> Path:
    """A copy of it that one test may spoil."""
    shutil.copytree(made, folder)
    return backup_in(folder)


@pytest.fixture
def empty_place(settings: Any, tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Place:
    """An installation of its own, with few tables and nobody in it: its SQL database, and MongoDB if there is a URI."""

    @contextmanager
    def placed(mongodb_uri: str = "") -> Iterator[None]:
        path = tmp_path / uuid4().hex
        path.mkdir()
        settings.MONGODB_URI = mongodb_uri
        forget_store()
        with django_db_blocker.unblock(), connected_to_own_database(path, "contenttypes"):
            yield

    return placed


@pytest.fixture
def place(empty_place: Place, made: Path) -> Place:
    """One that is lived in, its listens in MongoDB if there is a URI."""

    @contextmanager
    def placed(mongodb_uri: str = "") -> Iterator[None]:
        with empty_place(mongodb_uri):
            database.dialect().load(backup_in(made))
            if mongodb_uri:
                said("listens_copy")
            yield

    return placed


@pytest.fixture
def mongodb(wire_uri: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:  # noqa: F811
    """The address of an empty database on the server, which a page waits for also on a busy machine."""
    monkeypatch.setattr("listening.mongo_door.TIMEOUT_SECONDS", 30.0)

    def emptied(name: str) -> str:
        settings.MONGODB_URI = re.sub(r"/[^/]*$", f"/{name}", wire_uri)
        empty(mongo_store(30).door)
        return settings.MONGODB_URI

    return emptied


def lived_in() -> None:
    """Alice brought in tracks, one is gone again; Bob heard them."""
    alice, bob = make_user("alice"), make_user("bob")
    tracks = [add_track(alice, f"Träck {number}", artist="Ilse 'M' ; --") for number in range(5)]
    for number in range(LISTENS):
        listened(bob, tracks[number % 5], NOW - timedelta(hours=number), share=1 if number % 3 else 0.1)
    tracks[4].delete()


def said(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def refused(command: str, *arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as failure:
        said(command, *arguments)
    return failure.value.returncode, str(failure.value)


def backup_in(folder: Path) -> Path:
    (whole,) = folder.iterdir()
    return whole


def history_of_bob() -> str:
    client = Client()
    client.force_login(get_user_model().objects.get(username="bob"))
    answer = client.get("/history/")
    assert answer.status_code == 200
    once = r'(nonce|csp-nonce" content|csrfmiddlewaretoken" value|csrf-token" content)="[^"]*"'
    return re.sub(once, "", answer.content.decode())


def rows() -> dict[str, Tally]:
    """But what is made anew on purpose, and who is signed in."""
    found = database.live_counts(bars(StringIO()))
    return {name: tally for name, tally in found.items() if name not in {"listening_rollupstate", "django_session"}}


def documents() -> dict[str, list[Any]]:
    with mongo_store(30).door.asking() as listens:
        return {
            name: sorted(listens.database[name].find(), key=lambda each: each["_id"]) for name in ("listens", "taste")
        }


@pytest.mark.wire
def test_both_databases_are_the_same_in_an_empty_place(
    empty_place: Place, place: Place, mongodb: Callable[[str], str], folder: Path
) -> None:
    with place(mongodb("backup_old")):
        page, before, heard = history_of_bob(), rows(), documents()
        assert f"MongoDB: {LISTENS} documents in listens" in said("backup", str(folder))
    with empty_place(mongodb("backup_new")):
        assert "counts and hashes are the same" in said("restore", str(folder))
        assert rows() == before
        assert documents() == heard
        assert len(heard["listens"]) == LISTENS
        assert len(heard["taste"]) == 1
        assert history_of_bob() == page
        assert "Träck 3" in page


def test_listens_in_sql_are_the_same_in_an_empty_place(empty_place: Place, place: Place, folder: Path) -> None:
    with place():
        page, before = history_of_bob(), rows()
        said("backup", str(folder))
    with empty_place():
        said("restore", str(folder))
        assert rows() == before
        assert before["listening_listenrow"].count == LISTENS
        assert history_of_bob() == page


def test_search_works_after_it_and_what_is_added_gets_a_new_id(empty_place: Place, place: Place, folder: Path) -> None:
    with place():
        said("backup", str(folder))
        newest = Track.objects.latest("pk").pk
    with empty_place():
        said("restore", str(folder))
        bob = get_user_model().objects.get(username="bob")
        client = Client()
        client.force_login(bob)
        assert "Träck 2" in client.get("/search/", {"q": "track 2"}).content.decode()
        assert add_track(bob, "Newer").pk > newest + 1  # one was deleted


@pytest.mark.wire
def test_nobody_inherits_the_listens_of_who_came_while_it_was_made(
    empty_place: Place, place: Place, mongodb: Callable[[str], str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dump_mongodb = making._dump_mongodb

    def someone_comes(*arguments: Any) -> None:
        charlie = make_user("charlie")
        listened(charlie, add_track(charlie, "Secret"), NOW)
        bob = get_user_model().objects.get(username="bob")
        listened(bob, Track.objects.get(title="Secret"), NOW)
        dump_mongodb(*arguments)

    with place(mongodb("backup_old")):
        monkeypatch.setattr(making, "_dump_mongodb", someone_comes)
        said("backup", str(folder))
        too_late = get_user_model().objects.get(username="charlie").pk
        heard = Track.objects.get(title="Secret").pk
    with empty_place(mongodb("backup_new")):
        said("restore", str(folder))
        assert {each["user_id"] for each in documents()["listens"]} == {too_late - 1}
        dora = make_user("dora")
        assert dora.pk == too_late
        assert listen_store().history(dora.pk, 5) == []
        assert add_track(dora, "Other").pk > heard  # Bob's listen stays one of a track that is gone


@pytest.mark.wire
def test_what_waits_for_mongodb_is_delivered_after_it(
    empty_place: Place, place: Place, mongodb: Callable[[str], str], folder: Path
) -> None:
    with place(mongodb("backup_old")):
        bob = get_user_model().objects.get(username="bob")
        outbox.keep_start(begun(bob.pk))
        said("backup", str(folder))
    with empty_place(mongodb("backup_new")):
        said("restore", str(folder))
        assert listen_store().find(bob.pk, event_id(1)) == begun(bob.pk)


def test_a_backup_is_of_one_moment_while_others_write(empty_place: Place, place: Place, folder: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            outbox.keep_start(begun(1, number := number + 1))
            outbox.keep_start(begun(2, number))
        connection.close()

    with place():
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for _ in range(3):
                said("backup", str(folder))
                shutil.rmtree(folder)
            said("backup", str(folder))
        finally:
            stop.set()
            writer.join()
    with empty_place():
        said("restore", str(folder))
        waiting = {user_id: outbox.pending_of(user_id).count() for user_id in (1, 2)}
        assert waiting[1] - waiting[2] in {0, 1}
        assert waiting[1] > 0


def test_it_is_readable_by_its_owner_alone(made: Path) -> None:
    whole = backup_in(made)
    assert whole.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in whole.iterdir()} == {0o600}


def test_the_secret_key_goes_along_unless_it_is_not_to(place: Place, folder: Path, settings: Any) -> None:
    with place():
        said("backup", str(folder))
        assert (backup_in(folder) / "secret_key").read_text() == settings.SECRET_KEY
        shutil.rmtree(folder)
        said("backup", str(folder), "--without-secret")
        assert not (backup_in(folder) / "secret_key").exists()
        assert settings.SECRET_KEY not in (backup_in(folder) / "manifest.json").read_text()


def test_a_place_with_another_secret_key_takes_that_of_the_backup(
    empty_place: Place, backup: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = settings.SECRET_KEY
    with empty_place():
        settings.SECRET_KEY = "another" * 10
        assert "SECRET_KEY is set" in said("restore", str(backup))
        monkeypatch.delenv("SECRET_KEY")
        said("restore", str(backup), "--replace")
    kept = Path(django_settings.DATA_DIR) / "secret_key"
    assert kept.read_text() == former
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoil", ["cut", "changed", "gone", "manifest"])
def test_a_damaged_file_is_refused_before_anything_changes(empty_place: Place, backup: Path, spoil: str) -> None:
    path = backup / "manifest.json" if spoil == "manifest" else backup / database.dialect().FILE
    content = path.read_bytes()
    if spoil == "gone":
        path.unlink()
    elif spoil == "changed":
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    else:
        path.write_bytes(content[:-50])
    with empty_place():
        code, words = refused("restore", str(backup))
        assert code == 1
        assert "damaged" in words
        assert not database.has_accounts()


def torn(path: Path) -> None:
    """As a full disk leaves it, and with a manifest that was written of it like that."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    manifest = path.with_name("manifest.json")
    told = json.loads(manifest.read_text())
    told["files"][path.name] = sha256(path)
    manifest.write_text(json.dumps(told))


def test_a_torn_copy_with_the_right_hash_leaves_the_place_as_it_was(place: Place, backup: Path) -> None:
    torn(backup / database.dialect().FILE)
    with place():
        make_user("charlie")
        before = rows()
        for more in ([], ["--dry-run"]):
            code, words = refused("restore", str(backup), "--replace", *more)
            assert code == 1
            assert "othing was changed" in words
        assert rows() == before


@pytest.mark.wire
def test_torn_documents_leave_both_databases_as_they_were(
    place: Place, mongodb: Callable[[str], str], folder: Path
) -> None:
    with place(mongodb("backup_old")):
        said("backup", str(folder))
        torn(backup_in(folder) / "listens.bson.gz")
        before, heard = rows(), documents()
        code, words = refused("restore", str(folder), "--replace")
        assert code == 1
        assert "cannot be read to its end" in words
        assert (rows(), documents()) == (before, heard)


def test_a_backup_that_is_not_what_it_says_is_told_after_restoring(empty_place: Place, backup: Path) -> None:
    manifest = backup / "manifest.json"
    told = json.loads(manifest.read_text())
    told["tables"]["music_track"]["count"] += 1
    told["tables"]["music_genre"]["digest"] = f"{7:064x}"
    manifest.write_text(json.dumps(told))
    err = StringIO()
    with empty_place(), pytest.raises(CommandError) as failure:
        call_command("restore", str(backup), stdout=StringIO(), stderr=err)
    assert failure.value.returncode == 1
    assert "table music_track: 5 in the backup, 4 here" in err.getvalue()
    assert "table music_genre" in err.getvalue()
    assert "table music_album" not in err.getvalue()


def test_a_place_that_is_lived_in_is_refused_unless_it_is_to_be_replaced(place: Place, backup: Path) -> None:
    with place():
        before = rows()
        charlie = make_user("charlie")
        code, words = refused("restore", str(backup))
        assert code == 2
        assert "accounts" in words
        assert "--replace" in words
        assert get_user_model().objects.latest("pk") == charlie
        said("restore", str(backup), "--replace")
        assert rows() == before


@pytest.mark.wire
def test_documents_are_not_mixed_with_others(
    empty_place: Place, place: Place, mongodb: Callable[[str], str], folder: Path
) -> None:
    with place(mongodb("backup_old")):
        said("backup", str(folder))
        heard = documents()
    uri = mongodb("backup_new")
    with mongo_store(30).door.asking() as listens:
        listens.insert_one({"_id": "7:a", "user_id": 7, "event_id": "a"})
    with empty_place(uri):
        code, words = refused("restore", str(folder))
        assert code == 2
        assert "documents in MongoDB" in words
        said("restore", str(folder), "--replace")
        assert documents() == heard
        with mongo_store(30).door.asking() as listens:
            assert "history" in listens.index_information()


def test_a_dry_run_looks_and_writes_nothing(empty_place: Place, backup: Path) -> None:
    with empty_place():
        before = rows()
        assert "Nothing was written" in said("restore", str(backup), "--dry-run")
        assert rows() == before


@pytest.mark.wire
def test_documents_without_an_address_to_go_to_are_refused(
    empty_place: Place, place: Place, mongodb: Callable[[str], str], folder: Path
) -> None:
    with place(mongodb("backup_old")):
        said("backup", str(folder))
    with empty_place():
        code, words = refused("restore", str(folder))
        assert code == 2
        assert "Set MONGODB_URI" in words
        assert not database.has_accounts()


def test_without_mongodb_there_is_no_backup_and_nothing_is_left(
    place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(making, "PATIENCE_SECONDS", 0.3)
    with place():
        settings.MONGODB_URI = f"mongodb://127.0.0.1:{free_port()}/nowhere"
        code, words = refused("backup", str(folder))
    assert code == 3
    assert "no backup" in words
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_backup_leaves_nothing(
    place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(_part: Path) -> None:
        raise error

    monkeypatch.setattr(making, "_reach_the_disk", broken)
    with place(), pytest.raises((CommandError, KeyboardInterrupt)):
        said("backup", str(folder))
    assert list(folder.iterdir()) == []


def test_what_a_killed_backup_left_is_never_restored_and_goes_with_the_next(place: Place, folder: Path) -> None:
    with place():
        said("backup", str(folder))
        backup_in(folder).rename(folder / "2026-01-01T00-00-00Z.part")
        code, words = refused("restore", str(folder))
        assert code == 2
        assert "no backup" in words
        said("backup", str(folder))
    assert backup_in(folder).suffix == ""


def test_of_several_the_newest_is_restored(empty_place: Place, place: Place, folder: Path) -> None:
    with place():
        said("backup", str(folder))
        backup_in(folder).rename(folder / "2026-01-01T00-00-00Z")
        make_user("dora")
        said("backup", str(folder))
    with empty_place():
        said("restore", str(folder))
        assert get_user_model().objects.filter(username="dora").exists()


def test_a_backup_of_a_newer_version_is_refused(empty_place: Place, place: Place, folder: Path) -> None:
    with place():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('music', '9999_later', '2030-01-01')"
            )
        said("backup", str(folder))
    with empty_place():
        code, words = refused("restore", str(folder))
        assert code == 2
        assert "music.9999_later" in words


def test_a_backup_of_the_other_kind_of_database_is_refused(empty_place: Place, backup: Path) -> None:
    path = backup / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "engine": "oracle"}))
    with empty_place():
        code, words = refused("restore", str(backup))
    assert code == 2
    assert "oracle" in words


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the suite runs on SQLite")
def test_without_the_client_programs_it_says_what_to_install(
    place: Place, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place():
        monkeypatch.setattr(postgresql.shutil, "which", lambda _: None)
        code, words = refused("backup", str(folder))
    assert code == 2
    assert "postgresql-client" in words


def test_an_older_backup_is_brought_up_to_date(empty_place: Place, place: Place, folder: Path) -> None:
    with place():
        call_command("migrate", "listening", "0005", verbosity=0)
        said("backup", str(folder))
    with empty_place():
        said("restore", str(folder))
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM django_migrations WHERE name = '0006_past_years'")
            assert cursor.fetchone() == (1,)


def test_a_folder_without_a_backup_is_refused(tmp_path: Path) -> None:
    assert refused("restore", str(tmp_path)) == (2, f"There is no backup in {tmp_path}.")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a new machine begins with SQLite")
def test_on_a_new_machine_two_commands_are_enough(made: Path, tmp_path: Path) -> None:
    old, new, backups = tmp_path / "old", tmp_path / "new", tmp_path / "backups"
    for folder, *command in ((old, "restore", made), (old, "backup", backups), (new, "restore", backups)):
        run(folder, "-m", "music_streamer.secret_key")
        result = run(folder, "manage.py", *map(str, command))
        assert result.returncode == 0, result.stderr
    assert "counts and hashes are the same" in result.stdout
    assert (old / "secret_key").read_text() == (new / "secret_key").read_text()


def test_an_empty_database_is_no_backup(empty_place: Place, folder: Path) -> None:
    with empty_place():
        code, words = refused("backup", str(folder))
    assert code == 2
    assert "DATABASE_URL" in words
    assert list(folder.iterdir()) == []
