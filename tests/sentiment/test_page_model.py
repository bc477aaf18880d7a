"""The page's file in NumPy answers as PyTorch does on the rounded weights, and as the page."""

import json
import struct
import zlib

import numpy as np
import pytest
import torch
from conftest import run_node
from scipy.special import expit, logit

import unrolled
from unrolled.data.batching import keep_ends
from unrolled.data.reviews import load_imdb, load_rotten_tomatoes
from unrolled.data.tokenizer import TOKEN
from unrolled.nets.classifier import SentimentClassifier
from unrolled.nets.model_file import START, ModelFileError, packed, unpacked
from unrolled.sentiment.page_model import PageModel
from unrolled.sentiment.shipped import shipped_path
from unrolled.sentiment.web import EMBEDDING, page_file, round_as_page

from .test_web import SCRIPTS

V, E, H = 900, 11, 7
WORDS = ["<pad>", "<unk>", *(f"w{n}" for n in range(V - 2))]


def pronounced(seed=0, **options):
    """Return a model whose gates and weights are all over the place, as after a training."""
    torch.manual_seed(seed)
    model = SentimentClassifier(V, E, H, **({"pooling": "attention"} | options)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(3).add_(0.3 * torch.randn_like(weight))
        model.head.weight.mul_(4)
    return model


def written(path, model, tokens=WORDS, **told):
    """Write the file of a model; return where it is."""
    path.write_bytes(page_file(model, tokens, {"max_tokens": 30} | told))
    return path


def some_ids(rng, count=200, longest=60):
    return [rng.integers(1, V, rng.integers(1, longest + 1)) for _ in range(count)]


@torch.no_grad()
def of_pytorch(model, ids, max_tokens):
    """Return the logits of a model in double precision, one text at a time."""
    kept = [torch.as_tensor(np.asarray(keep_ends(one, max_tokens))) for one in ids]
    model = model.double()
    return torch.cat([model(one[None], torch.tensor([len(one)])) for one in kept]).numpy()


def logits(read, ids):
    """Return the logits of a file's model in NumPy, from its probabilities."""
    return logit(read.predict(ids)[:, 1])


def test_answers_are_those_of_pytorch_on_the_rounded_weights(tmp_path):
    model, ids = pronounced(), some_ids(np.random.default_rng(0))
    read = PageModel(written(tmp_path / "m.bin", model))
    round_as_page(model)
    wanted = of_pytorch(model, ids, 30)
    np.testing.assert_allclose(logits(read, ids), wanted, atol=1e-6)
    np.testing.assert_allclose(read.predict(ids).sum(axis=1), 1)
    assert np.std(wanted) > 0.5, "the texts differ by far more than that"


def shipped_torch():
    """Return how many tokens the shipped model reads, and the model itself in PyTorch."""
    header, arrays = unpacked(shipped_path().read_bytes())
    shapes = {name: array.shape for name, array in arrays.items()}
    sizes = (*shapes[EMBEDDING], shapes["forwards.weight_hh_l0"][1])
    model = SentimentClassifier(*sizes, pooling="attention").eval()
    weights = {name: torch.tensor(arrays[name].astype(np.float32)) for name in model.state_dict()}
    for name in header["tensors"]:
        if name.endswith(".scale") and name != "bag.scale":
            (matrix,) = {f"{name[:-6]}.weight", name[:-6]} & weights.keys()
            weights[matrix] *= torch.tensor(arrays[name])[:, None]
    model.load_state_dict(weights)
    return header["max_tokens"], model


def test_the_shipped_model_answers_real_texts_as_pytorch_and_as_the_page(tmp_path):
    texts = load_imdb().valid.texts[:40] + load_rotten_tomatoes().valid.texts[:80]
    read = PageModel(shipped_path())
    most, model = shipped_torch()
    ids = [np.asarray(keep_ends(read.encoder.encode(text), most)) for text in texts]
    found = logits(read, ids)
    np.testing.assert_allclose(found, of_pytorch(model, ids, most), atol=1e-6)
    (tmp_path / "ids.json").write_text(json.dumps([one.tolist() for one in ids]))
    of_page = json.loads(
        run_node(SCRIPTS / "answers_of_reader.mjs", shipped_path(), tmp_path / "ids.json")
    )
    np.testing.assert_allclose(expit(found), of_page, atol=1e-6)


def test_states_are_those_of_the_cell_that_the_chapters_derive(tmp_path):
    from unrolled.byhand.cells import LSTMCell
    from unrolled.byhand.layers import Recurrent

    read, rng = PageModel(written(tmp_path / "m.bin", pronounced())), np.random.default_rng(1)
    inputs = rng.integers(0, V, (5, 9))
    cell = LSTMCell(E, H, rng=rng)
    cell.params = dict(zip(cell.params, read.layer, strict=True))
    wanted, _, _ = Recurrent(cell).forward(read.embedding[inputs])
    np.testing.assert_allclose(read.states(inputs), wanted, atol=1e-12)


def test_padding_and_neighbours_change_no_answer(tmp_path):
    read = PageModel(written(tmp_path / "m.bin", pronounced()))
    ids = some_ids(np.random.default_rng(2), 150)
    alone = np.concatenate([read.predict([one]) for one in ids])
    np.testing.assert_allclose(read.predict(ids), alone, atol=1e-12)


def test_more_classes_than_two_have_a_logit_each(tmp_path):
    model, ids = pronounced(n_classes=3), some_ids(np.random.default_rng(3), 40, 30)
    path = written(tmp_path / "m.bin", model, classes=["low", "middle", "high"])
    read = PageModel(path)
    round_as_page(model)
    with torch.no_grad():
        found = [model(torch.as_tensor(one[None]), torch.tensor([len(one)])) for one in ids]
    np.testing.assert_allclose(
        read.predict(ids), torch.cat(found).softmax(dim=1).numpy(), atol=1e-5
    )
    assert unrolled.load(path).classes == ("low", "middle", "high")


def test_matrices_of_the_network_may_be_in_eight_bits_too(tmp_path):
    model, ids = pronounced(), some_ids(np.random.default_rng(4), 40)
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    eight = ("forwards.weight_ih_l0", "forwards.weight_hh_l0", "attention.0.weight")
    scales = {EMBEDDING: "embedding.scale"} | {name: f"{name}.scale" for name in eight}
    told = {"pattern": TOKEN.pattern, "max_tokens": 30}
    (tmp_path / "m.bin").write_bytes(packed(weights, told, scales=scales, tokens=WORDS))
    read = PageModel(tmp_path / "m.bin")
    arrays = unpacked((tmp_path / "m.bin").read_bytes())[1]
    round_as_page(model)
    in_sixteen = of_pytorch(model, ids, 30)
    with torch.no_grad():
        for name in eight:
            rounded = arrays[name] * arrays[f"{name}.scale"].astype(float)[:, None]
            model.state_dict()[name].copy_(torch.tensor(rounded))
    wanted = of_pytorch(model, ids, 30)
    np.testing.assert_allclose(logits(read, ids), wanted, atol=1e-6)
    assert np.abs(wanted - in_sixteen).max() > 1e-3, "8 bits are not 16"


def test_long_texts_are_cut_and_words_are_those_of_the_file(tmp_path):
    read = unrolled.load(written(tmp_path / "m.bin", pronounced()))
    long = " ".join(f"w{n % 500}" for n in range(200))
    words = long.split()
    ends = " ".join(words[:15] + words[-15:])
    one, other, unknown = read.predict([long, ends, "nothing known"])
    assert one == other
    assert unknown.label is None


BOTH = {"bidirectional": True}


@pytest.mark.parametrize(
    ("options", "told"),
    [(BOTH, "another network"), ({"pooling": "mean"}, "another"), ({"cell": "gru"}, "another")],
)
def test_another_network_is_refused(tmp_path, options, told):
    path = written(tmp_path / "m.bin", pronounced(**options))
    with pytest.raises(ModelFileError, match=f"m.bin cannot be used. It holds {told}"):
        PageModel(path)


def with_header(data, old, new):
    """Return a file in whose header one text of the same length stands for another."""
    assert len(old) == len(new)
    assert old in data
    broken = bytearray(data.replace(old, new))
    struct.pack_into("<I", broken, 12, zlib.crc32(broken[START.size :]))
    return bytes(broken)


def test_a_file_that_is_wrong_is_a_sentence(tmp_path):
    path = written(tmp_path / "m.bin", pronounced())
    data = path.read_bytes()
    for bad, told in [
        (data[:-1], "not whole or was damaged"),
        (with_header(data, b'"max_tokens": 30', b'"max_tokens": -3'), "damaged: max_tokens is -3"),
        (with_header(data, b'"max_tokens": 30', b'"mux_tokens": 30'), "KeyError"),
        (with_header(data, b'"pattern": "\\\\d', b'"pattern": "\\\\w'), "other rules of cutting"),
        (with_header(data, b'"head.bias"', b'"hood.bias"'), "holds no head.bias"),
        (with_header(data, b'"embedding.scale"', b'"embedding.skale"'), "no scales of embedding"),
        (with_header(data, b'"vocabulary"', b'"vocabulari"'), "no vocabulary of words"),
        (page_file(pronounced(), WORDS[:-1], {"max_tokens": 3}), "900 embeddings for 899 tokens"),
    ]:
        path.write_bytes(bad)
        with pytest.raises(ModelFileError, match=f"m.bin cannot be used. .*{told}"):
            unrolled.load(path)
    with pytest.raises(ModelFileError, match="There is no file at"):
        PageModel(tmp_path / "nowhere.bin")


def test_a_weight_that_is_no_number_is_refused(tmp_path):
    model = pronounced()
    data = bytearray(page_file(model, WORDS, {"max_tokens": 3}))
    header, _ = unpacked(bytes(data))
    place = START.size + START.unpack_from(data)[2] + header["tensors"]["head.weight"]["at"]
    data[place : place + 2] = np.array(np.nan, "<f2").tobytes()
    struct.pack_into("<I", data, 12, zlib.crc32(data[START.size :]))
    (tmp_path / "m.bin").write_bytes(data)
    with pytest.raises(ModelFileError, match=r"no numbers \(in head.weight\)"):
        PageModel(tmp_path / "m.bin")


def test_a_file_of_characters_is_another_network():
    with pytest.raises(ModelFileError, match="another network"):
        PageModel(shipped_path().with_name("writer.bin"))


def test_words_have_the_numbers_of_the_file(tmp_path):
    encoder = PageModel(written(tmp_path / "m.bin", pronounced())).encoder
    assert encoder.tokens == WORDS
    assert encoder.encode("W3, w4 nonsense").tolist() == [5, 1, 6, 1]
