"""A real film, one second long: a beating heart, as ultrasound sees it.

It comes inside the PyPI package `pydicom` (MIT licence) as an example of a file of films: 30 JPEG
pictures, 30 a second. Pillow, which comes with matplotlib, reads these; no video decoder is needed.
Nothing of it is part of this repository, and the package's code is never imported.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache

import numpy as np
from PIL import Image

from unrolled.data.packages import PackagedFile

FILE = PackagedFile(
    "pydicom",
    "3.0.2",
    "pydicom/data/test_files/examples_ybr_color.dcm",
    "6fa3a087d3c631b43216a8abec8aac8d2d73751c5bf5885708d1150b09283f72",
)
START_OF_JPEG = re.compile(rb"\xff\xd8\xff")
ROWS, COLUMNS = slice(16, 208), slice(44, 284)  # where the heart is; the letters stand outside


@lru_cache(maxsize=1)
def read_frames() -> np.ndarray:
    """Return the 30 pictures as stored, ``(30, 240, 320)`` grey levels from 0 to 255.

    Raises
    ------
    unrolled.data.reviews.DataError
        If the package is missing or the file is changed.
    """
    data = FILE.read()
    starts = [match.start() for match in START_OF_JPEG.finditer(data)]
    pictures = [Image.open(io.BytesIO(data[start:])).convert("L") for start in starts]
    return np.stack([np.asarray(picture, dtype=np.float64) for picture in pictures])


def heart_clip(shrink: int = 3) -> np.ndarray:
    """Return the 28 different frames of the heart, ``(28, 192 // shrink, 240 // shrink)``.

    Two of the 30 repeat the one before; they are left out, or copying would be perfect there.

    Parameters
    ----------
    shrink : int
        Squares of so many pixels are averaged to one.

    Raises
    ------
    ValueError
        If 192 and 240 are no multiples of it.
    unrolled.data.reviews.DataError
        As `read_frames`.
    """
    frames = read_frames()[:, ROWS, COLUMNS]
    if shrink < 1 or any(size % shrink for size in frames.shape[1:]):
        raise ValueError(f"heart_clip got shrink {shrink}; expected a divisor of 192 and 240.")
    changed = np.abs(np.diff(frames, axis=0)).max(axis=(1, 2)) > 0
    frames = frames[np.concatenate([[True], changed])]
    count, height, width = frames.shape
    squares = frames.reshape(count, height // shrink, shrink, width // shrink, shrink)
    return squares.mean(axis=(2, 4))
