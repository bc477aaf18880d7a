"""The official IMDb data of Maas et al. (2011), for those with a network: 50,000 and as many more.

The archive is downloaded once, checked, and read as it is: nothing is unpacked to the disk.
"""

from __future__ import annotations

import re
import sys
import tarfile
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pooch
import requests
from tqdm import tqdm

from unrolled.data.reviews import DataError, Reviews, Splits, clean

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"  # as torchtext, Paddle and many others state it
NAME = "aclImdb_v1.tar.gz"
AGAIN = "Move it away and leave the path out, so that a whole one is downloaded."
#: How many reviews each folder of the archive holds.
EXPECTED = {
    "train/neg": 12_500,
    "train/pos": 12_500,
    "train/unsup": 50_000,
    "test/neg": 12_500,
    "test/pos": 12_500,
}
REVIEW = re.compile(r"(train|test)/(neg|pos|unsup)/(\d+)_\d+\.txt")
ADDRESSES = re.compile(r"train/urls_(neg|pos)\.txt")
FILM = re.compile(r"title/(tt\d+)")


@dataclass(frozen=True)
class OfficialSplits(Splits):
    """The official data: train and valid from its training half, test as it is published.

    Parameters
    ----------
    unlabelled : list of str
        The 50,000 reviews without a label; some are of films that the test is about.
    """

    unlabelled: list[str]


def fetch_official_imdb(
    folder: str | Path | None = None, *, url: str = URL, md5: str = MD5, progress: bool = True
) -> Path:
    """Return where the archive lies, downloaded if it is not there yet (80 MB).

    An interrupted download goes on where it stopped. A file whose checksum differs is refused.

    Parameters
    ----------
    folder : str or pathlib.Path, optional
        Where it is kept; the user's cache where None.
    url, md5 : str
        Take another copy of the archive from here.
    progress : bool
        Show a progress bar.

    Raises
    ------
    DataError
        If the server cannot be reached, the connection breaks, or the file is not the right one.
    """
    folder = Path(folder) if folder is not None else pooch.os_cache("unrolled")
    downloader = _Resuming(folder / f"{NAME}.part", progress)
    pooch.get_logger().setLevel("WARNING")
    try:
        file = pooch.retrieve(
            url, known_hash=f"md5:{md5}", fname=NAME, path=folder, downloader=downloader
        )
    except requests.RequestException as error:
        raise DataError(
            f"The download from {url} failed ({error}). What has arrived is kept: run the same "
            f"command again to go on, or put the archive to {folder / NAME} yourself."
        ) from error
    except ValueError as error:
        raise DataError(
            f"What came from {url} is not the archive of Maas et al. ({error}). It was thrown "
            "away; try again, or give another url."
        ) from error
    return Path(file)


class _Resuming:
    """A downloader for pooch that goes on where an earlier one stopped."""

    def __init__(self, part: Path, progress: bool):
        self.part, self.progress = part, progress

    def __call__(self, url, output_file, _):
        have = self.part.stat().st_size if self.part.exists() else 0
        ask = {"Range": f"bytes={have}-"} if have else {}
        with requests.get(url, headers=ask, stream=True, timeout=30) as answer:
            if answer.status_code == 416:  # nothing follows what we have: it is all, or it is wrong
                self.part.replace(output_file)
                return
            answer.raise_for_status()
            resumes = answer.status_code == 206
            have = have if resumes else 0
            total = have + int(answer.headers.get("Content-Length", 0))
            bar = tqdm(
                total=total or None,
                initial=have,
                unit="B",
                unit_scale=True,
                desc=NAME,
                file=sys.stderr,
                disable=not self.progress,
            )
            with bar, self.part.open("ab" if resumes else "wb") as file:
                for chunk in answer.iter_content(2**16):
                    file.write(chunk)
                    bar.update(len(chunk))
        if self.part.stat().st_size < total:
            arrived = f"{self.part.stat().st_size} of {total} bytes arrived"
            raise requests.ConnectionError(f"the connection broke, {arrived}")
        self.part.replace(output_file)


def load_official_imdb(
    archive: str | Path | None = None,
    *,
    valid_share: float = 0.1,
    seed: int = 0,
    expected: dict[str, int] | None = None,
    progress: bool = True,
) -> OfficialSplits:
    """Return the official IMDb reviews; the validation reviews are of films that train has not.

    Parameters
    ----------
    archive : str or pathlib.Path, optional
        ``aclImdb_v1.tar.gz``; downloaded by `fetch_official_imdb` where None.
    valid_share : float
        Share of the training reviews that is kept for choosing, whole films at a time.
    seed : int
        Draws those films.
    expected : dict, optional
        Reviews by folder, where it is not the whole archive.
    progress : bool
        Show progress bars.

    Raises
    ------
    DataError
        If the archive is missing, cut short, of another layout, or has a path that leaves it.

    Notes
    -----
    The test half is left as it is published, so that scores can be compared. Training reviews
    whose text stands in the test half, or a second time in the training half, are dropped.
    """
    if not 0 < valid_share < 1:
        raise ValueError(f"valid_share is {valid_share}; choose a share between 0 and 1.")
    file = fetch_official_imdb(progress=progress) if archive is None else Path(archive)
    found, films = _read(file, progress)
    _check_counts(file, found, EXPECTED if expected is None else expected)
    test = _labelled(found, "test")
    train = _labelled(found, "train", without=set(test.texts))
    removed = sum(len(found[f"train/{name}"]) for name in ("neg", "pos")) - len(train)
    valid = _rows_of_some_films(train, found, films, valid_share, np.random.default_rng(seed))
    unlabelled = [text for _, text in sorted(found["train/unsup"].items())]
    return OfficialSplits(_take(train, ~valid), _take(train, valid), test, removed, unlabelled)


def _read(file: Path, progress: bool) -> tuple[dict[str, dict[int, str]], dict[str, list[str]]]:
    """Return texts by folder and number, and the films of the training reviews by label."""
    if not file.is_file():
        raise DataError(f"There is no archive at {file}. Leave the path out to download it.")
    found, films = defaultdict(dict), {}
    try:
        with tarfile.open(file, "r|gz") as tar:
            for member in tqdm(
                tar, desc=f"reading {file.name}", unit=" files", disable=not progress
            ):
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts:
                    raise DataError(
                        f"{file} holds {member.name!r}, a path that leaves the archive's folder. "
                        "That is not the archive of Maas et al.; do not unpack it."
                    )
                inside = "/".join(name.parts[1:])
                if member.isfile() and (match := REVIEW.fullmatch(inside)):
                    part, label, number = match.groups()
                    found[f"{part}/{label}"][int(number)] = _text(tar, member)
                elif member.isfile() and (match := ADDRESSES.fullmatch(inside)):
                    films[match[1]] = FILM.findall(_text(tar, member))
    except (tarfile.TarError, EOFError, zlib.error, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} is cut short or damaged ({error}). {AGAIN}") from error
    return found, films


def _text(tar, member) -> str:
    return clean(tar.extractfile(member).read().decode("utf-8"))


def _check_counts(file: Path, found: dict, expected: dict[str, int]) -> None:
    """Raise `DataError` unless every folder holds as many reviews as it must."""
    for folder, count in expected.items():
        if len(found[folder]) != count:
            raise DataError(
                f"{file} holds {len(found[folder])} reviews in aclImdb/{folder}; expected {count}. "
                f"It is not the whole archive. {AGAIN}"
            )


def _labelled(found: dict, part: str, *, without: set[str] | None = None) -> Reviews:
    """Return one half in the order of its numbers, the negative first.

    With texts to be `without`, these are left out, and each other text is kept once.
    """
    texts, labels, rows = [], [], []
    seen = None if without is None else set(without)
    for label, name in enumerate(("neg", "pos")):
        for number, text in sorted(found[f"{part}/{name}"].items()):
            if seen is not None and text in seen:
                continue
            if seen is not None:
                seen.add(text)
            texts.append(text)
            labels.append(label)
            rows.append(label * len(found[f"{part}/neg"]) + number)
    return Reviews(texts, np.array(labels, dtype=np.int64), np.array(rows, dtype=np.int64))


def _rows_of_some_films(train: Reviews, found, films, share, rng) -> np.ndarray:
    """Return booleans, True at reviews of films drawn until they make up the share."""
    offset = len(found["train/neg"])
    try:
        film_of = [
            films["pos"][row - offset] if label else films["neg"][row]
            for row, label in zip(train.rows, train.labels, strict=True)
        ]
    except (KeyError, IndexError):
        raise DataError(
            "The archive lacks train/urls_neg.txt or train/urls_pos.txt, or they are too short; "
            f"they say which film a review is of. {AGAIN}"
        ) from None
    names, film, counts = np.unique(film_of, return_inverse=True, return_counts=True)
    order = rng.permutation(len(names))
    before = np.cumsum(counts[order]) - counts[order]
    return np.isin(film, order[before < share * len(train)])


def _take(reviews: Reviews, mask: np.ndarray) -> Reviews:
    texts = [text for text, kept in zip(reviews.texts, mask, strict=True) if kept]
    return Reviews(texts, reviews.labels[mask], reviews.rows[mask])
