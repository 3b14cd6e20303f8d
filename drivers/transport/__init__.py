"""Transports: one file per kind of wire."""
