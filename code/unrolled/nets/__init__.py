"""PyTorch: the layers and models of the course, how they are trained, and how they are kept."""
