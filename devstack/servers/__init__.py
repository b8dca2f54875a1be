"""The servers of the stack, one module each. What they have in common is in server.py."""
