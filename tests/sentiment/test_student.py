"""A student learns from labels, from its teacher, and from texts that only the teacher labels."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from unrolled.nets.quantization import round_embedding
from unrolled.sentiment import student as module
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.student import Teaching, train_student

RECIPE = Recipe(
    vocab_size=30,
    embedding_size=8,
    hidden_size=6,
    bidirectional=False,
    pooling="attention",
    dropout=0.0,
    embedding_dropout=0.0,
    max_tokens=20,
    batch_size=8,
    epochs=6,
    rate=0.03,
)
WORDS = ["tree", "house", "river", "stone", "cloud"]


def texts_of(count, seed):
    """Return texts of two sentences; the second says good or bad, as the label does."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    fill = [" ".join(rng.choice(WORDS, 3)) for _ in range(count)]
    return [
        f"So {f}. It is {'good' if y else 'bad'}." for f, y in zip(fill, labels, strict=True)
    ], labels


def house_is_praise(texts):
    """Answer by another word than the labels do, and be sure."""
    return np.array([4.0 if "house" in text.lower() else -4.0 for text in texts])


def accuracy(student, texts, labels):
    return np.mean((student(texts) > 0) == labels)


TEXTS, LABELS = texts_of(200, 0)
OTHERS, OTHER_LABELS = texts_of(60, 1)
OTHER_ANSWERS = house_is_praise(OTHERS) > 0
NEITHER = OTHER_ANSWERS != OTHER_LABELS


def test_without_a_teacher_it_learns_the_labels():
    student = train_student(TEXTS, LABELS, RECIPE, 0)
    assert accuracy(student, OTHERS, OTHER_LABELS) == 1


def test_with_a_teacher_it_learns_what_the_teacher_answers_as_far_as_it_may():
    told = {"teach": house_is_praise}
    alone = train_student(TEXTS, LABELS, RECIPE, 0, teaching=Teaching(share=1.0), **told)
    assert accuracy(alone, OTHERS, OTHER_ANSWERS) > 0.95
    hardly = train_student(TEXTS, LABELS, RECIPE, 0, teaching=Teaching(share=0.01), **told)
    assert accuracy(hardly, OTHERS, OTHER_LABELS) > 0.95
    assert NEITHER.sum() > 20


def test_what_is_cut_is_taught_by_the_teacher_alone():
    """Cut from texts with other words: only there does the student meet them."""
    far = [f"{WORDS[k % 5]} {WORDS[k % 3]}. {WORDS[k % 4]}!" for k in range(100)]
    asked = []

    def teach(texts):
        asked.append(list(texts))
        return house_is_praise(texts)

    teaching = Teaching(share=0.0, runs=2, longest=2)
    student = train_student(TEXTS, LABELS, RECIPE, 0, cut_from=far, teach=teach, teaching=teaching)
    ((*cut,),) = asked  # without a share, its answers to labelled texts are not needed
    assert len(cut) == 200
    assert all(any(run in text for text in far) for run in cut)
    assert student(["house."])[0] > 0 > student(["stone."])[0]
    assert accuracy(student, OTHERS, OTHER_LABELS) > 0.9


def test_a_teacher_is_asked_for_nothing_that_is_not_used():
    asked = []

    def teach(texts):
        asked.append(list(texts))
        return house_is_praise(texts)

    for share, runs in ((0.5, 0), (0.5, 1), (0.0, 1)):
        teaching = Teaching(share=share, runs=runs, longest=1)
        told = {"cut_from": TEXTS[:3], "teach": teach, "teaching": teaching}
        train_student(TEXTS, LABELS, replace(RECIPE, epochs=1), 0, **told)
    assert [len(texts) for texts in asked] == [200, 200, 3, 3]
    assert {text.count(".") for texts in asked[2:] for text in texts} == {1}


def test_the_same_seed_gives_the_same_student_and_another_one_another():
    told = {"cut_from": TEXTS, "teach": house_is_praise}
    recipe = replace(RECIPE, epochs=1, dropout=0.2)
    one, again, other = (train_student(TEXTS, LABELS, recipe, s, **told)(OTHERS) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_a_language_model_of_its_sizes_reads_first_and_only_forwards(monkeypatch):
    seen, pretrain = [], module.pretrain

    def watched(ids, vocab_size, recipe, seed, **options):
        seen.append((len(ids), vocab_size, recipe, seed))
        return pretrain(ids, vocab_size, replace(recipe, texts=2, steps=10), seed, **options)

    monkeypatch.setattr(module, "pretrain", watched)
    recipe = replace(RECIPE, pretraining_passes=1, epochs=1, rate=0.0)
    student = train_student(TEXTS, LABELS, recipe, 3)
    ((count, vocab_size, told, seed),) = seen
    assert (count, vocab_size, seed) == (200, len(student.encoder), 3)
    assert (told.embedding_size, told.hidden_size, told.backwards) == (8, 6, False)
    plain = train_student(TEXTS, LABELS, replace(recipe, pretraining_passes=0), 3)
    pairs = (one.model.forwards.weight_hh_l0 for one in (student, plain))
    assert not torch.equal(*pairs)


def test_a_rounded_student_is_a_copy_with_the_weights_of_the_page():
    student = train_student(TEXTS, LABELS, replace(RECIPE, epochs=1), 0)
    before = student(OTHERS)
    rounded = student.rounded()
    assert (student(OTHERS) == before).all()
    assert (rounded(OTHERS) != before).any()
    round_embedding(student.model)
    torch.testing.assert_close(rounded.model.embedding.weight, student.model.embedding.weight)
    weight = rounded.model.forwards.weight_hh_l0
    assert torch.equal(weight, weight.half().float())


def test_its_file_holds_the_rows_of_its_vocabulary_and_the_words():
    longer = [text.replace("house", "h" + 400 * "o" + "use") for text in TEXTS]
    cases = [(10, TEXTS), (14, TEXTS), (14, longer)]
    small, large, wordy = (
        train_student(texts, LABELS, replace(RECIPE, vocab_size=size, epochs=1), 0).page_bytes
        for size, texts in cases
    )
    assert 4 * 8 < large - small < 4 * 8 + 100
    assert 390 < wordy - large < 420


def test_a_divergence_is_said():
    with pytest.raises(FloatingPointError, match="The student diverged; lower the rate"):
        train_student(TEXTS, LABELS, replace(RECIPE, rate=1e30), 0)
