"""What the experiments on Shakespeare's characters compute beside their models."""

import numpy as np
import pytest
import torch

from unrolled.data.shakespeare import ALPHABET, TEST, numbers_of, text_of
from unrolled.evaluation.ngrams import NGramModel
from unrolled.experiments import characters
from unrolled.experiments.records import unpack_logits
from unrolled.nets.characters import CharacterModel, bits_by_character


def test_blocks_have_the_mean_of_the_whole():
    rng = np.random.default_rng(0)
    plays = [rng.random(60_000), rng.random(30_000)]
    found = characters.scores(plays)
    blocks = unpack_logits(found["blocks"])
    assert len(blocks) == 9
    assert blocks.mean() == pytest.approx(found["bits"], abs=1e-3)
    assert found["bits"] == pytest.approx((2 * plays[0].mean() + plays[1].mean()) / 3, abs=1e-12)
    assert len(characters.blocks_of(rng.random(500))) == 1


def test_passages_copied_from_the_source_are_judged_as_copies():
    source = "To be, or not to be: that is the question, whether it is nobler in the mind"
    copies = characters.judged([source[:50], "Whether zzyx be or not whether be"], source)
    assert copies["longest"] == 50
    assert copies["copied"] == pytest.approx(50 / (50 + 33))
    words = ["be", "or", "not", "to", "be", "that", "is", "the", "question"]  # ends are cut
    own = ["zzyx", "be", "or", "not", "whether"]
    assert copies["known"] == pytest.approx((len(words + own) - 1) / len(words + own))
    assert copies["different"] == pytest.approx(len({*words, *own}) / len(words + own))


def test_words_are_small_and_keep_their_apostrophes():
    assert characters.words_of("'Tis KING'S, o'er--[Exit]") == ["tis", "king's", "o'er", "exit"]


def test_prompts_and_passages_stand_in_their_plays():
    macbeth, rows = text_of("macbeth"), characters.prompts(3)
    starts = [macbeth.index("".join(ALPHABET[n] for n in row)) for row in rows]
    assert starts[0] == 0 < starts[1] < starts[2]
    assert rows.shape == (3, characters.PROMPT)
    passages = characters.real_passages(4, 300)
    together = characters.BETWEEN.join(map(text_of, TEST))
    assert all(passage in together and len(passage) == 300 for passage in passages)


def test_counts_write_what_follows_their_context_most_often():
    model = NGramModel(np.tile([0, 3, 1, 0, 5, 2], 400), 4, 7, "witten-bell")
    begun = np.array([[1, 0, 5], [2, 0, 3]])
    written = characters.write_counted(model, begun, 5, np.random.default_rng(0))
    assert written.tolist() == [[2, 0, 3, 1, 0], [1, 0, 5, 2, 0]]


def test_the_mixture_costs_no_more_on_validation_than_either_and_sums_probabilities():
    torch.manual_seed(0)
    model, text = CharacterModel(84, 4, 5), text_of("sonnets")
    learn, valid, play = (numbers_of(text[k : k + 1500]) for k in (0, 20_000, 40_000))
    own = bits_by_character(model, play)
    found = characters.mixed(model, learn, valid, [play], [own])
    assert found["share"] in characters.SHARES
    assert found["share"] < 0.5, "an untrained network helps little"
    alone = characters.mixed(model, np.concatenate([learn, play]), valid, [play], [own])
    assert alone["mixed"] < found["mixed"] < own.mean()


def test_the_best_of_all_checkpoints_is_kept():
    numbers = numbers_of(text_of("sonnets")[:4_000])
    model, found = characters.train(
        numbers, 3, budget=4_096, hidden_size=8, rate=0.3, valid=numbers[:900]
    )
    assert len(found) == 4
    assert bits_by_character(model, numbers[:900]).mean() == pytest.approx(min(found), abs=1e-6)
