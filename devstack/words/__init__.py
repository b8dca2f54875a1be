"""Every message that staff can see, found in the source and written to one page for review."""
