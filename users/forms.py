import zoneinfo
from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from music.forms import PictureField
from music.models import Genre
from users.avatars import set_avatar
from users.languages import chosen_by_visitor
from users.looks import Accent, Theme
from users.models import CustomUser, Invitation, UserProfile
from users.signing_up import NoInvitationLeft, let_in

MOST_DIGITS = 18


class GenreChips(forms.CheckboxSelectMultiple):
    """Checkboxes that look and feel like chips; still plain checkboxes to keyboard, screen reader and no JavaScript."""

    template_name = "shared/genre_chips.html"


class GenresField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """Databases stumble over numbers that they cannot hold."""
        if any(len(str(pk)) > MOST_DIGITS for pk in value or ()):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super().clean(value)


def favourite_genres_field() -> GenresField:
    return GenresField(
        Genre.objects.to_choose_from(),
        required=False,
        widget=GenreChips,
        label=_("Favourite genres"),
        help_text=_("Pick a few and your home page starts with them. You can skip this or change it later."),
    )


def mail_is_sent() -> bool:
    """Whether somebody said where to; until then it is printed where the server runs."""
    return settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend"


def has_confirmed_address(user: CustomUser) -> bool:
    """Whether the weekly mail would reach them: it goes to no other."""
    return EmailAddress.objects.filter(user=user, email=user.email.lower(), verified=True).exists()


def without_placeholders(form: forms.Form) -> None:
    """They only repeat the labels, and vanish when they would be needed."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def time_zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if name != "localtime"]


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or email")
        self.fields["password"].help_text = ""  # the page has the link already
        without_placeholders(self)


class SignupForm(AllauthSignupForm):
    field_order = ["username", "email", "password1", "password2", "favourite_genres"]

    favourite_genres = favourite_genres_field()
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-controller": "time-zone"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("For when you forget your password. Other listeners do not see it.")
        self.fields["password1"].help_text = _("At least 8 characters, and not one of the common ones.")
        without_placeholders(self)

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        return name if name in zoneinfo.available_timezones() else "UTC"

    def try_save(self, request: HttpRequest) -> Any:
        try:
            with transaction.atomic():
                return super().try_save(request)
        except NoInvitationLeft:
            return None, redirect("account_signup")

    def save(self, request: HttpRequest) -> Any:
        user: Any = super().save(request)
        if user:
            let_in(request, user)
            user.profile.time_zone = self.cleaned_data["time_zone"]
            user.profile.language = chosen_by_visitor(request)
            user.profile.save(update_fields=["time_zone", "language"])
            user.profile.favourite_genres.set(self.cleaned_data["favourite_genres"])
        return user


class ProfilePartForm(forms.ModelForm):
    """Writes what it shows and nothing else, since the rest may be changed at the same time."""

    def save(self, commit: bool = True) -> Any:
        profile = super().save(commit=False)
        if commit:
            columns = {column.name for column in profile._meta.concrete_fields}
            profile.save(update_fields=columns & self.cleaned_data.keys())
            self.save_m2m()
        return profile


class ProfileForm(ProfilePartForm):
    field_order = ["display_name", "bio", "picture", "remove_picture"]

    favourite_genres = favourite_genres_field()
    language = forms.ChoiceField(
        choices=[("", _("As my browser says")), *settings.LANGUAGES], required=False, label=_("Language")
    )
    time_zone = forms.ChoiceField(choices=time_zone_choices, label=_("Time zone"))
    picture = PictureField(
        required=False,
        label=_("Picture of you"),
        help_text=_("JPEG, PNG, WebP or GIF. It is cut square, and nothing else of the file is kept."),
    )
    remove_picture = forms.BooleanField(required=False, label=_("Remove the picture"))

    class Meta:
        model = UserProfile
        fields = ["display_name", "bio", "language", "time_zone", "favourite_genres"]
        widgets = {"bio": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.avatar:
            del self.fields["remove_picture"]

    def save(self, commit: bool = True) -> Any:
        profile = super().save(commit)
        if self.cleaned_data["picture"] or self.cleaned_data.get("remove_picture"):
            set_avatar(profile.user, self.cleaned_data["picture"])
        return profile


class PeopleForm(ProfilePartForm):
    """What others here see of somebody, and whether they may follow."""

    class Meta:
        model = UserProfile
        fields = [
            "is_listed",
            "needs_approval",
            "show_uploads",
            "show_top_artists",
            "show_now_listening",
            "tells_published",
            "tells_shared",
            "tells_starred",
            "weekly_digest",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not mail_is_sent():
            del self.fields["weekly_digest"]


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(choices=Theme.choices, widget=forms.RadioSelect, label=_("Theme"))
    accent = forms.ChoiceField(choices=Accent.choices, widget=forms.RadioSelect, label=_("Accent colour"))


class InvitationForm(forms.ModelForm):
    days = forms.TypedChoiceField(
        choices=[(1, _("for a day")), (7, _("for a week")), (30, _("for a month"))],
        coerce=int,
        initial=7,
        label=_("Good"),
    )
    max_uses = forms.IntegerField(min_value=1, max_value=100, initial=1, label=_("How many people may use it"))

    class Meta:
        model = Invitation
        fields = ["note", "max_uses", "days"]
        help_texts = {"note": _("So that you know later whom you gave it to. Only you and the admins see it.")}


class DeleteAccountForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: CustomUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("That is not your password. Nothing was deleted."))
        return str(password)
