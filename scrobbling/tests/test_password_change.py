from typing import Any

from django.test import Client

from conftest import PASSWORD
from scrobbling.tokens import make_token, token_of


def test_a_new_password_ends_no_token_of_a_device(as_alice: Client, alice: Any) -> None:
    _device, token = make_token(alice, "Player")
    new = "quiet-river-77"
    as_alice.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    alice.refresh_from_db()
    assert alice.check_password(new)
    assert token_of(token)
