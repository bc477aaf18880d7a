"""Names that settings choose from, for those who do not want to load PyTorch to read them."""

TORCH_CELLS = ("rnn", "lstm", "gru")
POOLINGS = ("last", "mean", "max", "mean+max", "attention")
