"""The OpenAPI description, completed: bodies from the declared forms, ways to sign in, refusals."""

from __future__ import annotations

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from zhili.core.cases import registry
from zhili.core.forms import Form
from zhili.portal.api import brought, shapes, webhooks
from zhili.portal.api.problems import MEDIA_TYPE

SIGN_IN = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "令牌；可用 X-Post 指明岗位"},
    "grant": {"type": "apiKey", "in": "header", "name": "X-Grant", "description": "查询码，只进一件事项"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "另须 X-CSRFToken"},
}
KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "同一标识加同一内容：返回首次结果；另一内容：422。匿名至少16个字符。",
}
MADE_AT = {
    "name": "made_at",
    "in": "query",
    "required": False,
    "schema": {"type": "string", "format": "date-time"},
    "description": "没有信号时写下的时间；与送达时间一并留存，时限按送达时间计算。",
}


def complete(schema: OpenAPISchema) -> OpenAPISchema:
    """Adds to django-ninja's description what it cannot know."""
    parts = schema.setdefault("components", {})
    known = parts.setdefault("schemas", {})
    parts["securitySchemes"] = SIGN_IN
    schema["security"] = [{}, *({name: []} for name in SIGN_IN)]
    known["Problem"] = shapes.ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    known.update(known["Problem"].pop("$defs", {}))
    refusal = {
        "description": "Refused: problem details (RFC 9457)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    taken = brought.bodies()
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation.setdefault("responses", {})["default"] = refusal
            _bodies(operation, known)
            if model := taken.get(operation.get("operationId", "")):
                described = model.model_json_schema(ref_template="#/components/schemas/{model}")
                known.update(described.pop("$defs", {}))
                operation["requestBody"] = _json(described)
    return schema


def _bodies(operation: dict[str, Any], known: dict[str, Any]) -> None:
    """What the reading of raw bodies hides from django-ninja."""
    match operation.get("operationId"):
        case "open_case":
            operation["requestBody"] = _json(_any_of(known, "openings"))
            operation.setdefault("parameters", []).extend((KEY_HEADER, MADE_AT))
        case "act":
            data = _any_of(known, "actions")
            seen = {"type": ["integer", "null"], "minimum": 0}
            made_at = {"type": ["string", "null"], "format": "date-time"}
            body = {
                "type": "object",
                "properties": {"data": data, "seen": seen, "made_at": made_at},
                "additionalProperties": False,
            }
            operation["requestBody"] = _json(body)
            operation.setdefault("parameters", []).append(KEY_HEADER)
        case "upload":
            binary = {"type": "string", "contentMediaType": "application/octet-stream"}
            several = {"type": "object", "properties": {"file": {"type": "array", "items": binary}}}
            content = {"multipart/form-data": {"schema": several}, "*/*": {"schema": binary}}
            operation["requestBody"] = {"required": True, "content": content}
        case "add_webhook" | "change_webhook":
            schema = webhooks.WebhookIn.model_json_schema()
            if operation["operationId"] == "change_webhook":
                del schema["required"]
            operation["requestBody"] = _json(schema)
        case "replay_webhook":
            operation["requestBody"] = _json(webhooks.ReplayIn.model_json_schema())
        case "download":
            bytes_ = {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}}
            operation["responses"][200] = {"description": "OK", "content": bytes_}
        case "public_cases":
            geo = operation["responses"][200]["content"]
            geo["application/geo+json"] = geo.pop("application/json")


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": False, "content": {"application/json": {"schema": schema}}}


def _any_of(known: dict[str, Any], which: str) -> dict[str, Any]:
    """Every form of that kind as a component, named ``scenario.procedure.name``, and the choice among
    them."""
    choices = []
    for procedure in registry.procedures().values():
        for one in getattr(procedure, which).values():
            if one.form is not None:
                name = f"{procedure.full_name()}.{one.name}"
                known[name] = _form(one.form, one.title)
                choices.append({"$ref": f"#/components/schemas/{name}"})
    return {"anyOf": choices} if choices else {"type": "object"}


def _form(form: type[Form], title: str) -> dict[str, Any]:
    return {"title": title} | form.schema()
