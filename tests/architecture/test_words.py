"""The words: the glossary gives each of them one meaning."""

import re
from collections import Counter
from pathlib import Path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_no_word_is_defined_twice() -> None:
    """Whether alone or beside others in one line."""
    defined = re.findall(r"^\| \*\*([^*]+)\*\* \|", GLOSSARY.read_text(), re.MULTILINE)
    words = Counter(word.casefold() for line in defined for word in line.split(", "))

    assert len(words) > 40
    assert [word for word, times in words.items() if times > 1] == []
