import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from discovery.views import home
from history.views import history
from listening.store import StoreAway
from music.tests.catalogue import add_track
from music.tests.listens import listened

NOW = datetime.now(UTC)


def test_history_shows_what_was_really_heard(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice, "Whole"), NOW - timedelta(hours=1))
    listened(bob, add_track(alice, "Skipped"), NOW - timedelta(hours=2), share=0.1)
    page = as_bob.get("/history/").content.decode()
    assert page.index(">Whole<") < page.index(">Skipped</a>")
    assert "finished" in page
    assert "skipped" in page
    assert "0:06" in page


def test_days_are_those_of_the_listeners_own_clock(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice), datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert "1 March 2026" in as_bob.get("/history/").content.decode()
    bob.profile.time_zone = "Pacific/Auckland"
    bob.profile.save()
    assert "2 March 2026" in as_bob.get("/history/").content.decode()


def test_nobody_sees_anothers_history(as_alice: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice, "Guilty pleasure"), NOW)
    page = as_alice.get("/history/").content.decode()
    assert "Guilty pleasure" not in page
    assert "Nothing heard yet" in page


def test_history_pages_go_through_every_listen_once(
    as_bob: Client, bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE", 3)
    track = add_track(alice)
    for number in range(8):
        listened(bob, track, NOW - timedelta(minutes=number // 2))
    seen: list[str] = []
    after = ""
    while True:
        context = as_bob.get("/history/", {"after": after}).context
        seen += [row.listen.event_id for _day, rows in context["days"] for row in rows]
        after = context["page"]["next_cursor"]
        if not after:
            break
    assert len(seen) == len(set(seen)) == 8


def test_a_page_that_nothing_was_added_to_is_the_same_a_minute_later(
    as_bob: Client, bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE", 1)
    for minutes in (1, 2):
        listened(bob, add_track(alice, f"Heard {minutes} min ago"), NOW - timedelta(minutes=minutes))
    before = as_bob.get("/history/").context["page"]["next_cursor"]
    in_a_minute = time.time() + 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: in_a_minute)
    assert as_bob.get("/history/").context["page"]["next_cursor"] == before != ""


def test_a_track_that_is_gone_stays_in_the_history_by_name(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice, "Gone but heard")
    listened(bob, track, NOW)
    track.delete()
    page = as_bob.get("/history/").content.decode()
    assert "Gone but heard" in page
    assert "data-play " not in page


def test_without_the_store_the_pages_still_come(as_bob: Client, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        one_budget = nullcontext

        def __getattr__(self, name: str) -> Any:
            def away(*args: Any, **kwargs: Any) -> None:
                raise StoreAway

            return away

    add_track(alice, "Still here")
    for module in (history, home):
        monkeypatch.setattr(module, "listen_store", Away)
    monkeypatch.setattr("music.utils.listen_store", Away)
    assert "out of reach" in as_bob.get("/history/").content.decode()
    assert "Still here" in as_bob.get("/").content.decode()
