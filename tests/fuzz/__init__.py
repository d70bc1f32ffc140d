"""Hostile input, made at random from a seed: every form, every JSON endpoint, whoever asks."""
