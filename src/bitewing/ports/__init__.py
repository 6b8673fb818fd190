"""The contracts that the middle of the house knows; adapters implement them."""
