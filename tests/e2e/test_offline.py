"""Music kept on the device, in a real browser: without a network, after a restart, and gone when it must be."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Server, running, sign_in, sign_up, watch
from tests.e2e.test_accessibility import SIZES, violations

pytestmark = pytest.mark.e2e
# Chromium's own quota is so rough that now one track more goes in and now one less.
ROOM_FOR_SOME = """
window.room = Infinity;
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...key) {
  const isSound = this.name === "files" && value.path.startsWith("/stream/");
  if (isSound && window.room-- < 1) throw new DOMException("full", "QuotaExceededError");
  return put.call(this, value, ...key);
};
"""
ALBUM = "/albums/1/"  # two tracks, of 30 and 37 seconds

KEPT = """async () => {
    const answerOf = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const database = await answerOf(indexedDB.open("offline"));
    const found = { caches: await caches.keys() };
    for (const name of ["tracks", "lists", "files"]) {
        found[name] = await answerOf(database.transaction(name).objectStore(name).getAllKeys());
    }
    database.close();
    return found;
}"""
CACHED = """async () => {
    const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(opened.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => url.replace(location.origin, ""));
}"""
RANGE = """async (range) => {
    const answer = await fetch(document.querySelector("[data-play]").dataset.src, { headers: { Range: range } });
    const { size } = await answer.blob();
    return [answer.status, answer.headers.get("Content-Range"), size];
}"""


@pytest.fixture
def switch_on(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> Iterator[Callable[..., Page]]:
    """A browser with a profile that outlives it: closing the context and switching on again is a restart."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def switched_on(**options: Any) -> Page:
        viewport = {"width": 1440, "height": 1000}
        context = browser_type.launch_persistent_context(
            tmp_path / "profile", **browser_type_launch_args, **{"viewport": viewport, **options}
        )
        contexts.append(context)
        page = context.pages[0]
        watch(page, troubles)
        return page

    yield switched_on
    for context in contexts:
        context.close()
    assert troubles == []


def shelf_is_ready(page: Page, besides: frozenset[str] = frozenset()) -> None:
    """The service worker has taken over and the page that opens without a network is there, another than those."""
    expect(page.locator("html[data-keeps=yes]")).to_have_count(1)
    wait_until(page, lambda: bool(shelves(page) - besides))


def shelves(page: Page) -> frozenset[str]:
    return frozenset(path for path in page.evaluate(CACHED) if path.startswith("/offline/?user="))


def wait_until(page: Page, holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


def keep(page: Page) -> Locator:
    return page.locator("[data-keep]")


def keep_album(page: Page, url: str, path: str = ALBUM) -> None:
    page.goto(url + path)
    shelf_is_ready(page)
    page.get_by_role("button", name="Keep offline").click()
    expect(keep(page)).to_have_attribute("data-state", "kept", timeout=20_000)


def seconds_played(page: Page) -> int:
    minutes, seconds = page.locator("[data-player=time]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def listens_of(server: Server, username: str) -> list[dict[str, Any]]:
    """In the order of their start."""
    script = (
        "import json; from django.contrib.auth import get_user_model; from listening.models import ListenRow;"
        f"user = get_user_model().objects.get(username={username!r});"
        "rows = ListenRow.objects.filter(user_id=user.pk).order_by('started_at');"
        "print(json.dumps([[r.title, r.started_at.isoformat(), r.played_ms, r.counted, r.source] for r in rows]))"
    )
    names = ("title", "started_at", "played_ms", "counted", "source")
    found = json.loads(server.manage("shell", "-v", "0", "-c", script).strip().splitlines()[-1])
    return [dict(zip(names, row, strict=True)) for row in found]


def test_an_album_plays_without_a_network_after_a_restart_and_its_listens_arrive_once_oldest_first(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "nomad")
    keep_album(page, demo_server.url)
    page.context.set_offline(True)
    page.context.close()

    page = switch_on(offline=True)
    a_week_ago = datetime.now(UTC) - timedelta(days=7)
    page.clock.set_system_time(a_week_ago)
    page.goto(f"{demo_server.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    expect(page.get_by_text("You are offline.")).to_be_visible()
    rows = page.locator("#kept li[data-track]")
    expect(rows).to_have_count(2)
    cover = rows.first.locator("img")
    wait_until(page, lambda: cover.evaluate("image => image.naturalWidth > 0"))
    page.locator("#kept").get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    wait_until(page, lambda: seconds_played(page) >= 1)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("[data-player=title]")).to_have_text("Umbrella Weather")
    wait_until(page, lambda: seconds_played(page) in (2, 3))
    slider = page.get_by_role("slider", name="Position")
    slider.evaluate("slider => { slider.value = 9; slider.dispatchEvent(new Event('change', { bubbles: true })); }")
    wait_until(page, lambda: seconds_played(page) >= 29, 60)  # more than half of the track was heard
    page.locator("[data-player=toggle]").click()
    waiting = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('listen:')).length")
    assert waiting == 2
    page.context.close()
    assert listens_of(demo_server, "nomad") == []

    page = switch_on(offline=True)
    page.goto(f"{demo_server.url}/offline/")
    expect(page.locator("#kept [data-part=played]").first).to_have_text("played 7 days ago")
    reports: list[dict[str, Any]] = []
    page.on("request", lambda asked: reports.append(asked.post_data_json) if "/listens/start/" in asked.url else None)
    page.wait_for_timeout(500)
    reports.clear()
    page.context.set_offline(False)
    wait_until(page, lambda: not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('listen:'))"))
    page.reload()
    page.wait_for_timeout(500)

    listens = listens_of(demo_server, "nomad")
    assert [listen["title"] for listen in listens] == ["Corner Booth at Two", "Umbrella Weather"]
    assert [report["started_at"] for report in reports] == sorted(report["started_at"] for report in reports)
    assert len(reports) == 2
    for listen, report in zip(listens, reports, strict=True):
        started_at = datetime.fromisoformat(listen["started_at"])
        assert abs(started_at - datetime.fromisoformat(report["started_at"])) < timedelta(seconds=1)
        assert timedelta(0) <= started_at - a_week_ago < timedelta(minutes=2)
        assert listen["source"] == "offline"
    assert [listen["counted"] for listen in listens] == [False, True]
    assert 19_000 <= listens[1]["played_ms"] <= 30_000


def test_what_is_kept_answers_ranges_without_a_network(demo_server: Server, switch_on: Callable[..., Page]) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "ranger")
    keep_album(page, demo_server.url)
    online = {
        range_: page.evaluate(RANGE, range_) for range_ in ("bytes=0-99", "bytes=1000-", "bytes=-50", "bytes=0-0")
    }
    page.context.set_offline(True)
    size = int(online["bytes=0-99"][1].rpartition("/")[2])
    assert online == {range_: page.evaluate(RANGE, range_) for range_ in online}
    assert online["bytes=0-99"] == [206, f"bytes 0-99/{size}", 100]
    assert online["bytes=-50"] == [206, f"bytes {size - 50}-{size - 1}/{size}", 50]
    assert page.evaluate(RANGE, f"bytes={size}-") == [416, f"bytes */{size}", 0]
    assert page.evaluate(RANGE, "nonsense")[::2] == [200, size]


def test_only_what_is_kept_and_one_page_is_on_the_device(demo_server: Server, switch_on: Callable[..., Page]) -> None:
    page = switch_on()
    page.goto(demo_server.url)
    page.wait_for_timeout(500)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys()") == []
    sign_up(page, demo_server.url, "frugal")
    keep_album(page, demo_server.url)
    for path in ("/", "/tracks/", "/history/", "/nowhere/", "/offline/", "/stream/999999/"):
        page.goto(demo_server.url + path)
    page.goto(demo_server.url + ALBUM)
    pages = [path for path in page.evaluate(CACHED) if not path.startswith("/static/")]
    assert len(pages) == 1
    assert pages[0].startswith("/offline/?user=")
    kept = page.evaluate(KEPT)
    user = page.locator("meta[name=user-id]").get_attribute("content")
    assert sorted(path for _, path in kept["files"] if path.startswith("/stream/")) == sorted(
        page.locator("[data-play]").evaluate_all("buttons => buttons.map(({ dataset }) => dataset.src)")
    )
    assert {owner for name in ("tracks", "lists", "files") for owner, _ in kept[name]} == {user}


def test_signing_out_leaves_nothing_behind(demo_server: Server, switch_on: Callable[..., Page]) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "passing")
    keep_album(page, demo_server.url)
    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    nothing = {"tracks": [], "lists": [], "files": [], "caches": []}
    wait_until(page, lambda: page.evaluate(KEPT) == nothing)
    page.goto(f"{demo_server.url}/accounts/login/")
    page.wait_for_timeout(300)
    assert page.evaluate(KEPT) == nothing
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(f"{demo_server.url}/offline/")


def test_who_comes_back_after_the_session_ended_finds_it_and_another_person_does_not(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "owner")
    keep_album(page, demo_server.url)
    src = page.locator("[data-play]").first.get_attribute("data-src")
    ended = {"name": f"sessionid_{demo_server.port}"}

    page.context.clear_cookies(**ended)
    page.goto(f"{demo_server.url}/accounts/login/")
    status = "src => fetch(src).then(({ status }) => status)"
    assert page.evaluate(status, src) == 401
    sign_in(page, demo_server.url, "owner", PASSWORD)
    page.goto(demo_server.url + ALBUM)
    expect(keep(page)).to_have_attribute("data-state", "kept")

    owners = shelves(page)
    page.context.clear_cookies(**ended)
    sign_up(page, demo_server.url, "borrower")
    shelf_is_ready(page, besides=owners)
    kept = page.evaluate(KEPT)
    assert (kept["tracks"], kept["lists"], kept["files"]) == ([], [], [])
    page.context.set_offline(True)
    page.goto(f"{demo_server.url}/")
    expect(page.get_by_role("heading", name="Nothing is kept here yet")).to_be_visible()
    expect(page.locator("summary")).to_contain_text("borrower")


def test_a_full_device_says_so_keeps_what_it_has_whole_and_makes_room(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    page.add_init_script(ROOM_FOR_SOME)
    sign_up(page, demo_server.url, "packrat")
    keep_album(page, demo_server.url, "/albums/2/")
    before = page.evaluate(KEPT)
    page.goto(demo_server.url + ALBUM)
    shelf_is_ready(page)
    page.evaluate("window.room = 1")
    page.get_by_role("button", name="Keep offline").click()
    note = page.locator("[data-keep] [data-part=said]")
    expect(note).to_have_text(re.compile(r"There is no room: about \d+ KB more are needed\."))
    expect(page.get_by_role("button", name="Keep the rest")).to_be_visible()
    kept = page.evaluate(KEPT)
    assert [key for key in kept["files"] if key in before["files"]] == before["files"]
    assert len(kept["tracks"]) == 3
    assert len([path for _, path in kept["files"] if path.startswith("/stream/")]) == 3
    page.evaluate("window.room = Infinity")
    page.get_by_role("button", name=re.compile("^Remove the 1 track you have not played for longest")).click()
    expect(keep(page)).to_have_attribute("data-state", "kept", timeout=60_000)
    assert len(page.evaluate(KEPT)["tracks"]) == 3


def test_a_double_click_keeps_and_what_was_not_played_for_longest_makes_room(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "roomy")
    page.goto(demo_server.url + ALBUM)
    shelf_is_ready(page)
    page.get_by_role("button", name="Keep offline").hover()
    for presses in (1, 2):
        page.mouse.down(click_count=presses)
        page.mouse.up(click_count=presses)
        page.wait_for_timeout(150)
    expect(keep(page)).to_have_attribute("data-state", "kept")
    keep_album(page, demo_server.url, "/albums/2/")
    page.goto(f"{demo_server.url}/offline/")
    rows = page.locator("#kept li[data-track]")
    expect(rows).to_have_count(4)
    rows.filter(has_text="Corner Booth at Two").locator("[data-play]").click(force=True)
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.wait_for_timeout(500)
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Make room").click()
    expect(rows).to_have_count(3)
    assert re.match(r"Remove the 1 track you have not played for longest \(\d+ KB\)\?", questions[0])
    expect(rows.filter(has_text="Umbrella Weather")).to_have_count(0)
    expect(page.locator("[data-player=message]")).to_have_text(re.compile(r"^\d+ KB are free again\.$"))
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_the_page_of_what_is_kept_has_no_barrier_and_removes_in_one_tap(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "tidy")
    keep_album(page, demo_server.url)
    page.goto(f"{demo_server.url}/tracks/3/")
    page.get_by_role("button", name="Keep offline").click()
    expect(keep(page)).to_have_attribute("data-state", "kept")
    found: list[str] = []
    for theme in ("dark", "light"):
        for width, height in SIZES.values():
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            page.goto(demo_server.url + ALBUM)
            expect(keep(page)).to_have_attribute("data-state", "kept")
            found += violations(page)
            page.goto(f"{demo_server.url}/offline/")
            expect(page.locator("#kept li[data-track]")).to_have_count(3)
            found += violations(page)
    assert found == []
    page.locator("#kept li[data-track]").first.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.locator("#kept li[data-track]")).to_have_count(2)
    page.locator("#kept section header").first.get_by_role("button", name=re.compile("^Remove Blue Hour")).click()
    expect(page.locator("#kept li[data-track]")).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_role("heading", name="Nothing is kept here yet")).to_be_visible()
    assert page.evaluate(KEPT)["files"] == []


def test_without_a_service_worker_the_buttons_are_absent(demo_server: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_up(page, demo_server.url, "plain")
    page.goto(demo_server.url + ALBUM)
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name="Keep offline")).to_have_count(0)
    page.goto(f"{demo_server.url}/offline/")
    expect(page.get_by_role("heading", name="Nothing can be kept in this browser")).to_be_visible()


def test_a_link_without_a_network_leads_to_what_is_kept_and_the_music_goes_on(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "walker")
    keep_album(page, demo_server.url)
    page.context.set_offline(True)
    page.locator("main [data-play-all]:not([data-shuffle])").click()
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept on this device")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")
    expect(page.locator("#kept li[data-track]").first).to_have_attribute("data-current", "")
    page.context.set_offline(False)
    page.mouse.move(700, 400)  # or the link would have been fetched while there was no network
    page.wait_for_timeout(500)
    page.locator("#sidebar").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse")
    expect(page.locator("#player")).to_have_attribute("data-state", "playing")


def test_a_new_version_waits_while_the_music_plays_and_takes_over_at_the_next_start(
    tmp_path: Path, switch_on: Callable[..., Page]
) -> None:
    with running(tmp_path, DEMO="1") as server:
        page = switch_on()
        sign_up(page, server.url, "updater")
        keep_album(page, server.url)
        before = page.evaluate("caches.keys()")
        page.locator("main [data-play-all]:not([data-shuffle])").click()
        expect(page.locator("#player")).to_have_attribute("data-state", "playing")
        page.get_by_role("button", name="Repeat: off").click()
        page.evaluate("window.isSameDocument = true")
        server.stop()
        server.environment["DEBUG"] = "1"  # other addresses of the assets, as another build has
        server.start()
        page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
        waiting = "navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)"
        wait_until(page, lambda: page.evaluate(waiting))
        at = seconds_played(page)
        wait_until(page, lambda: seconds_played(page) != at)
        expect(page.locator("#player")).to_have_attribute("data-state", "playing")
        assert page.evaluate("window.isSameDocument")
        page.goto("about:blank")
        page.wait_for_timeout(3000)  # what it told the server as it left has to arrive, through the old worker
        page.goto(server.url + ALBUM)
        wait_until(page, lambda: not page.evaluate(waiting))
        wait_until(page, lambda: len(page.evaluate("caches.keys()")) == 1 and page.evaluate("caches.keys()") != before)
        expect(keep(page)).to_have_attribute("data-state", "kept")


def change(server: Server, track: str, **fields: str) -> None:
    script = f"from music.models import Track; Track.objects.filter(pk={int(track)}).update(**{fields!r})"
    server.manage("shell", "-v", "0", "-c", script)


def test_what_was_made_private_or_changed_is_let_go_or_fetched_anew_at_the_next_connection(
    demo_server: Server, switch_on: Callable[..., Page]
) -> None:
    page = switch_on()
    sign_up(page, demo_server.url, "follower")
    keep_album(page, demo_server.url)
    hidden, changed = page.locator("main [data-track] [data-play]").evaluate_all(
        "buttons => buttons.map(({ dataset }) => dataset.trackId)"
    )
    etag = "path => fetch(path).then(({ headers }) => headers.get('ETag'))"
    sha256 = page.evaluate(etag, f"/stream/{changed}/").strip('"')
    page.context.set_offline(True)
    page.goto(f"{demo_server.url}/offline/")
    rows = page.locator("#kept li[data-track]")
    expect(rows).to_have_count(2)
    try:
        change(demo_server, hidden, visibility="private")
        change(demo_server, changed, sha256="f" * 64, title="Sung Anew")
        expect(rows).to_have_count(2)
        page.context.set_offline(False)
        expect(rows).to_have_count(1, timeout=20_000)
        expect(rows.locator("[data-part=title]")).to_have_text("Sung Anew", timeout=20_000)
        wait_until(page, lambda: page.evaluate(etag, f"/stream/{changed}/") == f'"{"f" * 64}"')
        page.context.set_offline(True)
        assert page.evaluate(etag, f"/stream/{changed}/") == f'"{"f" * 64}"'
        assert not any(path == f"/stream/{hidden}/" for _, path in page.evaluate(KEPT)["files"])
    finally:
        change(demo_server, hidden, visibility="public")
        change(demo_server, changed, sha256=sha256, title="Umbrella Weather")
