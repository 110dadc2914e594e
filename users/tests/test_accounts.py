import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from audio.facts import COVER_SIZES
from conftest import MP3, PASSWORD, bring_in, make_user, media_files
from listening.store import listen_store
from music.files import store_cover
from music.models import Genre, Track
from music.tests.catalogue import add_track
from uploads.models import Sidecar, Upload
from users.backends import AccountBackend
from users.deletion import delete_account
from users.forms import PeopleForm, ProfileForm
from users.models import CustomUser, SignUpRequest, UserProfile, UserSession
from users.roles import Role, set_role

GOOD = {"username": "dora", "email": "dora@example.org", "password1": "gentle-rain-42", "password2": "gentle-rain-42"}


def sign_up(client: Client, **more: Any) -> Any:
    return client.post("/accounts/signup/", {**GOOD, **more})


def test_signing_up_with_favourite_genres_signs_in_and_keeps_them(client: Client, db: None) -> None:
    jazz, folk = Genre.objects.get(slug="jazz"), Genre.objects.get(slug="folk")
    response = sign_up(client, favourite_genres=[jazz.pk, folk.pk], time_zone="Europe/Lisbon")
    assert response.status_code == 302
    assert response.url == "/"
    profile = UserProfile.objects.get(user__username="dora")
    assert set(profile.favourite_genres.all()) == {jazz, folk}
    assert profile.time_zone == "Europe/Lisbon"
    assert "dora" in client.get("/").content.decode()


def test_favourite_genres_can_be_skipped_and_an_unknown_time_zone_is_utc(client: Client, db: None) -> None:
    assert sign_up(client, time_zone="Mars/Olympus").status_code == 302
    profile = UserProfile.objects.get(user__username="dora")
    assert (profile.favourite_genres.count(), profile.time_zone) == (0, "UTC")


def test_a_bad_sign_up_is_422_and_keeps_what_was_typed(client: Client, db: None) -> None:
    jazz = Genre.objects.get(slug="jazz")
    response = sign_up(client, password2="another", favourite_genres=[jazz.pk])
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="dora"' in page
    assert re.search(rf'value="{jazz.pk}"[^>]*checked', page)
    assert not CustomUser.objects.exists()


def test_sign_up_can_be_closed(client: Client, settings: Any, db: None) -> None:
    settings.OPEN_SIGNUP = False
    assert "Sign-up is closed" in client.get("/accounts/signup/").content.decode()
    sign_up(client)
    assert not CustomUser.objects.exists()


def test_an_address_that_is_taken_is_not_betrayed(client: Client, alice: Any) -> None:
    taken = sign_up(client, email=alice.email)
    assert taken.status_code == 302
    client.logout()
    mail.outbox.clear()
    for address in (alice.email, "nobody@example.org"):
        response = client.post("/accounts/password/reset/", {"email": address})
        assert (response.status_code, response.url) == (302, "/accounts/password/reset/done/")


def test_a_forgotten_password_is_reset_by_the_link_in_the_mail(client: Client, alice: Any) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    assert "Choose a new password" in form.content.decode()
    client.post(form.redirect_chain[-1][0], {"password1": "quiet-river-77", "password2": "quiet-river-77"})
    assert client.login(username="alice", password="quiet-river-77")


def test_one_signs_in_by_name_or_by_address(client: Client, alice: Any) -> None:
    for login in ("alice", alice.email):
        assert client.post("/accounts/login/", {"login": login, "password": PASSWORD}).status_code == 302
        client.post("/accounts/logout/")
    page = client.post("/accounts/login/", {"login": "alice", "password": "wrong"}).content.decode()
    assert "not correct" in page
    assert 'value="alice"' in page


def test_guessing_passwords_is_slowed_down(client: Client, alice: Any) -> None:
    for _ in range(12):
        response = client.post("/accounts/login/", {"login": "alice", "password": "wrong"})
    assert response.status_code == 429 or "Too many" in response.content.decode()
    assert client.post("/accounts/login/", {"login": "alice", "password": PASSWORD}).status_code != 302


def test_signing_out_is_a_post(as_alice: Client) -> None:
    as_alice.get("/accounts/logout/")
    assert as_alice.get("/profile/").status_code == 200
    as_alice.post("/accounts/logout/")
    assert as_alice.get("/profile/").status_code == 302


@pytest.mark.parametrize("path", ["password/change/", "email/", "password/reset/", "login/", "signup/", "logout/"])
def test_account_pages_wear_our_clothes(as_alice: Client, client: Client, path: str) -> None:
    for visitor in (as_alice, client):
        response = visitor.get(f"/accounts/{path}")
        if response.status_code == 200:
            assert "theme/app.css" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("password/change/", {"oldpassword": "wrong", "password1": "a", "password2": "b"}),
        ("email/", {"action_add": "", "email": "foo@bar"}),
        ("password/reset/", {"email": "foo@bar"}),
    ],
)
def test_every_refused_account_form_is_422_so_that_turbo_shows_it(
    as_alice: Client, path: str, data: dict[str, str]
) -> None:
    response = as_alice.post(f"/accounts/{path}", data)
    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_a_changed_password_leads_back_to_the_profile(as_alice: Client) -> None:
    data = {"oldpassword": PASSWORD, "password1": "quiet-river-77", "password2": "quiet-river-77"}
    assert as_alice.post("/accounts/password/change/", data).url == "/profile/"


def test_changing_a_confirmed_address_waits_for_the_new_one(as_alice: Client, alice: Any) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    as_alice.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert mail.outbox[-1].to == ["new@example.org"]
    alice.refresh_from_db()
    assert alice.email == "alice@example.org"
    assert "Waiting to be confirmed" in as_alice.get("/accounts/email/").content.decode()


class TestEveryUserHasAProfile:
    def test_made_by_createsuperuser(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        call_command("createsuperuser", username="root2", email="r@example.org", interactive=False)
        assert get_user_model().objects.get(username="root2").profile.time_zone == "UTC"

    def test_made_in_the_admin(self, staff: Any, sign_in: Any) -> None:
        data = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
        assert sign_in(staff).post("/admin/users/customuser/add/", data).status_code == 302
        assert CustomUser.objects.get(username="eve").profile

    def test_made_by_a_fixture_with_and_without_a_profile_of_its_own(self, db: None, tmp_path: Path) -> None:
        rows = [
            {"model": "users.customuser", "pk": 70, "fields": {"username": "with", "password": "x"}},
            {"model": "users.customuser", "pk": 71, "fields": {"username": "without", "password": "x"}},
            {"model": "users.userprofile", "pk": 70, "fields": {"display_name": "From the fixture"}},
        ]
        fixture = tmp_path / "users.json"
        fixture.write_text(json.dumps(rows))
        call_command("loaddata", str(fixture), verbosity=0)
        assert CustomUser.objects.get(pk=70).profile.display_name == "From the fixture"
        assert CustomUser.objects.get(pk=71).profile


def test_the_profile_is_edited_and_bad_input_is_422(as_alice: Client, alice: Any) -> None:
    soul = Genre.objects.get(slug="soul")
    data = {"display_name": "Alice A.", "bio": "<b>Hi</b>", "time_zone": "Asia/Tokyo", "favourite_genres": [soul.pk]}
    assert as_alice.post("/profile/", data).status_code == 302
    alice.profile.refresh_from_db()
    assert (alice.profile.display_name, alice.profile.time_zone) == ("Alice A.", "Asia/Tokyo")
    assert list(alice.profile.favourite_genres.all()) == [soul]
    page = as_alice.get("/profile/").content.decode()
    assert "<b>Hi</b>" not in page
    response = as_alice.post("/profile/", {**data, "time_zone": "Nowhere"})
    assert response.status_code == 422
    assert "Alice A." in response.content.decode()


def test_deleting_the_account_asks_the_password_first(as_alice: Client, alice: Any) -> None:
    response = as_alice.post("/profile/delete/", {"password": "wrong"})
    assert response.status_code == 422
    assert "Nothing was deleted" in response.content.decode()
    assert CustomUser.objects.filter(pk=alice.pk).exists()


def test_deleting_the_account_removes_listens_and_private_uploads(
    as_alice: Client, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    import uuid

    [track] = bring_in(as_alice, MP3, visibility="private")
    body = {"event_id": str(uuid.uuid4()), "track_id": track.pk}
    as_alice.post("/listens/start/", json.dumps(body), content_type="application/json")
    assert len(listen_store().history(alice.pk, 5)) == 1

    with django_capture_on_commit_callbacks(execute=True):
        assert as_alice.post("/profile/delete/", {"password": PASSWORD}).status_code == 302
    assert not CustomUser.objects.filter(username="alice").exists()
    assert listen_store().history(alice.pk, 5) == []
    assert not Track.objects.exists()
    assert media_files() == []
    assert as_alice.get("/profile/").status_code == 302


def test_shared_tracks_outlive_their_uploaders_account(as_alice: Client) -> None:
    bring_in(as_alice, MP3)
    as_alice.post("/profile/delete/", {"password": PASSWORD})
    assert Track.objects.get().uploader is None


def test_admin_lists_searches_filters_and_deactivates_users(staff: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    jazz = Genre.objects.get(slug="jazz")
    alice.profile.favourite_genres.add(jazz)
    admin = sign_in(staff)
    users = "/admin/users/customuser/"
    assert "bob@example.org" in admin.get(users).content.decode()
    assert "bob@example.org" not in admin.get(users, {"q": "alice"}).content.decode()
    by_genre = admin.get(users, {"profile__favourite_genres__id__exact": jazz.pk}).content.decode()
    assert "alice@example.org" in by_genre
    assert "bob@example.org" not in by_genre
    assert admin.get(f"{users}{alice.pk}/change/").status_code == 200
    admin.post(users, {"action": "deactivate", "_selected_action": [bob.pk, staff.pk]})
    bob.refresh_from_db()
    staff.refresh_from_db()
    assert (bob.is_active, staff.is_active) == (False, True)


def test_actions_on_more_people_than_a_portion_reach_all_but_whom_one_may_not_touch(
    staff: Any, alice: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("music.admin.portions.PORTION", 2)
    set_role(alice, Role.ADMIN)
    guests = [make_user(f"guest{number}", is_active=number > 1) for number in range(5)]
    SignUpRequest.objects.create(user=guests[0])
    for person in (staff, *guests[2:]):  # so that there are sessions to end
        sign_in(person)
    admin = sign_in(alice)

    def act(action: str) -> str:
        sent = {"action": action, "_selected_action": [staff.pk], "select_across": "1", "index": "0"}
        return str(admin.post("/admin/users/customuser/", sent, follow=True).content.decode())

    assert "6 activated" in act("activate")
    assert not SignUpRequest.objects.exists()
    assert "5 deactivated" in act("deactivate")
    assert set(CustomUser.objects.filter(is_active=True)) == {staff, alice}
    assert LogEntry.objects.filter(change_message="Deactivated.").count() == 5
    act("sign_out")
    assert set(UserSession.objects.values_list("user", flat=True)) == {staff.pk}


def test_somebody_deactivated_is_signed_out_at_once(as_bob: Client, bob: Any) -> None:
    assert as_bob.get("/profile/").status_code == 200
    bob.is_active = False
    bob.save()
    assert as_bob.get("/profile/").status_code == 302


def test_deleting_a_user_in_the_admin_removes_their_listens_too(
    staff: Any, as_bob: Client, bob: Any, as_alice: Client, sign_in: Any
) -> None:
    import uuid

    [track] = bring_in(as_alice, MP3)
    body = {"event_id": str(uuid.uuid4()), "track_id": track.pk}
    as_bob.post("/listens/start/", json.dumps(body), content_type="application/json")
    Upload.objects.create(user=bob, filename="a.mp3", size_bytes=1)
    data = {"action": "delete_selected", "_selected_action": [bob.pk], "post": "yes"}
    sign_in(staff).post("/admin/users/customuser/", data)
    assert not CustomUser.objects.filter(username="bob").exists()
    assert listen_store().history(bob.pk, 5) == []


def test_pictures_kept_for_tracks_to_come_go_with_the_account(
    bob: Any, django_capture_on_commit_callbacks: Any
) -> None:
    upload = Upload.objects.create(user=bob, filename="cover.jpg", size_bytes=1, kind="cover", state="kept", folder="A")
    Sidecar.objects.create(upload=upload, cover=store_cover(dict.fromkeys(COVER_SIZES, b"picture")))
    assert len(media_files()) == len(COVER_SIZES)
    with django_capture_on_commit_callbacks(execute=True):
        delete_account(bob)
    assert media_files() == []


def test_an_admin_deletes_listeners_but_no_superuser(bob: Any, sign_in: Any) -> None:
    admin, owner = make_user("helper"), make_user("owner", is_staff=True, is_superuser=True)
    set_role(admin, Role.ADMIN)
    client = sign_in(admin)
    for chosen in ([owner.pk], [bob.pk, owner.pk], [bob.pk]):
        data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        client.post("/admin/users/customuser/", data)
    assert set(CustomUser.objects.values_list("username", flat=True)) == {"helper", "owner"}


def test_admin_manages_genres_and_tracks(
    staff: Any, as_alice: Client, sign_in: Any, django_capture_on_commit_callbacks: Any
) -> None:
    [track] = bring_in(as_alice, MP3)
    admin = sign_in(staff)
    for path in ("genre/", "track/", f"track/{track.pk}/change/", "artist/", "album/"):
        assert admin.get(f"/admin/music/{path}").status_code == 200
    assert admin.get("/admin/music/track/add/").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/admin/music/track/{track.pk}/delete/", {"post": "yes"})
    assert media_files() == []


def test_the_admin_has_no_door_of_its_own_for_guessers(client: Client, staff: Any) -> None:
    response = client.post("/admin/login/", {"username": "staff", "password": PASSWORD})
    assert response.url.startswith("/accounts/login/")
    assert client.get("/admin/").status_code == 302


def test_a_time_zone_that_is_none_is_refused_in_the_admin_and_locks_nobody_out(as_alice: Client, alice: Any) -> None:
    alice.profile.time_zone = "Mars/Base"
    with pytest.raises(ValidationError):
        alice.profile.full_clean()
    alice.profile.save()
    assert as_alice.get("/").status_code == 200


def test_private_genre_names_are_seen_by_nobody_else(
    as_alice: Client, as_bob: Client, client: Client, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    add_track(alice, genres=["A secret"], visibility="private")
    assert as_alice.get("/genres/a-secret/").status_code == 200
    assert as_bob.get("/genres/a-secret/").status_code == 404
    for visitor, paths in ((client, ("/", "/accounts/signup/")), (as_bob, ("/", "/profile/", "/upload/", "/tracks/"))):
        for path in paths:
            assert "A secret" not in visitor.get(path).content.decode()
    as_alice.post("/profile/delete/", {"password": PASSWORD})
    assert not Genre.objects.filter(slug="a-secret").exists()


def test_a_genre_that_public_tracks_brought_can_be_chosen(client: Client, alice: Any) -> None:
    add_track(alice, genres=["Zydeco"])
    assert "Zydeco" in client.get("/accounts/signup/").content.decode()


def test_the_theme_is_remembered_without_javascript(client: Client, db: None) -> None:
    response = client.post("/theme/", {"next": "/accounts/login/"})
    assert response.url == "/accounts/login/"
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    for elsewhere in ("https://evil.example/", "//evil.example", "album", "javascript:alert(1)", ""):
        assert client.post("/theme/", {"next": elsewhere}).url in ("/", "album")


def test_the_colour_is_picked_in_the_profile_and_seen_in_the_first_bytes(as_alice: Client) -> None:
    assert 'data-accent="violet"' in as_alice.get("/profile/").content.decode()
    response = as_alice.post("/theme/", {"theme": "light", "accent": "teal", "next": "/profile/"})
    assert response.url == "/profile/"
    page = as_alice.get("/profile/").content.decode()
    assert 'data-theme="light" data-accent="teal"' in page
    assert re.search(r'value="teal"[^>]* checked', page)
    as_alice.post("/theme/", {"next": "/"})
    assert 'data-theme="auto" data-accent="teal"' in as_alice.get("/").content.decode()


def test_a_colour_that_is_none_is_not_kept(as_alice: Client) -> None:
    as_alice.post("/theme/", {"theme": "dark", "accent": "ultraviolet", "next": "/"})
    as_alice.cookies["accent"] = '"><script>'
    page = as_alice.get("/").content.decode()
    assert 'data-theme="auto" data-accent="violet"' in page


def test_nobody_is_looked_up_for_a_picture_that_is_there_for_everyone(
    as_alice: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert as_alice.get("/covers/album-7.svg").status_code == 200


def test_a_member_and_their_profile_are_one_question(as_alice: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # the session, and whose it is
        assert as_alice.get("/search/suggestions/").status_code == 200


def test_times_are_told_in_the_readers_own_zone(as_alice: Client, as_bob: Client, alice: Any) -> None:
    track = add_track(alice)
    Track.objects.update(added_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    UserProfile.objects.filter(user=alice).update(time_zone="Asia/Tokyo")
    assert "2 January 2026" in as_alice.get(track.get_absolute_url()).content.decode()
    assert "1 January 2026" in as_bob.get(track.get_absolute_url()).content.decode()


def test_a_session_that_is_over_or_not_known_signs_nobody_in(as_alice: Client, client: Client, db: None) -> None:
    assert as_alice.get("/profile/").status_code == 200
    Session.objects.update(expire_date=datetime(2026, 1, 1, tzinfo=UTC))
    client.cookies[settings.SESSION_COOKIE_NAME] = "made-up-by-somebody"
    assert [each.get("/profile/").status_code for each in (as_alice, client)] == [302, 302]


def test_who_asks_is_known_as_the_database_has_them(alice: Any, staff: Any) -> None:
    for user in (alice, staff):
        known = AccountBackend().get_user(user.pk)
        assert known
        for field in CustomUser._meta.concrete_fields:
            assert getattr(known, field.attname) == getattr(user, field.attname)
        assert {**vars(known.profile), "_state": None} == {**vars(UserProfile.objects.get(pk=user.pk)), "_state": None}
    assert AccountBackend().get_user(99) is None


def test_a_new_password_ends_every_session(as_alice: Client, alice: Any) -> None:
    assert as_alice.get("/profile/").status_code == 200
    alice.set_password("quiet-river-77")
    alice.save()
    assert as_alice.get("/profile/").status_code == 302


@pytest.mark.parametrize("number", ["9" * 40, "-" + "9" * 40, "9" * 19, "9" * 5000])
def test_a_favourite_genre_of_any_number_is_refused_in_the_page(client: Client, as_alice: Client, number: str) -> None:
    assert sign_up(client, favourite_genres=[number]).status_code == 422
    profile = {"time_zone": "UTC", "favourite_genres": [number]}
    assert as_alice.post("/profile/", profile).status_code == 422


def test_each_part_of_the_profile_writes_what_it_shows_and_nothing_else(alice: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    jazz = Genre.objects.get(slug="jazz")
    typed = {"display_name": "Alice", "time_zone": "Asia/Tokyo", "favourite_genres": [jazz.pk]}
    forms = [ProfileForm(typed, instance=alice.profile), PeopleForm({"is_listed": "on"}, instance=alice.profile)]
    others = {"avatar": "newer", "listening_visible_to": "followers", "weekly_digest": True}
    UserProfile.objects.filter(user=alice).update(**others)
    for form in forms:
        form.save()
    kept = UserProfile.objects.get(user=alice)
    assert {name: getattr(kept, name) for name in others} == others
    assert (kept.display_name, kept.time_zone, list(kept.favourite_genres.all())) == ("Alice", "Asia/Tokyo", [jazz])
    assert (kept.is_listed, kept.needs_approval) == (True, False)


@pytest.mark.parametrize("username", [".", ".."])
def test_nobody_is_called_as_a_folder_is(client: Client, db: None, username: str) -> None:
    response = sign_up(client, username=username)
    assert response.status_code == 422
    assert not CustomUser.objects.exists()
