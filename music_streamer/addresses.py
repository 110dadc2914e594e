"""Names under which this machine is found by others on its network."""

import socket

ANY = {"0.0.0.0", "::"}  # noqa: S104


def of_this_machine() -> list[str]:
    name = socket.gethostname()
    return [*_address_on_the_network(), name, f"{name}.local"]


def _address_on_the_network() -> list[str]:
    """The address that the machine would send from; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [probe.getsockname()[0]]
