"""The HTTP face: API, webhooks, health, pages."""
