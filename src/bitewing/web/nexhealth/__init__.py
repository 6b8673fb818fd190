"""The HTTP face shaped like NexHealth's API."""
