"""Stores remember."""
