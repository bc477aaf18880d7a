"""What settings choose from, for those who do not want to load PyTorch to read it."""

TORCH_CELLS = ("rnn", "lstm", "gru")
POOLINGS = ("last", "mean", "max", "mean+max", "attention")
QUANTISED = ("nothing", "embedding", "all")  # what an exported file has in 8 bits
TOLERANCE = 1e-4  # between a logit of an exported file and one of PyTorch
