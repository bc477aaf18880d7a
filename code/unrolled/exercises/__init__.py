"""Checkers of the exercises, with their references and the mistakes that people make."""
