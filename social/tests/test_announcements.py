"""What staff say to everybody, until each has read it away."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import make_user
from social.announcements import KEY
from social.models import Announcement, DismissedAnnouncement
from users.roles import Role, set_role

NOW = timezone.now()
ADD = "/admin/social/announcement/add/"
PAGES = ["/", "/tracks/", "/profile/", "/people/", "/tracks/999999/", "/accounts/email/"]


def said(client: Client, text: str, address: str = "/tracks/") -> bool:
    return text in client.get(address).content.decode()


def dismiss(client: Client, announcement: Announcement, back_to: str = "/tracks/") -> Any:
    return client.post(f"/announcements/{announcement.pk}/dismiss/", {"next": back_to})


def test_its_link_says_to_a_screen_reader_what_it_leads_on_from(as_alice: Client) -> None:
    Announcement.objects.create(text="Back at ten", url="https://status.example/", begins_at=NOW)
    assert said(as_alice, 'Read more<span class="sr-only">: Back at ten</span></a>')


def test_a_moderator_writes_one_and_everybody_who_signed_in_sees_it_on_each_page(
    as_alice: Client, client: Client, sign_in: Any
) -> None:
    moderator = make_user("moderator")
    set_role(moderator, Role.MODERATOR)
    times = {"begins_at_0": "2026-01-01", "begins_at_1": "00:00:00", "ends_at_0": "", "ends_at_1": ""}
    words = {"text": "We move <b>tonight</b>", "url": "https://status.example/", "level": "warning"}
    assert sign_in(moderator).post(ADD, {**words, **times}).status_code == 302
    for address in PAGES:
        html = as_alice.get(address).content.decode()
        assert "We move &lt;b&gt;tonight&lt;/b&gt;" in html, address
        assert 'href="https://status.example/"' in html and 'role="status"' in html, address
    assert not said(client, "We move", "/accounts/login/")
    assert as_alice.get(ADD).status_code == 302


def test_a_visitor_sees_what_is_for_visitors_and_has_no_button(client: Client, db: None) -> None:
    Announcement.objects.create(text="Sign-up opens on Monday", for_visitors=True)
    html = client.get("/accounts/login/").content.decode()
    assert "Sign-up opens on Monday" in html and "/dismiss/" not in html


def test_it_is_shown_from_and_until_its_times(as_alice: Client) -> None:
    for text, begins, ends in (
        ("Past", -2, -1),
        ("Present", -1, 1),
        ("Endless", -1, None),
        ("Future", 1, 2),
    ):
        ends_at = None if ends is None else NOW + timedelta(hours=ends)
        Announcement.objects.create(text=text, begins_at=NOW + timedelta(hours=begins), ends_at=ends_at)
    shown = [text for text in ("Past", "Present", "Endless", "Future") if said(as_alice, text)]
    assert shown == ["Present", "Endless"]


def test_where_a_script_can_only_the_announcement_goes_and_the_page_stays(as_alice: Client) -> None:
    news = Announcement.objects.create(text="First news")
    assert said(as_alice, f'<li id="announcement-{news.pk}"')
    stream = as_alice.post(
        f"/announcements/{news.pk}/dismiss/", headers={"accept": "text/vnd.turbo-stream.html, text/html"}
    )
    assert stream.status_code == 200 and stream["Content-Type"].startswith("text/vnd.turbo-stream.html")
    assert stream.content.decode() == f'<turbo-stream action="remove" target="announcement-{news.pk}"></turbo-stream>'
    assert not said(as_alice, "First news")


def test_what_is_dismissed_stays_away_on_every_device_and_for_nobody_else(
    as_alice: Client, as_bob: Client, alice: Any, sign_in: Any
) -> None:
    first, second = Announcement.objects.create(text="First news"), Announcement.objects.create(text="Other news")
    for _ in range(2):
        assert dismiss(as_alice, first)["Location"] == "/tracks/"
    assert DismissedAnnouncement.objects.count() == 1
    for client in (as_alice, sign_in(alice)):
        assert not said(client, "First news") and said(client, "Other news")
    assert said(as_bob, "First news")
    second.text = "Changed news"
    second.save()
    assert said(as_alice, "Changed news") and not said(as_alice, "Other news")
    second.delete()
    assert not said(as_alice, "Changed news")


def test_dismissing_leads_nowhere_else_and_needs_an_account(as_alice: Client, client: Client) -> None:
    announcement = Announcement.objects.create(text="News", for_visitors=True)
    assert dismiss(as_alice, announcement, "https://elsewhere.example/")["Location"] == "/"
    assert dismiss(client, announcement)["Location"].startswith("/accounts/login/")
    assert as_alice.post(f"/announcements/{10**30}/dismiss/").status_code == 404
    assert as_alice.post("/announcements/999/dismiss/").status_code == 404
    assert DismissedAnnouncement.objects.count() == 1


def test_without_one_a_page_costs_no_query_more(as_alice: Client, django_assert_num_queries: Any) -> None:
    as_alice.get("/tracks/")
    with CaptureQueriesContext(connection) as nothing:
        as_alice.get("/tracks/")
    usual = len(nothing)
    assert usual and not any("announcement" in query["sql"] for query in nothing)
    cache.delete(KEY)  # as after a minute: asked once, and kept
    with django_assert_num_queries(usual + 1):
        as_alice.get("/tracks/")
    with django_assert_num_queries(usual):
        as_alice.get("/tracks/")
    for number in range(3):
        Announcement.objects.create(text=f"News {number}")
    as_alice.get("/tracks/")
    with django_assert_num_queries(usual + 1):
        as_alice.get("/tracks/")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org/", "/tracks/", "no address"])
def test_a_link_leads_to_the_web(url: str, db: None) -> None:
    with pytest.raises(ValidationError):
        Announcement(text="News", url=url).full_clean()
    Announcement(text="News", url="http://192.168.1.7:8080/status").full_clean()
    Announcement(text="News", url="https://status.example/?a=1").full_clean()


def test_it_does_not_end_before_it_begins(db: None) -> None:
    with pytest.raises(ValidationError, match="ends before it begins"):
        Announcement(text="News", begins_at=NOW, ends_at=NOW - timedelta(hours=1)).full_clean()


def test_warnings_come_first_and_then_the_latest(as_alice: Client) -> None:
    for text, level, hours in (("Older", "info", 3), ("Warned", "warning", 2), ("Newer", "info", 1)):
        Announcement.objects.create(text=f"{text} news", level=level, begins_at=NOW - timedelta(hours=hours))
    html = as_alice.get("/tracks/").content.decode()
    assert html.index("Warned news") < html.index("Newer news") < html.index("Older news")


def test_the_page_that_is_kept_on_a_device_has_none(as_alice: Client) -> None:
    Announcement.objects.create(text="News of today")
    assert not said(as_alice, "News of today", "/offline/?shell") and said(as_alice, "News of today", "/offline/")


def test_moderators_of_before_get_the_new_permissions_once(db: None) -> None:
    group = Group.objects.get(name="moderator")
    group.permissions.clear()
    import_module("social.migrations.0003_moderators").give_to_moderators(apps, SimpleNamespace(connection=connection))
    got = set(group.permissions.values_list("codename", flat=True))
    assert {"add_takedown", "change_takedown", "delete_blockedsound", "add_announcement"} <= got
    assert "add_trackreport" not in got
