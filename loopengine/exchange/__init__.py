"""What goes out to others, and what comes in from them, as files of formats that they know."""
