"""The colours that a reader may pick. What an accent looks like is said by theme/static_src/src/styles/app.css."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Theme(TextChoices):
    AUTO = "auto", _("Automatic")
    DARK = "dark", _("Dark")
    LIGHT = "light", _("Light")


class Accent(TextChoices):
    VIOLET = "violet", _("Violet")
    BLUE = "blue", _("Blue")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    ORANGE = "orange", _("Orange")
    ROSE = "rose", _("Rose")
