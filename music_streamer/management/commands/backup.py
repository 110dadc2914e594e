"""Both databases into one folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from listening.errors import StoreAway
from music_streamer.backup.errors import Refused
from music_streamer.backup.making import make
from music_streamer.backup.stages import bars

EXIT_FAILED, EXIT_REFUSED, EXIT_AWAY = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Copy the SQL database, MongoDB if there is one, and the secret key into a new folder DIR/<time>, readable by "
        "its owner alone, while the server goes on. MEDIA_ROOT is not in it: copy it afterwards (rsync -a). Half a "
        "backup is never left under that name. Exit codes: 0 done, 1 failed (no room, no right), 2 something is "
        "missing first, 3 MongoDB is away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="where the new folder is made")
        parser.add_argument(
            "--without-secret", action="store_true", help="leave the secret key out: then keep it elsewhere"
        )

    def handle(self, *args: Any, folder: Path, without_secret: bool, **options: Any) -> None:
        try:
            whole, made = make(folder, bars(self.stderr), is_with_secret=not without_secret)
        except Refused as error:
            raise CommandError(str(error), returncode=EXIT_REFUSED) from error
        except StoreAway as error:
            raise CommandError(f"{error} There is no backup; run it again.", returncode=EXIT_AWAY) from error
        except OSError as error:
            raise CommandError(f"There is no backup: {error}", returncode=EXIT_FAILED) from error
        rows = sum(tally.count for tally in made.tables.values())
        self.stdout.write(f"SQL: {rows} rows of {len(made.tables)} tables")
        for name, tally in made.collections.items():
            self.stdout.write(f"MongoDB: {tally.count} documents in {name}")
        self.stdout.write(self.style.SUCCESS(f"The backup is {whole}. Copy MEDIA_ROOT as well."))
