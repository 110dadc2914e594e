import signal
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from music.demo import sign_in_line
from music_streamer.processes import SHIPPER, WORKER, run_until_the_server_ends
from uploads.sweep import sweep


class Command(BaseCommand):
    help = (
        "Migrate, load the demo library once (unless DEMO=0) and serve on HOST:PORT until Ctrl+C, with a worker for "
        "background tasks. Exit code 0 after a stop that was asked for, 1 otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_port()
        call_command("migrate", interactive=False, verbosity=0)
        sweep()
        if settings.DEMO:
            call_command("load_demo", stdout=self.stdout)
        self.stdout.write(f"\nMusic Streamer is at {settings.SITE_URL}")
        if settings.NETWORK_HOSTS:
            self.stdout.write(f"On your network: http://{settings.NETWORK_HOSTS[0]}:{settings.PORT}")
        if settings.DEMO and (line := sign_in_line()):
            self.stdout.write(line)
        self.stdout.write("Ctrl+C stops it.\n\n")
        self.stdout.flush()
        self.run_until_stopped()

    def check_port(self) -> None:
        family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"{settings.HOST}:{settings.PORT} is not free ({error.strerror}). Try another: make run PORT=8001"
                ) from error

    def run_until_stopped(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            run_until_the_server_ends([WORKER, *([SHIPPER] if settings.MONGODB_URI else [])])
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
            return
        raise CommandError("The server ended by itself; the lines above say why.")
