"""Writing back: what clients ask for is written into the practices, each of it once."""
