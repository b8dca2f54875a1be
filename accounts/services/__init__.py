"""What changes a user, and what says who may come in. Pages, commands and the admin call these.

Each writes its event in the same transaction. A password is never part of an event, an error or a
log line, and neither is the address of somebody we don't know.
"""
