"""The measurements; each prints its machine and a ledger."""
