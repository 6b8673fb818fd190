"""bitewing delivers every change in a dental practice's database as a webhook."""

__version__ = "0.1.0"
