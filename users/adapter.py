from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from users.signing_up import may_sign_up, waits


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_sign_up(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """In the address of somebody's page these would lead to the folder itself, or out of it."""
        if username in (".", ".."):
            raise self.validation_error("username_blacklisted")
        return str(super().clean_username(username, shallow))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return redirect("waiting" if waits(user) else "account_inactive")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("profile")
