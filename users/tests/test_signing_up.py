import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from conftest import make_user
from users.invitations import MOST_OPEN, is_open, make_invitation, use
from users.models import CustomUser, Invitation, SignUpPolicy, SignUpRequest
from users.roles import Role, role_of, set_role

GOOD = {"username": "dora", "email": "dora@example.org", "password1": "gentle-rain-42", "password2": "gentle-rain-42"}


def set_policy(mode: str, **more: Any) -> None:
    SignUpPolicy.objects.update_or_create(pk=1, defaults={"mode": mode, **more})


def invite(by: Any, max_uses: int = 1) -> str:
    return make_invitation(by, note="For dora", max_uses=max_uses, days=7)[1]


def sign_up(client: Client, **more: Any) -> Any:
    return client.post("/accounts/signup/", {**GOOD, **more})


def what_becomes_of(client: Client) -> str:
    sign_up(client)
    user = CustomUser.objects.filter(username="dora").first()
    if user is None:
        return "nobody"
    return "in" if user.is_active and client.get("/profile/").status_code == 200 else "waits"


SPOILED: dict[str, dict[str, Any]] = {
    "expired": {"expires_at": timezone.now() - timedelta(seconds=1)},
    "revoked": {"revoked_at": timezone.now()},
    "used up": {"uses": 1},
}


@pytest.mark.parametrize("invitation", ["none", "good", "expired", "revoked", "used up", "made up"])
@pytest.mark.parametrize(
    ("mode", "without", "with_one"),
    [("open", "in", "in"), ("invitation", "nobody", "in"), ("approval", "waits", "in"), ("closed", "nobody", "nobody")],
)
def test_who_comes_in(client: Client, bob: Any, mode: str, without: str, with_one: str, invitation: str) -> None:
    set_policy(mode)
    token = invite(bob) if invitation != "made up" else "made-up-by-somebody"
    Invitation.objects.update(**SPOILED.get(invitation, {"uses": 0}))
    if invitation != "none":
        assert client.get(f"/invited/{token}/").status_code == (302 if invitation == "good" else 404)
    assert what_becomes_of(client) == (with_one if invitation == "good" else without)


def test_without_a_policy_the_environment_decides_and_a_policy_goes_before_it(
    client: Client, db: None, settings: Any
) -> None:
    settings.OPEN_SIGNUP = False
    assert what_becomes_of(client) == "nobody"
    set_policy("open")
    assert what_becomes_of(client) == "in"


def test_an_invitation_lets_in_as_many_as_it_says(bob: Any, db: None) -> None:
    set_policy("invitation")
    token = invite(bob, max_uses=2)
    for number in range(3):
        client = Client()
        client.get(f"/invited/{token}/")
        sign_up(client, username=f"guest{number}", email=f"guest{number}@example.org")
    assert CustomUser.objects.filter(username__startswith="guest").count() == 2
    assert "by an invitation" in Client().get("/accounts/signup/").content.decode()


def test_whoever_loses_the_last_use_in_that_moment_gets_no_account(client: Client, bob: Any, monkeypatch: Any) -> None:
    set_policy("invitation")
    client.get(f"/invited/{invite(bob)}/")
    monkeypatch.setattr("users.invitations.use", lambda token: False)
    assert sign_up(client).url == "/accounts/signup/"
    assert not CustomUser.objects.filter(username="dora").exists()


def test_only_a_hash_of_128_bits_is_kept(bob: Any) -> None:
    token = invite(bob)
    assert len(token) == 22
    assert token not in str(Invitation.objects.values().get())
    assert is_open(token) and use(token) and not use(token) and not is_open(token)


def test_the_invitations_of_somebody_who_is_switched_off_are_over(bob: Any) -> None:
    token = invite(bob)
    CustomUser.objects.update(is_active=False)
    assert not is_open(token) and not use(token)


def test_invitations_cannot_be_tried_without_end(client: Client, db: None) -> None:
    answers = [client.get(f"/invited/{number}/").status_code for number in range(25)]
    assert answers[0] == 404 and answers[-1] == 429


@pytest.mark.parametrize(
    ("role", "members_may_invite", "mode", "status"),
    [
        (Role.UPLOADER, False, "invitation", 404),
        (Role.UPLOADER, True, "invitation", 200),
        (Role.UPLOADER, True, "closed", 404),
        (Role.ADMIN, False, "approval", 200),
        (Role.MODERATOR, False, "invitation", 404),
    ],
)
def test_who_may_invite(as_bob: Client, bob: Any, role: Role, members_may_invite: bool, mode: str, status: int) -> None:
    set_role(bob, role)
    set_policy(mode, members_may_invite=members_may_invite)
    assert as_bob.get("/settings/invitations/").status_code == status
    made = as_bob.post("/settings/invitations/", {"max_uses": 1, "days": 7})
    assert made.status_code == (201 if status == 200 else status)
    assert Invitation.objects.count() == (status == 200)


def test_a_link_is_made_shown_once_and_taken_back(as_bob: Client, client: Client, bob: Any) -> None:
    set_policy("invitation", members_may_invite=True)
    made = as_bob.post("/settings/invitations/", {"note": "<b>Dora</b>", "max_uses": 1, "days": 1, "uses": -5})
    page = made.content.decode()
    link = page[page.index('value="http') + 7 :].split('"')[0]
    assert "<b>Dora" not in page
    assert link not in as_bob.get("/settings/invitations/").content.decode()
    [invitation] = Invitation.objects.all()
    assert (invitation.made_by, invitation.uses) == (bob, 0)
    as_bob.post(f"/settings/invitations/{invitation.pk}/revoke/")
    assert client.get("/invited/" + link.split("/invited/")[1]).status_code == 404


def test_somebody_elses_invitation_is_not_there(as_alice: Client, bob: Any) -> None:
    invite(bob)
    invitation = Invitation.objects.get()
    assert as_alice.post(f"/settings/invitations/{invitation.pk}/revoke/").status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_nobody_makes_invitations_without_end_and_what_was_typed_stays(as_bob: Client, bob: Any) -> None:
    set_policy("open", members_may_invite=True)
    for _number in range(MOST_OPEN):
        invite(bob)
    answer = as_bob.post("/settings/invitations/", {"note": "One more", "max_uses": 1, "days": 7})
    assert answer.status_code == 422
    assert 'value="One more"' in answer.content.decode()


def test_whoever_waits_sees_so_and_only_with_the_password(client: Client, db: None) -> None:
    set_policy("approval")
    assert sign_up(client).url == "/accounts/waiting/"
    assert "Almost there" in client.get("/accounts/waiting/").content.decode()
    again = client.post("/accounts/login/", {"login": "dora", "password": GOOD["password1"]})
    assert again.url == "/accounts/waiting/"
    assert client.post("/accounts/login/", {"login": "dora", "password": "wrong"}).status_code != 302
    assert client.get("/profile/").status_code == 302


def test_staff_let_in_and_mail_tells_so(client: Client, staff: Any, sign_in: Any) -> None:
    set_policy("approval")
    sign_up(client)
    mail.outbox.clear()
    waiting = SignUpRequest.objects.get()
    sign_in(staff).post("/admin/users/signuprequest/", {"action": "let_in", "_selected_action": [waiting.pk]})
    assert not SignUpRequest.objects.exists()
    assert [each.to for each in mail.outbox] == [["dora@example.org"]]
    assert "dora" in mail.outbox[0].body
    client.post("/accounts/login/", {"login": "dora", "password": GOOD["password1"]})
    assert client.get("/profile/").status_code == 200


def test_who_is_let_in_is_told_in_their_own_language(client: Client, staff: Any, sign_in: Any) -> None:
    set_policy("approval")
    client.post("/language/", {"language": "de", "next": "/accounts/signup/"})
    sign_up(client)
    mail.outbox.clear()
    chosen = {"action": "let_in", "_selected_action": [SignUpRequest.objects.get().pk]}
    sign_in(staff).post("/admin/users/signuprequest/", chosen)
    assert mail.outbox[0].subject == "Du bist dabei"
    assert "freigeschaltet" in mail.outbox[0].body


def test_somebody_is_let_in_though_the_mail_is_down(client: Client, staff: Any, sign_in: Any, settings: Any) -> None:
    set_policy("approval")
    sign_up(client)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    chosen = {"action": "let_in", "_selected_action": [SignUpRequest.objects.get().pk]}
    page = sign_in(staff).post("/admin/users/signuprequest/", chosen, follow=True).content.decode()
    assert "could not be sent to: dora@example.org" in page
    assert CustomUser.objects.get(username="dora").is_active


def test_staff_turn_away_and_the_account_is_gone(client: Client, staff: Any, sign_in: Any) -> None:
    set_policy("approval")
    sign_up(client)
    chosen = {"action": "turn_away", "_selected_action": [SignUpRequest.objects.get().pk]}
    asked = sign_in(staff).post("/admin/users/signuprequest/", chosen).content.decode()
    assert "dora" in asked and '<input type="hidden" name="action" value="turn_away">' in asked
    assert CustomUser.objects.filter(username="dora").exists()
    sign_in(staff).post("/admin/users/signuprequest/", chosen | {"post": "yes"})
    assert not CustomUser.objects.filter(username="dora").exists()


def test_who_is_in_is_not_turned_away(client: Client, staff: Any, sign_in: Any) -> None:
    set_policy("approval")
    sign_up(client)
    CustomUser.objects.filter(username="dora").update(is_active=True)
    chosen = {"action": "turn_away", "_selected_action": [SignUpRequest.objects.get().pk], "post": "yes"}
    sign_in(staff).post("/admin/users/signuprequest/", chosen)
    assert CustomUser.objects.filter(username="dora").exists()


def test_nobody_signs_up_as_more_than_they_are(client: Client, db: None) -> None:
    set_policy("approval")
    sign_up(client, is_staff=1, is_superuser=1, is_active=1, role="admin", groups=[1, 2, 3, 4])
    user = CustomUser.objects.get(username="dora")
    assert (user.is_staff, user.is_superuser, user.is_active, role_of(user)) == (False, False, False, Role.UPLOADER)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", r"\\evil.example", "javascript:alert(1)"]
)
def test_signing_up_and_in_lead_nowhere_but_here(client: Client, db: None, target: str) -> None:
    assert sign_up(client, next=target).url == "/"
    client.logout()
    answer = client.post("/accounts/login/", {"login": "dora", "password": GOOD["password1"], "next": target})
    assert answer.url == "/"


def test_staff_change_the_policy_while_the_site_runs(client: Client, staff: Any, sign_in: Any) -> None:
    admin = sign_in(staff)
    assert admin.get("/admin/users/signuppolicy/", follow=True).status_code == 200
    assert "_addanother" not in admin.get("/admin/users/signuppolicy/add/").content.decode()
    admin.post("/admin/users/signuppolicy/add/", {"mode": "closed"})
    assert what_becomes_of(client) == "nobody"
    pk = SignUpPolicy.objects.get().pk
    assert admin.get("/admin/users/signuppolicy/add/").status_code == 403
    admin.post(f"/admin/users/signuppolicy/{pk}/change/", {"mode": "open"})
    assert what_becomes_of(client) == "in"
    assert role_of(CustomUser.objects.get(username="dora")) == Role.LISTENER


def test_an_account_takes_its_invitations_and_its_waiting_along(db: None) -> None:
    dora = make_user("dora")
    invite(dora)
    SignUpRequest.objects.create(user=dora)
    dora.delete()
    assert not Invitation.objects.exists() and not SignUpRequest.objects.exists()


def test_the_link_in_the_mail_confirms_the_address(client: Client, db: None) -> None:
    sign_up(client)
    address = EmailAddress.objects.get(email="dora@example.org")
    assert not address.verified
    link = re.search(r"http://\S+(/accounts/confirm-email/\S+)", str(mail.outbox[0].body))
    assert link
    assert client.get(link[1]).status_code == 200
    address.refresh_from_db()
    assert not address.verified  # some mail readers open every link
    client.post(link[1])
    address.refresh_from_db()
    assert address.verified
