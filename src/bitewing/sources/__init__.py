"""Sources read a practice database; one folder a practice management system."""
