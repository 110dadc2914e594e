"""Somebody gives their devices tokens, and takes them away again."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scrobbling.models import DeviceToken, PlayingNow
from scrobbling.tests.devices import Device, history, listen, playing
from scrobbling.tokens import MAX_TOKENS, make_token
from users.deletion import delete_account

PAGE = "/settings/devices/"


def made(client: Client, name: str = "Phone") -> str:
    """The token, as the page shows it."""
    answer = client.post(PAGE, {"name": name})
    assert answer.status_code == 201
    [text] = re.findall(r'<input id="token" value="([0-9a-f-]{36})" readonly', answer.content.decode())
    return str(text)


def test_without_devices_the_page_says_what_to_do(as_bob: Client) -> None:
    page = as_bob.get(PAGE).content.decode()
    assert "None yet." in page
    assert 'aria-current="page"' in page


def test_a_token_is_shown_once_with_all_that_a_player_needs(as_bob: Client, bob: Any, settings: Any) -> None:
    settings.SITE_URL = "https://music.example"
    answer = as_bob.post(PAGE, {"name": "  Phone "})
    page = answer.content.decode()
    [text] = re.findall(r'<input id="token" value="([0-9a-f-]{36})"', page)
    assert '<input id="api-root" value="https://music.example" readonly' in page
    assert "https://music.example/1" in page
    assert "no-store" in answer["Cache-Control"]
    assert text not in as_bob.get(PAGE).content.decode()
    [token] = DeviceToken.objects.all()
    assert (token.user_id, token.name, token.last_used_at) == (bob.pk, "Phone", None)
    assert token.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_the_token_is_kept_nowhere_but_as_its_hash(as_bob: Client) -> None:
    text = made(as_bob)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert text not in str(cursor.fetchall()), table
    assert text not in str(dict(as_bob.session))


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_needed(as_bob: Client, name: str) -> None:
    answer = as_bob.post(PAGE, {"name": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not DeviceToken.objects.exists()


def test_there_are_only_so_many(as_bob: Client, bob: Any, alice: Any) -> None:
    for number in range(MAX_TOKENS):
        make_token(bob, f"Device {number}")
    make_token(alice, "Phone")
    answer = as_bob.post(PAGE, {"name": "One more"})
    assert answer.status_code == 422
    assert "Revoke one that you no longer use first." in answer.content.decode()
    assert DeviceToken.objects.filter(user=bob).count() == MAX_TOKENS


def test_more_devices_the_same_number_of_queries(as_bob: Client, bob: Any) -> None:
    counted = []
    for many in (1, 15):
        for number in range(many):
            make_token(bob, f"Device {number}")
        with CaptureQueriesContext(connection) as asked:
            as_bob.get(PAGE)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_names_are_text_and_never_markup(as_bob: Client) -> None:
    page = as_bob.post(PAGE, {"name": "<b>Phone</b>"}).content.decode()
    assert "<b>Phone" not in page
    assert "&lt;b&gt;Phone" in page


def test_a_revoked_token_opens_nothing_any_more(as_bob: Client, bob: Any) -> None:
    phone = Device(bob)
    phone.submit(listen())
    phone.submit(playing(), kind="playing_now")
    before = history(bob)
    answer = as_bob.post(f"{PAGE}{phone.token.pk}/revoke/", follow=True)
    assert "can no longer tell what you play" in answer.content.decode()
    assert phone.get("validate-token").json() == {"code": 200, "message": "Token invalid.", "valid": False}
    for refused in (
        phone.submit(listen("Another")),
        phone.get("user/bob/listens"),
        phone.get("user/bob/listen-count"),
        phone.get("user/bob/playing-now"),
    ):
        assert refused.status_code == 401
        assert refused.json() == {"code": 401, "error": "This token is not valid, or it was revoked."}
    assert history(bob) == before
    assert not PlayingNow.objects.exists()


def test_only_ones_own_devices_are_seen_and_revoked(as_bob: Client, as_alice: Client, bob: Any) -> None:
    phone = Device(bob, "Secret Phone")
    assert "Secret Phone" not in as_alice.get(PAGE).content.decode()
    assert as_alice.post(f"{PAGE}{phone.token.pk}/revoke/").status_code == 404
    assert as_bob.get(f"{PAGE}{phone.token.pk}/revoke/").status_code == 405
    assert phone.get("validate-token").json()["valid"] is True


def test_a_revoked_device_is_gone_when_it_is_revoked_twice(as_bob: Client, bob: Any) -> None:
    pk = Device(bob).token.pk
    assert [as_bob.post(f"{PAGE}{pk}/revoke/").status_code for _ in range(2)] == [302, 404]


def test_the_last_use_is_noted_once_a_minute(as_bob: Client, bob: Any) -> None:
    phone = Device(bob)
    assert "not used yet" in as_bob.get(PAGE).content.decode()
    phone.get("validate-token")
    used_at = DeviceToken.objects.get().last_used_at
    assert used_at is not None and timezone.now() - used_at < timedelta(seconds=20)
    assert "last used" in as_bob.get(PAGE).content.decode()
    with CaptureQueriesContext(connection) as asked:
        phone.get("validate-token")
    assert not [query for query in asked if "UPDATE" in query["sql"]]
    DeviceToken.objects.update(last_used_at=used_at - timedelta(minutes=2))
    phone.get("validate-token")
    assert DeviceToken.objects.get().last_used_at >= used_at


def test_history_says_from_which_device_a_listen_came(as_bob: Client, bob: Any) -> None:
    phone = Device(bob, "Kitchen Radio")
    phone.submit(listen())
    assert "from Kitchen Radio" in as_bob.get("/history/").content.decode()
    as_bob.post(f"{PAGE}{phone.token.pk}/revoke/")
    assert "from another device" in as_bob.get("/history/").content.decode()


def test_a_token_goes_with_its_account_and_sleeps_with_it(bob: Any) -> None:
    phone = Device(bob)
    phone.submit(playing(), kind="playing_now")
    bob.is_active = False
    bob.save()
    assert phone.submit(listen()).status_code == 401
    bob.is_active = True
    bob.save()
    assert phone.submit(listen()).status_code == 200
    delete_account(bob)
    assert phone.submit(listen()).status_code == 401
    assert not DeviceToken.objects.exists()
    assert not PlayingNow.objects.exists()
