import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from music.search import differences, how_many, rebuild


class Command(BaseCommand):
    help = (
        "Compare what search knows with the catalogue, put it right and make its indexes anew. Safe while people "
        "listen and search; uploads wait for it. With --dry-run it only compares: exit code 1 when they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="compare, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        with tqdm(total=how_many(), unit="name", disable=not sys.stderr.isatty(), dynamic_ncols=True) as bar:
            found = (differences if dry_run else rebuild)(bar.update)
        if found and dry_run:
            raise CommandError(f"{found} names differ. Run it without --dry-run to put them right.")
        self.stdout.write(f"{found} names put right." if found else "Search and the catalogue agree.")
