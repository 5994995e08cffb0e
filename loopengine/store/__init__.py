"""Tables, queries and migrations: functions take a connection, and never commit."""
