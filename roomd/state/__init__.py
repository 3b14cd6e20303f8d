"""What the room is like right now: values, their quality, and a numbered feed of changes."""
