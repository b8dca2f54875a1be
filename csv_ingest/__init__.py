"""The post room: the court's spreadsheets come in. Writing orders is the work of `orders`."""
