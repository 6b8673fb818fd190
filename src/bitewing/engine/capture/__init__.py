"""Capture: from a Source's pages to Changes."""
