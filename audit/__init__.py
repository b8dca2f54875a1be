"""The diary: append-only events in the same transaction as what they tell. Knows no other app."""
