"""The synthetic voice and its MFCCs: parity with the definitions, and laws."""

import base64
import io
import re
import wave

import numpy as np
import pytest

from unrolled.data import waves


def peaks(power):
    return [k for k in range(1, len(power) - 1) if power[k - 1] < power[k] > power[k + 1]]


@pytest.mark.parametrize(("vowel", "formant"), [("a", 730), ("i", 270), ("o", 570)])
def test_a_vowel_is_loudest_near_its_first_formant(vowel, formant):
    power = waves.spectrogram(waves.say(vowel)).mean(0)
    loudest = np.argmax(power) * waves.RATE / waves.FRAME
    assert abs(loudest - formant) < 110, "to a harmonic of the pitch"


def test_a_shorter_tract_moves_the_formants_up():
    def centre(tract):
        power = waves.spectrogram(waves.say("a", tract=tract)).mean(0)
        return power @ np.arange(len(power)) / power.sum()

    assert centre(0.8) > 1.1 * centre(1.0)


def test_pitch_is_the_number_of_pulses_and_hardly_moves_the_mfccs():
    low, high = (waves.mfcc(waves.say("ai", pitch=p)).mean(0)[1:] for p in (100.0, 130.0))
    other = waves.mfcc(waves.say("oa", pitch=100.0)).mean(0)[1:]
    assert np.linalg.norm(low - high) < np.linalg.norm(low - other)


def test_a_sound_has_its_length_and_stays_within_bounds():
    sound = waves.say("aio", seconds=0.2)
    assert sound.shape == (4800,)
    assert np.abs(sound).max() == 1
    assert sound[0] == sound[-1] == 0, "no click"


def test_mel_bands_add_up_to_one_between_the_first_and_the_last_tip():
    bands = waves.mel_bands(7)
    bins = waves.mel(np.fft.rfftfreq(waves.FRAME, 1 / waves.RATE))
    tips = np.linspace(0, waves.mel(waves.RATE / 2), 9)
    inside = (bins >= tips[1]) & (bins <= tips[-2])
    assert bands.shape == (7, 129)
    np.testing.assert_allclose(bands[:, inside].sum(0), 1)


def test_mfccs_are_the_cosines_of_the_band_loudnesses():
    sound = waves.say("io", seconds=0.1)
    loud = waves.log_mel(sound)  # (T, M)
    m = np.arange(waves.BANDS)
    for k, scale in ((0, 1 / waves.BANDS), (5, 2 / waves.BANDS)):
        wanted = np.sqrt(scale) * loud @ np.cos(np.pi * k * (m + 0.5) / waves.BANDS)
        np.testing.assert_allclose(waves.mfcc(sound)[:, k], wanted, rtol=1e-10, atol=1e-9)


def test_a_louder_sound_changes_only_the_first_coefficient():
    sound = waves.say("a")
    apart = waves.mfcc(sound) - waves.mfcc(sound / 2)
    np.testing.assert_allclose(apart[:, 1:], 0, atol=0.2)
    wanted = 20 * np.log10(2) * np.sqrt(waves.BANDS)
    np.testing.assert_allclose(apart[:, 0], wanted, rtol=0.01)


def test_the_player_holds_the_sound_itself():
    sound = waves.say("o", seconds=0.1)
    html = waves.player(sound, "the vowel o")
    assert 'aria-label="the vowel o"' in html
    data = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnframes()) == (waves.RATE, 800)
        heard = np.frombuffer(file.readframes(800), "<i2")
    np.testing.assert_allclose(heard / 32_000, sound, atol=1 / 32_000)
