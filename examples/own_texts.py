"""Your own texts in plain PyTorch: a CSV goes in, a saved classifier comes out. It runs alone.

    python own_texts.py reviews.csv model.pt   # columns text and label, two classes or more
    python own_texts.py model.pt < lines.txt   # for each line a class and its probability

Words suit languages with spaces between them. For Chinese, Japanese or Thai add --characters.
"""

import argparse
import copy
import csv
import re
import sys
from collections import Counter

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import rnn

PAD, UNKNOWN = 0, 1


def read(path):
    """Return texts and labels: of equal rows the first, and none with an empty field."""
    csv.field_size_limit(2**31 - 1)
    with open(path, encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        if not {"text", "label"} <= set(table.fieldnames or ()):
            sys.exit(f"{path}: found the columns {table.fieldnames}; expected text and label.")
        rows = [(row["text"], row["label"]) for row in table]
    rows = [(text.strip(), label.strip()) for text, label in rows if text and label]
    return zip(*dict.fromkeys(row for row in rows if all(row)), strict=True)


def split(labels, rng, share=0.1):
    """Return the rows to train, to choose and to test on; each class is cut alike."""
    parts = [], [], []
    for label in set(labels.tolist()):
        rows = rng.permutation(np.flatnonzero(labels == label))
        n = max(1, round(share * len(rows)))
        for part, some in enumerate(np.split(rows, [len(rows) - 2 * n, len(rows) - n])):
            parts[part].extend(some.tolist())
    return parts


def tokens(text, characters):
    """Return the characters of a text, or its words and marks."""
    return list("".join(text.split())) if characters else re.findall(r"\w+|[^\w\s]", text.lower())


def encode(text, kept, longest=200):
    """Return a text's token numbers; of a long text both ends."""
    ids = [kept["vocabulary"].get(token, UNKNOWN) for token in tokens(text, kept["characters"])]
    if len(ids) > longest:
        ids = ids[: longest // 2] + ids[-(longest // 2) :]
    return torch.tensor(ids or [UNKNOWN])


class Classifier(nn.Module):
    """Embedding, LSTM in both directions, mean over the real steps, a logit for each class."""

    def __init__(self, size, classes, embedding=64, hidden=48):
        super().__init__()
        self.embedding = nn.Embedding(size, embedding, padding_idx=PAD)
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.4)
        self.head = nn.Linear(2 * hidden, classes)

    def forward(self, texts):
        """Return logits ``(B, K)`` for B arrays of token numbers."""
        lengths = torch.tensor([len(ids) for ids in texts])
        inputs = self.dropout(self.embedding(rnn.pad_sequence(texts, batch_first=True)))
        packed = rnn.pack_padded_sequence(inputs, lengths, batch_first=True, enforce_sorted=False)
        states, _ = rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        # padding is zero in the states, so that their sum leaves it out
        return self.head(self.dropout(states.sum(1) / lengths[:, None]))


@torch.no_grad()
def judge(model, texts):
    """Return the logits ``(N, K)`` of all texts, dropout off."""
    model.eval()
    return torch.cat([model(texts[k : k + 256]) for k in range(0, len(texts), 256)])


def train(texts, labels, characters=False, seed=0, epochs=8):
    """Train; return the weights of the best epoch and all that it takes to use them."""
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    classes, y = np.unique(labels, return_inverse=True)
    learn, valid, test = split(y, rng)
    counts = Counter(token for row in learn for token in tokens(texts[row], characters))
    vocabulary = {token: n for n, (token, _) in enumerate(counts.most_common(20_000), 2)}
    kept = {"classes": classes.tolist(), "vocabulary": vocabulary, "characters": characters}
    x, y, lowest = [encode(text, kept) for text in texts], torch.tensor(y), np.inf
    model = Classifier(len(vocabulary) + 2, len(classes))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for epoch in range(1, epochs + 1):
        model.train()
        for rows in torch.tensor(rng.permutation(learn)).split(32):
            loss = cross_entropy(model([x[row] for row in rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        loss = cross_entropy(judge(model, [x[row] for row in valid]), y[valid]).item()
        print(f"epoch {epoch}: validation loss {loss:.3f}")
        if loss < lowest:
            lowest, kept["weights"] = loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept["weights"])
    right = judge(model, [x[row] for row in test]).argmax(1) == y[test]
    always = y[test] == y[learn].mode().values
    print(f"right on {right.float().mean():.3f} of {len(test)} test texts;", end=" ")
    print(f"whoever always says the most frequent class: {always.float().mean():.3f}")
    return kept


def predict(kept, lines):
    """Yield for each line a class and its probability, or two None where no token is known."""
    model = Classifier(len(kept["vocabulary"]) + 2, len(kept["classes"]))
    model.load_state_dict(kept["weights"])
    for ids in (encode(line, kept) for line in lines):
        p, best = judge(model, [ids]).softmax(1)[0].max(0)
        yield (kept["classes"][best], p.item()) if (ids != UNKNOWN).any() else (None, None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="a CSV and where the model goes; or a model")
    parser.add_argument("--characters", action="store_true", help="read characters, not words")
    told = parser.parse_args()
    if len(told.files) == 2:
        torch.save(train(*read(told.files[0]), told.characters), told.files[1])
    else:
        for name, p in predict(torch.load(told.files[0], weights_only=True), sys.stdin):
            print("cannot say" if name is None else f"{p:.2f}  {name}", flush=True)
