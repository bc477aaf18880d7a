"""The command line: ``python -m unrolled train | evaluate | predict``."""
