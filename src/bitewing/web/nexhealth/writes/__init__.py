"""What clients of NexHealth may write: appointments and patients."""
