"""Durable state: the store protocols of `gateway.core.store` over a database."""
