"""Is the network worth it: the answer follows the test, and is refused where nothing compares."""

import csv
import hashlib
import io
import json

import numpy as np
import pytest
from scipy.stats import binomtest

from unrolled.sentiment.comparison import compare

CLASSES = ["bad", "good", "so, so"]


def baseline(folder, labels, answers, *, part="valid", digest="d", better="A"):
    """Write what `baseline` writes, of two baselines A and B; rows count from 2."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("part", "row", "label", *answers))
    for row, label in enumerate(labels):
        told = (CLASSES[answers[name][row]] for name in answers)
        writer.writerow((part, row + 2, CLASSES[label], *told))
    told = {
        "digest": digest,
        "classes": CLASSES,
        "table": hashlib.sha256(file.getvalue().encode()).hexdigest(),
        "baselines": {
            name: {"valid": {"accuracy": 0.9 if name == better else 0.8}} for name in answers
        },
    }
    (folder / "baseline.csv").write_bytes(file.getvalue().encode())
    (folder / "baseline.json").write_text(json.dumps(told), encoding="utf-8")


def wrong_on(labels, places):
    """Return answers that are wrong on these texts alone."""
    answers = labels.copy()
    answers[list(places)] = (answers[list(places)] + 1) % 3
    return answers


def told(folder, labels, mine, **more):
    given = {"part": "valid", "digest": "d"} | more
    rows = given.pop("rows", np.arange(2, len(labels) + 2))
    return compare(folder, given["part"], labels, mine, rows, given["digest"])


@pytest.mark.parametrize(
    ("n", "mine", "a", "b", "said"),
    [
        (1000, range(100), range(900, 1000), range(850, 1000), "No difference from A was detected"),
        (1000, range(50), range(400, 600), range(300, 600), "Yes, if this is worth its cost"),
        (1000, range(200), range(950, 1000), range(700, 920), "No: A is right more often, by 15.0"),
        (1000, range(100), range(900, 1000), range(300, 900), "No difference from A was detected"),
        (40, range(5), range(30, 36), range(30, 35), "There are too few texts to say"),
    ],
)
def test_the_answer_follows_the_test(tmp_path, n, mine, a, b, said):
    labels = np.arange(n) % 3
    network, *rivals = (wrong_on(labels, places) for places in (mine, a, b))
    baseline(tmp_path, labels, dict(zip("AB", rivals, strict=True)))
    found = told(tmp_path, labels, network)
    assert said in str(found)
    assert "2 comparisons, so intervals of 97.5 % and p times 2" in str(found)
    for gap, answers in zip(found.gaps, rivals, strict=True):
        network_right, rival_right = network == labels, answers == labels
        assert gap.gap == pytest.approx(network_right.mean() - rival_right.mean())
        assert gap.low < gap.gap < gap.high
        only = [int((one & ~two).sum()) for one, two in ((network_right, rival_right),) * 1]
        differ = int((network_right != rival_right).sum())
        wanted = binomtest(only[0], differ).pvalue if differ else 1.0
        assert gap.p == pytest.approx(min(1, 2 * wanted), abs=1e-12)


def test_no_difference_says_how_much_could_have_been_missed(tmp_path):
    labels = np.arange(2000) % 3
    mine, other = wrong_on(labels, range(100)), wrong_on(labels, range(50, 150))
    baseline(tmp_path, labels, {"A": other, "B": other})
    found = told(tmp_path, labels, mine)
    low, high = found.gaps[0].low, found.gaps[0].high
    assert f"up to {-100 * low:.1f} more" in found.answer
    assert f"right on up to {100 * high:.1f} more" in found.answer
    assert "chosen on these texts" in found.answer


def test_the_test_texts_are_not_said_to_flatter(tmp_path):
    labels = np.arange(300) % 3
    baseline(tmp_path, labels, {"A": labels, "B": labels}, part="test")
    assert "chosen on these texts" not in told(tmp_path, labels, labels, part="test").answer


def test_two_comparisons_ask_more_than_one(tmp_path):
    labels = np.arange(500) % 3
    answers = wrong_on(labels, range(10))  # 10 to 2: p is 0.039 alone, 0.077 of two
    baseline(tmp_path, labels, {"A": answers, "B": answers})
    mine = wrong_on(labels, (100, 101))
    assert "No difference" in told(tmp_path, labels, mine).answer
    baseline(tmp_path, labels, {"A": answers})
    assert "Yes" in told(tmp_path, labels, mine).answer


def test_without_a_baseline_nothing_is_said(tmp_path):
    assert told(tmp_path, np.arange(3), np.arange(3)) is None


def test_other_or_damaged_texts_get_a_sentence(tmp_path):
    labels = np.arange(60) % 3
    baseline(tmp_path, labels, {"A": labels, "B": labels})
    assert told(tmp_path, labels, labels).gaps
    for more in ({"digest": "e"}, {"rows": np.arange(60)}, {"part": "test"}):
        found = told(tmp_path, labels, labels, **more)
        assert not found.gaps
        assert "nothing is compared. Make it again" in found.answer
    found = told(tmp_path, (labels + 1) % 3, labels)
    assert "damaged" in found.answer
    table = tmp_path / "baseline.csv"
    table.write_bytes(table.read_bytes().replace(b"good", b"bad", 1))
    assert "damaged" in told(tmp_path, labels, labels).answer
    table.unlink()
    assert "damaged" in told(tmp_path, labels, labels).answer
    for text in ("", "[]", "{}", '{"table": 1', '{"digest": "d", "baselines": 3}', "\x00"):
        (tmp_path / "baseline.json").write_text(text)
        assert "damaged" in told(tmp_path, labels, labels).answer
