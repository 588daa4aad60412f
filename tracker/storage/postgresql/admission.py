"""Tell the database which forms of content it lets in, as the types of records say.

The functions of the migrations judge what is inserted by these shapes. They are made of the
types themselves, so that a field that a record gets is let in as soon as its tables are upgraded.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, inspect

from tracker.model.commits import LIST_OF, TABLES
from tracker.model.records import APPENDED_LISTS, Entry
from tracker.storage.postgresql.connection import Connection
from tracker.storage.postgresql.view import CommitHead

_SIMPLE_FORMS: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "text",
    inspect.BoolType: "flag",
    inspect.IntType: "integer",
    inspect.DecimalType: "number",
    inspect.DateType: "day",
    inspect.DateTimeType: "moment",
}
"""The forms that a function of the migrations knows by these words; what has none is any JSON."""


def build_admitted_shapes() -> dict[str, dict[str, Any]]:
    """Build the shapes of what is let in: tables, lists of entries, and the head of a commit.

    A record stands in its change without its lists; with them where it is taken out, under
    the name of its table behind ``removed``.
    """
    shapes = {name: _build_admitted_struct_shape(kind) for kind, name in LIST_OF.items()}
    shapes["commits"] = _build_admitted_struct_shape(CommitHead)
    for name, kind in TABLES.items():
        shape = _build_admitted_struct_shape(kind)
        shapes[f"removed {name}"] = shape
        shapes[name] = {key: form for key, form in shape.items() if key not in APPENDED_LISTS}
    return shapes


def renew_admission_function(connection: Connection) -> None:
    """Make the function of the database that returns a shape by its name, where it differs."""
    cases = "\n".join(
        f"WHEN '{name}' THEN '{msgspec.json.encode(shape, order='deterministic').decode()}'::jsonb"
        for name, shape in build_admitted_shapes().items()
    )
    body = f" BEGIN RETURN CASE which\n{cases}\nEND; END "
    stored = connection.execute(
        "SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('tracker.shape_of(text)')"
    ).fetchone()
    if stored != (body,):
        connection.execute(
            "CREATE OR REPLACE FUNCTION tracker.shape_of(which text) RETURNS jsonb LANGUAGE plpgsql"
            " IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp"
            f" AS $${body}$$".encode()
        )


def _build_admitted_struct_shape(kind: type[Struct]) -> dict[str, Any]:
    """Return the form of each field of a structure by its name in JSON, and what it is without."""
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)  # noqa: S101  # for the types
    return {
        field.encode_name: _build_admitted_form(field.type) | _build_admitted_default(field)
        for field in described.fields
        # The database itself knows the login of an entry.
        if not (issubclass(kind, Entry) and field.name == "login")
    }


def _build_admitted_default(field: inspect.Field) -> dict[str, Any]:
    """Return whether a field is ``needed``, else its ``default`` where that is not null."""
    if field.required:
        return {"needed": True}
    value: Any = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    return {} if value is None else {"default": msgspec.to_builtins(value)}


def _build_admitted_form(kind: inspect.Type) -> dict[str, Any]:
    """Return the form of a value: ``is`` a word, ``of`` what it is made of, maybe ``null``."""
    if isinstance(kind, inspect.UnionType):
        parts = [part for part in kind.types if not isinstance(part, inspect.NoneType)]
        form = _build_admitted_form(parts[0]) if len(parts) == 1 else {"is": "any"}
        return form | ({"null": True} if len(parts) < len(kind.types) else {})
    if isinstance(kind, inspect.LiteralType):
        return {"is": "word", "of": list(kind.values)}
    if isinstance(kind, inspect.ListType):
        return {"is": "list", "of": _build_admitted_form(kind.item_type)}
    if isinstance(kind, inspect.StructType):
        return {"is": "object", "of": _build_admitted_struct_shape(kind.cls)}
    return {"is": _SIMPLE_FORMS.get(type(kind), "any")}
