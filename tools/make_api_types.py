"""Write the types of the API's answers for the modules of the page, from the OpenAPI document.

python tools/make_api_types.py
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sokkuri.web.app import make_app

TARGET = Path(__file__).parents[1] / "src/sokkuri/web/static/api.d.ts"

HEAD = "// Made by tools/make_api_types.py from the OpenAPI document: do not edit.\n"


def types_of(document: dict[str, Any]) -> str:
    """Return the declarations of all shapes in an OpenAPI document."""
    shapes = document["components"]["schemas"]
    return HEAD + "".join(_declaration(name, shapes[name]) for name in sorted(shapes))


def _declaration(name: str, shape: dict[str, Any]) -> str:
    required = set(shape.get("required", ()))
    lines = [f"\n/** {shape['description']} */", f"export interface {name} {{"]
    for field, inner in shape["properties"].items():
        if "description" in inner:
            lines.append(f"  /** {inner['description']} */")
        lines.append(f"  {field}{'' if field in required else '?'}: {_type(inner)};")
    if shape.get("additionalProperties") is True:
        lines.append("  [more: string]: any;")
    return "\n".join([*lines, "}", ""])


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " | ".join(_type(each) for each in shape["anyOf"])
    if "const" in shape:
        return json.dumps(shape["const"])
    if "enum" in shape:
        return " | ".join(json.dumps(each) for each in shape["enum"])
    if shape["type"] == "array":
        inner = _type(shape["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    return "number" if shape["type"] == "integer" else str(shape["type"])


def _document() -> dict[str, Any]:
    site: Any = SimpleNamespace(pictures=None)
    return make_app(site).openapi()


if __name__ == "__main__":
    TARGET.write_text(types_of(_document()), encoding="utf-8", newline="\n")
