"""roomd: one daemon that runs one meeting room."""

__version__ = "0.1.0"
