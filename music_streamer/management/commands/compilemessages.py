from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Django's own asks for GNU gettext, which few machines have."""

    help = "Make the catalogues in locale/ readable for the server."

    def handle(self, *args: Any, **options: Any) -> None:
        for catalogue in sorted(settings.LOCALE_PATHS[0].glob("*/LC_MESSAGES/*.po")):
            made = str(catalogue.with_suffix(".mo"))
            polib.pofile(str(catalogue)).save_as_mofile(made)
            if options["verbosity"] > 0:
                self.stdout.write(made)
