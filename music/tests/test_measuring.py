import struct

from django.test import Client

from conftest import MP3, OGG, WAV, bring_in
from listening.lease import lease
from music.measuring import describe_due, measure_due
from music.models import Track, TrackTimbre, TrackWaveform


def test_every_published_track_is_described_once(as_alice: Client) -> None:
    tracks = bring_in(as_alice, MP3, OGG, WAV)

    assert describe_due() == 3
    assert describe_due() == 0

    for track in tracks:
        timbre = TrackTimbre.objects.get(track=track)
        values = struct.unpack("<29f", timbre.values)
        assert -60 < values[26] < 0  # dBFS
        assert timbre.tempo_bpm is None or 45 < timbre.tempo_bpm < 210


def test_a_file_that_is_gone_is_not_asked_for_again(as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    Track.objects.get(pk=track.pk).file.delete(save=False)

    assert describe_due() == 1
    assert describe_due() == 0
    assert bytes(TrackTimbre.objects.get(track=track).values) == b""


def test_only_one_worker_describes_at_a_time(as_alice: Client) -> None:
    bring_in(as_alice, MP3)

    with lease("timbre"):
        assert describe_due() == 0

    assert describe_due() == 1


def test_an_upload_brings_its_waveform_and_what_came_without_one_is_measured(as_alice: Client) -> None:
    [track] = bring_in(as_alice, MP3)
    drawn = as_alice.get(f"/tracks/{track.pk}/waveform.svg")
    TrackWaveform.objects.all().delete()
    Track.objects.update(loudness_lufs=None)

    assert measure_due() == 1
    assert measure_due() == 0

    assert Track.objects.get().loudness_lufs == track.loudness_lufs
    again = as_alice.get(f"/tracks/{track.pk}/waveform.svg")
    assert again.content == drawn.content and again["Content-Type"] == "image/svg+xml"
    assert 800 < len(again.content) <= 2048
