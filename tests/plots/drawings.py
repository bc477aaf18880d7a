"""What each drawing function is drawn with, where a law is asked of all of them."""

import numpy as np
import pandas as pd

from unrolled.evaluation.calibration import reliability


def given():
    """Return, by function, the lists of arguments to draw it with: ``{name: [(args, kwargs)]}``."""
    return (
        _networks()
        | _gates()
        | _comparisons()
        | _memory()
        | _text()
        | _scores()
        | _cost()
        | _sound()
        | _lengths()
    )


def _networks():
    rng = np.random.default_rng(0)
    lives = np.array([[0.5, 0.6], [1, 1.1], [5, 6.0]])
    half_lives = {"cut": lives, "intact": np.where(lives > 5, np.inf, lives)}
    decay = 0.5 ** np.arange(6)
    paths = {"all": decay, "along c": decay / 2, "along h": decay / 3}
    schedules = {"constant": np.ones(4), "linear": np.linspace(1, 0, 4)}
    return {
        "plot_unrolled": [((), {}), ((3,), {"weight_names": False})],
        "plot_lstm_cell": [((), {"neighbours": True}), (("ci",), {"small": True})],
        "plot_gru_cell": [((), {}), ((1,), {}), ((2,), {})],
        "plot_gradient_arrows": [((), {}), ((("h3", "c3", "c2"),), {"names": False})],
        "plot_backward": [(("forward",), {}), (("state",), {}), (("weights",), {"steps": 2})],
        "plot_norm_by_lag": [((decay,), {"color": "black", "label": "a"})],
        "plot_norm_by_layer": [((rng.random((3, 4)),), {"label": "plain", "ms": 4})],
        "plot_state_jacobian": [((rng.normal(size=(6, 6)),), {})],
        "plot_lstm_paths": [((paths,), {})],
        "plot_half_lives": [(([-1.0, 0.0, 2.0], half_lives), {})],
        "plot_losses": [(([1, 2, 3], [0.5, 0.2, 0.1]), {"chance": 1 / 6}), (([1], [0.5]), {})],
        "plot_rates": [((schedules,), {}), ((schedules,), {"colours": {"linear": "red"}})],
        "mark_level": [((0.5, "edge"), {})],
    }


def _gates():
    rng = np.random.default_rng(1)
    gates = {name: rng.random(5) for name in "fio"}
    belt = {name: rng.random(5) for name in "io"}
    belt |= {"f": np.array([1, 1, 0.9, 0.1, 1]), "g": rng.normal(size=5)}
    walks = {name: np.cumsum(rng.normal(size=5)) for name in ("with", "without", "half")}
    words = ["the", "cat", "sat"]
    seeds = {"f": rng.random((4, 3)), "i": rng.random((4, 3))}
    nouns = {"subject": rng.random((4, 3)), "distractor": rng.random((4, 3))}
    return {
        "plot_gate_traces": [((gates,), {}), (({"r": [0, 1], "other": [1, 0.5]},), {})],
        "plot_memory": [((walks,), {})],
        "plot_belt": [((np.array([0, 0.5, 0.9, -0.4, 1.3]), belt), {})],
        "plot_over_words": [((words, seeds), {}), ((words, nouns), {})],
        "plot_words_down": [((words,), {}), ((words,), {"marked": [1]})],
        "plot_running_prediction": [(([0.2, 0.9, 0.6],), {})],
        "plot_bars_down": [(([1.0, -2.0],), {}), (([3.0, 1.0],), {"colour": "green"})],
        "plot_gates_down": [((gates,), {}), (({"other": np.array([0.5, 1])},), {})],
        "plot_erasure": [
            (([1, 2, 3], {"attention": rng.random((5, 3)), "random": seeds["f"]}), {})
        ],
    }


def _comparisons():
    steps = {"a": [100, 300, None], "b": [None, None, 900], "one": [50]}
    intervals = {"a": (3, 1, 5), "b": (1, -1, 3), "c": (-2, -3, -1)}
    wide = {"a": (3, -1, 7), "b": (1, -3, 5), "c": (-2, -3.5, -0.5)}
    accuracies = {
        "RNN": np.array([[0.5, 0.6], [0.7, 0.6]]),
        "GRU": np.array([[0.8, 0.7], [0.9, 0.8], [0.9, 0.9]]),
        "LSTM": np.ones((2, 2)),
    }
    errors = {"intact": [0.0, 0.01], "f = 1": [0.5, 1.5], "i never there": [0.1, 0.3]}
    tricks = {"start": {"a": [1.0, 3.0], "b": [-0.5, 0.7]}, "rate": {"c": [-2.0, -4.0]}}
    return {
        "plot_steps_of_runs": [
            ((steps, 1000), {"colours": {"a": "green"}}),
            ((steps, 1000), {"counts": False}),
        ],
        "plot_intervals": [
            ((intervals,), {"colours": {"a": "green"}}),
            ((intervals,), {"corrected": wide, "zero": "the same"}),
        ],
        "plot_by_distractors": [(([0, 32], accuracies), {})],
        "plot_surgery": [((errors,), {}), ((errors,), {"floor": 1e-2})],
        "plot_tricks": [
            ((tricks, 1.0), {}),
            ((tricks, 1.0), {"higher_is_better": False, "names": False}),
        ],
    }


def _memory():
    steps = {10: [100, 200, 300], 30: [200, 300, None], 100: [None, None]}
    rows = [
        {"start": start, "seed": seed, "length": length, "steps_to_solve": needed}
        for start in ("gru", "rnn", "lstm, for length")
        for length, all_needed in steps.items()
        for seed, needed in enumerate(all_needed)
    ]
    table = pd.DataFrame(rows).astype({"steps_to_solve": float})
    inputs = np.array([[0.0, 1.0], [0.5, 0.0], [1.0, 0.0]])
    strips = [("mark", 1, "purple"), ("number", 0, "green")]
    ratios = np.array([[2, 1.5, 3], [np.nan] * 3])
    look = {"color": "green", "label": "a", "shift": 0.2, "notes": ["", "only one"]}
    lengths = (10, 30, 1000)
    return {
        "plot_sequence": [((inputs, strips), {"answer": "1.5"})],
        "plot_steps_to_solve": [((table, (10, 30, 100)), {"budget": 400})],
        "plot_solved": [(([[5, 3, 0], [2, 0, 0]], [[5, 5, 0]] * 2, "ab", lengths), {"of": 5})],
        "plot_share_key": [((5,), {})],
        "plot_ratio_of_steps": [((["one", "two"], ratios), {}), ((["one", "two"], ratios), look)],
        "plot_forecast": [
            (("rnn", lengths, [1e-2, 1e-9, 1e-80], [5, 0, None]), {"of": 5, "least": 1e-40})
        ],
    }


def _text():
    mask = np.array([[True, True, False], [True, False, False]])
    weights = (["one", "two", "three"], np.array([0, 0.5, 1]))
    scores = {"a": [0.5, 0.6, 0.55], "b": [0.8, 0.9, 0.7]}
    other = {"a": [0.4, 0.5, 0.6], "b": [0.8, 0.9, 0.75]}
    return {
        "plot_coverage": [(([10, 100, 1000], [0.4, 0.7, 0.9]), {"label": "train"})],
        "plot_lengths": [(([3, 30, 40, 5000],), {"marks": [(30, "median"), (400, "cut")]})],
        "plot_inked_words": [(weights, {"width": 9}), (weights, {"width": 9, "shade": True})],
        "plot_batch": [((mask,), {})],
        "plot_packing": [(([["a", "film"], ["so", "very", "dull"], ["no"]],), {})],
        "plot_movement": [
            (([0, 1, 2], [[1.0, 1, 1], [2, 2, 2 + shift]]), {"name": "mean"}) for shift in (0, 1)
        ],
        "plot_readout_scores": [((scores, other), {})],
    }


def _scores():
    rng = np.random.default_rng(2)
    names, spans = ["all", "long"], [(0.85, 0.95), (0.7, 0.9)]
    groups = {"bag": ([0.9, 0.8], spans), "LSTM": ([0.88, 0.82], spans), "RNN": ([0.7, 0.6], spans)}
    runs = {"RNN": [0.8, 0.82, 0.84], "LSTM": [0.86, 0.87, 0.88]}
    lines = [(0.9, "bag"), (0.83, "lexicon")]
    dots = {"LSTM": 0.5 + rng.random((5, 2)) / 2, "GRU": rng.random((5, 2)), "bag": [[0.4, 0.8]]}
    table = reliability(rng.random(300), rng.integers(0, 2, 300), bins=10)
    return {
        "plot_scores": [((names, [0.9, 0.8], spans), {"chance": 0.5})],
        "plot_scores_of_runs": [
            ((runs,), {}),
            ((runs,), {"lines": lines, "colours": {"RNN": "purple"}, "label": "share"}),
        ],
        "plot_groups": [((names, groups), {"colours": {"bag": "grey"}})],
        "plot_growth": [(([500, 2000], [[0.6, 0.8], [0.8, 0.9]]), {"color": "black"})],
        "plot_dots": [
            ((names, dots), {"chance": 0.5}),
            ((names, dots), {"runs": True, "colours": {"GRU": "green"}}),
        ],
        "plot_confusion": [(([[90, 10], [30, 1_070]],), {})],
        "plot_reliability": [((table,), {"color": "black", "alpha": 0.8})],
    }


def _cost():
    rows = [("torch", 32, 3.0), ("torch", 128, 1.5), ("NumPy", 128, 0.9), ("NumPy", 32, 1.1)]
    by_size = pd.DataFrame(rows, columns=["library", "units", "ratio"])
    rows = [("any", "parameters", 0.75), ("torch", "kept", 0.45), ("process", "kept", 0.9)]
    by_kind = pd.DataFrame(rows, columns=["library", "what", "ratio"])
    by_size, by_kind = (
        table.assign(low=table["ratio"] - 0.1, high=table["ratio"] + 0.2)
        for table in (by_size, by_kind)
    )
    labels = {"kept": "kept for backward", "parameters": "parameters"}
    rates = {"slow": [1, 2, 3], "quick": [4, 5, 6]}
    waits = {"slow": np.arange(101.0) + 1, "quick": np.full(5, 2.0)}
    return {
        "plot_cost_by_size": [((by_size, "units"), {})],
        "plot_cost_by_kind": [((by_kind, labels), {})],
        "plot_speed": [(((1, 2, 4), rates, waits), {})],
    }


def texts(ax):
    """Return what is written on axes, in the order of writing."""
    return [text.get_text() for text in ax.texts]


def _sound():
    rng = np.random.default_rng(7)
    scores = {name: (rng.random(6), rng.random(6)) for name in ("GRU", "warping")}
    runs = [(np.array([1, 20, 40]), rng.random(3) + 0.1, rng.random(3)) for _ in range(2)]
    return {
        "plot_hearing": [((rng.uniform(-1, 1, 2400),), {})],
        "plot_alignment": [((rng.random((4, 5)), [(0, 0), (1, 1), (2, 3), (3, 4)]), {})],
        "plot_known_and_new": [((scores,), {})],
        "plot_plateau": [((runs,), {})],
    }


def _lengths():
    rng = np.random.default_rng(8)
    lengths, models = (16, 128, 1024), ("LSTM", "GRU", "minGRU", "Transformer")
    errors = {"scan": [1e-7, 2e-7, 0.0], "divided": np.array([1e-6, np.inf, np.nan])}
    once = {name: rng.random(3) + 0.1 for name in models}
    often = {name: rng.random((5, 3)) + 0.1 for name in models}
    tracked = {"LSTM, 1 layer": 1 - rng.random((5, 3)) / 9, "minGRU, 1 layer": often["GRU"] / 2}
    seconds = {name: np.array([1.0, 10, 60]) for name in models}
    return {
        "plot_errors_by_length": [((lengths, errors), {"precision": 1e-7})],
        "plot_cost_by_length": [((lengths, once, often), {})],
        "plot_accuracy_by_length": [((lengths, tracked), {"chance": 0.5, "trained": 100})],
        "plot_bits_by_seconds": [((seconds, often), {})],
    }
