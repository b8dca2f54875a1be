"""The telephone to Sirius: a payload in, a receipt out or an error that says what is known. Knows
no model.
"""
