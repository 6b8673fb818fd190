"""Open Dental's tables in the words of MySQL and MariaDB."""

from bitewing.practice.schema import Column, Table


def create_statements(table: Table, engine: str) -> list[str]:
    """Give the one statement that creates the table and its indexes, for InnoDB or MyISAM."""
    lines = [_column(column) for column in table.columns.values()]
    lines.append(f"PRIMARY KEY (`{table.key}`)")
    lines += [
        f"KEY `{index.name}` ({', '.join(f'`{column}`' for column in index.columns)})"
        for index in table.indexes
    ]
    body = ",\n  ".join(lines)
    return [
        # An Open Dental database is in three-byte UTF-8 unless somebody has converted it.
        f"CREATE TABLE `{table.name}` (\n  {body}\n) ENGINE={engine} DEFAULT CHARSET=utf8mb3"
    ]


def _column(column: Column) -> str:
    words = [f"`{column.name}`", column.type, "NULL" if column.nullable else "NOT NULL"]
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    elif column.nullable and column.type != "timestamp":
        words.append("DEFAULT NULL")
    if column.extra:
        words.append(column.extra)
    return " ".join(words)
