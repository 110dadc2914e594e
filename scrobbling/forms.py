from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    token = forms.CharField(
        label=_("User token"),
        max_length=200,
        validators=[RegexValidator(r"\A[!-~]+\Z", _("A token has no spaces and no accents. Copy it once more."))],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )
