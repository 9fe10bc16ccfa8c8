"""`demo`: the arguments of `gateway.demo`."""

import argparse


def run(arguments: argparse.Namespace) -> int:
    """Simulator and gateway until Ctrl-C."""
    from gateway.cli.output import say
    from gateway.demo import Demo

    return Demo(directory=arguments.dir, port=arguments.port, say=say).run()
