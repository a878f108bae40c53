"""Commands for developers. What they make is committed; nothing here is part of the program."""
