"""What a measured loudness means for playing: ReplayGain 2.0, whose reference is -18 LUFS."""

REFERENCE_LUFS = -18.0


def gain_for(lufs: float) -> float:
    """The gain in dB that brings a track of this loudness (EBU R128, LUFS) to the reference."""
    return round(REFERENCE_LUFS - lufs, 2)
