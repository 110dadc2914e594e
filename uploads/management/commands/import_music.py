import gc
import os
import sys
import time
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from music.models import Track
from uploads.disk.bringing import Bringing, NoRoomLeft, folder_for
from uploads.disk.inspecting import inspectors
from uploads.disk.paths import decoded, encoded, shown
from uploads.disk.walk import count, walk
from uploads.models import LibraryFolder

# Thousands of objects live for one batch: to look through them again and again takes a fifth of the time. Never to
# look costs 3 MB for a thousand files.
GARBAGE_SELDOM = 20_000, 2, 2


class Command(BaseCommand):
    requires_system_checks = ()  # they read every page and form of the site: a third of the start
    help = (
        "Bring the MP3, OGG and WAV files of folders on this machine into the catalogue, published. It may be stopped "
        "and run again: what is known is passed by. One line on stderr for each file that is refused. Exit code 0 "
        "when everything is in, 1 when something was refused or stopped it, 2 for wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a folder, searched with all below it, or a file")
        parser.add_argument("--user", required=True, metavar="NAME", help="who brings it in")
        parser.add_argument(
            "--visibility",
            choices=Track.Visibility.values,
            default=Track.Visibility.PUBLIC,
            help="who may hear them (%(default)s)",
        )
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--copy", action="store_false", dest="in_place", help="copy the files (the default)")
        place.add_argument("--in-place", action="store_true", help="leave the files where they are, play them there")
        parser.set_defaults(in_place=False)
        parser.add_argument("--dry-run", action="store_true", help="look at every file, change nothing")
        parser.add_argument("--jobs", type=int, default=inspectors(), help="inspectors at once (%(default)s)")

    def handle(self, *args: Any, paths: list[str], user: str, jobs: int, **options: Any) -> None:
        self.check_arguments(paths, jobs)
        owner = get_user_model().objects.filter(username=user).first()
        if owner is None:
            raise CommandError(
                f"Nobody here is called {user}. Make the account first, or give another --user.", returncode=2
            )
        self.check_owners(paths, owner)
        self.outcomes: dict[str, int] = {}
        started = time.monotonic()
        total = count(paths)
        gc.freeze()
        gc.set_threshold(*GARBAGE_SELDOM)
        with tqdm(total=total, unit="file", disable=not sys.stderr.isatty(), dynamic_ncols=True) as bar:
            for path in paths:
                self.bring(path, owner, jobs, bar, **options)
        self.finish(total, time.monotonic() - started, is_dry_run=options["dry_run"])

    def check_arguments(self, paths: list[str], jobs: int) -> None:
        for path in paths:
            if not os.path.exists(path):  # noqa: PTH110 a path with surrogates stays a str
                raise CommandError(f"{shown(path)} is not there.", returncode=2)
        if jobs < 1:
            raise CommandError("--jobs must be at least 1.", returncode=2)

    def check_owners(self, paths: list[str], owner: Any) -> None:
        """What is known is passed by: of a folder that is somebody else's, nothing would be added for this one."""
        keys = [encoded(os.path.abspath(path)) for path in paths]  # noqa: PTH100
        folders = LibraryFolder.objects.filter(path__in=keys).exclude(user=owner).select_related("user")
        if folder := folders.first():
            path = shown(decoded(folder.path))
            raise CommandError(f"{path} was brought in for {folder.user}. Give --user {folder.user}.", returncode=2)

    def bring(self, path: str, owner: Any, jobs: int, bar: Any, **options: Any) -> None:
        choice = {"visibility": options["visibility"], "in_place": options["in_place"]}
        if options["dry_run"]:
            folder = LibraryFolder(path=encoded(path), user=owner, **choice)
        else:
            folder = folder_for(path, owner, **choice)
        whole = os.path.abspath(path)  # noqa: PTH100
        bringing = Bringing(folder, self.complain, bar.update, is_dry_run=options["dry_run"])
        try:
            bringing.run(walk([whole], self.complain_of_folder), jobs)
        except NoRoomLeft as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Run the same command again to go on.", returncode=130) from error
        finally:
            self.add_up(bringing.counts)

    def complain(self, path: str, reason: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{shown(path)}: {reason}")

    def complain_of_folder(self, path: str, reason: str) -> None:
        self.add_up({"refused": 1})
        self.complain(path, reason)

    def add_up(self, counts: dict[str, int]) -> None:
        for outcome, number in counts.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + number

    def finish(self, total: int, seconds: float, *, is_dry_run: bool) -> None:
        added, refused = self.outcomes.get("added", 0), self.outcomes.get("refused", 0)
        here = self.outcomes.get("known", 0) + self.outcomes.get("duplicate", 0)
        verb = "Would add" if is_dry_run else "Added"
        rate = f"{total / seconds:.0f} files a second" if seconds else ""
        self.stdout.write(f"{verb} {added}, already here {here}, refused {refused} ({seconds:.1f} s, {rate}).")
        if refused:
            raise CommandError(f"{refused} refused: the lines above say why.")
