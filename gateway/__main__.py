"""`python -m gateway` is `seventy`."""

import sys

from gateway.cli import main

sys.exit(main())
