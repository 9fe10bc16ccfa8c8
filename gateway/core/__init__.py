"""The domain: nouns, states, policies, protocols; standard library and codec only."""
