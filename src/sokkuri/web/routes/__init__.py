"""The addresses of the server: each parses, makes one call, and answers."""
