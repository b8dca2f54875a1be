"""Outgoing mail by GOV.UK Notify. So far only its stand-in for one's own machine (`simulator.py`)
lives here.
"""
