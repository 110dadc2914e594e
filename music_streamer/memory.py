"""How this process hands memory back to the system: not after each request that scores all tracks."""

import ctypes

# Of malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
# A vector of a million scores is below the first; ten of 400,000 are below the second.
FROM_THE_HEAP_BYTES = 4 << 20
KEPT_BYTES = 16 << 20


def keep_freed_memory() -> bool:
    """Each thread's heap keeps what a request has freed for the next one, which would else touch each page anew and
    wait for the system to give it: a quarter of what scoring 100,000 tracks costs. False without glibc's malloc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, FROM_THE_HEAP_BYTES) and mallopt(M_TRIM_THRESHOLD, KEPT_BYTES))
