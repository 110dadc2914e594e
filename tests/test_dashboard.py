import re
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from conftest import make_user
from listening import rollups
from listening.counting import Sum
from listening.rollups import Level
from music.cataloguing import genres_named
from music.models import Takedown, TrackReport
from music.tests.catalogue import add_track
from users.models import SignUpRequest
from users.moderation import decide, take_down
from users.roles import Role, set_role


def summed_up(user_id: int, day: date, level: str = Level.DAY, **sums: Any) -> None:
    rollups._row(user_id, level, day, Sum(**sums)).save()


def test_staff_begin_with_what_is_here_and_what_waits(staff: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    track = add_track(alice)
    TrackReport.objects.create(track=track, reporter=bob, reason=TrackReport.Reason.values[0])
    SignUpRequest.objects.create(user=bob)
    page = sign_in(staff).get("/admin/").content.decode()
    assert shown(page) == {
        "Listens, 30 days": "0",
        "People": "3",
        "Tracks": "1",
        "Waiting to be let in": "1",
        "Open reports": "1",
    } | {"Storage": shown(page)["Storage"]}
    assert "1 signed in and 3 new within 30 days" in page
    assert bars_of(page, "Tracks added")[-1] == "1" and set(bars_of(page, "Tracks added")[:-1]) == {"0"}
    assert "Nothing yet." in page
    assert "style=" not in page[page.index('id="dashboard"') :]


def test_the_appeals_that_wait_are_counted_and_lead_to_their_list(bob: Any, as_bob: Client, alice: Any) -> None:
    set_role(bob, Role.MODERATOR)
    for appeal in ("", "It is my own.", "So is this."):
        [takedown] = take_down(bob, [add_track(alice, f"Song. {appeal}").pk], "copyright")
        moment = timezone.now() if appeal else None
        Takedown.objects.filter(pk=takedown.pk).update(appeal=appeal, appealed_at=moment)
    page = as_bob.get("/admin/").content.decode()
    [there] = re.findall(r'<a href="([^"]*)">2 appeals to answer</a>', page)
    listed = as_bob.get(there).content.decode()
    assert "Song. So is this." in listed and "Song. It is my own." in listed and "Song. <" not in listed
    decide(bob, takedown, "upheld")
    assert ">1 appeal to answer</a>" in as_bob.get("/admin/").content.decode()


def test_staff_see_what_all_together_listened_to_and_skipped(staff: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    today = timezone.now().date()
    genres_named(["Jazz", "Soul"])
    summed_up(alice.pk, today, plays=6, listens=4, skipped=1)
    summed_up(bob.pk, today, plays=2, listens=2, skipped=1)
    summed_up(bob.pk, today - timedelta(days=1), plays=2, listens=0, skipped=2)
    summed_up(bob.pk, today - timedelta(days=40), plays=9, listens=9)
    months = {"jazz": (4, 1), "soul": (1, 1)}, {"soul": (2, 1), "gone-since": (9, 1)}
    for user, genres in zip((alice, bob), months, strict=True):
        summed_up(user.pk, today.replace(day=1), Level.MONTH, plays=9, listens=9, genres=genres)

    page = sign_in(staff).get("/admin/").content.decode()

    assert shown(page)["Listens, 30 days"] == "6" and "40% of what was begun was skipped" in page
    assert bars_of(page, "Listens")[-2:] == ["0", "6"]
    assert bars_of(page, "Listeners")[-2:] == ["0", "2"]
    assert bars_of(page, "Skip rate")[-2:] == ["100 %", "25 %"]
    assert re.findall(r"<li><b>(.*?)</b><span>(.*?)</span>", page) == [("Jazz", "4"), ("Soul", "3")]


def test_the_tables_behind_the_charts_have_their_numbers(staff: Any, bob: Any, sign_in: Any) -> None:
    summed_up(bob.pk, timezone.now().date(), plays=3, listens=3)
    page = sign_in(staff).get("/admin/").content.decode()
    assert page.count("<details") == page.count('<svg class="chart"') == 4
    for name in ("Listens", "Skip rate", "Listeners", "Tracks added"):
        assert re.findall(r"<td>(.*?)</td>", chart(page, name)) == bars_of(page, name)


def chart(page: str, name: str) -> str:
    return page.split(f"<h2>{name}</h2>")[1].split("</table>")[0]


def bars_of(page: str, name: str) -> list[str]:
    return re.findall(r"<title>.*?: (.*?)</title>", chart(page, name))


def shown(page: str) -> dict[str, str]:
    figures = re.findall(r'<div class="stat[^"]*"><dt>(.*?)</dt><dd>(.*?)</dd>', page)
    return {name: re.sub("<.*?>", "", figure) for name, figure in figures}


def test_a_moderator_is_not_told_who_waits(bob: Any, as_bob: Client) -> None:
    set_role(bob, Role.MODERATOR)
    page = as_bob.get("/admin/").content.decode()
    assert "Open reports" in page and "let in" not in page


def test_the_dashboard_asks_as_often_for_many_as_for_few(
    staff: Any, alice: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        add_track(alice, title=f"Track {number}")
        make_user(f"guest{number}")
    admin = sign_in(staff)
    with django_assert_max_num_queries(16):
        assert shown(admin.get("/admin/").content.decode())["Tracks"] == "20"
