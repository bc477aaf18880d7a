"""The code of the course *Learning to Remember*: recurrent networks, built to be read.

The package is a house with floors, and imports point only downwards:

====== =============================================================================
floor  rooms
====== =============================================================================
5      `__main__`: the command line of the sentiment model
4      `experiments`: named, seeded, resumable runs, and the records they leave
3      `sentiment`: the product, from reviews to a file that serves
3      `exercises`: what each chapter's exercises are checked against
3      `plots`: functions that draw arrays on an Axes
2      `live`: figures that move, in a notebook, and a page's scripts as one
2      `nets`: PyTorch layers, models, training, checkpoints, NumPy layers inside them
1      `byhand`: NumPy that the chapters derive: cells, layers, gradients and their flow
1      `evaluation`: metrics with intervals, calibration, baselines, probes
0      `data`: real reviews, text, batches, tasks made to measure memory
0      `files`, `streams`, `seeding`: whole files; UTF-8; where randomness starts
====== =============================================================================

Nothing is imported here, so that the NumPy rooms can be used without waiting for torch. A trained
model is loaded by name, from the folder of its training or from an exported file; without a name it
is the one that the package ships::

    model = unrolled.load()
    model.predict(["A fine film.", "Dull."])
"""

__version__ = "0.2.0"


def __getattr__(name: str):
    """Return `unrolled.sentiment.predictor.load`, the one function that is offered here."""
    if name == "load":
        from unrolled.sentiment.predictor import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
