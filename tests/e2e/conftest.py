"""The real server in a process of its own, on its own data, and a real browser in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e import browser as chromium
from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "gentle-rain-42"
# Two servers, two browsers and their workers share a small machine: what takes a moment may take many there.
expect.set_options(timeout=20_000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`manage.py serve` on a data folder; `url` answers while it runs."""

    def __init__(self, folder: Path, database_url: str, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {
            **inherited,
            "PORT": str(self.port),
            "DATA_DIR": str(folder / "var"),
            "MEDIA_ROOT": str(folder / "media"),
            "DATABASE_URL": database_url,
            "MONGODB_URI": "",
            "DEMO": "0",
            **environment,
        }

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self) -> "Server":
        subprocess.run([sys.executable, "-m", "music_streamer.secret_key"], cwd=ROOT, env=self.environment, check=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        try:
            self.wait_until_it_answers()
        except BaseException:  # pytest.fail too: nobody else stops it then
            self.stop()
            raise
        return self

    def wait_until_it_answers(self, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/healthz/", timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"the server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Server]:
    with own_database(folder, has_tables=True) as database_url:
        server = Server(folder, database_url, **environment).start()
        try:
            yield server
        finally:
            server.stop()
            assert "Traceback" not in server.log.read_text(), server.log.read_text()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all journeys that bring their own users and mind nobody else's."""
    with running(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """For a journey that begins with a library of its own."""
    with running(tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("demo"), DEMO="1") as server:
        yield server


@pytest.fixture
def untouched_demo_server(tmp_path: Path) -> Iterator[Server]:
    """For a journey that depends on what others here have listened to: nothing."""
    with running(tmp_path, DEMO="1") as server:
        yield server


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
    return {**browser_type_launch_args, "executable_path": chromium.system_browser(), "args": arguments}


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page that fails the test when the browser reports a script error or a broken security policy.

    Without a service worker, whose requests a test could neither see nor break; test_offline.py is about those.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(**options: Any) -> Page:
        context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 1000}, "service_workers": "block", **options}
        )
        contexts.append(context)
        # Then the page knows from the start that it can keep no music, and moves nothing when it would find out.
        context.add_init_script("delete Navigator.prototype.serviceWorker")
        context.set_default_timeout(60_000)
        page = context.new_page()
        watch(page, troubles)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def watch(page: Page, troubles: list[str]) -> None:
    """Note script errors, and what the security policy refused."""
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if "Content Security" in message.text else None)


def all_is_there(page: Page) -> None:
    """What comes once the page has time: menus, handles, the full player."""
    expect(page.locator("html")).to_have_attribute("data-extras", "")


def sign_up(page: Page, url: str, username: str, *genres: str) -> None:
    page.goto(f"{url}/accounts/signup/")
    page.get_by_label("Username").fill(username)
    page.get_by_label(re.compile("^E-?mail", re.IGNORECASE)).first.fill(f"{username}@example.org")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    for genre in genres:
        page.locator("label.chip", has_text=re.compile(f"^{re.escape(genre)}$")).click()
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url(f"{url}/")


def sign_in(page: Page, url: str, login: str, password: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{url}/")


def sign_in_as_demo(page: Page, server: Server) -> None:
    password = (server.folder / "var" / "demo_password").read_text().strip()
    sign_in(page, server.url, "demo", password)


def send(page: Page, url: str, *files: Any) -> None:
    """They go as soon as they are chosen; without JavaScript one presses the button."""
    page.goto(f"{url}/upload/")
    page.locator("[name=file]").set_input_files(list(files))
    if page.locator("html.no-js").count():
        with page.expect_navigation():
            page.locator("main").get_by_role("button", name="Upload").click()


def refresh_until(page: Page, wanted: Locator) -> None:
    """The list of uploads keeps itself up to date; without JavaScript one presses its link."""
    while page.locator("html.no-js").count() and not wanted.count():
        with page.expect_navigation():
            page.get_by_role("link", name="Refresh").click()
    expect(wanted).to_be_visible(timeout=60_000)


def upload(page: Page, url: str, *files: Path) -> None:
    """The whole way: sent, checked by the worker, looked over, published."""
    send(page, url, *files)
    checked = page.get_by_role("link", name=re.compile(rf"^Review {len(files)} track"))
    refresh_until(page, checked)
    checked.click()
    page.get_by_role("button", name=re.compile("^Publish (it|all)")).click()
    expect(page.get_by_text(re.compile(rf"^{len(files)} tracks? (is|are) published"))).to_be_visible()
