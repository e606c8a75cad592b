"""The OpenAPI document: what FastAPI says of the addresses, less what never happens here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["describe_truly"]

_NOT_OURS: Final = ("HTTPValidationError", "ValidationError")


def describe_truly(app: FastAPI) -> None:
    """Have the document say 400 where it would say 422: our errors have one shape."""
    usual = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = usual()
            for operations in document["paths"].values():
                for operation in operations.values():
                    operation["responses"].pop("422", None)
            for name in _NOT_OURS:
                document.get("components", {}).get("schemas", {}).pop(name, None)
        return usual()

    app.openapi = described  # type: ignore[method-assign]
