"""A month or a year looked back at: only what is true, with the days that it is true of."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from history.charts.bars import HEIGHT, bars
from history.charts.dial import dial
from history.reviews.periods import just_over
from listening.models import StaleDay
from music.tests.catalogue import add_track
from music.tests.listens import listened, scrobbled

MARCH = datetime(2025, 3, 3, 12, tzinfo=UTC)


def page(client: Client, address: str = "/review/2025-03/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def cards(client: Client, address: str = "/review/2025-03/") -> dict[str, Any]:
    return {card.kind: card.facts for card in client.get(address).context["review"].cards}


@pytest.fixture
def heard(bob: Any, alice: Any) -> list[Any]:
    """Two tracks in March 2025, on three days; nothing before."""
    blue = add_track(alice, "Blue", artist="Nora", album="Spring", genres=["Jazz"])
    green = add_track(alice, "Green", artist="Otto", album="Summer", genres=["Folk"])
    for day in range(3):
        listened(bob, blue, MARCH + timedelta(days=day))
    listened(bob, green, MARCH + timedelta(days=1, hours=1))
    return [blue, green]


def test_the_cards_say_what_the_listens_add_up_to(as_bob: Client, heard: list[Any]) -> None:
    found = cards(as_bob)
    assert (found["time"].minutes, found["time"].listens) == (4, 4)
    assert [(row.named.name, row.place.listens) for row in found["artists"]] == [("Nora", 3), ("Otto", 1)]
    assert [row.named.name for row in found["tracks"]] == ["Blue", "Green"]
    assert [row.named.name for row in found["albums"]] == ["Spring", "Summer"]
    assert [row.named.name for row in found["genres"]] == ["Jazz", "Folk"]
    assert found["days"].busiest.day == date(2025, 3, 4)
    assert (found["days"].heard, found["days"].of, found["days"].streak.days) == (3, 29, 3)
    assert (found["clock"].hour, found["clock"].weekday) == (12, "Tuesday")
    assert found["course"].highest == "4 March"


def test_time_that_no_listen_tells_is_not_called_none(as_bob: Client, bob: Any, heard: list[Any]) -> None:
    for day in range(2):
        scrobbled(bob, MARCH - timedelta(days=28 + day))
    html = page(as_bob, "/review/2025-02/")
    found = cards(as_bob, "/review/2025-02/")
    assert (found["time"].minutes, found["time"].listens, "clock" in found) == (None, 2, False)
    assert html.count("add no minutes") == 1
    assert "Only what was really heard" not in html and ">minutes<" not in html
    assert re.search(r"> ?2 listens ?<", page(as_bob, "/review/"))
    assert "add no minutes" not in page(as_bob)


def test_a_history_that_begins_within_the_period_is_told(as_bob: Client, heard: list[Any]) -> None:
    html = page(as_bob)
    assert "3 – 31 March 2025" in html
    assert "since 3 March, when your history begins" in html
    assert "3 March – 31 December 2025" in page(as_bob, "/review/2025/")


def test_a_period_that_the_history_covers_says_nothing_of_its_beginning(as_bob: Client, bob: Any, heard: Any) -> None:
    listened(bob, heard[0], MARCH + timedelta(days=40))
    html = page(as_bob, "/review/2025-04/")
    assert "1 – 30 April 2025" in html
    assert "history begins</p>" not in html


def test_a_period_that_still_runs_says_so_far(as_bob: Client, bob: Any, heard: Any) -> None:
    today = timezone.localdate()
    listened(bob, heard[0], timezone.now())
    html = page(as_bob, f"/review/{today:%Y-%m}/")
    assert "so far" in html
    assert "so far" not in page(as_bob)


def test_nothing_is_called_new_where_nothing_is_before_it(as_bob: Client, bob: Any, alice: Any, heard: Any) -> None:
    assert cards(as_bob)["found"].new is None
    assert "different tracks" in page(as_bob)
    newcomer = add_track(alice, "Newcomer", artist="Pia")
    for track in (heard[0], newcomer, newcomer):
        listened(bob, track, MARCH + timedelta(days=40))
    found = cards(as_bob, "/review/2025-04/")["found"]
    assert (found.tracks, found.new, found.favourite.named.name) == (2, 1, "Newcomer")


def test_a_time_without_anything_new_has_no_card_of_discoveries(as_bob: Client, bob: Any, heard: Any) -> None:
    for track in heard:
        listened(bob, track, MARCH + timedelta(days=40))
    assert "found" not in cards(as_bob, "/review/2025-04/")
    assert "New discoveries" not in page(as_bob, "/review/2025-04/")


def test_only_a_whole_period_before_is_compared_with(as_bob: Client, bob: Any, heard: Any) -> None:
    for day in (30, 31, 32):
        listened(bob, heard[0], MARCH + timedelta(days=day))
    assert cards(as_bob, "/review/2025-04/")["time"].more is None
    listened(bob, heard[0], datetime(2025, 5, 9, tzinfo=UTC))
    assert cards(as_bob, "/review/2025-05/")["time"].more.change == "2 fewer"


def test_as_many_minutes_as_before_are_a_sentence_of_their_own(as_bob: Client, bob: Any, heard: Any) -> None:
    for day in (30, 60):
        listened(bob, heard[0], MARCH + timedelta(days=day))
    assert "Exactly as many minutes as before (1 – 30 April 2025)." in page(as_bob, "/review/2025-05/")
    assert "compared with 1" not in page(as_bob, "/review/2025-05/")


def test_of_several_days_and_hours_with_as_much_none_had_the_most(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice)
    for hours in (0, 25):
        listened(bob, track, MARCH + timedelta(hours=hours))
    found = cards(as_bob)
    assert (found["days"].busiest, found["clock"].hour, found["clock"].weekday, found["course"].highest) == (
        None,
        None,
        "",
        "",
    )
    html = page(as_bob)
    assert "the most music" not in html and "with the most" not in html


def test_one_listen_makes_no_cards_of_habits(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice, genres=[]), MARCH)
    assert list(cards(as_bob)) == ["time", "artists", "tracks"]
    page(as_bob)


def test_time_without_listens_is_empty_and_says_what_to_do(as_bob: Client, heard: Any) -> None:
    assert "Choose a month or a year in which you did" in page(as_bob, "/review/2024/")


def test_without_a_history_it_says_what_to_do(as_bob: Client) -> None:
    assert "your review begins with your first listen" in page(as_bob)
    assert "Find something to play" in page(as_bob, "/review/")


@pytest.mark.parametrize("said", ["2025-13", "2025-W10", "all", "0000", "x", "2025-3"])
def test_what_is_no_month_or_year_is_not_found(as_bob: Client, said: str) -> None:
    assert as_bob.get(f"/review/{said}/").status_code == 404
    assert as_bob.get(f"/review/{said}/wide.png").status_code == 404
    assert as_bob.post(f"/review/{said}/share/", {"on": "1"}).status_code == 404


def test_days_are_those_of_the_listeners_own_clock(as_bob: Client, bob: Any, alice: Any) -> None:
    bob.profile.time_zone = "Pacific/Auckland"
    bob.profile.save()
    listened(bob, add_track(alice, "Over midnight"), datetime(2025, 2, 28, 12, tzinfo=UTC))
    assert "Over midnight" in page(as_bob)
    assert "1 – 31 March 2025" in page(as_bob)
    assert "Nothing to look back at" in page(as_bob, "/review/2025-02/")


def test_what_the_catalogue_lost_is_named_as_it_was_heard(as_bob: Client, heard: list[Any]) -> None:
    page(as_bob)
    pk = heard[0].pk
    heard[0].delete()
    html = page(as_bob)
    assert "Blue" in html
    assert f'href="/tracks/{pk}/"' not in html


def test_the_year_has_the_artist_of_each_month(as_bob: Client, bob: Any, heard: list[Any]) -> None:
    for hour in range(2):
        listened(bob, heard[1], datetime(2025, 7, 1, hour, tzinfo=UTC))
    months = cards(as_bob, "/review/2025/")["months"]
    assert [(month, artist.name, listens) for month, artist, listens in months] == [
        ("March", "Nora", 3),
        ("July", "Otto", 2),
    ]
    assert "months" not in cards(as_bob)


def test_long_and_hostile_names_are_text(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice, "W" * 255, artist="<script>alert(1)</script>"), MARCH)
    html = page(as_bob)
    assert "W" * 255 in html
    assert "<script>alert" not in html


def test_each_card_leads_to_the_next_by_an_address(as_bob: Client, heard: Any) -> None:
    html = page(as_bob)
    kinds = [*cards(as_bob), "picture"]
    for kind, following in pairwise(kinds):
        assert f'id="{kind}"' in html
        assert f'href="#{following}" class="review-next"' in html
        assert f'id="{kind}-title"' in html


def test_more_listens_cost_no_more_queries(as_bob: Client, bob: Any, alice: Any) -> None:
    def asked(address: str) -> int:
        StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))
        page(as_bob, address)
        with CaptureQueriesContext(connection) as queries:
            page(as_bob, address)
        return len(queries)

    tracks = [add_track(alice, f"T{number}", album=f"A{number}", genres=[f"G{number}"]) for number in range(12)]
    for track in tracks[:2]:
        listened(bob, track, MARCH - timedelta(days=60))
        listened(bob, track, MARCH)
        listened(bob, track, MARCH + timedelta(days=40))
    few = [asked(address) for address in ("/review/2025-03/", "/review/2025/", "/review/")]
    for number, track in enumerate(tracks * 4):
        listened(bob, track, MARCH + timedelta(hours=7 * number))
    assert [asked(address) for address in ("/review/2025-03/", "/review/2025/", "/review/")] == few


def test_all_months_and_years_that_have_listens_are_offered(as_bob: Client, bob: Any, heard: Any) -> None:
    listened(bob, heard[0], datetime(2024, 12, 31, 12, tzinfo=UTC))
    listened(bob, heard[0], datetime(2024, 11, 30, 12, tzinfo=UTC), share=0.1)
    html = page(as_bob, "/review/")
    for said in ("2025", "2024", "2025-03", "2024-12"):
        assert f'href="/review/{said}/"' in html
    assert "/review/2024-11/" not in html


def test_the_numbers_lead_to_the_review_of_the_month_shown(as_bob: Client, heard: Any) -> None:
    assert 'href="/review/2025-03/"' in page(as_bob, "/numbers/?period=2025-03")
    assert 'href="/review/2025/"' in page(as_bob, "/numbers/?period=2025")
    assert "/review/2024/" not in page(as_bob, "/numbers/?period=2024")
    assert 'href="/review/' not in page(as_bob, "/numbers/?period=all")


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2025, 4, 1), "2025-03"),
        (date(2025, 4, 7), "2025-03"),
        (date(2025, 4, 8), None),
        (date(2026, 1, 31), "2025"),
        (date(2025, 5, 1), None),
    ],
)
def test_what_has_just_ended_is_offered_for_a_while(
    as_bob: Client, bob: Any, heard: Any, today: date, said: str | None
) -> None:
    page(as_bob)
    found = just_over(bob.pk, today)
    assert (found.said["period"] if found else None) == said


def test_the_history_offers_what_has_just_ended(as_bob: Client, heard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page(as_bob)
    assert "is over. Look back at it" not in page(as_bob, "/history/")
    monkeypatch.setattr("history.views.history.today_of", lambda _user: date(2025, 4, 2))
    assert 'href="/review/2025-03/"' in page(as_bob, "/history/")


def test_bars_are_as_high_as_their_values() -> None:
    drawn = bars([10, 0, 5])
    assert [bar.height for bar in drawn] == [HEIGHT, 0, HEIGHT / 2]
    assert [bar.is_highest for bar in drawn] == [True, False, False]
    assert not any(bar.is_highest for bar in bars([0, 0]))


def test_the_dial_adds_up_the_same_hour_of_all_weekdays() -> None:
    wedges = dial({0: (1, 100), 24: (2, 200), 23: (1, 50)})
    assert (wedges[0].listens, wedges[0].played_ms, wedges[0].is_longest) == (3, 300, True)
    assert [wedge.hour for wedge in wedges if wedge.played_ms] == [0, 23]
