"""Files on their way in a real browser: paused, cancelled, cut off, left behind, and whole in the end."""

import hashlib
import re
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Dialog, Locator, Page, expect

from tests.e2e.conftest import PASSWORD, Server, sign_up
from tests.e2e.test_accessibility import SIZES, violations

pytestmark = pytest.mark.e2e
SLOW = 1_500_000


def noise(path: Path, megabytes: float) -> Path:
    """Sound that no two files have in common, since each is made of its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44_100)
        file.writeframes(Random(path.name).randbytes(int(megabytes * 1024**2) // 4 * 4))
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def arrive_whole(server: Server, *files: Path) -> None:
    stored = {sha256(path) for path in (server.folder / "media" / "tracks").rglob("*.wav")}
    assert {sha256(path) for path in files} <= stored


@pytest.fixture
def at_upload(server: Server, open_page: Callable[..., Page], request: pytest.FixtureRequest) -> Callable[..., Page]:
    """The upload page of somebody new."""

    def opened(**options: Any) -> Page:
        page = open_page(**options)
        name = "u" + hashlib.sha256(f"{request.node.name}{options}".encode()).hexdigest()[:12]
        sign_up(page, server.url, name)
        page.get_by_role("link", name="Upload", exact=True).locator("visible=true").first.click()
        expect(page.get_by_role("button", name="Choose files")).to_be_visible()
        return page

    return opened


def line_of(
    page: Page, *, bytes_per_second: int = -1, is_cut: bool = False, cdp: CDPSession | None = None
) -> CDPSession:
    """How fast the browser may send from now on; -1 is as fast as it goes."""
    cdp = cdp or page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    conditions = {"offline": is_cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_second}
    cdp.send("Network.emulateNetworkConditions", conditions)
    return cdp


def choose(page: Page, *files: Path) -> None:
    page.locator("[name=file]").set_input_files(list(files))


def row(page: Page, path: Path) -> Locator:
    return page.locator("[data-upload-id]", has_text=path.name)


def percent(page: Page, path: Path) -> int:
    return int(row(page, path).locator("progress").evaluate("bar => bar.value"))


def wait_for_percent(page: Page, path: Path, least: int) -> int:
    for _ in range(300):
        if (value := percent(page, path)) >= least:
            return value
        page.wait_for_timeout(50)
    raise AssertionError(f"{path.name} stays below {least}%")


def expect_drafts(page: Page, number: int) -> None:
    expect(page.locator("#upload-review")).to_have_text(re.compile(rf"Review {number} track"), timeout=60_000)


def test_files_pause_resume_and_are_cancelled(at_upload: Callable[..., Page], server: Server, tmp_path: Path) -> None:
    page = at_upload()
    line = line_of(page, bytes_per_second=SLOW // 5)
    first, second, third, fourth = (noise(tmp_path / f"{number} Pause.wav", 3) for number in range(1, 5))
    choose(page, first, second, third, fourth)
    panel = page.locator("[data-upload-target=panel]")
    expect(panel).to_contain_text("Uploading 1 of 4")
    expect(row(page, fourth)).to_contain_text("Waiting")
    wait_for_percent(page, first, 5)
    pause = page.get_by_role("button", name="Pause 1 Pause.wav")
    pause.focus()
    pause.press("Enter")
    expect(row(page, first)).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Resume 1 Pause.wav")).to_be_focused()
    wait_for_percent(page, fourth, 1)
    stands = percent(page, first)
    page.get_by_role("button", name="Cancel 2 Pause.wav").press("Enter")
    expect(row(page, second)).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel 3 Pause.wav")).to_be_focused()
    expect(panel).to_contain_text("of 3")
    assert percent(page, first) == stands
    page.get_by_role("button", name="Pause all").click()
    expect(panel).to_contain_text("Paused at 0 of 3")
    page.get_by_role("button", name="Resume all").click()
    line_of(page, cdp=line)
    expect(page.locator("[data-upload-target=status]")).to_have_text("3 of 3 uploaded", timeout=60_000)
    expect_drafts(page, 3)
    expect(page.locator("#upload-states li")).to_have_count(3)
    arrive_whole(server, first, third, fourth)
    assert list((server.folder / "media" / "incoming").iterdir()) == []


def test_what_goes_is_not_listed_as_what_did_not_arrive(at_upload: Callable[..., Page], tmp_path: Path) -> None:
    page = at_upload()
    line = line_of(page, bytes_per_second=SLOW)
    small, large = noise(tmp_path / "Small.wav", 0.2), noise(tmp_path / "Large.wav", 6)
    choose(page, small, large)
    expect(page.locator("#upload-states li", has_text="Small")).to_be_visible()
    expect(page.locator("#upload-states li", has_text="Large.wav")).to_have_count(1)
    expect(page.locator("#upload-states li", has_text="Large.wav")).to_be_hidden()
    line_of(page, cdp=line)
    expect_drafts(page, 2)
    expect(page.locator("#upload-states li", has_text="Large")).to_be_visible()


def test_a_cut_line_costs_nothing(at_upload: Callable[..., Page], server: Server, tmp_path: Path) -> None:
    page = at_upload()
    line = line_of(page, bytes_per_second=4 * SLOW)
    files = [noise(tmp_path / f"Cut {name}.wav", 12) for name in "AB"]
    choose(page, *files)
    wait_for_percent(page, files[0], 20)
    line_of(page, is_cut=True, cdp=line)
    expect(row(page, files[0])).to_contain_text("Connection lost, trying again")
    page.wait_for_timeout(1_500)
    line_of(page, cdp=line)
    expect(page.locator("[data-upload-target=status]")).to_have_text("2 of 2 uploaded", timeout=60_000)
    expect_drafts(page, 2)
    arrive_whole(server, *files)


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(
    at_upload: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    page = at_upload()
    line_of(page, bytes_per_second=4 * SLOW)
    file = noise(tmp_path / "Reloaded.wav", 20)
    choose(page, file)
    wait_for_percent(page, file, 45)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#upload-states")).to_contain_text("Choose the same file again to go on")
    methods: list[str] = []
    offsets: list[int] = []
    page.on("request", lambda sent: methods.append(sent.method) if "/upload/tus/" in sent.url else None)
    page.on(
        "request", lambda sent: offsets.append(int(sent.headers["upload-offset"])) if sent.method == "PATCH" else None
    )
    choose(page, file)
    expect_drafts(page, 1)
    assert methods[0] == "HEAD"
    assert "POST" not in methods
    assert offsets[0] >= 8 * 1024**2
    expect(page.locator("#upload-states li")).to_have_count(1)
    arrive_whole(server, file)


def test_it_goes_on_from_page_to_page_and_warns_before_the_last(
    at_upload: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    page = at_upload()
    line = line_of(page, bytes_per_second=SLOW // 20)
    file = noise(tmp_path / "Wandering.wav", 6)
    choose(page, file)
    wait_for_percent(page, file, 5)
    page.locator("#sidebar").get_by_role("link", name="Home").click()
    note = page.get_by_role("link", name="Uploading 1 of 1")
    expect(note).to_be_visible()
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert questions == ["beforeunload"]
    assert not page.is_closed()
    note.click()
    expect(page.locator("[data-upload-target=panel]")).to_contain_text("Uploading 1 of 1")
    assert percent(page, file) >= 5
    page.locator("#sidebar").get_by_role("link", name="History").click()
    # What arrives while the upload page is still there is no news on the next one.
    expect(page).to_have_title(re.compile("^Listening history"))
    line_of(page, cdp=line)
    arrived = page.get_by_role("link", name="1 file uploaded")
    arrived.click(timeout=30_000)
    expect_drafts(page, 1)
    arrive_whole(server, file)
    page.locator("#sidebar").get_by_role("link", name="Home").click()
    expect(page).to_have_title(re.compile("^Home"))
    expect(page.locator("#uploading")).to_be_hidden()
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert questions == ["beforeunload"]


def test_a_session_that_ends_keeps_the_place(at_upload: Callable[..., Page], server: Server, tmp_path: Path) -> None:
    page = at_upload()
    name = page.locator("summary[aria-label^='Account of']").get_attribute("aria-label") or ""
    line = line_of(page, bytes_per_second=4 * SLOW)
    file = noise(tmp_path / "Session.wav", 20)
    choose(page, file)
    wait_for_percent(page, file, 20)
    page.context.clear_cookies(name=re.compile("^sessionid"))
    sign_in_again = page.get_by_role("link", name="sign in again in a new tab")
    expect(sign_in_again).to_be_visible(timeout=30_000)
    expect(page.locator("[data-upload-target=panel]")).to_contain_text("Paused at 0 of 1")
    stands = percent(page, file)
    assert stands >= 20
    with page.context.expect_page() as opened:
        sign_in_again.click()
    other = opened.value
    other.locator("[name=login]").fill(name.removeprefix("Account of "))
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_url(f"{server.url}/upload/")
    line_of(page, cdp=line)
    page.get_by_role("button", name="Resume all").click()
    expect(sign_in_again).to_be_hidden()
    expect_drafts(page, 1)
    expect(page.locator("#upload-states li")).to_have_count(1)
    arrive_whole(server, file)


@contextmanager
def dragged(page: Page, *paths: Path) -> Iterator[Callable[[str], None]]:
    """The mouse over the page's title with files from the desktop in its hand."""
    cdp = page.context.new_cdp_session(page)
    box = page.locator("h1").bounding_box()
    assert box
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}

    def move(kind: str) -> None:
        cdp.send("Input.dispatchDragEvent", {"type": kind, "x": box["x"] + 5, "y": box["y"] + 5, "data": data})

    yield move
    cdp.detach()


def test_a_folder_dropped_anywhere_comes_with_all_that_is_in_it(
    at_upload: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    page = at_upload()
    album = tmp_path / "Album"
    files = [
        *(noise(album / "Disc 1" / f"{number} Folder.wav", 0.1) for number in (2, 10, 1)),
        noise(album / "Disc 2" / "deep" / "down" / "3 Folder.wav", 0.1),
    ]
    for folder, colour in (("Disc 1", "red"), ("Disc 2/deep/down", "blue")):
        Image.new("RGB", (60, 60), colour).save(album / folder / "cover.jpg")
    (album / "Disc 1" / "10 Folder.lrc").write_text("[00:00.10]What is sung on the tenth\n")
    (album / "Disc 2" / "deep" / "down" / "front.png").write_bytes(b"no picture, and not looked at")
    (album / "notes.txt").write_bytes(b"words")
    (album / "Disc 1" / "._1 Folder.wav").write_bytes(b"what a Mac leaves behind")
    (album / "silence.mp3").touch()
    with dragged(page, album) as move:
        move("dragEnter")
        move("dragOver")
        expect(page.locator("[data-upload-target=zone]")).to_have_attribute("data-over", "")
        move("drop")
    notes = page.locator("[data-upload-target=notes]")
    expect(notes).to_contain_text("Left out 2 files that are not MP3, OGG or WAV")
    for words in (
        "1 TXT",
        "1 hidden",
        "Empty, so not sent: silence.mp3.",
        "Needed by no track, so not sent: front.png.",
    ):
        expect(notes).to_contain_text(words)
    expect_drafts(page, 4)
    arrive_whole(server, *files)
    newest_first = page.locator("#upload-states li p.font-medium")
    expect(newest_first).to_have_text(["3 Folder", "10 Folder", "2 Folder", "1 Folder"])
    page.locator("#upload-review").click()
    pictures = page.locator("[data-review-target=row] img")
    expect(pictures).to_have_count(4)
    first, second, tenth, third = (picture.get_attribute("src") or "" for picture in pictures.all())
    assert first == second == tenth != third
    assert all(address.endswith(".webp") for address in (first, third))
    page.get_by_role("button", name="Publish all 4").click()
    page.locator("#upload-states").get_by_role("link", name="10 Folder").click()
    expect(page.locator("main")).to_contain_text("What is sung on the tenth")


def test_what_the_server_refuses_is_said_in_its_own_words(at_upload: Callable[..., Page], tmp_path: Path) -> None:
    page = at_upload()
    file = noise(tmp_path / "Refused.wav", 0.1)
    words = "Your music may take 1 GB. Delete some first."
    page.route(
        "**/upload/tus/",
        lambda route: route.fulfill(status=507, json={"error": words}, headers={"Tus-Resumable": "1.0.0"}),
    )
    choose(page, file)
    expect(row(page, file)).to_contain_text(words)
    expect(page.locator("[data-upload-target=status]")).to_have_text("0 of 1 uploaded, 1 did not get through")
    page.unroute("**/upload/tus/")
    page.get_by_role("button", name="Try again: Refused.wav").click()
    expect_drafts(page, 1)


def test_a_thousand_files_are_never_all_on_the_page(at_upload: Callable[..., Page]) -> None:
    page = at_upload()
    page.route("**/upload/tus/", lambda _route: None)
    page.evaluate("""() => {
        const transfer = new DataTransfer();
        for (let number = 1; number <= 1000; number++) transfer.items.add(new File(["x"], `${number}.mp3`));
        const input = document.querySelector("[name=file]");
        input.files = transfer.files;
        input.dispatchEvent(new Event("change"));
    }""")
    expect(page.locator("[data-upload-target=panel]")).to_contain_text("Uploading 1 of 1,000")
    expect(page.locator("[data-upload-id]")).to_have_count(30)
    page.get_by_role("button", name="Show more of the 970 others").click()
    expect(page.locator("[data-upload-id]")).to_have_count(80)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator("[data-upload-id]")).to_have_count(0)
    expect(page.get_by_role("button", name="Choose files")).to_be_focused()
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES)
def test_uploads_under_way_are_no_barrier(
    at_upload: Callable[..., Page], tmp_path: Path, theme: str, size: str
) -> None:
    width, height = SIZES[size]
    page = at_upload(viewport={"width": width, "height": height}, color_scheme=theme)
    line = line_of(page, bytes_per_second=SLOW // 20)
    files = [noise(tmp_path / f"{name} {'with a name that does not fit into a line ' * 3}.wav", 2) for name in "ABCDE"]
    choose(page, *files, Path(__file__))
    expect(page.locator("[data-upload-id]")).to_have_count(5)
    page.get_by_role("button", name=re.compile("^Pause B")).click()
    found = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    buttons = page.locator("[data-upload-target=panel] button:visible")
    for box in [button.bounding_box() for button in buttons.all()]:
        assert box
        assert min(box["width"], box["height"]) >= 44
    page.get_by_role("link", name="Home", exact=True).locator("visible=true").first.click()
    note = page.get_by_role("link", name="Uploading 1 of 5")
    expect(note).to_be_visible()
    found += violations(page)
    note.click()
    expect(page.locator("[data-upload-id]")).to_have_count(5)
    page.context.clear_cookies()
    line_of(page, cdp=line)
    expect(page.get_by_role("link", name="sign in again in a new tab")).to_be_visible(timeout=30_000)
    found += violations(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel all").click()
    assert found == []
