"""The domain: nouns, states, policies and protocols; standard library and codec only."""
