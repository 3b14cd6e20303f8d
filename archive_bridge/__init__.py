"""Archive and case search for the room; an island that imports nothing of roomd."""
