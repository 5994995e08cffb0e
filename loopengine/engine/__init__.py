"""One transaction a verb: open, record, fire, and everything that reads."""
