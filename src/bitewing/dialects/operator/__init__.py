"""The format in which the operator of bitewing is told of it; ours, see docs/operator-events.md."""
