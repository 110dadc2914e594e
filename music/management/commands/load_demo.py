from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

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
            return
        files = demo.library_files()
        if dry_run:
            self.stdout.write(f"Would add {len(files)} tracks and {len(demo.LISTENERS)} listeners.")
            return
        users = demo.make_listeners()
        self.add_tracks(users[demo.DEMO_USERNAME], len(files))
        self.stdout.write(f"\rDemo library: {len(files)} tracks, {demo.add_listens(users)} listens.")
        demo.mark_loaded()

    def add_tracks(self, user: Any, total: int) -> None:
        for number, result in enumerate(demo.add_library(user), start=1):
            if result.state == "refused":
                raise CommandError(f"{result.filename}: {result.message}")
            self.stdout.write(f"\rDemo library: {number} of {total} tracks", ending="")
            self.stdout.flush()
