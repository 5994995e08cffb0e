"""The way from the outbox to people: messages, the channels by which they go, and the delivery itself."""
