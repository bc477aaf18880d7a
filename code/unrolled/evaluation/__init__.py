"""Whether a model is good: metrics with intervals, calibration, baselines, probes. NumPy only."""
