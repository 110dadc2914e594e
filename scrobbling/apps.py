from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScrobblingConfig(AppConfig):
    name = "scrobbling"
    verbose_name = _("Scrobbling")
