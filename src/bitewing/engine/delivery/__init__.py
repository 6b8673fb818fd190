"""Delivery: from a claimed Delivery to a settled one."""
