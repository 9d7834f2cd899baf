"""Importers of platforms' exports: files become one frame of attempts, with exact counts of what was left out."""
