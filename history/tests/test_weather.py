"""What goes wrong around a listen, through the pages and on every store: clocks, names, lies, tracks that go."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from history.tests.test_listens import last_listen, post
from history.views import listens
from listening import outbox, rollups
from listening.deleting import LANDED, erase_due
from listening.models import (
    ClosedAccount,
    FirstHeard,
    PendingEvent,
    Rollup,
    RollupState,
    StaleDay,
    TrackTotal,
)
from listening.store import Listen, listen_store
from music.models import Track
from music.removal import discard, trash
from music.tests.catalogue import add_track
from users.deletion import delete_account
from users.models import UserProfile

pytestmark = pytest.mark.usefixtures("each_store")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LENGTH_MS = 100_000


@pytest.fixture
def track(alice: Any) -> Track:
    return add_track(alice, "Blue Hour", artist="Nora", duration_ms=LENGTH_MS, genres=["Jazz"])


@pytest.fixture
def event_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The server's, for what it is told."""

    def set_to(now: datetime) -> None:
        monkeypatch.setattr(listens.timezone, "now", lambda: now)

    set_to(NOON)
    return set_to


def begin(client: Client, track: Track, event_id: str, **more: Any) -> Any:
    said = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in more.items()}
    return post(client, "/listens/start/", event_id=event_id, track_id=track.pk, **said)


def tell(client: Client, event_id: str, step: str, played_ms: Any, **more: Any) -> Any:
    return post(client, f"/listens/{event_id}/{step}/", played_ms=played_ms, **more)


def days_with_plays(user: Any) -> list[str]:
    assert rollups.refresh(user.pk, "UTC")
    return [row.begin.isoformat() for row in rollups.rows_of(user.pk, "day") if row.plays]


@pytest.mark.usefixtures("set_clock")
def test_a_start_a_day_ahead_is_now_and_nothing_was_heard_yet(
    as_bob: Client, bob: Any, track: Track, event_id: str
) -> None:
    assert begin(as_bob, track, event_id, started_at=NOON + DAY).status_code == 200
    answer = tell(as_bob, event_id, "complete", LENGTH_MS).json()
    assert (answer["played_ms"], answer["counted"], answer["completed"]) == (0, False, False)
    assert last_listen(bob).started_at == NOON
    assert days_with_plays(bob) == ["2026-03-03"]


@pytest.mark.usefixtures("set_clock")
def test_a_start_a_day_ago_is_a_late_report_and_counts_on_its_day(
    as_bob: Client, bob: Any, track: Track, event_id: str
) -> None:
    begin(as_bob, track, event_id, started_at=NOON - DAY)
    assert tell(as_bob, event_id, "complete", LENGTH_MS).json()["completed"] is True
    listen = last_listen(bob)
    assert (listen.started_at, listen.completed_at) == (NOON - DAY, NOON - DAY + timedelta(milliseconds=LENGTH_MS))
    assert days_with_plays(bob) == ["2026-03-02"]


@pytest.mark.parametrize("wrong_by", [DAY, -DAY, 400 * DAY, -400 * DAY, -9000 * DAY])
def test_a_browser_that_tells_its_clock_may_have_a_wrong_one(
    as_bob: Client, bob: Any, track: Track, event_id: str, set_clock: Callable[[datetime], None], wrong_by: timedelta
) -> None:
    """It started two hours ago, was out of reach, and tells now."""
    theirs = NOON + wrong_by
    assert begin(as_bob, track, event_id, started_at=theirs - 2 * HOUR, sent_at=theirs).status_code == 200
    assert last_listen(bob).started_at == NOON - 2 * HOUR
    assert begin(as_bob, track, event_id, started_at=theirs - 2 * HOUR, sent_at=theirs + HOUR).status_code == 200
    assert len(listen_store().history(bob.pk, 9)) == 1
    live = str(uuid.uuid4())
    begin(as_bob, track, live, started_at=theirs, sent_at=theirs)
    set_clock(NOON + timedelta(seconds=40))
    assert tell(as_bob, live, "progress", LENGTH_MS).json()["played_ms"] == 40_000


@pytest.mark.usefixtures("set_clock")
def test_what_a_report_needs_on_its_way_is_no_wrong_clock(
    as_bob: Client, bob: Any, track: Track, event_id: str
) -> None:
    sent_at = NOON - timedelta(seconds=20)
    begin(as_bob, track, event_id, started_at=sent_at, sent_at=sent_at)
    assert last_listen(bob).started_at == sent_at


@pytest.mark.parametrize("name", ["started_at", "sent_at"])
@pytest.mark.parametrize(
    "moment",
    ["yesterday", "2026-03-03T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", 5, [], {"a": 1}],
)
def test_a_time_that_is_none_is_400(as_bob: Client, track: Track, event_id: str, name: str, moment: Any) -> None:
    answer = begin(as_bob, track, event_id, **{name: moment})
    assert answer.status_code == (400 if moment else 200)
    assert "event_id" in answer.json() or name in answer.json()["error"]


@pytest.mark.parametrize("sent_at", ["0001-01-02T00:00:00Z", "9999-12-31T00:00:00Z"])
def test_clocks_at_the_ends_of_time_break_nothing(as_bob: Client, track: Track, event_id: str, sent_at: str) -> None:
    for started_at in ("0001-01-02T00:00:00Z", "9999-12-31T00:00:00Z"):
        assert begin(as_bob, track, event_id, started_at=started_at, sent_at=sent_at).status_code in (200, 400)


def test_the_servers_clock_jumping_back_an_hour_loses_nothing(
    as_bob: Client, bob: Any, track: Track, event_id: str, set_clock: Callable[[datetime], None]
) -> None:
    begin(as_bob, track, event_id)
    set_clock(NOON + timedelta(seconds=50))
    assert tell(as_bob, event_id, "progress", 50_000).json()["played_ms"] == 50_000
    set_clock(NOON - HOUR)
    assert tell(as_bob, event_id, "complete", LENGTH_MS).json()["played_ms"] == 50_000
    listen = last_listen(bob)
    assert (listen.started_at, listen.counted, listen.ended) == (NOON, True, True)
    other = str(uuid.uuid4())
    set_clock(NOON + HOUR)
    begin(as_bob, track, other)
    set_clock(NOON)
    assert tell(as_bob, other, "progress", 9_000, left=True).json()["played_ms"] == 0
    assert len(listen_store().history(bob.pk, 9)) == 2
    set_clock(NOON + 2 * HOUR)
    assert tell(as_bob, other, "complete", LENGTH_MS).json()["completed"] is True


def test_a_draft_heard_in_review_is_no_listen_until_it_is_published(
    as_alice: Client, alice: Any, event_id: str
) -> None:
    draft = add_track(alice, "Draft", state=Track.State.REVIEW)
    answer = begin(as_alice, draft, event_id)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert listen_store().history(alice.pk, 1) == []
    Track.objects.filter(pk=draft.pk).update(state=Track.State.PUBLISHED)
    assert begin(as_alice, draft, event_id).status_code == 200


def test_a_track_deleted_in_mid_play_keeps_its_names_in_the_history(
    as_bob: Client, bob: Any, track: Track, event_id: str
) -> None:
    begin(as_bob, track, event_id, started_at=timezone.now() - HOUR)
    discard(Track.objects.filter(pk=track.pk))
    assert not Track.objects.filter(pk=track.pk).exists()
    assert tell(as_bob, event_id, "complete", LENGTH_MS).json()["completed"] is True
    listen = last_listen(bob)
    assert (listen.title, listen.artist_name) == ("Blue Hour", "Nora")
    html = as_bob.get("/history/").content.decode()
    assert "Blue Hour" in html and "Nora" in html


def test_a_listen_told_after_its_track_went_to_the_trash_is_kept(
    as_bob: Client, bob: Any, alice: Any, track: Track, event_id: str
) -> None:
    secret = add_track(alice, "Secret", visibility="private")
    began_at = timezone.now() - HOUR
    trash(Track.objects.filter(pk__in=[track.pk, secret.pk]))
    assert begin(as_bob, track, event_id, started_at=began_at).status_code == 200
    assert last_listen(bob).title == "Blue Hour"
    assert begin(as_bob, track, str(uuid.uuid4())).status_code == 404
    assert begin(as_bob, secret, str(uuid.uuid4()), started_at=began_at).status_code == 404


def test_a_listener_with_a_new_name_keeps_every_listen(
    as_bob: Client, bob: Any, as_alice: Client, track: Track
) -> None:
    bob.profile.listening_visible_to = UserProfile.Audience.EVERYONE
    bob.profile.save()
    event_id = str(uuid.uuid4())
    begin(as_bob, track, event_id, started_at=timezone.now() - HOUR)
    tell(as_bob, event_id, "complete", LENGTH_MS)
    assert "Blue Hour" in as_alice.get("/listeners/bob/?period=all").content.decode()
    bob.username = "robert"
    bob.save()
    assert as_alice.get("/listeners/bob/?period=all").status_code == 404
    assert "Blue Hour" in as_alice.get("/listeners/robert/?period=all").content.decode()
    for address in ("/history/", "/numbers/?period=all"):
        assert "Blue Hour" in as_bob.get(address).content.decode()
    exported = b"".join(as_bob.get("/settings/data/listens.jsonl").streaming_content)
    assert event_id in exported.decode() and "Blue Hour" in exported.decode()
    assert begin(as_bob, track, str(uuid.uuid4())).status_code == 200
    assert len(listen_store().history(bob.pk, 9)) == 2


@pytest.mark.parametrize("played_ms", [-1, "-5", True, False, "NaN", float("nan"), float("-inf"), "1e9", {}, "5 s"])
def test_a_played_time_that_cannot_be_is_400_and_changes_nothing(
    as_bob: Client, bob: Any, track: Track, event_id: str, played_ms: Any
) -> None:
    begin(as_bob, track, event_id, started_at=timezone.now() - HOUR)
    assert tell(as_bob, event_id, "complete", played_ms).status_code == 400
    assert (last_listen(bob).played_ms, last_listen(bob).ended) == (0, False)


@pytest.mark.parametrize(("played_ms", "counted_ms"), [("70000", 70_000), (70_000.9, 70_000), (2**53, LENGTH_MS)])
def test_a_played_time_in_other_words_counts_as_far_as_the_track_goes(
    as_bob: Client, track: Track, event_id: str, played_ms: Any, counted_ms: int
) -> None:
    begin(as_bob, track, event_id, started_at=timezone.now() - HOUR)
    assert tell(as_bob, event_id, "progress", played_ms).json()["played_ms"] == counted_ms


def test_jumping_claims_go_no_faster_than_the_clock_and_never_back(
    as_bob: Client, bob: Any, track: Track, event_id: str, set_clock: Callable[[datetime], None]
) -> None:
    begin(as_bob, track, event_id)
    heard = []
    for seconds, claimed in ((1, 99_000), (2, 0), (20, 2**53), (21, 5), (30, 25_000), (31, 26_000)):
        set_clock(NOON + timedelta(seconds=seconds))
        heard.append(tell(as_bob, event_id, "progress", claimed).json()["played_ms"])
    assert heard == [1_000, 1_000, 20_000, 20_000, 25_000, 26_000]
    assert not last_listen(bob).counted


def test_two_tabs_of_one_track_are_two_listens_each_as_long_as_it_was(
    as_bob: Client, bob: Any, track: Track, set_clock: Callable[[datetime], None]
) -> None:
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    begin(as_bob, track, one)
    set_clock(NOON + timedelta(seconds=30))
    begin(as_bob, track, other)
    set_clock(NOON + timedelta(seconds=60))
    told = [tell(as_bob, event_id, "progress", LENGTH_MS).json() for event_id in (one, other)]
    assert [(answer["played_ms"], answer["counted"]) for answer in told] == [(60_000, True), (30_000, False)]


def test_word_of_a_listen_that_began_days_ago_is_taken_and_belongs_to_its_day(
    as_bob: Client, bob: Any, track: Track, event_id: str, set_clock: Callable[[datetime], None]
) -> None:
    begin(as_bob, track, event_id)
    set_clock(NOON + 5 * DAY)
    assert tell(as_bob, event_id, "complete", LENGTH_MS).json()["completed"] is True
    assert last_listen(bob).completed_at == NOON + timedelta(milliseconds=LENGTH_MS)
    assert days_with_plays(bob) == ["2026-03-03"]


@pytest.mark.parametrize("trouble", [OperationalError("database or disk is full"), InterfaceError("closed")])
def test_a_database_that_takes_nothing_now_is_503_and_the_same_report_counts_once_it_does(
    as_bob: Client, bob: Any, track: Track, event_id: str, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def full(*_: Any, **__: Any) -> Listen:
        raise trouble

    with monkeypatch.context() as weather:
        for step in ("start", "progress", "complete"):
            weather.setattr(type(listen_store()), step, full)
        answers = [begin(as_bob, track, event_id), tell(as_bob, event_id, "progress", 1)]
    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/json")
        assert "Tell it again soon" in answer.json()["error"]
    assert listen_store().history(bob.pk, 9) == []
    assert [begin(as_bob, track, event_id).status_code for _ in range(2)] == [200, 200]
    assert len(listen_store().history(bob.pk, 9)) == 1


def test_an_account_that_could_not_be_closed_after_all_is_whole_with_every_listen(
    as_alice: Client, alice: Any, track: Track, event_id: str, django_capture_on_commit_callbacks: Any
) -> None:
    begin(as_alice, track, event_id)
    user_id = alice.pk
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        delete_account(alice)
        transaction.set_rollback(True)
    assert type(alice).objects.filter(pk=user_id).exists()
    assert len(listen_store().history(user_id, 5)) == 1


def test_an_account_that_is_closed_leaves_no_listen(
    as_alice: Client, alice: Any, track: Track, event_id: str, django_capture_on_commit_callbacks: Any
) -> None:
    begin(as_alice, track, event_id)
    user_id = alice.pk
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(alice)
    assert listen_store().history(user_id, 5) == []
    assert not outbox.has_pending(user_id)


def test_a_report_that_lands_after_its_account_was_closed_is_erased_with_its_figures(
    as_alice: Client, alice: Any, track: Track, event_id: str, django_capture_on_commit_callbacks: Any
) -> None:
    user_id, start = alice.pk, type(listen_store()).start

    def closed_meanwhile(*said: Any) -> Listen:
        with django_capture_on_commit_callbacks(execute=True):
            delete_account(alice)
        return start(*said)

    with pytest.MonkeyPatch.context() as moment:
        moment.setattr(type(listen_store()), "start", closed_meanwhile)
        begin(as_alice, track, event_id)
    assert len(listen_store().history(user_id, 5)) == 1
    assert rollups.refresh(user_id, "UTC")
    erase_due()
    assert len(listen_store().history(user_id, 5)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        ClosedAccount.objects.update(erase_at=F("erase_at") - LANDED)
        erase_due()
    assert listen_store().history(user_id, 5) == []
    for model in (ClosedAccount, PendingEvent, StaleDay, Rollup, RollupState, TrackTotal, FirstHeard):
        assert not model.objects.filter(user_id=user_id).exists()
