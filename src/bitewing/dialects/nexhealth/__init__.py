"""The dialect of NexHealth's webhook subscriptions (v2.2.2)."""
