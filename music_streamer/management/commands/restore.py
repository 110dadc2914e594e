"""Both databases out of a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from listening.errors import StoreAway
from music_streamer.backup.errors import Damaged, Refused
from music_streamer.backup.restoring import checked, find, make_ready, occupied, read_through, restore
from music_streamer.backup.stages import bars

EXIT_DIFFERENT, EXIT_REFUSED, EXIT_AWAY = 1, 2, 3


class Command(BaseCommand):
    requires_system_checks = ()  # the database may be empty
    help = (
        "Restore what `backup` made: DIR is its folder, or the one in which the newest is taken. Stop the server "
        "first. The files are checked and read to their end before anything is changed; DATABASE_URL and MONGODB_URI "
        "say where it goes, and must be empty unless --replace is given. Then every row and document is counted and "
        "compared, and migrations of this version are applied. Copy MEDIA_ROOT back as well. Exit codes: 0 done and "
        "the same, 1 damaged or different, 2 refused, 3 MongoDB is away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check the files and the place, change nothing")
        parser.add_argument("--replace", action="store_true", help="throw away what is there now")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            self.restore(find(folder), **options)
        except Refused as error:
            raise CommandError(str(error), returncode=EXIT_REFUSED) from error
        except StoreAway as error:
            raise CommandError(f"{error} Run it again with --replace.", returncode=EXIT_AWAY) from error
        except (Damaged, OSError) as error:
            raise CommandError(str(error), returncode=EXIT_DIFFERENT) from error

    def restore(self, folder: Path, *, dry_run: bool, replace: bool, **options: Any) -> None:
        found = checked(folder, bars(self.stderr))
        read_through(folder, found, bars(self.stderr))
        rows, documents = (
            sum(each.count for each in tallies.values()) for tallies in (found.tables, found.collections)
        )
        what = f"{rows} rows and {documents} documents of {found.day} from {folder}"
        if (lost := " and ".join(occupied())) and not replace:
            raise Refused(f"There are {lost}. Restore into an empty place, or give --replace to throw them away.")
        if dry_run:
            instead = f" instead of the {lost}" if lost else ""
            self.stdout.write(f"The files are whole. Would restore {what}{instead}. Nothing was written.")
            return
        if differences := restore(folder, found, bars(self.stderr)):
            for line in differences:
                self.stderr.write(line)
            raise CommandError("What is here now is not what was copied.", returncode=EXIT_DIFFERENT)
        if left := make_ready(folder, found):
            self.stdout.write(self.style.WARNING(left))
        self.stdout.write(self.style.SUCCESS(f"Restored {what}; counts and hashes are the same. Copy MEDIA_ROOT back."))
