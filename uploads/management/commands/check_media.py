import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from uploads.disk.media_check import QUARANTINE, differences, how_many, quarantine


class Command(BaseCommand):
    help = (
        "Compare the media folder with the database: tracks without their file, files of another size, pictures that "
        "are not there, files that no track has an hour after they were stored. Changes nothing unless --fix is "
        "given. Exit code 0 when both agree or all was put right, 1 when they differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fix",
            action="store_true",
            help=f"move stray files to the media folder's {QUARANTINE}/ and mark tracks without a file as missing",
        )

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        found = 0
        with tqdm(total=how_many(), unit="file", disable=not sys.stderr.isatty(), dynamic_ncols=True) as bar:
            for difference in differences():
                bar.update(1)
                if difference is None:
                    continue
                found += 1
                with tqdm.external_write_mode(file=sys.stderr):
                    self.stderr.write(f"{difference.path}: {difference.trouble}")
                if fix:
                    quarantine(difference)
        if found and not fix:
            what = "1 difference" if found == 1 else f"{found} differences"
            raise CommandError(f"{what}. Run it with --fix to put right what differs.")
        self.stdout.write(f"{found} put right." if found else "The media folder and the database agree.")
