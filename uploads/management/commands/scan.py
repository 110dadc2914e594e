import os
import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from uploads.disk.bringing import NoRoomLeft
from uploads.disk.inspecting import inspectors
from uploads.disk.paths import decoded, encoded, shown
from uploads.disk.scanning import FolderGone, Scan
from uploads.disk.walk import count
from uploads.models import LibraryFolder

OUTCOMES = ("added", "changed", "moved", "back", "missing", "duplicate", "unchanged", "refused")


class Command(BaseCommand):
    help = (
        "Look through the folders that import_music brought in and follow what happened there: added, changed, moved "
        "and missing files. A track keeps its listens wherever its file went. Exit code "
        "0 when all is well, 1 when a file is missing or refused or a folder is gone, 2 for wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="only these library folders (default: all)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--jobs", type=int, default=inspectors(), help="inspectors at once (%(default)s)")

    def handle(self, *args: Any, paths: list[str], dry_run: bool, jobs: int, **options: Any) -> None:
        folders = self.folders(paths)
        outcomes: Counter[str] = Counter()
        total = count([decoded(each.path) for each in folders])
        with tqdm(total=total, unit="file", disable=not sys.stderr.isatty(), dynamic_ncols=True) as bar:
            scans = [Scan(folder, self.complain, bar.update, is_dry_run=dry_run) for folder in folders]
            for scan in scans:
                outcomes["gone"] += not self.run_through(scan, jobs)
            for scan in scans:
                scan.miss()
                outcomes += scan.counts
        self.stdout.write(", ".join(f"{outcome} {outcomes[outcome]}" for outcome in OUTCOMES) + ".")
        if troubles := outcomes["missing"] + outcomes["refused"] + outcomes["gone"]:
            raise CommandError(f"{troubles} to look at: the lines above say why.")

    def folders(self, paths: list[str]) -> list[LibraryFolder]:
        known = LibraryFolder.objects.select_related("user").order_by("pk")
        if not paths:
            return list(known)
        wanted = [encoded(os.path.abspath(path)) for path in paths]  # noqa: PTH100
        found = {folder.path: folder for folder in known.filter(path__in=wanted)}
        for path, key in zip(paths, wanted, strict=True):
            if key not in found:
                raise CommandError(f"{shown(path)} was not brought in. Use import_music first.", returncode=2)
        return [found[key] for key in wanted]

    def run_through(self, scan: Scan, jobs: int) -> bool:
        """Whether the folder was there."""
        try:
            scan.run(jobs)
        except FolderGone as gone:
            self.complain(str(gone), "The folder is gone or empty; its tracks are left as they are.")
            return False
        except NoRoomLeft as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as error:
            raise CommandError("Stopped. Run it again to go on.", returncode=130) from error
        return True

    def complain(self, path: str, reason: str) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            self.stderr.write(f"{shown(path)}: {reason}")
