"""Dialects speak a webhook format; pure: values in, bytes out."""
