"""The verbs of `seventy`: arguments in, exit status out.

0 done, 1 failed, 2 wrong usage or configuration. Each verb's module is imported only
when it is called, so that `seventy segments` does not pay for the daemon.
"""

import importlib
import logging
import sys
from collections.abc import Sequence

from gateway.cli.arguments import build_parser
from gateway.cli.output import VerbFailed, WrongUsage, warn
from gateway.core.errors import GatewayError

DONE, FAILED, WRONG = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; what the process exits with."""
    # What the rooms log belongs to the daemon; a verb says what it has to say.
    logging.getLogger().addHandler(logging.NullHandler())
    arguments = build_parser().parse_args(argv)
    module, _, function = str(arguments.verb).partition(":")
    verb = getattr(importlib.import_module(f"gateway.cli.{module}"), function)
    try:
        return int(verb(arguments) or DONE)
    except WrongUsage as error:
        warn(f"seventy: {error}")
        return WRONG
    except (VerbFailed, GatewayError) as error:
        warn(f"seventy: {error}")
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        # The reader of our output (`| head`) went away; that is its right.
        sys.stderr.close()
        return DONE
