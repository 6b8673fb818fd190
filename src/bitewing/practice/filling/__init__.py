"""How a demo practice is furnished: its people, plans, calendar, charts and papers."""
