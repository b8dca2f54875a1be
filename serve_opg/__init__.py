"""The frame: settings, checks, addresses, health. Imports every app; no app imports it."""
