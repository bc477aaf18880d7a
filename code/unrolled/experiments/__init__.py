"""Named, seeded, resumable experiments whose records the chapters read.

``python -m unrolled.experiments list`` names them. A chapter reads a record with `load_record`,
draws it, and runs a small slice of it again, which must agree.
"""

from unrolled.experiments import (
    ablation,
    agreement,
    attention,
    cost,
    craft,
    depth,
    directions,
    long_memory,
    nb_svm,
    padding,
    plateau,
    sentiment_cells,
    strong,
    surgery,
    timing,
    word_order,
)
from unrolled.experiments.records import Record, RecordError, load_record, results_folder
from unrolled.experiments.runner import Experiment, SchedulerUnreachable, run

__all__ = [
    "REGISTRY",
    "Experiment",
    "Record",
    "RecordError",
    "SchedulerUnreachable",
    "find",
    "load_record",
    "results_folder",
    "run",
]

REGISTRY: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in [
        Experiment(
            "ablation",
            "Which parts of the LSTM matter, on three tasks?",
            ablation.grid,
            ablation.measure,
            minutes=8,
        ),
        Experiment(
            "ablation-again",
            "Are coupled gates quicker than the LSTM's, on ten new seeds?",
            ablation.again_grid,
            ablation.measure,
            minutes=5,
        ),
        Experiment(
            "ablation-start",
            "Does an LSTM gain what coupled gates gain if it only starts as they do?",
            ablation.start_grid,
            ablation.measure,
            minutes=2,
        ),
        Experiment(
            "agreement",
            "Does a verb agree with its subject across 0 to 32 distractors, and by which gates?",
            agreement.grid,
            agreement.measure,
            minutes=30,
        ),
        Experiment(
            "attention",
            "What does attention buy over other poolings, by the length of the review?",
            attention.grid,
            attention.measure,
            minutes=15,
        ),
        Experiment(
            "craft",
            "Which of the famous tricks of training help a reader of reviews?",
            craft.grid,
            craft.measure,
            minutes=12,
        ),
        Experiment(
            "craft-places",
            "Do the tricks help where they should: at a high rate, over a long carry?",
            craft.places_grid,
            craft.measure,
            minutes=2,
        ),
        Experiment(
            "depth",
            "Do residual connections mend the gradient of a deep stack, and does training gain?",
            depth.grid,
            depth.measure,
            minutes=10,
        ),
        Experiment(
            "directions",
            "What does a second direction buy, where the answer lies ahead or behind?",
            directions.grid,
            directions.measure,
            minutes=3,
        ),
        Experiment(
            "gate-surgery",
            "What is lost when a gate is held, and what when it never was there?",
            surgery.grid,
            surgery.measure,
            minutes=15,
        ),
        Experiment(
            "gru-cost",
            "What does a GRU cost in time and memory, beside an LSTM?",
            cost.grid,
            cost.measure,
            minutes=8,
        ),
        Experiment(
            "long-memory",
            "Which network remembers over how many steps?",
            long_memory.grid,
            long_memory.measure,
            minutes=75,
        ),
        Experiment(
            "long-memory-forgetless",
            "How far does an LSTM get that cannot forget, as in 1997?",
            long_memory.forgetless_grid,
            long_memory.measure_others,
            minutes=10,
        ),
        Experiment(
            "long-memory-identity",
            "How far does a plain RNN get that was started to remember?",
            long_memory.identity_grid,
            long_memory.measure_others,
            minutes=12,
        ),
        Experiment(
            "nb-svm",
            "How well does NB-SVM judge reviews, with every setting chosen on validation reviews?",
            nb_svm.grid,
            nb_svm.measure,
            minutes=15,
        ),
        Experiment(
            "padding-cost",
            "What does padding to a fixed width cost in time, and do buckets cost accuracy?",
            padding.cost_grid,
            padding.measure_cost,
            minutes=10,
        ),
        Experiment(
            "padding-readouts",
            "What does a read-out that reads its padding cost in accuracy?",
            padding.grid,
            padding.measure,
            minutes=12,
        ),
        Experiment(
            "plateau",
            "What happens in a network while its loss still sits at chance?",
            plateau.grid,
            plateau.measure,
            minutes=10,
        ),
        Experiment(
            "sentiment-cells",
            "Which recurrent network reads reviews best, and does it read another source?",
            sentiment_cells.cells_grid,
            sentiment_cells.measure_cells,
            minutes=20,
        ),
        Experiment(
            "sentiment-sizes",
            "How many reviews does a network need, and how much hangs on its learning rate?",
            sentiment_cells.sizes_grid,
            sentiment_cells.measure_sizes,
            minutes=20,
        ),
        Experiment(
            "strong",
            "How well does a recurrent network judge reviews that has seen nothing but reviews?",
            strong.grid,
            strong.measure,
            minutes=280,
        ),
        Experiment(
            "thousands",
            "Does an LSTM that was started for it handle 3,000 steps?",
            long_memory.thousands_grid,
            long_memory.train,
            minutes=25,
        ),
        Experiment(
            "timing",
            "Do peepholes help to measure time, and to spike in time?",
            timing.grid,
            timing.measure,
            minutes=15,
        ),
        Experiment(
            "word-order",
            "Does the order of the words matter, on reviews and on pairs that only order decides?",
            word_order.grid,
            word_order.measure,
            minutes=22,
        ),
    ]
}


def find(name: str) -> Experiment:
    """Return the experiment of that name.

    Raises
    ------
    LookupError
        If there is none; the message lists those there are.
    """
    if name not in REGISTRY:
        known = ", ".join(sorted(REGISTRY)) or "none yet"
        raise LookupError(f"There is no experiment named {name!r}. Known: {known}.")
    return REGISTRY[name]
