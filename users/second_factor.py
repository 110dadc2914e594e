"""The second factor as this place wants it: secrets sealed, codes drawn in the page, every key a passkey."""

import base64
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage
from qrcode.main import make

from users.forms import without_placeholders
from users.models import CustomUser
from users.sealing import Seal, Unreadable
from users.signing_up import mail_is_configured, tell

LONGEST_NAME = 60
NOT_OF_A_BROWSER = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
_secrets = Seal(b"users: secrets of the second factor")


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What cannot be read any more becomes a secret that nobody knows, so that no code fits."""
        try:
            return _secrets.unseal(encrypted_text)
        except Unreadable:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        """To stand in the page itself: the security policy allows no pictures from data: addresses."""
        drawing: str = make(url, image_factory=SvgPathImage, border=2).to_string(encoding="unicode")
        return drawing

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return gettext("Passkey %(number)d") % {"number": user.authenticator_set.filter(type=type).count() + 1}


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes.")


class ConfirmingCodeForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes.")


class ActivateAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        without_placeholders(self)
        self.fields["code"].label = _("The six digits that the app shows")


class CredentialField(forms.JSONField):
    """JSON of a stranger may be deeper than Python can read, and its numbers longer."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (RecursionError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Never drawn again: it answers one challenge, and the next page has another."""
        return initial


class NoPasskeyMixin(forms.Form):
    """What was never made by a browser is refused like a wrong code; allauth stumbles over some of it."""

    credential: Any = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NOT_OF_A_BROWSER as error:
            raise SecondFactorAdapter().validation_error("incorrect_code") from error


class PasskeyLoginForm(NoPasskeyMixin, LoginWebAuthnForm):
    pass


class PasskeySecondForm(NoPasskeyMixin, AuthenticateWebAuthnForm):
    pass


class ConfirmingPasskeyForm(NoPasskeyMixin, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(AddWebAuthnForm):
    passwordless = None  # type: ignore[assignment]  # every key is to sign in with, so there is nothing to choose
    credential = CredentialField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"), required=False, max_length=LONGEST_NAME, help_text=_("To tell it from others that you add.")
    )

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except NOT_OF_A_BROWSER as error:
            raise SecondFactorAdapter().validation_error("incorrect_code") from error


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)


def remove_second_factor(user: CustomUser) -> bool:
    """Of somebody who lost it: app, passkeys and recovery codes. They are told by mail; False if none could be sent."""
    Authenticator.objects.filter(user=user).delete()
    return mail_is_configured() and tell(user, "second_factor_removed")


def has_second_factor(user: CustomUser) -> bool:
    return SecondFactorAdapter().is_mfa_enabled(user)
