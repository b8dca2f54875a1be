"""The front door: users, roles and sign-in. Orders and uploads do not live here."""
