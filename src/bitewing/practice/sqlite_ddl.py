"""Open Dental's tables in the words of SQLite, their stamps kept as MySQL keeps them.

Stamps are UTC text in whole seconds. Two things differ from MySQL and cannot be had: a stamp
that a statement sets to the value it already has still moves, and names sort and compare by
their exact letters.
"""

from bitewing.practice.schema import Column, Table

IMPLICIT_DEFAULTS = {
    "date": "'0000-00-00'",
    "datetime": "'0000-00-00 00:00:00'",
    "time": "'00:00:00'",
    "char": "''",
    "varchar": "''",
    "text": "''",
    "mediumtext": "''",
}
"""What a lenient MySQL (sql_mode '') gives a NOT NULL column without a DEFAULT; 0 for numbers."""


def create_statements(table: Table) -> list[str]:
    """Give the statements that create the table, its indexes and what keeps its stamp."""
    columns = ",\n  ".join(_column(column) for column in table.columns.values())
    statements = [f"CREATE TABLE `{table.name}` (\n  {columns}\n)"]
    statements += [
        # Index names are one name space in SQLite, not one a table as in MySQL.
        f"CREATE INDEX `{table.name}_{index.name}` ON `{table.name}`"
        f" ({', '.join(f'`{column}`' for column in index.columns)})"
        for index in table.indexes
    ]
    if table.stamp is not None:
        statements.append(_stamp_keeper(table, table.stamp))
    return statements


def _column(column: Column) -> str:
    if column.extra == "auto_increment":
        # Only this spelling makes SQLite count keys up; AUTOINCREMENT never gives one twice.
        return f"`{column.name}` INTEGER PRIMARY KEY AUTOINCREMENT"
    words = [f"`{column.name}`", _declared_type(column), "NULL" if column.nullable else "NOT NULL"]
    if column.is_stamp:
        words.append("DEFAULT CURRENT_TIMESTAMP")
    elif column.default is not None:
        words.append(f"DEFAULT {column.default}")
    elif not column.nullable:
        words.append(f"DEFAULT {IMPLICIT_DEFAULTS.get(column.type.split('(')[0], '0')}")
    return " ".join(words)


def _declared_type(column: Column) -> str:
    # SQLite cannot read "unsigned" behind a length, and would not heed it.
    # A column declared DOUBLE or FLOAT would show 0 as 0.0; MySQL shows 0, and so does NUMERIC.
    return "numeric" if column.type in {"double", "float"} else column.type.split(" ")[0]


def _stamp_keeper(table: Table, stamp: str) -> str:
    others = [name for name in table.columns if name != stamp]
    differs = " OR ".join(f"NEW.`{name}` IS NOT OLD.`{name}`" for name in others)
    return (
        f"CREATE TRIGGER `{table.name}_{stamp}` AFTER UPDATE ON `{table.name}` FOR EACH ROW\n"
        f"WHEN NEW.`{stamp}` IS OLD.`{stamp}` AND ({differs})\n"
        f"BEGIN UPDATE `{table.name}` SET `{stamp}` = CURRENT_TIMESTAMP"
        f" WHERE `{table.key}` = NEW.`{table.key}`; END"
    )
