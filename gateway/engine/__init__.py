"""The rooms: how messages come in, wait, leave and are told of; core and codec only."""
