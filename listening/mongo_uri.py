"""What MONGODB_URI says, but for who signs in: nothing of that is ever shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from pymongo.errors import ConfigurationError, InvalidURI
from pymongo.uri_parser import parse_uri

SRV = "mongodb+srv://"
SRV_OPTIONS = re.compile(r"(?<=[?&])srv\w+=[^&]*&?", re.IGNORECASE)


class BadUri(ValueError):
    """It cannot be read. Why is not told: the driver's words may quote a password."""


@dataclass(frozen=True)
class MongoUri:
    hosts: tuple[str, ...]
    options: Mapping[str, Any]
    is_srv: bool

    @property
    def is_local(self) -> bool:
        return all(_is_local(host) for host in self.hosts)

    @property
    def has_tls(self) -> bool:
        return bool(self.options.get("tls", self.is_srv))

    @property
    def verifies(self) -> bool:
        """Whether the server has to prove who it is."""
        return not any(self.options.get(name) for name in ("tlsInsecure", "tlsAllowInvalidCertificates"))


def read(uri: str) -> MongoUri:
    """Raises BadUri. No server is asked, no name looked up."""
    is_srv = uri.startswith(SRV)
    try:
        parsed = parse_uri(f"mongodb://{SRV_OPTIONS.sub('', uri.removeprefix(SRV))}" if is_srv else uri, warn=True)
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise BadUri from error
    return MongoUri(tuple(host for host, _port in parsed["nodelist"]), parsed["options"], is_srv)


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(".sock"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
