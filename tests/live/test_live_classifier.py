"""The page of a model of one's own answers as PyTorch does: any cell, pooling, classes, tokens."""

import json

import numpy as np
import pytest
import torch
from conftest import run_javascript, run_node
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

import accessibility
from unrolled import live
from unrolled.__main__ import main
from unrolled.data.encoder import TOKENIZERS, TextEncoder
from unrolled.data.subwords import cut, fit_subwords, pieces_of
from unrolled.evaluation.answers import probabilities
from unrolled.nets.choices import POOLINGS, TORCH_CELLS
from unrolled.nets.classifier import SentimentClassifier
from unrolled.sentiment.page import model_file
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.trained import Trained
from unrolled.sentiment.web import round_as_page

TEXTS = [
    "A good film, a GOOD one & more!",
    "schlecht, ﬁnster und  lang\tweilig ２",
    "这部电影 很好 很好",
    "don't 3.5 it's 10/10 \U0001f600",
]
ASK = """
import { readFileSync } from "node:fs";
import { answer, numbers, readClassifier } from "%s";
const { file, texts } = JSON.parse(readFileSync(0, "utf8"));
const { buffer, byteOffset, byteLength } = readFileSync(file);
const model = readClassifier(buffer.slice(byteOffset, byteOffset + byteLength));
console.log(JSON.stringify(texts.map((text) => [numbers(model, text), answer(model, text)])));
"""


def trained(tokenizer="words", form="NFC", classes=("bad", "good"), **options):
    """Return an untrained model, rounded as in a page, all of its sizes distinct."""
    recipe = Recipe(
        embedding_size=5, hidden_size=4, tokenizer=tokenizer, unicode_form=form, **options
    )
    encoder = TextEncoder.fit(TEXTS, tokenizer=tokenizer, unicode_form=form, max_size=70)
    torch.manual_seed(3)
    model = SentimentClassifier(
        len(encoder),
        5,
        4,
        cell=recipe.cell,
        bidirectional=recipe.bidirectional,
        pooling=recipe.pooling,
        n_classes=len(classes),
        embedding_std=2.0,
    ).eval()
    round_as_page(model)
    return Trained(model, encoder, recipe, classes)


def answers(found, texts, tmp_path):
    """Return token numbers and probabilities of texts, by the scripts of the page."""
    (tmp_path / "model.bin").write_bytes(model_file(found))
    program = tmp_path / "ask.mjs"
    program.write_text(ASK % (live.figures_folder() / "classifier.mjs").as_uri(), encoding="utf-8")
    given = json.dumps({"file": str(tmp_path / "model.bin"), "texts": texts})
    return json.loads(run_node(program, given=given))


@pytest.mark.parametrize("classes", [("bad", "good"), ("bad", "good", "so-so")])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("cell", TORCH_CELLS)
def test_every_kind_of_network_answers_as_torch_does(
    cell, pooling, bidirectional, classes, tmp_path
):
    found = trained(classes=classes, cell=cell, pooling=pooling, bidirectional=bidirectional)
    for (ids, got), text in zip(answers(found, TEXTS, tmp_path), TEXTS, strict=True):
        inputs = torch.as_tensor(np.array(ids)[None])
        with torch.inference_mode():
            wanted = probabilities(found.model(inputs, torch.tensor([len(ids)])).numpy())[0]
        np.testing.assert_allclose(got, wanted, atol=2e-6, err_msg=text)


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_texts_have_the_same_numbers_as_in_python(tokenizer, form, tmp_path):
    found = trained(tokenizer, form)
    rng = np.random.default_rng(0)
    letters = list("".join(TEXTS) + " \t é́ЖΣςßİ")
    texts = ["".join(rng.choice(letters, rng.integers(0, 30))) for _ in range(1_000)]
    for text, (ids, _) in zip(texts, answers(found, texts, tmp_path), strict=True):
        assert ids == found.encoder.encode(text).tolist(), repr(text)


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_the_page_cannot_say_where_python_cannot(tokenizer, tmp_path):
    found = trained(tokenizer)
    texts = ["", "...", "ж", "!", "\U0001f600", *TEXTS]
    got = [answer is not None for _, answer in answers(found, texts, tmp_path)]
    assert got == [found.encoder.knows(text) for text in texts]
    assert not any(got[:4])


def test_a_long_text_is_read_at_both_ends(tmp_path):
    found = trained(max_tokens=6, pooling="last")
    middle = "good " * 3 + "film " * 40 + "one " * 3
    (_, one), (_, other) = answers(found, [middle, "good " * 3 + "one " * 3], tmp_path)
    assert one == other


WORDS = fit_subwords(["low lower lowest new newer newest wide wider"] * 4 + ["这部电影很好"], 60)


@given(st.lists(st.text("lowernstid 这部电影很好ж▁<>upak", max_size=40), min_size=1, max_size=40))
def test_pieces_are_those_of_the_library(texts):
    texts = [" ".join(text.split()) for text in texts]
    index = {piece: number for number, piece in enumerate(pieces_of(WORDS))}
    wanted = [[index.get(piece, 1) for piece in cut(WORDS, text)] for text in texts]
    told = {"kind": "subwords", "form": "NFC", "index": index}
    assert json.loads(
        run_node("--input-type=module", "-e", PIECES, given=json.dumps([told, texts]))
    ) == [one or [1] for one in wanted]


PIECES = f"""
import {{ readFileSync }} from "node:fs";
import {{ numbers }} from "{(live.figures_folder() / "classifier.mjs").as_uri()}";
const [model, texts] = JSON.parse(readFileSync(0, "utf8"));
const index = new Map(Object.entries(model.index));
console.log(JSON.stringify(texts.map((text) => numbers({{ ...model, index }}, text))));
"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """Return the page of a small model of three classes, made by the command line."""
    folder = tmp_path_factory.mktemp("page of é")
    told = {"bad": "dull", "good <b>": "bright", "so-so": "plain"}
    rows = [f"{word} film {k},{name}" for k in range(30) for name, word in told.items()]
    (folder / "films.csv").write_text("text,stars\n" + "\n".join(rows), encoding="utf-8")
    columns = ["--data", str(folder / "films.csv"), "--text-column", "text"]
    small = ["--hidden-size", "6", "--embedding-size", "8", "--rate", "0.03", "--epochs", "8"]
    small += ["--label-column", "stars", "--threads", "1", "--device", "cpu", "--batch-size", "8"]
    assert main(["train", *columns, *small, "--out", str(folder / "m")]) == 0
    assert main(["export", str(folder / "m"), str(folder / "page.html"), "--web"]) == 0
    return folder / "page.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_answers_from_a_disk_and_asks_for_nothing(page_file, chromium, scheme):
    page = chromium.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    status = page.get_by_role("status")
    expect(status).to_have_text("Write a text: the answer comes while you type.")
    page.get_by_label("Your text").fill("a bright film")
    expect(status).to_contain_text("good <b>: ")
    assert page.locator("dt").all_inner_texts() == ["bad", "good <b>", "so-so"]
    page.get_by_label("Your text").fill("... жжж")
    expect(status).to_have_text("The model cannot say: it knows no word of this text.")
    assert page.locator("dt").count() == 0
    assert "films.csv" in page.locator(".facts").inner_text()
    assert str(page_file.parent) not in page.content().replace(page_file.parent.as_uri(), "")
    page.get_by_label("Your text").fill("a plain and bright film")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert accessibility.findings(page) == []
    assert (said, {url for url in asked if not url.startswith("data:")}) == (
        [],
        {page_file.as_uri()},
    )
    page.close()


def test_a_page_of_a_model_that_is_damaged_says_so(page_file, chromium, tmp_path):
    text = page_file.read_text(encoding="utf-8")
    start = text.index('id="model">') + len('id="model">') + 400
    (tmp_path / "x.html").write_text(text[:start] + "AAAA" + text[start + 4 :], encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "x.html").as_uri())
    expect(page.get_by_role("status")).to_contain_text("was damaged on its way")
    page.close()


def test_the_course_s_own_page_is_for_two_classes_and_words(page_file, capsys):
    assert (
        main(["export", str(page_file.parent / "m"), str(page_file.parent / "m.bin"), "--web"]) == 2
    )
    assert "name a file that ends in .html" in capsys.readouterr().err


def test_javascript_makes_a_text_plain_as_python_does():
    texts = [" A\t\nB\x1f ", "\u3000Ｘ", "İΣ"]
    calls = [("classifier", "plain", text, form) for text in texts for form in ("NFC", "NFKC")]
    encoders = [
        TextEncoder.fit(texts, tokenizer="characters", unicode_form=f) for f in ("NFC", "NFKC")
    ]
    wanted = ["".join(encoder.tokens_of(text)) for text in texts for encoder in encoders]
    assert run_javascript(*calls) == wanted
