"""Everything in the repository that a program writes; the list is `table.py`."""
