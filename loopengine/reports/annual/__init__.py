"""The board's annual report: its figures, topic by topic, and how they are made of the histories."""
