"""What somebody takes along is whole, theirs alone, and can be brought back."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from history.exports.account import State, write_now
from history.exports.keeping import order, tidy_exports
from history.imports import keeping, running
from history.models import AccountExport, ListenImport
from listening.deleting import delete_listens
from listening.errors import StoreAway
from listening.store import Selection, listen_store
from music.models import Takedown, Track, TrackReport
from music.tests.catalogue import add_track
from music.tests.listens import listened
from playlists.editing import add_tracks
from playlists.models import Playlist, Rating, SmartPlaylist, Star
from scrobbling.models import ServiceConnection
from scrobbling.sealing import seal
from sharing.links import make_share
from users.moderation import decide, take_down

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def heard(alice: Any, bob: Any) -> None:
    listened(bob, add_track(alice, "=SUM(A1)", artist="Ärger", album="Kind"), NOW - timedelta(hours=1))
    listened(bob, add_track(alice, "Half", duration_ms=200_000), NOW - timedelta(hours=2), share=0.6)
    listened(bob, add_track(alice, "Skipped"), NOW - timedelta(days=2), share=0.05)
    listened(alice, add_track(alice, "Not bob's"), NOW)


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.usefixtures("heard")
def test_listens_are_lines_as_listenbrainz_has_them(as_bob: Client) -> None:
    response = as_bob.get("/settings/data/listens.jsonl")
    rows = [json.loads(line) for line in body(response).splitlines()]
    assert [row["track_metadata"]["track_name"] for row in rows] == ["Skipped", "Half", "=SUM(A1)"]
    assert rows[2]["listened_at"] == int((NOW - timedelta(hours=1)).timestamp())
    assert rows[2]["track_metadata"]["artist_name"] == "Ärger"
    assert rows[1]["track_metadata"]["additional_info"]["music_streamer"]["played_ms"] == 120_000
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.usefixtures("heard")
def test_a_table_has_no_formulas(as_bob: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(body(as_bob.get("/settings/data/listens.csv")))))
    assert [row["title"] for row in rows] == ["Skipped", "Half", "'=SUM(A1)"]
    assert rows[1]["played_ms"] == "120000"


@pytest.mark.usefixtures("heard")
def test_what_is_hidden_is_not_exported(as_bob: Client, bob: Any) -> None:
    delete_listens(bob, Selection(outcome="skipped"))
    assert "Skipped" not in body(as_bob.get("/settings/data/listens.jsonl"))


def bring_back(user: Any, export: Path) -> ListenImport:
    job = keeping.take(user, export, export.name)
    running.look_through(str(job.pk))
    job.refresh_from_db()
    keeping.start(job)
    running.import_now(str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("name", ["listens.jsonl", "listens.csv"])
def test_an_export_that_is_brought_back_is_the_same_history(
    as_bob: Client, bob: Any, tmp_path: Path, name: str
) -> None:
    before = listen_store().history(bob.pk, 10)
    texts = {each: body(as_bob.get(f"/settings/data/{each}")) for each in ("listens.jsonl", "listens.csv")}
    listen_store().erase(bob.pk, Selection())
    export = tmp_path / name
    export.write_text(texts[name], newline="")
    assert bring_back(bob, export).format == "music_streamer"
    after = listen_store().history(bob.pk, 10)

    def facts(listen: Any) -> tuple[Any, ...]:
        return (
            listen.event_id, listen.identity, int(listen.started_at.timestamp()), listen.played_ms, listen.counted,
            listen.completed, listen.skipped, listen.source,
        )  # fmt: skip

    assert [facts(listen) for listen in after] == [facts(listen) for listen in before]
    for again, text in texts.items():
        export = tmp_path / again
        export.write_text(text, newline="")
        job = bring_back(bob, export)
        assert (job.counts["listens"], job.counts["duplicates"]) == (0, 3), again


@pytest.mark.usefixtures("heard")
def test_a_store_that_is_away_is_said_so_and_one_that_goes_away_cuts_the_file(
    as_bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    each = listen_store().each

    def away(*_: Any, **__: Any) -> Any:
        raise StoreAway
        yield

    def going(*arguments: Any, **more: Any) -> Any:
        yield next(each(*arguments, **more, batch_size=1))
        raise StoreAway

    monkeypatch.setattr(type(listen_store()), "each", staticmethod(away))
    assert "out of reach" in as_bob.get("/settings/data/listens.csv", follow=True).content.decode()
    monkeypatch.setattr(type(listen_store()), "each", staticmethod(going))
    response = as_bob.get("/settings/data/listens.csv")
    with pytest.raises(StoreAway):
        body(response)


@pytest.mark.usefixtures("heard")
def test_everything_is_one_zip_that_its_owner_alone_gets(
    as_bob: Client, as_alice: Client, bob: Any, staff: Any, sign_in: Callable[[Any], Client]
) -> None:
    as_bob.post("/settings/data/export/")
    assert order(bob).pk == AccountExport.objects.get().pk
    assert "Being put together" in as_bob.get("/settings/data/").content.decode()
    export = AccountExport.objects.get()
    write_now(str(export.pk))
    write_now(str(export.pk))
    address = f"/settings/data/export/{export.pk}/"
    assert address in as_bob.get("/settings/data/").content.decode()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(as_bob.get(address).streaming_content)))
    assert archive.testzip() is None
    assert json.loads(archive.read("profile.json"))["username"] == "bob"
    assert len(archive.read("listens.jsonl").splitlines()) == 3
    assert {"README.txt", "listens.csv", "uploads.csv", "left_out.json", "devices.json"} <= set(archive.namelist())
    assert [each["browser"] for each in json.loads(archive.read("security.json"))["sessions"]] == [""]
    assert json.loads(archive.read("taste.json")) == as_bob.get("/taste/export.json").json()
    for client in (as_alice, sign_in(staff)):
        assert client.get(address).status_code == 404


@pytest.mark.usefixtures("heard")
def test_ones_uploads_are_listed_whatever_state_they_are_in(alice: Any) -> None:
    export = order(alice)
    write_now(str(export.pk))
    with zipfile.ZipFile(export.path) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("uploads.csv").decode())))
    assert [row["title"] for row in rows] == ["'=SUM(A1)", "Half", "Skipped", "Not bob's"]


def test_ones_export_has_what_was_taken_down_with_all_that_was_said(
    as_alice: Client, alice: Any, bob: Any, staff: Any
) -> None:
    mine, theirs = add_track(alice, "Mine"), add_track(bob, "Theirs")
    take_down(staff, [mine.pk, theirs.pk], "other", "It is a field recording of a concert.")
    as_alice.post(f"/tracks/{mine.pk}/appeal/", {"appeal": "I wrote it myself."})
    decide(staff, Takedown.objects.get(track=mine), "upheld", "It is not.")
    reported = add_track(bob, "Loud")
    TrackReport.objects.create(track=reported, reporter=alice, reason="other", note="Too loud")
    TrackReport.objects.create(track=reported, reporter=staff, reason="other", note="Mine to say")
    export = order(alice)
    write_now(str(export.pk))
    with zipfile.ZipFile(export.path) as archive:
        said = json.loads(archive.read("takedowns.json"))
        assert "takedowns.json" in archive.read("README.txt").decode()
    [told] = said["taken_down"]
    assert (told["title"], told["reason"], told["appeal"], told["outcome"]) == (
        "Mine", "other", "I wrote it myself.", "upheld",
    )  # fmt: skip
    assert (told["words"], told["answer"]) == ("It is a field recording of a concert.", "It is not.")
    assert [each["note"] for each in said["reported"]] == ["Too loud"]
    assert "staff" not in json.dumps(said)  # who of them it was


def test_ones_playlists_are_in_it_as_jspf(alice: Any, bob: Any) -> None:
    for name in ("Evening", "Night"):
        playlist = Playlist.objects.create(owner=alice, name=name, visibility="public")
        add_tracks(playlist, [add_track(alice, "One", recording_mbid="m" * 36).pk], alice)
    lists = []
    for owner in (alice, bob):
        export = order(owner)
        write_now(str(export.pk))
        with zipfile.ZipFile(export.path) as archive:
            lists.append(json.loads(archive.read("playlists.json")))
    assert [each["playlist"]["title"] for each in lists[0]] == ["Evening", "Night"]
    [track] = lists[0][0]["playlist"]["track"]
    assert (track["title"], track["duration"]) == ("One", 60_000)
    assert track["identifier"] == [f"https://musicbrainz.org/recording/{'m' * 36}"]
    assert lists[1] == []


def test_ones_stars_and_rules_are_in_it_without_the_names_of_what_was_made_private(alice: Any, bob: Any) -> None:
    seen, hidden = add_track(alice, "Seen"), add_track(alice, "Hidden")
    for track in (seen, hidden):
        Star.objects.create(user=bob, track=track)
    Rating.objects.create(user=bob, artist=seen.artist, stars=4)
    Star.objects.create(user=alice, track=seen)
    rules = {"match": "all", "rules": [{"field": "starred", "operator": "is", "value": True}]}
    SmartPlaylist.objects.create(owner=bob, name="Loved", rules=rules)
    Track.objects.filter(pk=hidden.pk).update(visibility="private")
    export = order(bob)
    write_now(str(export.pk))
    with zipfile.ZipFile(export.path) as archive:
        given = json.loads(archive.read("stars.json"))
    assert [(each["track_id"], each.get("track_title")) for each in given["stars"]] == [
        (seen.pk, "Seen"),
        (hidden.pk, None),
    ]
    assert [(each["artist_name"], each["stars"]) for each in given["ratings"]] == [(seen.artist.name, 4)]
    assert [(each["name"], each["rules"]) for each in given["smart_playlists"]] == [("Loved", rules["rules"])]


def test_ones_links_are_in_it_and_what_opens_them_is_not(alice: Any, bob: Any) -> None:
    share = make_share(alice, add_track(alice, "One"), days=7, password="open sesame")
    make_share(bob, add_track(alice, "Two"), days=None)
    export = order(alice)
    write_now(str(export.pk))
    with zipfile.ZipFile(export.path) as archive:
        text = archive.read("shares.json").decode()
    assert [(each["track__title"], each["plays"]) for each in json.loads(text)] == [("One", 0)]
    assert not any(secret in text for secret in (share.secret, share.seed, share.secret_sha256, share.password))


def test_an_export_expires_and_leaves_nothing(as_bob: Client, bob: Any) -> None:
    export = order(bob)
    write_now(str(export.pk))
    AccountExport.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert as_bob.get(f"/settings/data/export/{export.pk}/").status_code == 404
    tidy_exports()
    assert not export.path.exists()
    assert not AccountExport.objects.exists()


def test_an_export_whose_owner_left_goes_too(bob: Any) -> None:
    export = order(bob)
    write_now(str(export.pk))
    bob.delete()
    tidy_exports()
    assert not export.path.exists()


def test_an_export_that_nobody_finished_is_said_to_have_failed(
    as_bob: Client, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise StoreAway

    export = order(bob)
    with monkeypatch.context() as weather:
        weather.setattr(type(listen_store()), "each", away)
        write_now(str(export.pk))
    export.refresh_from_db()
    assert export.state == State.FAILED
    assert not list(AccountExport.folder().iterdir())
    assert "did not work" in as_bob.get("/settings/data/").content.decode()
    assert order(bob).pk != export.pk


def test_an_export_names_the_services_and_no_token(bob: Any) -> None:
    sealed = seal("a-token")
    ServiceConnection.objects.create(user=bob, service="listenbrainz", account="bob_lb", sealed=sealed)
    order(bob)
    export = AccountExport.objects.get()
    write_now(str(export.pk))
    with zipfile.ZipFile(export.path) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist())
        assert json.loads(archive.read("services.json"))[0]["account"] == "bob_lb"
    assert "a-token" not in everything and sealed not in everything
