"""The demo practice's REST API: those calls of Open Dental's that writing needs."""
