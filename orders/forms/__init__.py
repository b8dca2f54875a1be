"""The forms of the orders' pages: text becomes a value. Nothing here saves or asks the database."""
