import os
import signal
import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from music.demo import sign_in_line

THREADS = 16
CONNECTIONS = 1000


class Command(BaseCommand):
    help = (
        "Migrate, load the demo library once (unless DEMO=0) and serve on HOST:PORT until Ctrl+C. "
        "Exit code 0 after a stop that was asked for, 1 otherwise."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_port()
        call_command("migrate", interactive=False, verbosity=0)
        sweep_unfinished_uploads()
        if settings.DEMO:
            call_command("load_demo", stdout=self.stdout)
        self.stdout.write(f"\nMusic Streamer is at {settings.SITE_URL}")
        if settings.NETWORK_HOSTS:
            self.stdout.write(f"On your network: http://{settings.NETWORK_HOSTS[0]}:{settings.PORT}")
        if settings.DEMO and (line := sign_in_line()):
            self.stdout.write(line)
        self.stdout.write("Ctrl+C stops it.\n\n")
        self.stdout.flush()
        self.run_until_stopped([server_command(), *([shipper_command()] if settings.MONGODB_URI else [])])

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

    def run_until_stopped(self, commands: list[list[str]]) -> None:
        """When one process ends by itself the others are stopped too: half a service helps nobody."""
        # Requests are received into the data disk: /tmp is often memory.
        environment = {**os.environ, "TMPDIR": str(settings.FILE_UPLOAD_TEMP_DIR)}
        processes = [subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment) for command in commands]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            while all(process.poll() is None for process in processes):
                signal.sigtimedwait([signal.SIGCHLD], 1)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
            return
        finally:
            stop(processes)
        raise CommandError("The server ended by itself; the lines above say why.")


def sweep_unfinished_uploads() -> None:
    """What a killed server was still receiving; nobody else writes there."""
    for file in settings.FILE_UPLOAD_TEMP_DIR.iterdir():
        file.unlink()


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        process.wait()


def server_command() -> list[str]:
    """waitress: one loop reads requests and sends files for everybody, and a thread is busy only while Django thinks.

    Under gunicorn's threads each slow upload and each paused player held one, and sixty of them stopped the service.
    """
    host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    options = {
        "listen": f"{host}:{settings.PORT}",
        "threads": THREADS,
        "connection-limit": CONNECTIONS,
        "max-request-body-size": settings.UPLOAD_MAX_REQUEST_BYTES,
        "channel-timeout": 300,
        "ident": "",
    }
    flags = ["--asyncore-use-poll", *(["--no-clear-untrusted-proxy-headers"] if settings.TRUSTED_PROXY_COUNT else [])]
    return [
        sys.executable,
        "-m",
        "waitress",
        *[f"--{name}={value}" for name, value in options.items()],
        *flags,
        "music_streamer.wsgi:application",
    ]


def shipper_command() -> list[str]:
    return [sys.executable, "manage.py", "ship_listens", "--watch"]
