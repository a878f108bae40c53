"""How a value of each kind is read: one module a kind, `reader` chooses among them."""
