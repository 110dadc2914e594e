"""What staff may do about sessions and a lost second factor, and who of them."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.test import Client

from users.models import UserSession
from users.roles import Role, set_role

PEOPLE, SESSIONS = "/admin/users/customuser/", "/admin/users/usersession/"


def remove(client: Client, *users: Any, **more: Any) -> Any:
    sent = {"action": "remove_second_factor", "_selected_action": [user.pk for user in users], **more}
    return client.post(PEOPLE, sent, follow=True)


@pytest.fixture
def lost(alice: Any, settings: Any) -> Any:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for kind in ("totp", "recovery_codes"):
        Authenticator.objects.create(user=alice, type=kind, data={})
    return alice


def test_a_superuser_removes_a_lost_second_factor_which_is_told_and_logged(staff: Any, lost: Any, sign_in: Any) -> None:
    admin = sign_in(staff)
    assert "Type it" in remove(admin, lost).content.decode()
    assert Authenticator.objects.count() == 2

    answer = remove(admin, lost, confirmed="yes", username="alice")

    assert "they are told" in answer.content.decode()
    assert not Authenticator.objects.exists()
    [told] = mail.outbox
    assert told.to == [lost.email] and "second factor" in told.subject and "alice" in told.body
    assert LogEntry.objects.get().get_change_message() == "Removed the second factor."


def test_another_name_removes_nothing(staff: Any, lost: Any, sign_in: Any) -> None:
    answer = remove(sign_in(staff), lost, confirmed="yes", username="bob")
    assert answer.status_code == 422 and "not the username" in answer.content.decode()
    assert Authenticator.objects.count() == 2 and not mail.outbox and not LogEntry.objects.exists()


def test_an_admin_who_is_no_superuser_removes_no_second_factor(lost: Any, bob: Any, as_bob: Client) -> None:
    set_role(bob, Role.ADMIN)
    assert "remove_second_factor" not in as_bob.get(PEOPLE).content.decode()
    remove(as_bob, lost, confirmed="yes", username="alice")
    assert Authenticator.objects.count() == 2 and not mail.outbox


def test_one_person_at_a_time_and_not_oneself(staff: Any, lost: Any, bob: Any, sign_in: Any) -> None:
    admin = sign_in(staff)
    Authenticator.objects.create(user=staff, type="totp", data={})
    for chosen, words in (((lost, bob), "the one person"), ((staff,), "page about security"), ((bob,), "no second")):
        assert words in remove(admin, *chosen, confirmed="yes", username="staff").content.decode()
    assert Authenticator.objects.count() == 3


def test_staff_end_one_session_of_somebody(
    bob: Any, as_bob: Client, staff: Any, sign_in: Any, as_alice: Client
) -> None:
    as_alice.get("/")
    sign_in(staff).get("/")
    set_role(bob, Role.ADMIN)
    of_alice = UserSession.objects.get(user__username="alice")
    of_staff = UserSession.objects.get(user=staff)
    assert "staff" not in as_bob.get(SESSIONS).content.decode().split('id="result_list"')[1]

    as_bob.post(SESSIONS, {"action": "end", "_selected_action": [of_alice.pk, of_staff.pk]})

    assert as_alice.get("/").status_code == 302 or "Sign in" in as_alice.get("/").content.decode()
    assert UserSession.objects.filter(pk=of_staff.pk).exists()
    assert not UserSession.objects.filter(pk=of_alice.pk).exists()
    assert LogEntry.objects.get().object_repr == "alice"
