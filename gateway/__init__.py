"""The gateway package: the innermost and the outermost part of Seventy."""

__version__ = "0.1.0"
