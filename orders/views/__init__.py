"""The pages of the orders, one module a subject."""
