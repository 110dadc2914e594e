from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import PASSWORD
from users import device_sessions
from users.device_sessions import sessions_of
from users.models import UserSession

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def signed_in(user_agent: str = FIREFOX, address: str = "203.0.113.77") -> Client:
    client = Client(HTTP_USER_AGENT=user_agent, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    return client


def test_each_session_says_on_what_and_roughly_from_where(alice: Any) -> None:
    signed_in(SAFARI, "2001:db8:1:2::3")
    page = signed_in().get("/settings/security/").content.decode()
    assert "Firefox on Linux" in page and "203.0.113.0/24" in page and "203.0.113.77" not in page
    assert "Mobile Safari on iOS" in page and "2001:db8:1::/48" in page
    assert page.count("This one") == 1


def test_no_page_shows_the_key_of_a_session(alice: Any) -> None:
    client = signed_in()
    signed_in(SAFARI)
    page = client.get("/settings/security/").content.decode()
    assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))


def test_one_session_is_ended_and_the_others_go_on(alice: Any) -> None:
    here, there, elsewhere = signed_in(), signed_in(SAFARI), signed_in()
    ended = UserSession.objects.get(session_id=there.session.session_key)
    here.post(f"/settings/security/sessions/{ended.pk}/end/")
    assert [each.get("/profile/").status_code for each in (here, there, elsewhere)] == [200, 302, 200]


def test_all_others_are_ended_at_once(alice: Any) -> None:
    here, there, elsewhere = signed_in(), signed_in(SAFARI), signed_in()
    here.post("/settings/security/sessions/end-others/")
    assert [each.get("/profile/").status_code for each in (here, there, elsewhere)] == [200, 302, 302]
    assert len(sessions_of(alice)) == 1


def test_ending_this_one_signs_out(alice: Any) -> None:
    here = signed_in()
    here.post(f"/settings/security/sessions/{UserSession.objects.get().pk}/end/")
    assert here.get("/profile/").status_code == 302
    assert not UserSession.objects.exists()


@pytest.mark.parametrize("absent", [999, 10**18])
def test_somebody_elses_session_is_not_there(alice: Any, as_bob: Client, absent: int) -> None:
    theirs = signed_in()
    pk = UserSession.objects.get(user=alice).pk
    answers = [as_bob.post(f"/settings/security/sessions/{each}/end/") for each in (pk, absent)]
    assert [each.status_code for each in answers] == [404, 404]
    assert theirs.get("/profile/").status_code == 200


def test_a_password_change_ends_the_others(alice: Any) -> None:
    here, there = signed_in(), signed_in(SAFARI)
    new = "quiet-river-77"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [each.get("/profile/").status_code for each in (here, there)] == [200, 302]
    assert "Mobile Safari" not in here.get("/settings/security/").content.decode()


def test_use_is_noted_every_few_minutes_not_with_each_request(alice: Any, monkeypatch: Any) -> None:
    client = signed_in()
    with CaptureQueriesContext(connection) as asked:
        for _time in range(5):
            client.get("/search/suggestions/")
    assert not [each for each in asked if not each["sql"].startswith("SELECT")]
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_used_at=long_ago)
    device_sessions._noted[client.session.session_key] = long_ago
    client.get("/search/suggestions/")
    assert UserSession.objects.get().last_used_at > timezone.now() - timedelta(minutes=1)


def test_a_session_from_before_they_were_noted_is_listed_with_its_next_request(alice: Any) -> None:
    client = signed_in()
    UserSession.objects.all().delete()
    device_sessions._noted.clear()
    client.get("/")
    assert UserSession.objects.get().user == alice


def test_signing_out_and_deleting_the_account_leave_no_trace(alice: Any) -> None:
    signed_in().post("/accounts/logout/")
    assert not UserSession.objects.exists()
    signed_in().post("/profile/delete/", {"password": PASSWORD})
    assert not UserSession.objects.exists()


def test_a_strange_browser_is_no_trouble(alice: Any) -> None:
    strange = signed_in("\x00<script>" * 200)
    assert str(UserSession.objects.get()) == "Something unknown"
    assert "<script>\x00" not in strange.get("/settings/security/").content.decode()
