"""Writing through NexHealth's API: what is asked for, as the practice has it, and how it ended."""
