"""Upkeep: what must be tidied for the flow to go on."""
