"""HTTP and websocket for pages."""
