import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from conftest import PASSWORD
from users.second_factor import SecondFactorAdapter

ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


def code_of(secret: str, steps: int = 1) -> str:
    """What an app shows so many half minutes from now: the next one is taken, too, and stays good for longest."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def signed_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": "alice", "password": password, **more})


def confirm(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up(client: Client) -> str:
    """An authenticator app, added on the page; returns its secret."""
    page = client.get(ACTIVATE).content.decode()
    secret = re.search(r'<input id="secret" value="([A-Z2-7]{32})"', page)
    assert secret
    answer = client.post(ACTIVATE, {"code": code_of(secret[1], 0)})
    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/recovery-codes/")
    return secret[1]


@pytest.fixture
def visitor(alice: Any) -> Client:
    client = Client()
    signed_in(client)
    confirm(client)
    return client


def test_adding_an_app_asks_for_the_password_first(client: Client, alice: Any) -> None:
    signed_in(client)
    assert client.get(ACTIVATE).url.startswith("/accounts/reauthenticate/")


def test_the_qr_code_stands_in_the_page_and_holds_nothing_that_the_policy_forbids(visitor: Client) -> None:
    page = visitor.get(ACTIVATE).content.decode()
    drawing = re.search(r"<svg.*?</svg>", page[page.index("bg-white") :], re.DOTALL)
    assert drawing and "<path" in drawing[0]
    assert "style=" not in drawing[0] and "<?xml" not in page and "data:image" not in page


def test_a_password_is_not_enough_once_an_app_is_added(visitor: Client, client: Client) -> None:
    secret = set_up(visitor)
    assert signed_in(client).url == AUTHENTICATE
    assert client.get("/profile/").status_code == 302
    assert "One more step" in client.get(AUTHENTICATE).content.decode()
    assert client.post(AUTHENTICATE, {"code": "000000"}).status_code == 422
    assert client.get("/profile/").status_code == 302
    assert client.post(AUTHENTICATE, {"code": code_of(secret)}).url == "/"
    assert client.get("/profile/").status_code == 200


def test_a_code_counts_once(visitor: Client, client: Client) -> None:
    code = code_of(set_up(visitor))
    signed_in(client)
    assert client.post(AUTHENTICATE, {"code": code}).status_code == 302
    again = Client()
    signed_in(again)
    assert again.post(AUTHENTICATE, {"code": code}).status_code == 422


def test_a_recovery_code_signs_in_once(visitor: Client) -> None:
    set_up(visitor)
    codes = visitor.get("/accounts/2fa/recovery-codes/download/").content.decode().split()
    assert len(codes) == 10
    answers = []
    for _attempt in range(2):
        client = Client()
        signed_in(client)
        answers.append(client.post(AUTHENTICATE, {"code": codes[0]}).status_code)
    assert answers == [302, 422]
    assert "9 codes are left" in visitor.get("/settings/security/").content.decode()


def test_codes_cannot_be_tried_without_end(visitor: Client, client: Client) -> None:
    secret = set_up(visitor)
    signed_in(client)
    for attempt in range(5):
        client.post(AUTHENTICATE, {"code": f"{attempt:06}"})
    refused = client.post(AUTHENTICATE, {"code": code_of(secret)})
    assert refused.status_code == 422
    assert "Too many failed" in refused.content.decode()
    assert client.get("/profile/").status_code == 302


def test_the_secret_lies_sealed_in_the_database(visitor: Client, settings: Any) -> None:
    secret = set_up(visitor)
    [app] = Authenticator.objects.filter(type="totp")
    assert secret not in str(app.data)
    settings.SECRET_KEY = "another-one-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    assert SecondFactorAdapter().decrypt(app.data["secret"]) != secret


def test_turning_the_app_off_asks_for_proof_and_takes_the_recovery_codes_along(visitor: Client, alice: Any) -> None:
    secret = set_up(visitor)
    later, off = Client(), "/accounts/2fa/totp/deactivate/"
    signed_in(later)
    later.post(AUTHENTICATE, {"code": code_of(secret)})
    assert later.post(off).url.startswith("/accounts/reauthenticate/")
    assert "accounts/2fa/reauthenticate/" in later.get("/accounts/reauthenticate/").content.decode()
    assert Authenticator.objects.filter(user=alice).count() == 2
    confirm(later)
    later.post(off)
    assert not Authenticator.objects.filter(user=alice).exists()


@pytest.mark.parametrize(
    ("target", "lands"), [("https://evil.example/", "/"), ("//evil.example", "/"), ("/albums/", "/albums/")]
)
def test_the_second_step_leads_nowhere_but_here(visitor: Client, client: Client, target: str, lands: str) -> None:
    secret = set_up(visitor)
    signed_in(client, next=target)
    assert client.post(AUTHENTICATE, {"code": code_of(secret)}).url == lands


@pytest.mark.parametrize("pk", [0, 10**18])
def test_a_passkey_of_somebody_else_is_not_there(as_alice: Client, bob: Any, pk: int) -> None:
    theirs = Authenticator.objects.create(user=bob, type="webauthn", data={"name": "Phone", "credential": {}})
    confirm(as_alice)
    for verb in ("edit", "remove"):
        for address in (theirs.pk, pk):
            assert as_alice.post(f"/accounts/2fa/webauthn/keys/{address}/{verb}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.get(pk=theirs.pk).data["name"] == "Phone"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": "x"}', '{"response": {"userHandle": "AA"}}'])
def test_a_made_up_passkey_signs_nobody_in(client: Client, alice: Any, credential: str) -> None:
    client.get("/accounts/2fa/webauthn/login/", HTTP_ACCEPT="application/json")
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert client.get("/profile/").status_code == 302


@pytest.mark.parametrize("credential", ["[" * 100_000, "[" * 400 + "]" * 400, "9" * 5000, '{"id": "\\ud800"}'])
def test_what_python_cannot_read_or_write_is_refused_like_a_wrong_code(
    visitor: Client, client: Client, credential: str
) -> None:
    set_up(visitor)
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    signed_in(client)
    assert 'class="errorlist"' in client.post(AUTHENTICATE, {"credential": credential}).content.decode()
    for page in ("reauthenticate", "add"):
        assert visitor.post(f"/accounts/2fa/webauthn/{page}/", {"credential": credential}).status_code in (302, 422)
    assert client.get("/profile/").status_code == 302


def test_a_passkey_that_does_not_fit_is_an_error_like_a_wrong_code(visitor: Client, client: Client, alice: Any) -> None:
    set_up(visitor)
    signed_in(client)
    for said in ({"code": "000000"}, {"credential": "{}"}, {"credential": ""}):
        assert client.post(AUTHENTICATE, said).status_code == 422
    assert client.get("/profile/").status_code == 302
