from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from users.models import UserProfile

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture(autouse=True)
def in_english_afterwards() -> Any:
    yield
    translation.activate("en")


def opening(client: Client, address: str = "/", **headers: str) -> str:
    return client.get(address, headers=headers).content.decode()[:120]


def test_a_visitor_is_spoken_to_as_their_browser_asks(client: Client) -> None:
    response = client.get("/accounts/login/", headers=GERMAN)
    assert b'<html lang="de" dir="ltr"' in response.content
    assert response["Content-Language"] == "de"
    assert "Accept-Language" in response["Vary"]


def test_a_visitor_chooses_without_a_script(client: Client) -> None:
    answer = client.post("/language/", {"language": "ar", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert '<html lang="ar" dir="rtl"' in opening(client, "/accounts/signup/", **GERMAN)


def test_what_a_member_sets_goes_before_their_browser_and_holds_for_errors(as_alice: Client, alice: Any) -> None:
    UserProfile.objects.filter(user=alice).update(language="ja")
    for address in ("/", "/profile/", "/nowhere/", "/tracks/99999/"):
        assert '<html lang="ja"' in opening(as_alice, address, **GERMAN), address


def test_two_members_asking_in_turns_never_see_each_others_words(
    as_alice: Client, as_bob: Client, alice: Any, bob: Any
) -> None:
    UserProfile.objects.filter(user=alice).update(language="de")
    UserProfile.objects.filter(user=bob).update(language="en")
    for _turn in range(2):
        for address in ("/", "/tracks/", "/genres/", "/history/"):
            german, english = (each.get(address).content.decode() for each in (as_alice, as_bob))
            assert "Hörverlauf" in german and "Listening history" not in german, address
            assert "Listening history" in english and "Hörverlauf" not in english, address


def test_the_profile_offers_each_language_by_its_own_name(as_alice: Client, alice: Any) -> None:
    page = as_alice.get("/profile/").content.decode()
    assert all(name in page for name in ("As my browser says", "Deutsch", "Español", "Français", "日本語", "العربية"))


def test_a_mail_is_in_the_language_of_who_asked_for_it(client: Client, alice: Any, mailoutbox: list[Any]) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email}, headers=GERMAN)
    [mail] = mailoutbox
    assert "Hallo von Music Streamer!" in mail.body, mail.body
    assert "passwort" in mail.subject.lower(), mail.subject
