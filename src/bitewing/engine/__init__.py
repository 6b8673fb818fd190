"""The engine makes it flow, through the ports alone."""
