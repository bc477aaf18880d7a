"""Named, seeded, resumable experiments whose records the chapters read.

``python -m unrolled.experiments list`` names them. A chapter reads a record with `load_record`,
draws it, and runs a small slice of it again, which must agree.

Each module declares its experiments at its end, in ``EXPERIMENTS``, and `registry.find` imports it
when it is wanted. So a record can be read without PyTorch, and without scikit-learn.

The modules are alike: words in capitals are what the experiment varies and its settings
(``NETWORKS``, ``SEEDS``, ``STEPS``), `untrained` builds a network, `chance` is what an answer is
worth that ignores the input, `grid` lists what is measured, and `measure` measures it.
"""

from unrolled.experiments.records import Record, RecordError, load_record, results_folder
from unrolled.experiments.registry import Experiment, find

__all__ = ["Experiment", "Record", "RecordError", "find", "load_record", "results_folder"]
