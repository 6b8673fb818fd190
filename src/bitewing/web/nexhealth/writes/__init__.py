"""What clients of NexHealth may write: appointments, patients, documents and forms."""
