"""How many rows or documents there are, and what they are, whatever order they come in."""

import hashlib
from dataclasses import dataclass

MODULUS = 1 << 256


@dataclass
class Tally:
    """Two that are equal were made of the same rows: `digest` is the sum of each row's SHA-256."""

    count: int = 0
    digest: int = 0

    def add(self, row: bytes) -> None:
        self.count += 1
        self.digest = (self.digest + int.from_bytes(hashlib.sha256(row).digest(), "big")) % MODULUS
