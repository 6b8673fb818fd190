"""The language of the house: values and pure rules, on the standard library alone."""
