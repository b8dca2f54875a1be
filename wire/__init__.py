"""What the clients of outside systems share: a bounded HTTP call, and the shell of a stand-in."""
