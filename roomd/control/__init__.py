"""What is done to the room: commands and their outcomes, motion, and looking after the devices."""
