"""PostgreSQL for as long as a command runs: python -m tests.postgres_server -- COMMAND. It is in DATABASE_URL."""

import argparse
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psycopg

from tests import debian
from tests.mongo_server import free_port

START_SECONDS = 60
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
CLUSTER = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
# Nothing in it outlives the command, so nothing has to reach the disk.
OPTIONS = ["--fsync=off", "--synchronous_commit=off", "--full_page_writes=off", "--max_connections=300"]


def run(command: list[str]) -> int:
    """The command's exit code. The server is gone afterwards, also after SIGTERM and Ctrl+C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with postgres() as url:
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url})
        # The command hears Ctrl+C as well, and still needs the server to end in good order.
        signal.signal(signal.SIGINT, lambda *_: None)
        try:
            return process.wait()
        finally:
            process.terminate()
            process.wait()


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty cluster, on a free port of this machine, as a role that may do everything."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name, postgres_in(Path(name)) as url:
        yield url


@contextmanager
def postgres_in(folder: Path) -> Iterator[str]:
    """The same with the cluster of that folder, which is made when it is empty, and stays."""
    if not (folder / "data").exists():
        make_cluster(folder)
    port, password = free_port(), (folder / "password").read_text()
    url = f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
    place = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    server = launch(folder, "postgres", "-D", "data", *place, *OPTIONS)
    try:
        wait_until_it_answers(folder, server, url)
        yield url
    finally:
        stop(server)


def make_cluster(folder: Path) -> None:
    password_file = folder / "password"
    password_file.write_text(secrets.token_urlsafe())
    for path in (folder, password_file):
        os.chown(path, account().pw_uid, account().pw_gid)
    if launch(folder, "initdb", "-D", "data", "--pwfile=password", *CLUSTER).wait():
        give_up(folder)


def launch(folder: Path, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """A program of PostgreSQL's that writes to the folder's log, in a session that Ctrl+C does not reach."""
    user = account()
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [need(name), *arguments],
            cwd=folder, user=user.pw_uid, group=user.pw_gid, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip


def wait_until_it_answers(folder: Path, server: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            return psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
    return give_up(folder)


def give_up(folder: Path) -> NoReturn:
    sys.exit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def stop(server: "subprocess.Popen[bytes]") -> None:
    """At once, whoever is still connected."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def account() -> pwd.struct_passwd:
    """Who runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def need(name: str) -> str:
    """Where that program is; PostgreSQL is installed when it is not there."""
    if not program(name):
        debian.install("postgresql")
    return program(name) or sys.exit(f"There is no {name}, although postgresql is installed.")


def program(name: str) -> str | None:
    """The newest of those that Debian keeps out of the PATH, or the one on it."""
    folders = sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, folders), os.environ["PATH"]]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.postgres_server")
    parser.add_argument("command", nargs="*", help="without one, PostgreSQL is installed where there is none")
    arguments = parser.parse_args()
    need("initdb")
    sys.exit(run(arguments.command) if arguments.command else 0)
