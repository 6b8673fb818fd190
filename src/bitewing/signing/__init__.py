"""Signing: adapters of the port ``Signer``."""
