"""Settings: one TOML file, then the environment; typed, read once, unknown keys are errors."""

from bitewing.settings.loading import load
from bitewing.settings.whole import Settings

__all__ = ["Settings", "load"]
