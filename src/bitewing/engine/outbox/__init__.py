"""Outbox: from Changes to Deliveries."""
