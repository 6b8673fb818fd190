"""How fast Deliveries go out, beside what others reach against the same receiver."""
