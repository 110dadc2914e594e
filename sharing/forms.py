from django import forms
from django.utils.translation import gettext_lazy as _

NEVER = 0
DEFAULT_DAYS = 30


class ShareForm(forms.Form):
    days = forms.TypedChoiceField(
        coerce=int,
        choices=[
            (1, _("One day")),
            (7, _("A week")),
            (30, _("30 days")),
            (365, _("A year")),
            (NEVER, _("Until I turn it off")),
        ],
        initial=DEFAULT_DAYS,
        label=_("How long does it work?"),
    )
    password = forms.CharField(
        required=False,
        min_length=4,
        max_length=128,
        label=_("Password, if you like"),
        help_text=_("Then it takes both the link and the password. Send them by different ways."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )


class UnlockForm(forms.Form):
    password = forms.CharField(
        max_length=128,
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Type the password that came with the link.")},
    )
