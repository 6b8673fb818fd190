"""HTTP coming in: the faces and our own API."""
