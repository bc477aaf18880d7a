"""The official archive: downloaded in pieces, checked, read without unpacking, damage named."""

import hashlib
import io
import tarfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from unrolled.data import official
from unrolled.data.official import fetch_official_imdb, load_official_imdb
from unrolled.data.reviews import DataError

FOLDERS = ("train/neg", "train/pos", "train/unsup", "test/neg", "test/pos")
EXPECTED = dict.fromkeys(FOLDERS, 20)


def make_archive(path, *, skip=(), extra=(), texts=None):
    """Write a small archive of the official layout: 20 reviews a folder, two of each film."""
    with tarfile.open(path, "w:gz") as tar:

        def add(name, text):
            data = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))

        add("aclImdb/README", "about")
        for folder in FOLDERS:
            part, label = folder.split("/")
            for number in range(20):
                name = f"{folder}/{number}_{0 if label == 'unsup' else 7}.txt"
                if folder not in skip:
                    text = f"{part} {label} {number}<br />Gr\u00fc\u00dfe"
                    add(f"aclImdb/{name}", (texts or {}).get(name, text))
            if part == "train" and f"urls_{label}" not in skip:
                urls = [f"http://www.imdb.com/title/tt{n // 2:07}/usercomments" for n in range(20)]
                add(f"aclImdb/train/urls_{label}.txt", "\n".join(urls))
        for name in extra:
            add(name, "text")
    return path


@contextmanager
def server(content, *, breaks_at=None, ranges=True):
    """Serve `content`; break the first answer off after `breaks_at` bytes."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = self.headers.get("Range")
            asked.append(wanted)
            start = int(wanted[6:-1]) if wanted and ranges else 0
            if start >= len(content):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            stop = breaks_at if breaks_at and len(asked) == 1 else len(content)
            self.wfile.write(content[start:stop])

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}/{official.NAME}", asked
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def fetch(folder, url, content, **options):
    md5 = hashlib.md5(content).hexdigest()
    return fetch_official_imdb(folder, url=url, **{"md5": md5, "progress": False} | options)


CONTENT = bytes(np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8))


def test_a_download_is_kept_and_not_asked_for_twice(tmp_path, capfd):
    with server(CONTENT) as (url, asked):
        file = fetch(tmp_path, url, CONTENT, progress=True)
        assert fetch(tmp_path, url, CONTENT) == file
    assert file.read_bytes() == CONTENT
    assert len(asked) == 1
    assert "100%" in capfd.readouterr().err


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_goes_on_where_it_stopped(tmp_path, ranges):
    with server(CONTENT, breaks_at=200_000, ranges=ranges) as (url, asked):
        with pytest.raises(DataError, match="What has arrived is kept"):
            fetch(tmp_path, url, CONTENT)
        arrived = (tmp_path / f"{official.NAME}.part").stat().st_size
        assert 0 < arrived <= 200_000
        assert fetch(tmp_path, url, CONTENT).read_bytes() == CONTENT
    assert asked == [None, f"bytes={arrived}-"]


def test_what_had_arrived_whole_is_taken(tmp_path):
    (tmp_path / f"{official.NAME}.part").write_bytes(CONTENT)
    with server(CONTENT) as (url, _):
        assert fetch(tmp_path, url, CONTENT).read_bytes() == CONTENT


def test_another_file_is_refused_and_thrown_away(tmp_path):
    with (
        server(CONTENT) as (url, _),
        pytest.raises(DataError, match="is not the archive of Maas"),
    ):
        fetch(tmp_path, url, CONTENT, md5="0" * 32)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"download from http://127.0.0.1:9/.* failed"):
        fetch(tmp_path, "http://127.0.0.1:9/x", CONTENT)


def load(path, **options):
    return load_official_imdb(path, **{"expected": EXPECTED, "progress": False} | options)


def test_every_review_is_read_once_and_stands_where_it_belongs(tmp_path):
    splits = load(make_archive(tmp_path / "a.tar.gz"))
    assert len(splits.train) + len(splits.valid) == 40
    assert len(splits.test) == 40
    assert splits.test.texts[0] == "test neg 0\nGr\u00fc\u00dfe"
    assert splits.test.texts[-1].startswith("test pos 19")
    assert splits.test.labels.sum() == 20
    assert len(splits.unlabelled) == 20
    assert splits.removed == 0
    rows = np.concatenate([splits.train.rows, splits.valid.rows])
    assert sorted(rows) == list(range(40))


def test_no_film_is_in_train_and_in_validation(tmp_path):
    path = make_archive(tmp_path / "a.tar.gz")
    train, valid, _ = load(path, valid_share=0.3)
    films = [{int(text.split()[2]) // 2 for text in part.texts} for part in (train, valid)]
    assert films[0].isdisjoint(films[1])
    assert len(films[1]) == 3


def test_the_seed_draws_the_films(tmp_path):
    path = make_archive(tmp_path / "a.tar.gz")
    one, same, other = (load(path, seed=seed).valid.texts for seed in (0, 0, 1))
    assert one == same != other


def test_training_reviews_that_stand_in_the_test_half_are_dropped(tmp_path):
    texts = {"train/pos/3_7.txt": "the same", "test/neg/0_7.txt": "the same"}
    texts |= {"train/neg/1_7.txt": "twice", "train/neg/2_7.txt": "twice"}
    texts |= {"test/pos/1_7.txt": "test twin", "test/pos/2_7.txt": "test twin"}
    splits = load(make_archive(tmp_path / "a.tar.gz", texts=texts))
    learnt = splits.train.texts + splits.valid.texts
    assert "the same" not in learnt
    assert learnt.count("twice") == 1
    assert splits.removed == 2
    assert splits.test.texts.count("test twin") == 2


def test_an_archive_cut_short_is_refused(tmp_path):
    path = make_archive(tmp_path / "a.tar.gz")
    for share in (0.3, 0.95):
        cut = tmp_path / f"cut{share}.tar.gz"
        cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        with pytest.raises(DataError, match=r"cut short or damaged|not the whole archive"):
            load(cut)


@pytest.mark.parametrize("name", ["aclImdb/../../escape.txt", "/etc/escape.txt"])
def test_a_path_that_escapes_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="leaves the archive's folder"):
        load(make_archive(tmp_path / "a.tar.gz", extra=[name]))


def test_a_missing_folder_is_refused(tmp_path):
    path = make_archive(tmp_path / "a.tar.gz", skip=["test/pos"])
    with pytest.raises(DataError, match="0 reviews in aclImdb/test/pos; expected 20"):
        load(path)


def test_without_the_films_there_is_no_validation_part(tmp_path):
    path = make_archive(tmp_path / "a.tar.gz", skip=["urls_pos"])
    with pytest.raises(DataError, match="say which film a review is of"):
        load(path)


def test_what_is_not_there_or_makes_no_sense_is_said(tmp_path):
    with pytest.raises(DataError, match="no archive at"):
        load(tmp_path / "nothing.tar.gz")
    with pytest.raises(ValueError, match="valid_share is 1; choose"):
        load(make_archive(tmp_path / "a.tar.gz"), valid_share=1)
