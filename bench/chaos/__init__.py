"""Chaos: receivers that misbehave, a server that is killed, a full disk, and a clock that jumps."""
