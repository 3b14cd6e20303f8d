"""HTTP, WebSocket and the panel's files."""
