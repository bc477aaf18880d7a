"""The network in the file that the course's page reads, at work in NumPy: no PyTorch is needed.

It is the LSTM of `unrolled.byhand.cells`, and the attention of `unrolled.byhand.attention`, without
what their backward passes would need. In double precision, as in the page, its answers are those of
the page.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unrolled.byhand.attention import weighted_mean
from unrolled.byhand.functional import sigmoid
from unrolled.data.batching import bucketed_batches, check_lengths
from unrolled.evaluation.answers import probabilities
from unrolled.nets.model_file import MAGIC, ModelFileError, tokens_of, unpacked, weight_of
from unrolled.sentiment.rules import OtherRules, from_told

BATCH = 64
LEARNT = {  # from what, by the name of the data
    "imdb": "English film reviews (IMDb, before 2011)",
    "imdb-official": "English film reviews (IMDb, before 2011)",
    "rotten-tomatoes": "single sentences of English film reviews (Rotten Tomatoes)",
}
LAYER = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


class PageModel:
    """A trained LSTM that reads words in one direction and pools by attention, from its file.

    Parameters
    ----------
    path : str or pathlib.Path
        What `python -m unrolled export MODEL FILE.bin --web` wrote.

    Attributes
    ----------
    path : pathlib.Path
    header : dict
        What the file tells of the model.
    encoder : TextEncoder
        From a text to token numbers.
    classes : tuple of str
        The K names, in the order of its probabilities.
    max_tokens : int
        Of a longer text, the first and the last half of so many tokens are read.

    Raises
    ------
    unrolled.nets.model_file.ModelFileError
        If the file is missing, damaged, or holds another kind of network.
    """

    def __init__(self, path: str | Path):
        path = Path(path)
        if not path.is_file():
            raise ModelFileError(f"There is no file at {path}.")
        data = path.read_bytes()
        try:
            self.header, arrays = unpacked(data)
            self._check_kind(arrays)
            told = {"tokenizer": {"pattern": self.header.get("pattern")}} | self.header
            told["vocabulary"] = tokens_of(data, self.header)
            self.encoder, self.classes, self.max_tokens = from_told(told)
            self._take(arrays)
        except (ModelFileError, ValueError, KeyError, TypeError) as error:
            raise ModelFileError(f"{path} cannot be used. {_sentence(error)}") from error
        self.path = path

    @property
    def units(self) -> int:
        """Return H, the units of its LSTM."""
        return self.layer[1].shape[1]

    @property
    def learnt_from(self) -> str:
        """Return what it learnt from, in words."""
        data = Path(self.header.get("settings", {}).get("data", "texts that it does not name")).name
        return self.header.get("learnt_from") or LEARNT.get(data, data)

    @property
    def about(self) -> str:
        """Return what it is and how often it is right, in one line for who sees its answers."""
        shares = [
            f"{one['accuracy']:.1%} of {one['texts']:,} test {one['on']}" for one in self.measured()
        ]
        right = f"; right on {' and '.join(shares)}" if shares else ""
        return f"an LSTM of {self.units} units that learnt from {self.learnt_from}{right}"

    def measured(self) -> list[dict]:
        """Return how often it is right, for each kind of test texts that its file tells of.

        Returns
        -------
        list of dict
            on, what the texts are; texts, their number; accuracy; and, where they are told, tokens,
            the bounds of most lengths, and bag, the accuracy of a bag of the same words.
        """
        if "judged" in self.header:
            return self.header["judged"]
        test = self.header.get("test")  # as files told it before they told of several kinds
        if not test:
            return []
        return [{"on": "reviews", "texts": test["reviews"], "accuracy": test["accuracy"]}]

    def weights(self) -> list[np.ndarray]:
        """Return all its weights."""
        rest = [self.key, self.key_bias, self.query, self.head, self.head_bias]
        return [self.embedding, *self.layer, *rest]

    def logits(self, inputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return logits, ``(B,)`` of two classes, ``(B, K)`` of more.

        Inputs are ``(B, T)`` token numbers, lengths ``(B,)``.
        """
        check_lengths(lengths, *inputs.shape)
        states = self.states(inputs)
        hidden = np.tanh(states @ self.key.T + self.key_bias)  # (B, T, A)
        context, _ = weighted_mean(hidden @ self.query, states, lengths)
        found = context @ self.head.T + self.head_bias
        return found[:, 0] if len(self.classes) == 2 else found

    def states(self, inputs: np.ndarray) -> np.ndarray:
        """Return h after each step, ``(B, T, H)``, of ``(B, T)`` token numbers."""
        tokens, places = np.unique(inputs, return_inverse=True)
        places = places.reshape(inputs.shape)
        w_ih, w_hh, b_ih, b_hh = self.layer
        from_x = self.embedding[tokens] @ w_ih.T + b_ih + b_hh  # of each token once, (tokens, 4H)
        h = c = np.zeros((len(inputs), w_hh.shape[1]))
        states = np.empty((*inputs.shape, w_hh.shape[1]))
        for t in range(inputs.shape[1]):
            a = from_x[places[:, t]] + h @ w_hh.T
            a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)  # (B, 4H) -> four (B, H)
            c = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_g)
            h = sigmoid(a_o) * np.tanh(c)
            states[:, t] = h
        return states

    def predict(self, ids: list[np.ndarray]) -> np.ndarray:
        """Return the probability of each class ``(n, K)`` of n texts as token numbers ``(T,)``."""
        found = np.empty((len(ids), len(self.classes)))
        nothing = np.zeros(len(ids), dtype=np.int64)  # in the place of labels
        for batch in bucketed_batches(ids, nothing, batch_size=BATCH, max_tokens=self.max_tokens):
            found[batch.rows] = probabilities(self.logits(batch.inputs, batch.lengths))
        return found

    def _take(self, arrays: dict[str, np.ndarray]) -> None:
        """Keep the weights, in double precision; raise `ModelFileError` if sizes do not fit."""
        self.embedding = weight_of(arrays, "embedding.weight")  # (V, E)
        self.layer = [weight_of(arrays, f"forwards.{name}") for name in LAYER]
        self.key = weight_of(arrays, "attention.0.weight")  # (A, H)
        self.key_bias = weight_of(arrays, "attention.0.bias")  # (A,)
        self.query = weight_of(arrays, "attention.2.weight")[0]  # (A,)
        self.head = weight_of(arrays, "head.weight")  # (1, H), or (K, H)
        self.head_bias = weight_of(arrays, "head.bias")
        rows, outputs = len(self.embedding), 1 if len(self.classes) == 2 else len(self.classes)
        if rows != len(self.encoder) or len(self.head) != outputs:
            raise ModelFileError(
                f"It has {rows} embeddings for {len(self.encoder)} tokens, and {len(self.head)} "
                f"logits for {len(self.classes)} classes. Export the model anew."
            )

    @staticmethod
    def _check_kind(arrays: dict[str, np.ndarray]) -> None:
        """Raise `ModelFileError` unless these are the weights of such a network."""
        recurrent = arrays.get("forwards.weight_hh_l0")
        is_lstm = recurrent is not None and recurrent.shape[0] == 4 * recurrent.shape[1]
        if not is_lstm or "attention.2.weight" not in arrays or "backwards.weight_hh_l0" in arrays:
            raise ModelFileError(
                "It holds another network than an LSTM that reads words in one direction and pools "
                "by attention. Export such a model, or this one as ONNX: python -m unrolled export "
                "MODEL FILE.onnx"
            )


def holds_page_model(path: Path) -> bool:
    """Return whether a file begins as the files of `unrolled.nets.model_file` do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _sentence(error: Exception) -> str:
    """Return what is wrong with a file, as a sentence."""
    if isinstance(error, ModelFileError):
        return str(error)
    if isinstance(error, OtherRules):
        return (
            "It was made for other rules of cutting text into words than those of the package "
            "`unrolled` that is installed. Export the model again, or install that version."
        )
    return f"What it says of itself is damaged ({error}). Export the model anew."
