"""The HTTP face shaped like Open Dental's API."""
