"""The commands of ``python -m unrolled``: their flags, and what they do.

Each module has ``add_parser(commands)``, which adds its parser to argparse's, and ``run(options)``.
"""
