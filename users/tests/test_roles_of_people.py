from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client

from conftest import MP3, bring_in, make_user, send
from music.models import Track, TrackReport
from uploads.models import Upload
from users.device_sessions import sessions_of
from users.models import CustomUser, SignUpRequest, UserSession
from users.roles import Role, make_roles, role_of, set_role


@pytest.fixture
def as_role(sign_in: Any, db: None) -> Any:
    def signed_in(role: Role) -> Client:
        user = make_user(f"the-{role.value}")
        set_role(user, role)
        return sign_in(user)  # type: ignore[no-any-return]

    return signed_in


# What each role gets of the administration and of uploading.
TABLE = {
    Role.LISTENER: {"admin": 302, "reports": 302, "people": 302, "sign-up": 302, "log": 302, "may upload": False},
    Role.UPLOADER: {"admin": 302, "reports": 302, "people": 302, "sign-up": 302, "log": 302, "may upload": True},
    Role.MODERATOR: {"admin": 200, "reports": 200, "people": 403, "sign-up": 403, "log": 403, "may upload": True},
    Role.ADMIN: {"admin": 200, "reports": 200, "people": 200, "sign-up": 200, "log": 200, "may upload": True},
}
PLACES = {
    "admin": "/admin/",
    "reports": "/admin/music/trackreport/",
    "people": "/admin/users/customuser/",
    "sign-up": "/admin/users/signuprequest/",
    "log": "/admin/admin/logentry/",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_the_table_says(as_role: Any, role: Role) -> None:
    client = as_role(role)
    got: dict[str, Any] = {name: client.get(address).status_code for name, address in PLACES.items()}
    send(client, MP3)
    got["may upload"] = Upload.objects.exists()
    assert got == TABLE[role]


def test_a_listener_is_told_kindly_and_nothing_of_theirs_comes_in(as_role: Any) -> None:
    client = as_role(Role.LISTENER)
    assert "Your account is for listening" in client.get("/upload/").content.decode()
    refused = send(client, MP3)
    assert refused.status_code == 403
    assert "Your account is for listening" in refused.content.decode()
    tus = client.post("/upload/tus/", HTTP_TUS_RESUMABLE="1.0.0", HTTP_UPLOAD_LENGTH="10")
    assert tus.status_code == 403 and "may not upload" in tus.content.decode()
    assert not Upload.objects.exists()


def test_a_moderator_hides_what_was_reported_and_it_is_written_down(as_role: Any, as_alice: Client, bob: Any) -> None:
    [track] = bring_in(as_alice, MP3)
    report = TrackReport.objects.create(track=track, reporter=bob, reason=TrackReport.Reason.values[0])
    moderator = as_role(Role.MODERATOR)
    moderator.post("/admin/music/trackreport/", {"action": "make_private", "_selected_action": [report.pk]})
    assert Track.objects.get().visibility == Track.Visibility.PRIVATE
    [entry] = LogEntry.objects.all()
    assert (str(entry.user), entry.object_id) == ("the-moderator", str(track.pk))
    assert moderator.post(f"/admin/users/customuser/{bob.pk}/change/", {"username": "x"}).status_code == 403


def test_newcomers_are_what_the_policy_says_and_older_accounts_keep_what_they_could(db: None) -> None:
    assert role_of(make_user("dora")) == Role.UPLOADER
    Group.objects.all().delete()
    make_user("clerk", is_staff=True)
    make_roles()
    roles = {user.username: role_of(user) for user in CustomUser.objects.all()}
    assert roles == {"dora": Role.UPLOADER, "clerk": Role.MODERATOR}


def test_a_group_that_was_changed_stays_changed(db: None) -> None:
    Group.objects.get(name=Role.UPLOADER).permissions.clear()
    make_roles()
    assert not Group.objects.get(name=Role.UPLOADER).permissions.exists()


def form_of(user: CustomUser, **more: Any) -> dict[str, Any]:
    """What the page about a person sends."""
    fields = {"username": user.username, "email": user.email, "role": "uploader", "is_active": "on"}
    fields |= {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00", "last_login_0": "", "last_login_1": ""}
    for prefix, count in (("profile", 1), ("upload_quota", 0), ("user_sessions", 0)):
        fields |= {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": str(count)}
    fields |= {"profile-0-user": str(user.pk), "profile-0-time_zone": "UTC", "profile-0-listening_visible_to": "me"}
    return fields | more


def test_who_is_made_active_waits_no_longer(as_role: Any, bob: Any) -> None:
    CustomUser.objects.filter(pk=bob.pk).update(is_active=False)
    SignUpRequest.objects.create(user=bob)
    as_role(Role.ADMIN).post(f"/admin/users/customuser/{bob.pk}/change/", form_of(bob))
    assert CustomUser.objects.get(pk=bob.pk).is_active and not SignUpRequest.objects.exists()


def test_an_admin_chooses_the_role_of_somebody(as_role: Any, bob: Any) -> None:
    admin = as_role(Role.ADMIN)
    page = admin.get(f"/admin/users/customuser/{bob.pk}/change/").content.decode()
    assert 'name="role"' in page and 'name="is_superuser"' not in page
    for role, is_staff in ((Role.MODERATOR, True), (Role.LISTENER, False)):
        admin.post(f"/admin/users/customuser/{bob.pk}/change/", form_of(bob, role=role.value, is_superuser="on"))
        bob = CustomUser.objects.get(pk=bob.pk)
        assert (role_of(bob), bob.is_staff, bob.is_superuser) == (role, is_staff, False)


def test_an_admin_cannot_touch_a_superuser(as_role: Any, staff: Any) -> None:
    admin = as_role(Role.ADMIN)
    page = f"/admin/users/customuser/{staff.pk}/"
    assert admin.post(f"{page}change/", form_of(staff, role="listener")).status_code == 403
    assert (
        admin.post(f"{page}password/", {"password1": "quiet-river-77", "password2": "quiet-river-77"}).status_code
        == 403
    )
    assert admin.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    for action in ("deactivate", "delete_selected"):
        chosen = {"action": action, "_selected_action": [staff.pk], "post": "yes"}
        admin.post("/admin/users/customuser/", chosen)
    unchanged = CustomUser.objects.get(pk=staff.pk)
    assert unchanged.is_active and unchanged.password == staff.password


def test_staff_end_the_sessions_of_somebody_and_it_is_written_down(as_bob: Client, bob: Any, as_role: Any) -> None:
    assert len(sessions_of(bob)) == 1
    chosen = {"action": "sign_out", "_selected_action": [bob.pk]}
    as_role(Role.ADMIN).post("/admin/users/customuser/", chosen)
    assert as_bob.get("/profile/").status_code == 302
    assert not UserSession.objects.filter(user=bob).exists()
    assert LogEntry.objects.get().change_message == "Signed out everywhere."


def test_the_log_is_only_for_reading(as_role: Any, as_bob: Client, bob: Any) -> None:
    admin = as_role(Role.ADMIN)
    admin.post("/admin/users/customuser/", {"action": "deactivate", "_selected_action": [bob.pk]})
    entry = LogEntry.objects.get()
    assert "Deactivated." in admin.get(PLACES["log"]).content.decode()
    assert admin.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"/admin/admin/logentry/{entry.pk}/change/", {"object_repr": "x"}).status_code == 403
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    "page",
    [
        "music/track",
        "music/trackreport",
        "uploads/upload",
        "users/customuser",
        "users/signuprequest",
        "users/invitation",
    ],
)
def test_lists_are_not_filtered_by_what_is_nobodys_business(as_role: Any, bob: Any, page: str) -> None:
    admin = as_role(Role.ADMIN)
    for asked in ("user__password__startswith=a", "uploader__password__startswith=a", "password__startswith=a"):
        answer = admin.get(f"/admin/{page}/?{asked}")
        assert answer.status_code in (302, 400), asked
        if answer.status_code == 302:
            assert answer.url.endswith("?e=1")


def test_the_list_of_people_asks_as_often_for_many_as_for_few(as_role: Any, django_assert_max_num_queries: Any) -> None:
    admin = as_role(Role.ADMIN)
    for number in range(30):
        make_user(f"guest{number}")
    with django_assert_max_num_queries(14):
        assert "guest29" in admin.get("/admin/users/customuser/").content.decode()


@pytest.mark.parametrize("thing", ["account/emailaddress", "mfa/authenticator"])
def test_an_admin_changes_no_address_and_no_second_factor_of_a_superuser(as_role: Any, staff: Any, thing: str) -> None:
    address = EmailAddress.objects.create(user=staff, email=staff.email, verified=True, primary=True)
    factor = Authenticator.objects.create(user=staff, type="totp", data={"secret": "x"})
    admin = as_role(Role.ADMIN)
    mine = {"user": staff.pk, "email": "taken@example.org", "verified": "on", "primary": "on", "type": "totp"}
    for pk in (address.pk, factor.pk):
        assert admin.post(f"/admin/{thing}/{pk}/change/", mine | {"data": "{}"}).status_code in (403, 404)
        assert admin.post(f"/admin/{thing}/{pk}/delete/", {"post": "yes"}).status_code in (403, 404)
    assert EmailAddress.objects.get(pk=address.pk).email == staff.email
    assert Authenticator.objects.get(pk=factor.pk).data == {"secret": "x"}


def test_what_admins_could_do_with_accounts_before_is_taken_from_them(db: None) -> None:
    admins = Group.objects.get(name=Role.ADMIN)
    admins.permissions.set(Permission.objects.all())
    make_roles()
    assert not admins.permissions.filter(content_type__app_label__in=["auth", "account", "mfa"]).exists()
    assert admins.permissions.filter(codename="change_customuser").exists()
