"""The only writers of orders and their parts. Doors (pages, tasks, commands, admin) call these."""
