"""The demo practice: a plausible dental office in Open Dental's tables."""
