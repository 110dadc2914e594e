from django import forms
from django.utils.translation import gettext_lazy as _


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("The export file"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.json,.jsonl,.csv"}),
        error_messages={"required": _("Choose the file with your listens first.")},
        help_text=_("A .zip, .json, .jsonl or .csv file, as the service gave it to you."),
    )
