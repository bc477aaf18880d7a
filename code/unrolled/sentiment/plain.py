"""A whole sentiment classifier in one file of plain PyTorch: copy it, and make it yours.

It is the code of the chapter *A sentiment classifier*, cell by cell (a test compares them). From
the package it takes the course's reviews and nothing else, in `main`: put your own texts and labels
there. ``python plain.py`` trains for a minute or two on one core.
"""

import argparse
import copy
import re
from collections import Counter

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.utils import rnn
from torch.utils.data import DataLoader, Dataset

PAD, UNKNOWN = 0, 1
device = "cuda" if torch.cuda.is_available() else "cpu"


def words(text):
    """Return the words and marks of a text, in lower case."""
    return re.findall(r"\w+(?:'\w+)*|[^\w\s]", text.lower())


def build_vocabulary(texts, size=20_000):
    """Return a number for each of the most frequent words."""
    counts = Counter(word for text in texts for word in words(text))
    kept = [word for word, _ in counts.most_common(size - 2)]
    return {word: n for n, word in enumerate(["<pad>", "<unk>", *kept])}


def encode(text, vocabulary, longest=100):
    """Return a text's token numbers, at most `longest` of them, from both ends."""
    ids = [vocabulary.get(word, UNKNOWN) for word in words(text)]
    if len(ids) > longest:
        ids = ids[: longest // 2] + ids[-(longest // 2) :]
    return torch.tensor(ids or [UNKNOWN])


class Reviews(Dataset):
    """Pairs of token numbers and a label, 0 or 1."""

    def __init__(self, texts, labels, vocabulary):
        self.ids = [encode(text, vocabulary) for text in texts]
        self.labels = labels

    def __len__(self):
        """Return how many there are."""
        return len(self.ids)

    def __getitem__(self, row):
        """Return one pair."""
        return self.ids[row], self.labels[row]


def collate(pairs):
    """Return a batch: inputs ``(B, T)``, lengths ``(B,)`` and labels ``(B,)``."""
    ids, labels = zip(*pairs, strict=True)
    inputs = rnn.pad_sequence(ids, batch_first=True, padding_value=PAD)
    lengths = torch.tensor([len(one) for one in ids])
    return inputs, lengths, torch.tensor(labels, dtype=torch.float32)


class Classifier(nn.Module):
    """Embedding, LSTM in both directions, mean and maximum over the real steps, one logit."""

    def __init__(self, size, embedding=64, hidden=24, dropout=0.5):
        super().__init__()
        self.embedding = nn.Embedding(size, embedding, padding_idx=PAD)
        nn.init.normal_(self.embedding.weight, std=0.1)
        nn.init.zeros_(self.embedding.weight[PAD])
        self.lstm = nn.LSTM(embedding, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(4 * hidden, 1)

    def forward(self, inputs, lengths):
        """Return one logit a review ``(B,)``; the lengths stay on the CPU."""
        embedded = self.dropout(self.embedding(inputs))
        packed = rnn.pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
        states = self.lstm(packed)[0]
        states = rnn.pad_packed_sequence(states, batch_first=True)[0]
        pooled = self.dropout(pool(states, lengths))  # (B, 96)
        return self.head(pooled).squeeze(1)


def pool(states, lengths):
    """Return mean and maximum of the states ``(B, T, 2H)`` over the real steps: ``(B, 4H)``."""
    real = torch.arange(states.shape[1]) < lengths[:, None]  # (B, T)
    real = real.unsqueeze(2).to(states.device)
    mean = states.masked_fill(~real, 0).sum(1) / real.sum(1)
    highest = states.masked_fill(~real, -torch.inf).amax(1)
    return torch.cat([mean, highest], dim=1)


@torch.no_grad()
def answers(model, batches):
    """Return logits and labels of all reviews, in the order of the batches."""
    model.eval()  # dropout off
    found = [(model(x.to(device), n).cpu(), y) for x, n, y in batches]
    return [torch.cat(part) for part in zip(*found, strict=True)]


def one_epoch(model, batches, optimizer):
    """Train on each batch once, and return the mean loss."""
    model.train()  # dropout on
    losses = []
    for inputs, lengths, labels in batches:
        loss = bce(model(inputs.to(device), lengths), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def train(model, batches, valid, epochs=10, rate=0.005):
    """Train with early stopping, keep the best weights, and return the curve of losses."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    curve, best = [], None
    for _ in range(epochs):
        learnt = one_epoch(model, batches, optimizer)
        now = bce(*answers(model, valid)).item()
        curve.append((learnt, now))
        lowest = min(loss for _, loss in curve)
        if now == lowest:
            best = copy.deepcopy(model.state_dict())
        elif all(loss > lowest for _, loss in curve[-2:]):
            break  # two epochs in a row without a better one
    model.load_state_dict(best)
    return curve


def save(path, model, vocabulary):
    """Write weights and vocabulary into one file: neither is of use without the other."""
    kept = {"weights": model.state_dict(), "vocabulary": vocabulary}
    torch.save(kept, path)


def load(path):
    """Return the model and the vocabulary that `save` wrote."""
    kept = torch.load(path, map_location=device, weights_only=True)
    model = Classifier(len(kept["vocabulary"])).to(device)
    model.load_state_dict(kept["weights"])
    return model, kept["vocabulary"]


def predict(model, vocabulary, text):
    """Return the probability that a text is positive."""
    batch = collate([(encode(text, vocabulary), 0)])
    return torch.sigmoid(answers(model, [batch])[0]).item()


def main(arguments=None):
    """Train on the course's reviews or on those of a CSV file, test once, and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--csv", help="a file with the columns text, label (0 or 1) and source")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--save", help="where weights and vocabulary go")
    options = parser.parse_args(arguments)
    from unrolled.data.reviews import load_imdb  # in your copy: your own texts and labels

    parts = load_imdb(path=options.csv)
    torch.manual_seed(0)
    vocabulary = build_vocabulary(parts.train.texts)
    sets = [Reviews(part.texts, part.labels, vocabulary) for part in parts]
    learn = DataLoader(sets[0], 64, shuffle=True, collate_fn=collate)
    valid, test = (DataLoader(one, 256, collate_fn=collate) for one in sets[1:])
    model = Classifier(len(vocabulary)).to(device)
    for epoch, losses in enumerate(train(model, learn, valid, options.epochs), 1):
        print("epoch {}: loss {:.3f} in training, {:.3f} in validation".format(epoch, *losses))
    logits, labels = answers(model, test)
    print(f"test accuracy: {((logits > 0) == labels.bool()).float().mean():.3f}")
    if options.save:
        save(options.save, model, vocabulary)


if __name__ == "__main__":
    main()
