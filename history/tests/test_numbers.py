import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from history.charts.calendar import calendar
from listening.deleting import delete_listens
from listening.models import StaleDay
from listening.store import Listen, Selection, StoreAway, listen_store
from music.tests.catalogue import add_track
from music.tests.listens import listened, scrobbled
from users.models import UserProfile

MARCH = datetime(2026, 3, 3, 12, tzinfo=UTC)
UNKNOWN = "count as finished and add no minutes"


def page(client: Client, address: str = "/numbers/?period=2026-03") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_numbers_are_of_the_days_that_were_asked_for(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice, "Blue in March", artist="Nora", album="Spring", genres=["Jazz"])
    for day in range(3):
        listened(bob, track, MARCH + timedelta(days=day))
    listened(bob, add_track(alice, "Later"), MARCH + timedelta(days=40))
    numbers = as_bob.get("/numbers/?period=2026-03").context["numbers"]
    assert (numbers.figures.total.listens, numbers.figures.total.played_ms) == (3, 180_000)
    assert numbers.figures.discoveries == 1
    html = page(as_bob)
    assert "Blue in March" in html and "Nora" in html and "Spring" in html and "Jazz" in html
    assert "Later" not in html
    assert "since 3 March 2026, when the history begins" in html


def test_top_tracks_of_the_library_go_into_a_playlist(as_bob: Client, bob: Any, alice: Any) -> None:
    first, second = add_track(alice, "Often"), add_track(alice, "Once")
    for day in range(2):
        listened(bob, first, MARCH + timedelta(days=day))
    listened(bob, second, MARCH)
    scrobbled(bob, MARCH)
    assert f'href="/playlists/add/?tracks={first.pk},{second.pk}"' in page(as_bob, "/numbers/tracks/?period=2026-03")
    assert "/playlists/add/?tracks" not in page(as_bob, "/numbers/artists/?period=2026-03")


def test_the_same_days_are_named_in_every_way(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice), MARCH)
    for said in ("period=2026-W10", "period=2026-03", "period=2026", "period=all", "from=2026-03-03&to=2026-03-03"):
        assert as_bob.get(f"/numbers/?{said}").context["numbers"].figures.total.listens == 1, said


@pytest.mark.parametrize("said", ["period=2026-13", "period=x", "from=nonsense", "period=0000", "period=2026-W60"])
def test_nonsense_means_this_month(as_bob: Client, said: str) -> None:
    numbers = as_bob.get(f"/numbers/?{said}").context["numbers"]
    assert numbers.period.since == timezone.localdate().replace(day=1)


def test_rank_and_amount_are_compared_with_the_period_before(as_bob: Client, bob: Any, alice: Any) -> None:
    riser, faller, new = (add_track(alice, name) for name in ("Riser", "Faller", "Newcomer"))
    for track, february, march in ((riser, 1, 3), (faller, 2, 1), (new, 0, 2)):
        for number in range(february):
            listened(bob, track, MARCH - timedelta(days=28, hours=number))
        for number in range(march):
            listened(bob, track, MARCH + timedelta(hours=number))
    listened(bob, faller, datetime(2026, 1, 31, 12, tzinfo=UTC))
    html = page(as_bob)
    assert "Up 1 place" in html
    assert "Down 2 places" in html
    assert ">New</span>" in html
    assert "3 more" in html
    assert "Compared with 1 – 28 February 2026" in html


def test_what_is_remembered_follows_each_change(as_bob: Client, bob: Any, alice: Any) -> None:
    first, second = (add_track(alice, name, genres=[name]) for name in ("Firstborn", "Second"))
    for number in range(2):
        listened(bob, first, MARCH + timedelta(hours=number))
    listened(bob, second, MARCH + timedelta(days=1))

    def found() -> list[tuple[str, int]]:
        numbers = as_bob.get("/numbers/?period=2026-03").context["numbers"]
        assert [name for _band, name in numbers.river] == [row.named.name for row in numbers.top("genres")]
        assert numbers.longest_streak.days == len({day.day for day in numbers.heard_in_year if day.listens})
        return [(row.named.name, row.place.listens) for row in numbers.top("tracks")]

    assert found() == found() == [("Firstborn", 2), ("Second", 1)]
    for number in range(2):
        listened(bob, second, MARCH + timedelta(days=1, hours=1 + number))
    assert found() == [("Second", 3), ("Firstborn", 2)]
    first.title = "Renamed"
    first.save()
    assert found() == [("Second", 3), ("Renamed", 2)]
    listen_store().erase(bob.pk, Selection(track_id=second.pk))
    assert found() == [("Renamed", 2)]
    second.delete()
    listen_store().erase(bob.pk, Selection())
    assert "No numbers yet" in page(as_bob)


def test_what_is_remembered_is_named_for_each_reader(as_bob: Client, as_alice: Client, alice: Any) -> None:
    track = add_track(alice, "Soon a secret")
    listened(alice, track, MARCH)
    show_to_everyone(alice)
    assert "Soon a secret" in page(as_bob, "/listeners/alice/?period=2026-03")
    track.visibility = "private"
    track.save()
    assert "Soon a secret" not in page(as_bob, "/listeners/alice/?period=2026-03")
    assert "Soon a secret" in page(as_alice)


def test_nothing_is_compared_with_days_before_the_history(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice), MARCH)
    assert "Compared with" not in page(as_bob)


def test_what_the_catalogue_lost_is_named_without_a_link(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice, "Gone for good")
    listened(bob, track, MARCH)
    page(as_bob)
    track.delete()
    html = page(as_bob)
    assert "Gone for good" in html
    assert f'href="/tracks/{track.pk}/"' not in html


def test_a_title_is_text_and_never_markup(as_bob: Client, bob: Any, alice: Any) -> None:
    listened(bob, add_track(alice, "<script>alert(1)</script>", artist="<b>Nora", genres=["Jazz"]), MARCH)
    html = page(as_bob)
    assert "<script>alert" not in html
    assert "<b>Nora" not in html
    assert "&lt;b&gt;Nora" in html


def test_an_empty_time_says_what_to_do(as_bob: Client, bob: Any, alice: Any) -> None:
    assert "No numbers yet" in page(as_bob)
    listened(bob, add_track(alice), MARCH)
    assert "Nothing heard in this time" in page(as_bob, "/numbers/?period=2026-05")


@pytest.mark.parametrize("address", ["/numbers/", "/review/", "/review/2026-03/"])
def test_figures_that_were_never_made_are_not_called_empty(
    as_bob: Client, bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert "Bring your history along" in page(as_bob, address)
    listened(bob, add_track(alice), MARCH)
    monkeypatch.setattr("history.numbers.refresh", lambda *_args: False)
    html = page(as_bob, address)
    assert "The numbers are being made" in html
    assert "Play something" not in html


def test_a_store_that_is_away_is_told_and_the_numbers_stay(
    as_bob: Client, bob: Any, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened(bob, add_track(alice, "Kept"), MARCH)
    page(as_bob)

    def away(*_args: Any, **_kwargs: Any) -> None:
        raise StoreAway

    monkeypatch.setattr("history.numbers.refresh", lambda *_args: False)
    monkeypatch.setattr(type(listen_store()), "each", away)
    html = page(as_bob)
    assert "being brought up to date" in html
    assert "Kept" in html


def test_more_listens_cost_no_more_queries(as_bob: Client, bob: Any, alice: Any) -> None:
    def asked() -> int:
        StaleDay.objects.update(marked_at=timezone.now() - timedelta(minutes=1))
        page(as_bob)
        with CaptureQueriesContext(connection) as queries:
            page(as_bob)
        return len(queries)

    tracks = [add_track(alice, f"T{number}", album=f"A{number}", genres=[f"G{number}"]) for number in range(12)]
    listened(bob, tracks[0], MARCH - timedelta(days=60))
    listened(bob, tracks[0], MARCH)
    few = asked()
    for number, track in enumerate(tracks * 3):
        listened(bob, track, MARCH + timedelta(hours=number))
    assert asked() == few


def test_streaks_are_of_days_in_a_row(as_bob: Client, bob: Any, alice: Any) -> None:
    track = add_track(alice)
    for day in (0, 1, 2, 5):
        listened(bob, track, MARCH + timedelta(days=day))
    listened(bob, track, timezone.now() - timedelta(days=1))
    numbers = as_bob.get("/numbers/").context["numbers"]
    assert numbers.longest_streak.days == 3
    assert numbers.longest_streak.since == date(2026, 3, 3)
    assert numbers.current_streak.days == 1


@pytest.mark.parametrize(
    "what", ["tracks", "artists", "albums", "genres", "totals", "clock", "streaks", "days", "genres-by-month"]
)
def test_every_chart_is_a_file_too(as_bob: Client, bob: Any, alice: Any, what: str) -> None:
    listened(bob, add_track(alice, "Blue", artist="Nora", album="Spring", genres=["Jazz"]), MARCH)
    response = as_bob.get(f"/numbers/{what}.csv?period=2026-03")
    assert response["Content-Disposition"] == f'attachment; filename="{what}-2026-03.csv"'
    head, *rows = csv.reader(StringIO(response.content.decode()))
    assert rows and all(len(row) == len(head) for row in rows)


def csv_of(client: Client, what: str) -> list[list[str]]:
    return list(csv.reader(StringIO(client.get(f"/numbers/{what}.csv?period=2026-03").content.decode())))


def test_files_have_what_the_page_has_of_the_time_before(as_bob: Client, bob: Any, alice: Any) -> None:
    old, new = add_track(alice, "Old"), add_track(alice, "New")
    listened(bob, old, datetime(2026, 1, 31, 12, tzinfo=UTC))
    listened(bob, old, MARCH - timedelta(days=20))
    assert [row[5:] for row in csv_of(as_bob, "tracks")] == [["rank_before", "movement"]]
    for hours in (0, 1):
        listened(bob, new, MARCH + timedelta(hours=hours))
    listened(bob, old, MARCH, share=0.05)
    listened(bob, old, MARCH + timedelta(days=1))
    assert [(row[1], *row[5:]) for row in csv_of(as_bob, "tracks")[1:]] == [("New", "", "new"), ("Old", "1", "down")]
    assert csv_of(as_bob, "totals") == [
        ["figure", "amount", "before"],
        ["played_ms", "183000", "60000"],
        ["listens", "3", "1"],
        ["discoveries", "1", "0"],
        ["plays", "4", "1"],
        ["finished_percent", "75.0", "100.0"],
        ["skipped_percent", "25.0", "0.0"],
    ]
    assert csv_of(as_bob, "streaks")[-1] == ["2026-03-03", "2026-03-04", "2"]
    html = page(as_bob)
    assert "/numbers/streaks.csv?period=2026-03" in html and "/numbers/totals.csv?period=2026-03" in html


def table(html: str, caption: str) -> list[list[str]]:
    """The cells of the table that a screen reader reads instead of a drawing."""
    [found] = [each for each in re.findall("<table.*?</table>", html) if caption in each]
    return [re.findall("<t[hd].*?>(.*?)</t[hd]>", row) for row in re.findall("<tr>.*?</tr>", found)]


def test_behind_each_drawing_is_a_table_with_its_numbers(as_bob: Client, bob: Any, alice: Any) -> None:
    jazz, rock = (add_track(alice, genre, genres=[genre]) for genre in ("Jazz", "Rock"))
    for hours in (0, 1):
        listened(bob, jazz, MARCH + timedelta(hours=hours))
    listened(bob, rock, MARCH + timedelta(days=1), share=0.05)
    html = page(as_bob)
    assert html.count('role="img" aria-label="Minutes by') == html.count("<table") == 3
    _head, *week = table(html, "Listens by weekday and hour")
    tuesday = dict.fromkeys(range(24), "0") | {12: "1", 13: "1"}
    assert week[1] == ["Tuesday", *tuesday.values()]
    assert all(set(hours) == {"0"} for day, *hours in week if day != "Tuesday")
    assert table(html, "Listens by day")[1:] == [["3 March 2026", "2", "2 min"], ["4 March 2026", "0", "3 sec"]]
    assert table(html, "Minutes by genre and month") == [["Month", "Jazz", "Rock"], ["Mar 2026", "2", "0"]]
    for name, share in (("Finished", "67"), ("Skipped", "33")):
        told = rf'<dt>{name}</dt> ?<dd>{share} %</dd> ?<dd class="stat-note">of 3 plays</dd>'
        assert re.search(told, html), name


def test_time_that_no_listen_tells_is_not_called_none(as_bob: Client, bob: Any, alice: Any) -> None:
    for hours in (0, 1):
        scrobbled(bob, MARCH + timedelta(hours=hours))
    html = page(as_bob)
    assert re.search("<dt>Minutes</dt> ?<dd>–</dd>", html)
    assert html.count(UNKNOWN) == 1
    assert "time unknown</p>" in html and "nothing</p>" not in html
    assert table(html, "Listens by day")[1:] == [["3 March 2026", "2", "time unknown"]]
    listened(bob, add_track(alice), MARCH)
    html = page(as_bob)
    assert re.search("<dt>Minutes</dt> ?<dd>1</dd>", html)
    assert html.count(UNKNOWN) == 1
    listened(bob, add_track(alice), MARCH + timedelta(days=40))
    assert UNKNOWN not in page(as_bob, "/numbers/?period=2026-04")


def test_unknown_time_is_not_compared(as_bob: Client, bob: Any, alice: Any) -> None:
    scrobbled(bob, datetime(2026, 1, 31, 12, tzinfo=UTC))
    scrobbled(bob, MARCH - timedelta(days=20))
    listened(bob, add_track(alice), MARCH)
    totals = dict(as_bob.get("/numbers/?period=2026-03").context["totals"])
    assert (totals["minutes"], totals["listens"].change) == (None, "as many")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_of_a_file_is_a_formula(as_bob: Client, bob: Any, alice: Any, sign: str) -> None:
    listened(bob, add_track(alice, f"{sign}1+cmd|' /C calc'!A0"), MARCH)
    rows = list(csv.reader(StringIO(as_bob.get("/numbers/tracks.csv?period=2026-03").content.decode())))
    assert rows[1][1].startswith(f"'{sign}")


def test_there_is_no_table_of_anything_else(as_bob: Client) -> None:
    assert as_bob.get("/numbers/secrets.csv").status_code == 404
    assert as_bob.get("/numbers/secrets/").status_code == 404


def show_to_everyone(user: Any) -> None:
    user.profile.listening_visible_to = UserProfile.Audience.EVERYONE
    user.profile.save()


def test_anothers_numbers_are_there_when_they_show_them(as_bob: Client, alice: Any, charlie: Any) -> None:
    listened(charlie, add_track(alice, "Out in the open"), MARCH)
    assert as_bob.get("/listeners/charlie/?period=2026-03").status_code == 404
    show_to_everyone(charlie)
    assert "Out in the open" in page(as_bob, "/listeners/charlie/?period=2026-03")
    assert as_bob.get("/listeners/nobody/").status_code == 404


def test_of_anothers_listening_only_what_the_reader_may_see_is_named(
    as_bob: Client, as_alice: Client, alice: Any
) -> None:
    secret = add_track(alice, "Secret demo", artist="Secret band", album="Secret tape", genres=["Secretcore"])
    secret.visibility = "private"
    secret.save()
    listened(alice, secret, MARCH)
    listened(alice, add_track(alice, "Known to all"), MARCH)
    show_to_everyone(alice)
    assert "Secret demo" in page(as_alice)
    html = page(as_bob, "/listeners/alice/?period=2026-03")
    assert "Secret" not in html and "secretcore" not in html
    assert "Known to all" in html


def test_names_from_elsewhere_are_the_listeners_own(as_bob: Client, as_alice: Client, alice: Any) -> None:
    imported = Listen(
        user_id=alice.pk, event_id="e" * 32, track_id=-5, title="Imported title", artist_id=-6,
        artist_name="Imported band", genres=("jazz",), started_at=MARCH, duration_ms=60_000, played_ms=60_000,
        counted=True, completed=True, origin="import:1",
    )  # fmt: skip
    listen_store().add_all([imported])
    assert "Imported title" in page(as_alice)
    show_to_everyone(alice)
    assert "Imported title" not in page(as_bob, "/listeners/alice/?period=2026-03")


def test_while_a_deletion_can_be_undone_the_numbers_say_that_they_still_have_it(
    as_bob: Client, bob: Any, alice: Any
) -> None:
    listened(bob, add_track(alice, "Regretted"), MARCH)
    pages = ("/numbers/", "/review/", "/review/2026-03/")
    assert not any("being brought up to date" in page(as_bob, address) for address in pages)
    delete_listens(bob, Selection())
    assert all("being brought up to date" in page(as_bob, address) for address in pages)


@pytest.mark.parametrize(("month", "begin"), [(2, "ltr"), (11, "rtl")])
def test_a_calendar_wider_than_the_screen_begins_where_its_latest_days_are(
    as_bob: Client, bob: Any, alice: Any, month: int, begin: str
) -> None:
    listened(bob, add_track(alice), datetime(2025, month, 3, 12, tzinfo=UTC))
    html = page(as_bob, "/numbers/?period=2025")
    assert f'<div dir="{begin}" class="overflow-x-auto pb-2" tabindex="0" role="region" aria-label="Calendar">' in html


def test_one_long_day_does_not_leave_the_others_pale() -> None:
    usual = {date(2026, 1, 1) + timedelta(days=day): (10, 3_000_000) for day in range(90)}
    heard = {**usual, date(2026, 1, 7): (300, 80_000_000)}
    shades = {day.day: day.shade for day in calendar(heard, date(2026, 1, 1), date(2026, 12, 31)).days}
    assert shades[date(2026, 1, 7)] == shades[date(2026, 1, 8)] == 5
    assert shades[date(2026, 12, 31)] == 0
