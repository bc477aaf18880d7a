"""Sound as numbers: a voice made of pulses and resonances, and what a recogniser hears of it.

The voice is synthetic: pulses of the vocal folds, filtered by resonators at the formants of vowels
(Klatt, 1980, much simplified). `mfcc` turns any waveform into mel-frequency cepstral coefficients
(Davis & Mermelstein, 1980).
"""

from __future__ import annotations

import base64
import io
import wave

import numpy as np
from scipy.fft import dct
from scipy.signal import lfilter

RATE = 8000  # samples a second
FRAME, HOP = 256, 128  # samples: 32 ms, every 16 ms
BANDS, COEFFICIENTS = 26, 13
#: The first three resonances of a man's vocal tract, in hertz, and how long each vowel is held.
VOWELS = {"a": (730, 1090, 2440), "i": (270, 2290, 3010), "o": (570, 840, 2410)}
WIDTHS = (80, 100, 140)  # of the resonances, in hertz
GLIDE = 0.06  # seconds from one vowel into the next


def say(vowels: str, *, pitch: float = 110.0, tract: float = 1.0, seconds: float = 0.3):
    """Return the waveform of some vowels said one after the other, ``(samples,)`` in -1 to 1.

    Parameters
    ----------
    vowels : str
        Of "a", "i" and "o".
    pitch : float
        Pulses a second; it falls by a fifth towards the end.
    tract : float
        Length of the vocal tract, of an adult man's; the resonances are divided by it.
    seconds : float
        How long each vowel is held.
    """
    samples = int(RATE * seconds * len(vowels))
    turns = np.cumsum(pitch * np.linspace(1.0, 0.8, samples) / RATE)
    source = np.diff(np.floor(turns), prepend=0.0)  # 1 where the folds close
    targets = np.array([VOWELS[vowel] for vowel in vowels]) / tract  # (V, 3)
    times, middle = np.arange(samples) / RATE, seconds * (np.arange(len(vowels)) + 0.5)
    edges = np.concatenate([middle - seconds / 2 + GLIDE / 2, middle + seconds / 2 - GLIDE / 2])
    order = np.argsort(edges)
    formants = np.column_stack(
        [np.interp(times, edges[order], np.tile(one, 2)[order]) for one in targets.T]
    )
    sound = source
    for k, width in enumerate(WIDTHS):
        sound = _resonator(sound, formants[:, k], width)
    sound = sound * np.minimum(1, np.minimum(times, times[::-1]) / 0.03)  # no click at the ends
    return sound / np.abs(sound).max()


def _resonator(sound, frequency, width, block=40):
    """Return a sound after a resonance whose frequency changes every `block` samples."""
    radius, state, parts = np.exp(-np.pi * width / RATE), np.zeros(2), []
    for start in range(0, len(sound), block):
        angle = 2 * np.pi * frequency[start] / RATE
        back = [1.0, -2 * radius * np.cos(angle), radius**2]
        part, state = lfilter([sum(back)], back, sound[start : start + block], zi=state)
        parts.append(part)
    return np.concatenate(parts)


def spectrogram(sound: np.ndarray) -> np.ndarray:
    """Return the power at each frequency in each frame, ``(T, FRAME // 2 + 1)``."""
    starts = np.arange(0, len(sound) - FRAME + 1, HOP)
    frames = sound[starts[:, None] + np.arange(FRAME)] * np.hanning(FRAME)
    return np.abs(np.fft.rfft(frames)) ** 2


def mel(hertz):
    """Return frequencies in mel, a scale on which equal steps sound about equally large."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)


def mel_bands(bands: int = BANDS) -> np.ndarray:
    """Return triangles that overlap by half, equally wide in mel: ``(bands, FRAME // 2 + 1)``."""
    tips = np.linspace(0, mel(RATE / 2), bands + 2)
    bins = mel(np.fft.rfftfreq(FRAME, 1 / RATE))
    up = (bins - tips[:-2, None]) / (tips[1] - tips[0])
    down = (tips[2:, None] - bins) / (tips[1] - tips[0])
    return np.maximum(0, np.minimum(up, down))


def log_mel(sound: np.ndarray) -> np.ndarray:
    """Return the loudness of each mel band in each frame, in decibels: ``(T, BANDS)``."""
    return 10 * np.log10(spectrogram(sound) @ mel_bands().T + 1e-10)


def mfcc(sound: np.ndarray, coefficients: int = COEFFICIENTS) -> np.ndarray:
    """Return mel-frequency cepstral coefficients, ``(T, coefficients)``.

    The cosine transform of each frame's band loudnesses. Its first numbers say how loud the frame
    is and how the spectrum leans; the later ones, dropped here, hold its fine structure, the pitch.
    """
    return dct(log_mel(sound), type=2, norm="ortho", axis=1)[:, :coefficients]


def player(sound: np.ndarray, label: str) -> str:
    """Return HTML that plays a waveform: the sound itself stands in it, 16 bits a sample."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(RATE)
            wav.writeframes((32_000 * sound).astype("<i2").tobytes())
        data = base64.b64encode(file.getvalue()).decode("ascii")
    return f'<audio controls aria-label="{label}" src="data:audio/wav;base64,{data}"></audio>'
