"""The language of rules: read, judged in three values, explained, and asked about."""
