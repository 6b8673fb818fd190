"""Writing into an Open Dental practice through its own REST API, never through its database."""

from bitewing.sources.opendental.writing.opening import open_dental_writer

__all__ = ["open_dental_writer"]
