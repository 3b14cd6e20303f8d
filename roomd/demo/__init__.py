"""`roomd demo`: the daemon, with a simulator in the place of each device."""
