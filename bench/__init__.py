"""Figures, each by one module and one command. Nothing here is imported by the service."""
