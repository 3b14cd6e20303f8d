"""Driver SDK and the drivers that ship with roomd; imports nothing of roomd."""
