"""The resources: what each is called, which Changes alter it, and its fields in order."""
