"""How each resource is rendered: one file a resource, fields in order."""
