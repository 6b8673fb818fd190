"""The rules of the mapping: what a practice's rows mean in NexHealth's words, one each."""
