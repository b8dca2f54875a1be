"""What the contract file says of a payload, as one list of messages for each wrong property. No
sessions, no storage.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

CONTRACT_FILE = Path(__file__).resolve().parent.parent / "contract" / "openapi.yaml"
WEIGHTS = (3, 4, 7, 5, 8, 2, 4)

Errors = dict[str, list[str]]


class NotAPayload(Exception):
    """The body is no JSON object, or says the same key twice; the message says which."""


@cache
def contract() -> dict[str, Any]:
    """The contract as it stands in the file."""
    loaded: dict[str, Any] = yaml.safe_load(CONTRACT_FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract()["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read_payload(body: bytes) -> dict[str, Any]:
    """The JSON object that a body holds; raises NotAPayload."""
    try:
        payload = json.loads(body.decode("utf-8"), object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError) as error:
        raise NotAPayload("The body is not JSON in UTF-8") from error
    if not isinstance(payload, dict):
        raise NotAPayload("The body is not a JSON object")
    return payload


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotAPayload("The body says the same key twice")
    return found


def payload_errors(payload: dict[str, Any], *, checksum: bool) -> Errors:
    """Every failed rule by property: `{"deputies.0.email": ["..."]}`. Values are never repeated."""
    errors: Errors = {}
    for error in _validator("Order").iter_errors(payload):
        for key, message in _messages(error):
            if message not in errors.setdefault(key, []):
                errors[key].append(message)
    well_formed = "courtReference" in payload and "courtReference" not in errors
    if checksum and well_formed and not reference_holds(payload["courtReference"]):
        errors["courtReference"] = ["The check character is wrong (modulus 11)"]
    return errors


def reference_holds(reference: str) -> bool:
    """Whether a well-formed case number is valid by modulus 11 (the contract's description of
    courtReference).
    """
    total = sum(int(digit) * weight for digit, weight in zip(reference, WEIGHTS, strict=False))
    return reference[7] == "0123456789T"[(11 - total % 11) % 11]


def _messages(error: ValidationError) -> Iterable[tuple[str, str]]:
    path = [str(part) for part in error.absolute_path]
    found: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    if error.validator == "required":
        for missing in rule:
            if missing not in found:
                yield ".".join([*path, missing]), "This value is required"
    elif error.validator == "additionalProperties":
        for extra in set(found) - set(schema["properties"]):
            yield ".".join([*path, extra]), "This property is not known"
    else:
        yield ".".join(path) or "body", _message(str(error.validator), rule)


def _message(rule: str, wanted: object) -> str:
    """The sentence for one failed rule; jsonschema's own would repeat the value."""
    sentences = {
        "enum": f"This value must be one of {_listed(wanted)}",
        "type": f"This value must be of the type {wanted}",
        "minLength": "This value is too short or empty",
        "maxLength": f"This value must have at most {wanted} characters",
        "minItems": "At least one is required",
        "pattern": "This value has the wrong form",
        "format": f"This value is not a real {wanted}",
        "not": "This property must not be sent for this type of order",
    }
    return sentences.get(rule, f"This value fails the rule {rule}")


def _listed(wanted: object) -> str:
    return ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
