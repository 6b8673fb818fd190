"""What receivers read back: lists and their filters, over the same Portraits as the Events."""
