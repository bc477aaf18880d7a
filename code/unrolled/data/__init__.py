"""Data: real reviews, text, batches, and tasks made to measure memory. NumPy only."""
