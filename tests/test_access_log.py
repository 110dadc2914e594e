"""The log format that docs/deployment.md gives for nginx has no address that opens something."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.test_roles import TABLE

DEPLOYMENT = (Path(__file__).parents[1] / "docs" / "deployment.md").read_text()
SECRET = "0pens-what-1t-leads-to"
ARGUMENT = re.compile(r"<str:(?:secret|token|signed)>|\(\?P<key>[^)]*\)")


def logged(address: str) -> str:
    """As nginx would: the first expression of the map that fits says it, in which $1 is what the brackets hold."""
    rules = re.findall(r"^ +~(\S+) +\$1\.\.\.;", DEPLOYMENT, re.MULTILINE)
    assert len(rules) == 2
    found = next(filter(None, (re.search(rule, address) for rule in rules)), None)
    return f"{found[1]}..." if found else address


@pytest.mark.parametrize("route", [route for route in TABLE if ARGUMENT.search(route)])
def test_no_secret_of_an_address_is_logged(route: str) -> None:
    address = "/" + ARGUMENT.sub(SECRET, route).replace("^", "").replace("<int:pk>", "1").strip("$")
    for each in (address, f"{address}?from=mail", f"/accounts/login/?next={quote(address)}"):
        assert SECRET in each and SECRET not in logged(each)


@pytest.mark.parametrize(
    "address", [f"/oembed/?format=json&url=https://a.example/s/{SECRET}/", f"/1/validate-token?token={SECRET}"]
)
def test_no_secret_behind_a_question_mark_is_logged(address: str) -> None:
    assert SECRET not in logged(address)


def test_other_addresses_are_logged_as_they_are() -> None:
    for address in ("/tracks/?sort=title&after=x", "/search/?q=token", "/stars/", "/shares/", "/playlists/1/"):
        assert logged(address) == address
