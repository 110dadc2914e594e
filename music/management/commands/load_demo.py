from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audio.facts import Refused
from listening.store import StoreAway
from music import demo


class Command(BaseCommand):
    help = (
        "Add the demo library (16 CC0 tracks) and five listeners with four weeks of listens. Does nothing when it was "
        "loaded before. Exit code 0 when the demo is there, 1 when a demo file could not be added."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be added and change nothing")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        if demo.is_loaded():
            if dry_run:
                self.stdout.write("The demo was loaded before: nothing would be added.")
            return
        files = demo.library_files()
        if dry_run:
            self.stdout.write(f"Would add {len(files)} tracks and {len(demo.LISTENERS)} listeners.")
            return
        if taken := demo.taken_names():
            self.stdout.write(f"The demo stays away: somebody else here is called {', '.join(taken)}.")
            return
        users = demo.make_listeners()
        self.add_tracks(users[demo.DEMO_USERNAME], len(files))
        try:
            self.stdout.write(f"\rDemo library: {len(files)} tracks, {demo.add_listens(users)} listens.")
        except StoreAway:
            self.stdout.write("\rDemo library: its listens follow at the next start, when MongoDB answers.")
            return
        demo.mark_loaded()

    def add_tracks(self, user: Any, total: int) -> None:
        try:
            for number, _file in enumerate(demo.add_library(user), start=1):
                self.stdout.write(f"\rDemo library: {number} of {total} tracks", ending="")
                self.stdout.flush()
        except Refused as refused:
            raise CommandError(str(refused)) from refused
