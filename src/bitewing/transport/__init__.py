"""Transport sends HTTP."""
