"""Reading an Open Dental database, on MySQL, MariaDB or the demo practice's SQLite."""
