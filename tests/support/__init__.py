"""Parts that tests of several rooms share: real protocols, made predictable."""
