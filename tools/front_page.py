"""Make the picture of the front page: a sentence, inked by the gradient that reaches each word.

Nothing in it is drawn by hand: untrained networks read as many random word vectors as the
sentence has words, the loss reads the last state, and the ink of a word is the norm of the
gradient that arrives there, relative to the last word's (mean of 20 networks).
"""

import argparse
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

from unrolled import flow
from unrolled.cells import LSTMCell, RNNCell
from unrolled.layers import Recurrent
from unrolled.plots import COLOURS, use_course_style
from unrolled.plots.text import plot_inked_words

STATIC = Path(__file__).parent.parent / "book" / "_static"
SENTENCE = (
    "My father took me to see this film when I was nine, and I still remember "
    "how quiet the whole room became at its last line."
)
WORDS = SENTENCE.split()
HIDDEN, INPUTS, NETWORKS, FORGET_BIAS = 64, 16, 20, 2.0
THEMES = {
    "light": {"rnn": COLOURS["h"], "lstm": COLOURS["f"], "note": "#4A4A46"},
    "dark": {"rnn": "#E59AC2", "lstm": "#FF9A4D", "note": "#C9C9C4"},
}


def ink(kind):
    """Return the weight of each word, first to last, for "RNN" or "LSTM"."""
    by_network = []
    for seed in range(NETWORKS):
        rng = np.random.default_rng(seed)
        cell = {"RNN": RNNCell, "LSTM": LSTMCell}[kind](INPUTS, HIDDEN, rng=rng)
        if kind == "LSTM":
            cell.params["bias_ih"][HIDDEN : 2 * HIDDEN] = FORGET_BIAS
            cell.params["bias_hh"][HIDDEN : 2 * HIDDEN] = 0
        x, v = rng.normal(size=(1, len(WORDS), INPUTS)), rng.normal(size=(1, HIDDEN))
        dfinal = (v, np.zeros_like(v)) if kind == "LSTM" else v
        by_lag = flow.gradient_by_lag(Recurrent(cell), x, dfinal)[:-1, 0]
        memory = by_lag[:, -HIDDEN:]  # c where there is one, else h
        if kind == "LSTM":  # the loss reaches c_T only through h_T
            memory[0] = memory[1]
        norms = np.linalg.norm(memory, axis=1)
        by_network.append(norms / norms[0])
    return np.clip(np.mean(by_network, axis=0)[::-1], 0, 1)


def draw(theme):
    """Return the figure for one theme."""
    colours = THEMES[theme]
    line = 46 * 0.602 * 15 / 72  # inches: 46 letters of 15 points
    figure, axes = plt.subplots(2, 1, figsize=(line + 0.15, 3.4))
    titles = {"RNN": "What reaches a plain RNN", "LSTM": "What reaches an LSTM"}
    for ax, (kind, title) in zip(axes, titles.items(), strict=True):
        plot_inked_words(WORDS, ink(kind), colour=colours[kind.lower()], ax=ax)
        ax.set_title(title, color=colours["note"], fontsize=12.5)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=STATIC, help="the folder to write to")
    folder = parser.parse_args().to
    matplotlib.use("Agg")
    use_course_style()
    matplotlib.rcParams["svg.fonttype"] = "path"
    for theme in THEMES:
        path = folder / f"front-page-{theme}.svg"
        draw(theme).savefig(path, transparent=True, metadata={"Date": None})
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
