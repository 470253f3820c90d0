"""Whether recorded requests are what Discord's own OpenAPI file describes; the file is not part of the project."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.recorder import Asked
from tests.fakes.discord.things import Json

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FILE = "discord-openapi.json"
_ROOT = "urn:discord"
_UNDESCRIBED = {"GET /gateway"}
"""What the library may ask and the file does not describe."""


def missing() -> str | None:
    """Return why nothing can be checked, or None where it can."""
    if find_spec("jsonschema") is None:
        return "jsonschema is not installed"
    folder = os.environ.get("STUDYCIRCLE_TEST_DATA")
    if not folder:
        return "STUDYCIRCLE_TEST_DATA does not name the folder of Discord's OpenAPI file"
    return None if (Path(folder) / FILE).is_file() else f"there is no {FILE} in {folder}"


@cache
def checker() -> Checker:
    """Return the checker for the file at hand; read once."""
    return Checker(json.loads((Path(os.environ["STUDYCIRCLE_TEST_DATA"]) / FILE).read_text(encoding="utf-8")))


def problems(asked: Iterable[Asked]) -> list[str]:
    """Return what is wrong with requests; nothing where they can't be checked (see `missing`)."""
    if missing() is not None:
        return []
    return [problem for one in asked for problem in checker().problems(one)]


class Checker:
    """Checks requests; each schema is compiled once."""

    def __init__(self, file: Json) -> None:
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        self._paths: Json = file["paths"]
        self._schemas: Json = file["components"]["schemas"]
        _close(file["components"]["schemas"])
        self._registry: Any = Registry().with_resource(_ROOT, DRAFT202012.create_resource(file))
        self._compiled: dict[str, Draft202012Validator] = {}

    def problems(self, asked: Asked) -> list[str]:
        """Return what is wrong with a request."""
        if asked.route in _UNDESCRIBED:
            return []
        described = self._paths.get(asked.template, {})
        operation = described.get(asked.method.lower())
        if operation is None:
            return [f"{asked.route} is not described"]
        where = f"/paths/{_escaped(asked.template)}"
        pointers = [f"{where}/parameters/{at}" for at in range(len(described.get("parameters", ())))]
        operated = f"{where}/{asked.method.lower()}"
        pointers += [f"{operated}/parameters/{at}" for at in range(len(operation.get("parameters", ())))]
        parameters = [*described.get("parameters", ()), *operation.get("parameters", ())]
        found = list(self._named(asked, parameters, pointers))
        found += self._body(asked, operation, operated)
        return [f"{asked.route}: {problem}" for problem in found]

    def _named(self, asked: Asked, parameters: list[Json], pointers: list[str]) -> Iterable[str]:
        known = {(one["in"], one["name"]): (one, at) for one, at in zip(parameters, pointers, strict=True)}
        for place, given in (("path", asked.at), ("query", asked.query)):
            for name, text in given.items():
                if (place, name) not in known:
                    yield f"{place} has no {name!r}"
                    continue
                one, pointer = known[place, name]
                yield from self._validate(f"{pointer}/schema", self._typed(one["schema"], text), f"{place} {name}")
            for (where, name), (one, _) in known.items():
                if where == place and one.get("required") and name not in given:
                    yield f"{place} lacks {name!r}"

    def _body(self, asked: Asked, operation: Json, operated: str) -> Iterable[str]:
        content: Mapping[str, Json] = operation.get("requestBody", {}).get("content", {})
        if asked.body is None:
            return ["a body is required"] if operation.get("requestBody", {}).get("required") else []
        if asked.headers.get("Content-Type") not in content:
            return [f"{asked.headers.get('Content-Type')} is not taken"]
        # The JSON beside files is described as the JSON alone is; where it is not, as the whole form is.
        kind = "application/json" if "application/json" in content else asked.headers["Content-Type"]
        schema = f"{operated}/requestBody/content/{_escaped(kind)}/schema"
        return list(self._validate(schema, asked.body, "body"))

    def _typed(self, schema: Json, text: str) -> Any:
        """Return a word of an address as what it is described as."""
        kinds = self._kinds(schema)
        if "integer" in kinds and text.removeprefix("-").isdigit():
            return int(text)
        if "boolean" in kinds and text.lower() in ("true", "false", "0", "1"):
            return text.lower() in ("true", "1")
        return text

    def _kinds(self, schema: Json) -> set[str]:
        if "$ref" in schema:
            return self._kinds(self._schemas[schema["$ref"].rpartition("/")[2]])
        inner = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
        kinds = schema.get("type", ())
        own = {kinds} if isinstance(kinds, str) else set(kinds)
        return own.union(*map(self._kinds, inner)) if inner else own

    def _validate(self, pointer: str, value: Any, what: str) -> Iterable[str]:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match

        if pointer not in self._compiled:
            self._compiled[pointer] = Draft202012Validator({"$ref": f"{_ROOT}#{pointer}"}, registry=self._registry)
        error = best_match(self._compiled[pointer].iter_errors(value))
        if error is not None:
            yield f"{what} {error.json_path}: {error.message[:300]}"


def _close(schemas: Json) -> None:
    """Let objects have no names but those described: what Discord would not read is a mistake of ours."""
    for schema in schemas.values():
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
