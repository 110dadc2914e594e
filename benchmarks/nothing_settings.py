"""The product's settings, with the addresses of benchmarks.nothing."""

from music_streamer.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.nothing"
