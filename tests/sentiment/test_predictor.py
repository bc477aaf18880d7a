"""A model in Python: the same answers from folder and file, by one thread or more."""

import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import unrolled
from unrolled.data.encoder import TextEncoder
from unrolled.data.vocabulary import Vocabulary
from unrolled.sentiment.folder import FolderError
from unrolled.sentiment.lines import MANY, PAUSED, answer_lines
from unrolled.sentiment.portable import PortableError
from unrolled.sentiment.prediction import ONE_THREAD
from unrolled.sentiment.predictor import Answer, Predictor
from unrolled.sentiment.together import AHEAD, in_order
from unrolled.sentiment.trained import load_trained

TEXTS = ["a good and funny film", "", "\U0001f600", "bad , dull and bad", "good " * 40 + "bad"]


def three(ids):
    """Return probabilities of three classes from the first token: number 2 + k for class k."""
    return np.array([np.roll([0.6, 0.3, 0.1], one[0] - 2) for one in ids])


def of_three(**options):
    encoder = TextEncoder(Vocabulary(["<pad>", "<unk>", "bad", "fair", "good"]))
    return Predictor(("low", "middle", "high"), encoder, three, **options)


def test_a_label_is_the_likeliest_class_and_unknown_texts_have_none():
    assert of_three().predict(["good", "fair", "bad", "?", "zxcv"]) == [
        Answer("high", {"low": 0.3, "middle": 0.1, "high": 0.6}),
        Answer("middle", {"low": 0.1, "middle": 0.6, "high": 0.3}),
        Answer("low", {"low": 0.6, "middle": 0.3, "high": 0.1}),
        Answer(None, None),
        Answer(None, None),
    ]
    assert of_three().predict([]) == []


def test_one_text_is_no_list_of_texts_and_what_is_no_text_is_named():
    with pytest.raises(
        ValueError, match=r"^predict got one text, 'good'; .* predict\(\['good'\]\)"
    ):
        of_three().predict("good")
    with pytest.raises(ValueError, match=r"^answers got one text"):
        of_three().answers("good " * 9)
    with pytest.raises(TypeError, match=r"^One of the texts is None; expected a text"):
        of_three().predict(["good", None])


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        (None, "None"),
        (3, "a value of type int"),
        ({"good": 1}, "a value of type dict"),
        (pd.DataFrame(), "a value of type DataFrame"),
    ],
)
def test_what_holds_no_texts_one_by_one_is_named(texts, what):
    with pytest.raises(TypeError, match=f"^predict got {what}; expected a list of texts"):
        of_three().predict(texts)


@pytest.mark.parametrize("kind", [tuple, iter, np.array, pd.Series])
def test_texts_may_stand_in_anything_that_has_them_one_by_one(kind):
    assert [one.label for one in of_three().predict(kind(["good", "bad"]))] == ["high", "low"]


def test_a_model_says_what_it_is():
    assert repr(of_three()) == (
        "<Predictor of 3 classes: 'low', 'middle', 'high'; knows 5 tokens (words)>"
    )
    many = Predictor([f"c{k}" for k in range(40)], of_three().encoder, three)
    assert "'c5' and 34 more;" in repr(many)


def test_the_folder_says_what_its_network_computes(trained):
    """Against torch by hand: one text at a time, no batches, no threads."""
    found = load_trained(trained, torch.device("cpu"))
    model = unrolled.load(trained)
    assert model.classes == ("negative", "positive")
    for text, answer in zip(TEXTS, model.predict(TEXTS), strict=True):
        if answer.label is None:
            assert text in ("", "\U0001f600")
            continue
        ids = found.encoder.encode(text)
        if len(ids) > 15:
            ids = np.concatenate([ids[:7], ids[-8:]])
        with torch.no_grad():
            logit = found.model(torch.tensor(ids[None]), torch.tensor([len(ids)]))
        assert answer.probabilities["positive"] == pytest.approx(
            torch.sigmoid(logit).item(), abs=1e-6
        )
        assert sum(answer.probabilities.values()) == pytest.approx(1)
        assert answer.label == ("positive" if logit > 0 else "negative")


def test_folder_and_exported_file_agree(trained, exported):
    for one, other in zip(
        unrolled.load(trained).predict(TEXTS), unrolled.load(exported).predict(TEXTS), strict=True
    ):
        assert one.label == other.label
        assert one.probabilities == (other.probabilities and pytest.approx(other.probabilities))


def test_what_cannot_be_loaded_is_named(tmp_path, trained):
    with pytest.raises(FolderError, match="There is no file or folder at"):
        unrolled.load(tmp_path / "nowhere")
    with pytest.raises(FolderError, match="no trained model"):
        unrolled.load(tmp_path)
    (tmp_path / "x.onnx").write_bytes(b"no")
    with pytest.raises(PortableError, match="damaged or no ONNX model"):
        unrolled.load(tmp_path / "x.onnx")
    with pytest.raises(ValueError, match="workers is 0; at least 1"):
        unrolled.load(trained, workers=0)
    with pytest.raises(AttributeError, match="has no attribute 'lode'"):
        unrolled.lode  # noqa: B018


@pytest.mark.parametrize("load", [False, True])
def test_torch_is_waited_for_only_by_a_folder(exported, load):
    program = "import sys, unrolled\nassert 'numpy' not in sys.modules\nsys.modules['torch'] = None"
    if load:
        program += f"\nprint(unrolled.load({str(exported)!r}).predict(['a good film'])[0].label)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (done.stdout.strip() in ("positive", "negative")) == load


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_answers_do_not_depend_on_the_number_of_workers(trained, exported, kind):
    rng = np.random.default_rng(0)
    words = load_trained(trained, torch.device("cpu")).encoder.tokens[2:]
    lines = [" ".join(rng.choice(words, rng.integers(0, 25))) for _ in range(3 * MANY + 17)]
    path = trained if kind == "folder" else exported
    one, three = (list(unrolled.load(path, workers=n).answers(lines)) for n in (1, 3))
    assert len(one) == len(three) == len(lines)
    assert [a is None for a in one] == [a is None for a in three]
    np.testing.assert_allclose(
        [a for a in one if a is not None], [a for a in three if a is not None], atol=1e-6
    )


@given(st.lists(st.integers(0, 99) | st.none(), max_size=30), st.integers(1, 5))
def test_results_come_in_order_whatever_takes_long(things, workers):
    def slowly(thing):
        time.sleep((thing * 7 % 5) / 5000)
        return -thing

    wanted = [-thing for thing in things if thing is not None]
    assert list(in_order(slowly, things, workers)) == wanted


def test_several_threads_work_at_once_and_none_runs_far_ahead():
    meeting, taken = threading.Barrier(3, timeout=30), []

    def things():
        for thing in range(60):
            taken.append(thing)
            yield thing

    def meet(thing):
        meeting.wait()  # passes only if three threads are here at once
        return thing

    for asked, thing in enumerate(in_order(meet, things(), 3)):
        assert thing == asked
        assert len(taken) <= asked + AHEAD * 3 + 1


def test_what_was_begun_is_finished_before_more_is_asked_of_who_waits():
    answered = []

    def lines():
        for text in ("good", "fair", "bad"):
            yield text
            yield PAUSED
            assert answered[-1] == text, "the sender waits, and its answer does not come"

    model = of_three(workers=4)
    names = {"high": "good", "middle": "fair", "low": "bad"}
    for found in model.answers(lines()):
        answered.append(names[model.answer_of(found).label])
    assert answered == ["good", "fair", "bad"]
    one_by_one = ["good", "fair", "bad"]
    got = []

    def patient():
        for text in one_by_one:
            yield text
            assert len(got) == one_by_one.index(text) + 1

    for found in model.answers(patient(), many=1):
        got.append(found)


def test_an_error_or_a_reader_who_leaves_ends_the_threads():
    def names():
        return [one.name for one in threading.enumerate() if one.name.startswith("answers")]

    def fail(thing):
        if thing == 5:
            raise ValueError("five")
        return thing

    results = in_order(fail, range(100), 3)
    with pytest.raises(ValueError, match="five"):
        list(results)
    assert not names()
    results = in_order(fail, range(100, 200), 3)
    assert next(results) == 100
    assert names()
    results.close()
    assert not names()


@pytest.mark.parametrize("options", [{"workers": 0}, {"many": 0}])
def test_nobody_answers_nothing(options):
    encoder = of_three().encoder
    with pytest.raises(ValueError, match="at least 1"):
        answer_lines(["good"], encoder, three, **options)


def test_torch_gets_its_threads_back():
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with ONE_THREAD.while_computing():
            assert torch.get_num_threads() == 1
            with ONE_THREAD.while_computing():
                assert torch.get_num_threads() == 1
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 2
        with pytest.raises(KeyError), ONE_THREAD.while_computing():
            raise KeyError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
