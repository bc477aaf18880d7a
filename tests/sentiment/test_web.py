"""The model in the page: its file is whole or refused; JavaScript computes what PyTorch does."""

import html
import json
import struct
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import run_javascript, run_node

import live_reader
from unrolled.__main__ import main
from unrolled.data.batching import keep_ends
from unrolled.data.folds import imdb_folds
from unrolled.data.reviews import load_imdb
from unrolled.data.tokenizer import TOKEN, tokenize
from unrolled.data.vocabulary import Vocabulary
from unrolled.experiments import load_record
from unrolled.experiments.page_reader import SHIPPED, STUDENT
from unrolled.experiments.records import unpack_logits
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import MAGIC, START, unpacked
from unrolled.sentiment.export import ExportError
from unrolled.sentiment.recipe import from_flat
from unrolled.sentiment.shipped import shipped_path
from unrolled.sentiment.trained import judge, load_trained
from unrolled.sentiment.web import (
    HARDEST,
    READER,
    SHORT,
    export_web,
    page_file,
    round_as_page,
)
from unrolled.sentiment.word_bag import WordBag, fit_word_bag

V, E, H = 4_000, 20, 12
SCRIPTS = Path(__file__).parents[1] / "live"
TRAIN = [
    *("train", "--data", "rotten-tomatoes", "--limit", "160", "--embedding-size", "8"),
    *("--hidden-size", "6", "--batch-size", "16", "--threads", "1", "--device", "cpu"),
    *("--vocab-size", "300", "--max-tokens", "15", "--epochs", "1"),
]


def pronounced(seed=0):
    """Return a model whose gates and weights are all over the place, as after a training."""
    torch.manual_seed(seed)
    model = SentimentClassifier(V, E, H, pooling="attention").eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(3).add_(0.1 * torch.randn_like(weight))
    return model


def trace(model, ids):
    """Return gates (T, 4H), h (T, H), c (T, H) and the logits so far (T,), in double precision."""
    lstm, x = model.forwards, model.embedding(torch.as_tensor(ids))
    h = c = torch.zeros(H, dtype=torch.float64)
    rows = []
    for step in x:
        a = lstm.weight_ih_l0 @ step + lstm.bias_ih_l0 + lstm.weight_hh_l0 @ h + lstm.bias_hh_l0
        i, f, g, o = a.split(H)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        rows.append((torch.cat([i, f, g, o]), h, c))
    gates, hs, cs = (torch.stack(part) for part in zip(*rows, strict=True))
    torch.testing.assert_close(hs, lstm(x[None])[0][0])
    logits = [model(torch.as_tensor(ids[None, :t]), torch.tensor([t])).item() for t in ends(ids)]
    return gates, hs, cs, torch.tensor(logits, dtype=torch.float64)


def reader(model, tokens, *, bag=None, max_tokens=9, **told):
    """Return a model as the course's page reads it, with a bag beside it."""
    bag = WordBag(np.ones(V), 0.5) if bag is None else bag
    told |= {"max_tokens": max_tokens}
    return page_file(model, tokens, told, bag=bag, eight_bits=READER)


def ends(ids):
    return range(1, len(ids) + 1)


@pytest.fixture(scope="module")
def vocabulary():
    texts = load_imdb().train.texts[:2000]
    return Vocabulary.build([tokenize(text) for text in texts], max_size=V)


@torch.no_grad()
def test_gates_states_logits_and_bag_are_those_of_python_over_real_reviews(vocabulary, tmp_path):
    model = pronounced()
    bag = WordBag(np.random.default_rng(4).normal(size=V), 0.7)
    (tmp_path / "model.bin").write_bytes(reader(model, vocabulary.tokens, bag=bag, max_tokens=60))
    round_as_page(model, READER)
    model.double()
    texts = load_imdb().valid.texts[::20][:120]
    reviews = [np.asarray(keep_ends(vocabulary.encode(tokenize(text)), 60)) for text in texts]
    assert len(reviews) >= 100
    rival = bag.rounded()
    wanted = []
    for ids in reviews:
        so_far = rival.logits([ids[:t] for t in ends(ids)])
        wanted += [part.numpy().ravel() for part in trace(model, ids)] + [so_far]
    np.concatenate(wanted).astype("<f8").tofile(tmp_path / "wanted.bin")
    (tmp_path / "reviews.json").write_text(json.dumps([ids.tolist() for ids in reviews]))
    files = [tmp_path / name for name in ("model.bin", "reviews.json", "wanted.bin")]
    worst = json.loads(run_node(SCRIPTS / "compare_reader.mjs", *files))
    assert worst.pop("numbers") == worst.pop("all")
    assert worst.pop("bag") < 1e-12
    assert max(worst.values()) < 1e-6, worst  # the embedding is rounded to single precision


STRINGS = [
    "It's 10/10 -- don't MISS it!",
    "a<br />b<BR>c<br  />d <b>bold</b> &amp;",
    "‘curly’ it’s ’tis rock’n’roll o'",
    "3.5 stars, 1,000,000.00 € 80s 1.2.3. ½ ² ٣٫٥ Ⅷ",
    "👍🏽 👨‍👩‍👧 🇬🇧🇫🇷🇩 ❤️ ☕ 🤷🏿‍♀️ \u200d\ufe0f",
    "naïve CAFÉ nai\u0308ve İstanbul ΣΑΣ ẞ ǅ ﬁ",
    "日本語のレビュー ภาษาไทย हिन्दी العربية",
    "snake_case __x__ a_b e-mail @home #tag 100%",
    "tab\tnewline\nnext\x1cgroup\x85line\xa0space\u2003em\u3000wide\ufeffbom",
    "",
    " \n\t ",
    "word " * 2500,
]


def test_the_tokeniser_of_the_page_is_that_of_the_package():
    rng = np.random.default_rng(0)
    known = [
        code
        for code in range(0x20, 0x1FB00)
        if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    ]
    marks = [*"'’.,<br/>_ \t\u200d\ufe0f👍🏽🇬🇧aZ9é", "e\u0301"]
    made = []
    for length in rng.integers(1, 40, 1500):
        foreign = [chr(code) for code in rng.choice(known, length)]
        made.append("".join(rng.choice(foreign + marks, length)))
    made.append("".join(rng.choice(marks, 10_000)))
    texts = STRINGS + made
    found = run_javascript(*(("reader-text", "tokenise", text) for text in texts))
    for text, tokens in zip(texts, found, strict=True):
        assert tokens == tokenize(text), repr(text)


def test_html_entities_are_decoded_as_python_does():
    (names,) = run_javascript(("reader-text", "NAMES"))
    assert {"amp", "lt", "gt", "quot", "apos", "nbsp", "hellip", "rsquo", "eacute"} <= set(names)
    allowed = [*range(0x20, 0x7F), *range(0xA0, 0xD800), *range(0xE000, 0xFDD0), 0x1F44D, 0x10FFFD]
    odd = [9, 10, 0, 0x80, 0x96, 0x9F, 0xD800, 0xDFFF, 0x110000, 9_999_999]
    texts = [f"a&{name};b" for name in names]
    texts += [f"&#{code};|&#x{code:x};|&#X{code:X};" for code in allowed[::23] + odd if code < 1e6]
    texts += [
        "it&#39;s 5 &lt; 6 &amp;amp; &amp;lt; R&D; &; &#; &nosuch; &#x; a & b;",
        "",
        "&&amp;&",
    ]
    found = run_javascript(*(("reader-text", "decode", text) for text in texts))
    assert found == [html.unescape(text) for text in texts]


def test_an_entity_in_a_pasted_text_is_the_character_it_stands_for():
    text = "It&#39;s &quot;bad&quot; &amp; long&hellip;<br />&lt;br /&gt;I don&rsquo;t like it"
    (decoded,) = run_javascript(("reader-text", "decode", text))
    (tokens,) = run_javascript(("reader-text", "tokenise", decoded))
    words = ["it's", '"', "bad", '"', "&", "long", "…", "i", "don't", "like", "it"]
    assert tokens == tokenize(html.unescape(text)) == words


def header_of(data):
    """Return what the header of a page's file tells."""
    size = START.unpack_from(data)[2]
    return json.loads(data[START.size : START.size + size])


def read_in_javascript(data, tmp_path):
    """Return what the page says of a file: "read", or why not."""
    (tmp_path / "some.bin").write_bytes(data)
    return run_node(SCRIPTS / "read_model.mjs", tmp_path / "some.bin").strip()


def test_a_file_that_is_wrong_or_not_whole_is_refused(tmp_path):
    data = reader(pronounced(), [f"w{k}" for k in range(V)])
    assert read_in_javascript(data, tmp_path) == "read"
    assert "not whole" in read_in_javascript(data[: len(data) // 2], tmp_path)
    for place in (20, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[place] ^= 1
        assert "damaged" in read_in_javascript(bytes(broken), tmp_path)
    for other in (b"", b"UNR", b"<!doctype html><title>Not found</title>" + bytes(100)):
        assert "no model" in read_in_javascript(other, tmp_path)
    short = reader(pronounced(), ["a", "b"])
    assert "embeddings for 2 tokens" in read_in_javascript(short, tmp_path)
    alone = page_file(pronounced(), [f"w{k}" for k in range(V)], {"max_tokens": 9})
    assert "holds no bag of words" in read_in_javascript(alone, tmp_path)


def with_numbers(data, name, numbers):
    """Return a page's file whose tensor of that name begins with these bytes, and says so."""
    at = header_of(data)["tensors"][name]["at"]
    broken = bytearray(data)
    place = START.size + START.unpack_from(data)[2] + at
    broken[place : place + len(numbers)] = numbers
    struct.pack_into("<I", broken, 12, zlib.crc32(broken[START.size :]))
    return bytes(broken)


def test_a_file_with_weights_or_answers_that_are_no_numbers_is_refused(tmp_path):
    data = reader(pronounced(), [f"w{k}" for k in range(V)])
    half, single = (
        (lambda x: np.array(x, "<f2").tobytes()),
        (lambda x: np.array(x, "<f4").tobytes()),
    )
    for name, numbers in [
        ("head.bias", half(np.nan)),
        ("attention.0.weight", half([1, -np.inf])),
        ("embedding.scale", single(np.nan)),
        ("forwards.weight_hh_l0.scale", single(np.inf)),
        ("bag.scale", single(np.nan)),
        ("bag.bias", half(np.inf)),
    ]:
        told = read_in_javascript(with_numbers(data, name, numbers), tmp_path)
        assert f"weights that are no numbers (in {name})" in told
    header = data.replace(b'"max_tokens": 9', b'"max_tokens":NA')
    header = (
        header[:12] + struct.pack("<I", zlib.crc32(header[START.size :])) + header[START.size :]
    )
    assert "no JSON" in read_in_javascript(header, tmp_path)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e5])
@pytest.mark.parametrize("name", ["embedding.weight", "forwards.weight_ih_l0", "head.bias"])
def test_a_model_whose_weights_the_page_cannot_hold_is_not_exported(name, value):
    model = pronounced()
    model.state_dict()[name].flatten()[0] = value
    with pytest.raises(ExportError, match=f"{name} holds a weight of size"):
        page_file(model, [f"w{k}" for k in range(V)], {"max_tokens": 9})


def test_one_command_exports_a_trained_model(tmp_path, capsys):
    kind = ["--no-bidirectional", "--pooling", "attention"]
    assert main([*TRAIN, *kind, "--out", str(tmp_path / "m")]) == 0
    out = tmp_path / "model.bin"
    assert main(["export", str(tmp_path / "m"), str(out), "--web"]) == 0
    assert "for the course's page" in capsys.readouterr().out
    assert read_in_javascript(out.read_bytes(), tmp_path) == "read"
    header = header_of(out.read_bytes())
    found = load_trained(tmp_path / "m", torch.device("cpu"))
    round_as_page(found.model, READER)
    reviews, logits = judge(found, "test")
    sentences, others = header["judged"]
    lengths = sorted(len(ids) for ids in reviews.ids)
    assert (sentences["on"], others["on"]) == ("sentences", "reviews")
    assert sentences["texts"] == len(reviews)
    assert others["texts"] == len(load_imdb().test)
    assert sentences["accuracy"] == pytest.approx(((logits > 0) == reviews.labels).mean())
    low, high = sentences["tokens"]
    between = sum(low <= length <= high for length in lengths) / len(lengths)
    assert low < high
    assert 0.9 <= between < 0.94
    wrong_by = dict(zip(reviews.texts, np.where(reviews.labels == 1, -logits, logits), strict=True))
    for label in (0, 1):
        own = [text for text, y in zip(reviews.texts, reviews.labels, strict=True) if y == label]
        mistakes = sorted((text for text in own if wrong_by[text] > 0), key=lambda t: -wrong_by[t])
        assert [r["text"] for r in header["hardest"] if r["label"] == label] == mistakes[:HARDEST]
    assert header["hardest"], "even this little model has some"
    learnt, valid = (judge(found, name)[0] for name in ("train", "valid"))
    bag = fit_word_bag(learnt, valid, len(found.encoder), 15).rounded()
    answers = bag.logits(reviews.ids, 15)
    assert sentences["bag"] == pytest.approx(((answers > 0) == reviews.labels).mean())
    _, arrays = unpacked(out.read_bytes())
    held = arrays["bag.weight"][0] * arrays["bag.scale"]
    np.testing.assert_allclose(held, bag.weights, rtol=1e-6)
    with pytest.raises(ExportError, match="cannot be written"):
        export_web(tmp_path / "m", tmp_path)


def test_a_model_that_the_page_cannot_show_is_refused(tmp_path, capsys):
    assert main([*TRAIN, "--out", str(tmp_path / "m")]) == 0
    assert main(["export", str(tmp_path / "m"), str(tmp_path / "model.bin"), "--web"]) == 2
    assert "reads both ways" in capsys.readouterr().err
    assert not (tmp_path / "model.bin").exists()


def test_the_page_has_the_student_of_the_record():
    """Its file tells what the experiment has measured, of the same texts and the same weights."""
    data = shipped_path().read_bytes()
    magic, size, _, checksum = START.unpack_from(data)
    assert (magic, size) == (MAGIC, len(data))
    assert checksum == zlib.crc32(data[START.size :])
    header = header_of(data)
    assert [one["on"] for one in header["judged"]] == list(live_reader.TESTS.values())
    rows = load_record("page-reader").table.query("way == 'taught' and seed == @SHIPPED")
    rows = rows.set_index("part")
    for part, one in zip(live_reader.TESTS, header["judged"], strict=True):
        assert one["texts"] == len(unpack_logits(rows.loc[part, "logits"]))
        close = 1.01 / one["texts"]  # at most one answer, so near one half that machines differ
        assert one["accuracy"] == pytest.approx(rows.loc[part, "accuracy"], abs=close)
        assert one.get("aside", False) == (one["on"] == live_reader.HARD)
    assert header["made"] == list(live_reader.MADE)
    assert f"answers to {rows['questions'].iloc[0]:,} texts" in header["learnt_from"]
    assert from_flat(header["settings"])[0] == STUDENT
    assert header["pattern"] == TOKEN.pattern, "the tokeniser has changed: make the model anew"
    assert 0 < len(data) - rows["bytes"].iloc[0] < 40_000, "a bag, and what the header tells"
    assert len(data) < 1_000_000


def test_the_worst_mistakes_are_short_test_reviews_of_its_fold():
    texts = imdb_folds()[SHIPPED].test.texts
    hardest = header_of(shipped_path().read_bytes())["hardest"]
    assert [one["label"] for one in hardest] == [1] * HARDEST + [0] * HARDEST
    for one in hardest:
        assert one["text"] in texts
        assert len(tokenize(one["text"])) <= SHORT
