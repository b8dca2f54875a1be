"""Postcode look-up by the Ordnance Survey Places service. So far only its stand-in for one's own
machine lives here.
"""
