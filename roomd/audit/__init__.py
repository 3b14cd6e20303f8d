"""The operation record: who did what, when, with what result. Not a log: a log may be lost, this may not."""
