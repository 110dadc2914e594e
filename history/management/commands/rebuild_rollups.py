"""The figures of people's listening, made anew or only checked."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from listening.errors import StoreAway
from listening.rollups import is_right, rebuild
from users.models import UserProfile

EXIT_DIFFERENT, EXIT_NOBODY, EXIT_AWAY = 1, 2, 3


class Command(BaseCommand):
    help = (
        "Make the numbers of people's listening anew from their listens: those of every day, month and year. They "
        "keep themselves in step; this is for peace of mind, or after a repair of the database. "
        "Exit codes: 0 done or all right, 1 --check found differences, 2 there is nobody of that name, "
        "3 the listens are out of reach (run it again)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help="the username of one listener (everybody)")
        parser.add_argument("--check", action="store_true", help="compare only; write nothing")
        parser.add_argument("--dry-run", action="store_true", help="say for how many listeners, and write nothing")

    def handle(self, *args: Any, user: str | None, check: bool, dry_run: bool, **options: Any) -> None:
        profiles = UserProfile.objects.select_related("user").order_by("pk")
        if user is not None:
            profiles = profiles.filter(user__username=user)
            if not profiles:
                raise CommandError(f"There is nobody called {user} here.", returncode=EXIT_NOBODY)
        if dry_run:
            self.stdout.write(f"Would make the numbers of {profiles.count()} listeners anew. Nothing was written.")
            return
        try:
            self.compare(profiles) if check else self.rebuild(profiles)
        except StoreAway as error:
            raise CommandError(f"{error} Run it again: what is made stays.", returncode=EXIT_AWAY) from error

    def rebuild(self, profiles: Any) -> None:
        for profile in self.each(profiles):
            rebuild(profile.pk, profile.time_zone)
        self.stdout.write(self.style.SUCCESS(f"Made the numbers of {profiles.count()} listeners anew."))

    def compare(self, profiles: Any) -> None:
        wrong = [profile for profile in self.each(profiles) if not is_right(profile.pk, profile.time_zone)]
        for profile in wrong:
            self.stdout.write(f"Different: {profile.user.get_username()}")
        if wrong:
            raise CommandError(f"{len(wrong)} of {profiles.count()} are different.", returncode=EXIT_DIFFERENT)
        self.stdout.write(self.style.SUCCESS(f"The numbers of {profiles.count()} listeners are right."))

    def each(self, profiles: Any) -> Any:
        return tqdm(profiles.iterator(), total=profiles.count(), unit="listener", disable=None, file=self.stderr)
