"""A student learns from labels, and from its teacher's answers to other texts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from unrolled.data.encoder import TextEncoder
from unrolled.nets.model_file import in_eight_bits, in_sixteen_bits
from unrolled.sentiment.recipe import Recipe
from unrolled.sentiment.student import train_student
from unrolled.sentiment.web import READER

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
ENCODER = TextEncoder.fit(TEXTS, max_size=RECIPE.vocab_size)
OTHERS, OTHER_LABELS = texts_of(60, 1)


def test_without_a_teacher_it_learns_the_labels():
    student = train_student(ENCODER, TEXTS, LABELS, RECIPE, 0)
    assert accuracy(student, OTHERS, OTHER_LABELS) == 1


def test_what_is_asked_is_learnt_from_the_teachers_answers_alone():
    """Texts with other words: only there does the student meet them."""
    far = [f"{WORDS[k % 5]} {WORDS[k % 3]} {WORDS[k % 4]}!" for k in range(200)]
    student = train_student(
        ENCODER, TEXTS, LABELS, RECIPE, 0, asked=far, answers=house_is_praise(far)
    )
    assert student(["house."])[0] > 0 > student(["stone."])[0]
    assert accuracy(student, OTHERS, OTHER_LABELS) > 0.9


def test_the_student_is_as_sure_as_its_teacher():
    """Half a teacher's certainty is learnt as a half, not as yes or no."""
    far = [f"{WORDS[k % 5]} {WORDS[k % 3]}!" for k in range(300)]
    answers = 0.5 * house_is_praise(far) / 4
    student = train_student(ENCODER, TEXTS, LABELS, RECIPE, 0, asked=far, answers=answers)
    found = student(far)
    assert np.sign(found).tolist() == np.sign(answers).tolist()
    assert np.abs(np.abs(found) - 0.5).max() < 0.3


def test_each_text_that_was_asked_needs_an_answer():
    with pytest.raises(ValueError, match="3 answers to 2 texts; give one for each"):
        train_student(ENCODER, TEXTS, LABELS, RECIPE, 0, asked=["a", "b"], answers=np.zeros(3))


def test_the_same_seed_gives_the_same_student_and_another_one_another():
    told = {"asked": OTHERS, "answers": house_is_praise(OTHERS)}
    recipe = replace(RECIPE, epochs=1, dropout=0.2)
    one, again, other = (
        train_student(ENCODER, TEXTS, LABELS, recipe, s, **told)(OTHERS) for s in (1, 1, 2)
    )
    assert (one == again).all()
    assert (one != other).any()


def test_a_rounded_student_is_a_copy_with_the_weights_of_the_page():
    student = train_student(ENCODER, TEXTS, LABELS, replace(RECIPE, epochs=1), 0)
    before = student(OTHERS)
    rounded = student.rounded()
    assert (student(OTHERS) == before).all()
    assert (rounded(OTHERS) != before).any()
    for name, weight in student.model.state_dict().items():
        keep = in_eight_bits if name in READER else in_sixteen_bits
        wanted = torch.as_tensor(keep(weight.numpy()))
        torch.testing.assert_close(rounded.model.state_dict()[name], wanted, msg=name)


def test_its_file_holds_the_rows_of_its_vocabulary_and_the_words():
    longer = [text.replace("house", "h" + 400 * "o" + "use") for text in TEXTS]
    cases = [(10, TEXTS), (14, TEXTS), (14, longer)]
    encoders = [(TextEncoder.fit(texts, max_size=size), texts) for size, texts in cases]
    recipe = replace(RECIPE, epochs=1)
    small, large, wordy = (
        train_student(encoder, texts, LABELS, recipe, 0).page_bytes for encoder, texts in encoders
    )
    assert 4 * 8 < large - small < 4 * 8 + 100
    assert 390 < wordy - large < 420


def test_a_divergence_is_said():
    said = "The student diverged; lower the rate of its recipe"
    with pytest.raises(FloatingPointError, match=said):
        train_student(ENCODER, TEXTS, LABELS, replace(RECIPE, rate=1e30), 0)
