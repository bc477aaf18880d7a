"""What the chapters derive, in NumPy: cells, layers, their gradients, and how these are checked."""
