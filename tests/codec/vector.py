"""Reads the vectors of tests/vectors: octets field by field, and what they say."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "vectors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """Octets, their fields where the file names them, and the values expected.

    `otherwise` says why tshark reads the octets otherwise, where it does.
    """

    name: str
    octets: bytes
    fields: dict[str, bytes]
    kind: str
    expected: dict[str, Any]
    otherwise: str | None

    def __str__(self) -> str:
        return self.name

    @property
    def tpdu(self) -> bytes:
        """Without the SMSC in front and what follows behind."""
        around = ("SMSC", "behind")
        return b"".join(v for k, v in self.fields.items() if k not in around)


def load(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text(encoding="utf-8"))


def load_vectors(name: str) -> list[Vector]:
    return [_vector(entry) for entry in load(name)["vectors"]]


def _vector(entry: dict[str, Any]) -> Vector:
    octets = entry["octets"]
    named = octets if isinstance(octets, dict) else {"octets": octets}
    fields = {key: bytes.fromhex(value) for key, value in named.items()}
    return Vector(
        name=entry["name"],
        octets=b"".join(fields.values()),
        fields=fields,
        kind=entry.get("kind", ""),
        expected=entry.get("expected", entry.get("fields", {})),
        otherwise=entry.get("tshark"),
    )
