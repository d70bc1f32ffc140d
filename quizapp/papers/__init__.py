"""Blueprints and the forms assembled from the bank."""
