"""The soak: writers, receivers that fail, a server that is killed, and a verdict at the end."""
