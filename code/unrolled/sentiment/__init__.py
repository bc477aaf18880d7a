"""The product: a sentiment model from reviews to a file that serves. Nothing is imported here."""
