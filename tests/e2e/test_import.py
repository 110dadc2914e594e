"""A history from elsewhere: looked over, brought in, added up, taken along, and taken back."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from history.tests.exports import document, spotify_row
from tests.e2e.conftest import Server, sign_up

pytestmark = pytest.mark.e2e

OUT_OF_REACH = """<div data-controller="endless"><div data-endless-target="list">
</div><div data-endless-target="pager"></div></div>"""

# The worker looks for work every second or so, and shares the machine with a browser.
PATIENCE_MS = 60_000


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Twelve listens in one hour of something that is not here, and one of a private session."""
    rows = [spotify_row(number + 3) for number in range(12)]
    path = tmp_path / "Streaming_History_Audio_2024_0.json"
    path.write_bytes(document([*rows, spotify_row(59, incognito_mode=True)]))
    return path


def downloaded(page: Page, link: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_a_history_comes_in_is_added_up_and_goes_again(
    server: Server, open_page: Callable[..., Page], export: Path, tmp_path: Path
) -> None:
    page = open_page()
    sign_up(page, server.url, "ivan")
    page.locator("#sidebar").get_by_role("link", name="History").click()
    page.get_by_role("link", name="Bring your history along").click()
    page.get_by_label("The export file").set_input_files(export)
    page.get_by_role("button", name="Look through it").click()
    start = page.get_by_role("button", name="Import 12 listens")
    expect(start).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("1 from a private session")).to_be_visible()
    expect(page.get_by_text("From 6 May 2024 to 6 May 2024.")).to_be_visible()
    start.click()
    expect(page.locator("[data-state=done]")).to_be_visible(timeout=PATIENCE_MS)

    page.get_by_role("link", name="See your history").click()
    rows = page.locator("main li[data-track]")
    expect(rows).to_have_count(12)
    expect(rows.first).to_contain_text("Waterloo")
    page.set_viewport_size({"width": 390, "height": 844})
    assert rows.first.bounding_box()["height"] < 90
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server.url}/numbers/?period=2024")
    expect(page.locator("main dl")).to_contain_text("12")
    expect(page.locator("[aria-labelledby=top-artists]")).to_contain_text("ABBA")
    clock = page.locator("section", has=page.get_by_role("heading", name="Listening clock"))
    clock.get_by_text("Show as table").click()
    expect(clock.get_by_role("row", name="Monday")).to_contain_text("12")
    page.locator("[aria-labelledby=top-tracks]").get_by_role("link", name="Show 100").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Top tracks")
    assert "1,Waterloo,ABBA,12," in downloaded(page, "CSV", tmp_path).read_text()

    page.goto(f"{server.url}/settings/data/")
    listens = downloaded(page, "ListenBrainz file", tmp_path).read_text().splitlines()
    assert [json.loads(line)["track_metadata"]["track_name"] for line in listens] == ["Waterloo"] * 12
    page.get_by_role("button", name="Put everything together").click()
    ready = page.get_by_role("link", name="Download")
    for _look in range(60):
        if ready.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    with zipfile.ZipFile(downloaded(page, "Download", tmp_path)) as everything:
        assert everything.read("listens.jsonl").decode().splitlines() == listens
        assert json.loads(everything.read("profile.json"))["username"] == "ivan"

    page.goto(f"{server.url}/history/import/")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.locator("[data-state=undone]")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{server.url}/history/")
    expect(page.get_by_text("Nothing heard yet")).to_be_visible()


def test_a_long_history_goes_on_as_its_end_comes_near(
    server: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page()
    sign_up(page, server.url, "irma")
    rows = [spotify_row(ts=f"2024-05-{day:02d}T{hour:02d}:00:00Z") for day in range(1, 8) for hour in range(2, 22)]
    (tmp_path / "endsong_0.json").write_bytes(document(rows))
    page.goto(f"{server.url}/history/import/")
    page.get_by_label("The export file").set_input_files(tmp_path / "endsong_0.json")
    page.get_by_role("button", name="Look through it").click()
    page.get_by_role("button", name="Import 140 listens").click(timeout=PATIENCE_MS)
    page.get_by_role("link", name="See your history").click(timeout=PATIENCE_MS)
    rows_shown = page.locator("main li[data-track]")
    page.route("**/history/?after=*", lambda route: route.fulfill(content_type="text/html", body=OUT_OF_REACH))
    expect(rows_shown).to_have_count(50)
    with page.expect_response("**/history/?after=*"):
        page.keyboard.press("End")
    page.wait_for_timeout(500)
    expect(page.locator("main [rel=next]")).to_have_count(1)
    page.unroute("**/history/?after=*")
    page.goto(f"{server.url}/history/")
    expect(rows_shown).to_have_count(50)
    for count in (100, 140):
        page.locator("main [rel=next]").scroll_into_view_if_needed()
        expect(rows_shown).to_have_count(count)
    expect(page.locator("main section[data-day]")).to_have_count(7)
    expect(page.locator("main [rel=next]")).to_have_count(0)
