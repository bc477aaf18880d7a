"""Labelled texts of one's own: read from a file or a folder, told, checked and split."""
