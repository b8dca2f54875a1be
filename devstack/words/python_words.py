"""The messages in a Python module: its texts, by where they stand in the code. Pure."""

import ast
from collections.abc import Iterator

from devstack.words import message
from devstack.words.message import Kind, Message, is_prose, tidy, unique

# Words for developers, logs and the database, and names that Python itself reads.
UNSEEN_CALLS = frozenset(
    (
        *("debug", "info", "warn", "exception", "critical", "execute", "compile", "getLogger"),
        *("ValueError", "TypeError", "RuntimeError", "AssertionError", "ImproperlyConfigured"),
        *("TypeVar", "Q", "F", "RawSQL", "Func", "CheckConstraint", "UniqueConstraint", "reverse"),
        *("namedtuple", "strftime", "setdefault", "getattr"),
    )
)
UNSEEN_KEYWORDS = frozenset(
    ("attrs", "autocomplete", "db_table", "verbose_name", "verbose_name_plural", "help_text_html")
)
# Of logs, and of fields as the admin pages name them.
UNSEEN_OWNERS = frozenset(("log", "logger", "logging", "models"))
UNSEEN_FUNCTIONS = frozenset(("__str__", "__repr__"))
KEYWORDS = {
    "missing": message.ERROR,
    "error_messages": message.ERROR,
    "hint": message.HINT,
    "hints": message.HINT,
    "label": message.LABEL,
}
CALLS = {
    "ValidationError": message.ERROR,
    "add_error": message.ERROR,
    "_error": message.ERROR,
    "success": message.BANNER,
    "warning": message.BANNER,
    "info": message.BANNER,
    "error": message.BANNER,
}
SHORT_KINDS = frozenset((message.LABEL, message.CHOICE))


def messages_of(source: str) -> list[Message]:
    """What a module can say, in the order of its code."""
    module = ast.parse(source)
    return unique([*_found(module, message.SENTENCE), *_of_emails(module)])


def _of_emails(module: ast.Module) -> Iterator[Message]:
    """What is filled into a template of GOV.UK Notify."""
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == "personalisation":
            keys = getattr(node.value, "keys", [])
            names = [f"{{{key.value!s}}}" for key in keys if isinstance(key, ast.Constant)]
            yield Message(message.EMAIL, ", ".join(names))


def _found(node: ast.AST, kind: Kind) -> Iterator[Message]:
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        words = _text(node)
        if words is not None:
            yield from _message(words, kind)
            return
    if isinstance(node, ast.Call) and _is_unseen(node):
        return
    if isinstance(node, ast.FunctionDef) and node.name in UNSEEN_FUNCTIONS:
        return
    for child, its_kind in _children(node, kind):
        yield from _found(child, its_kind)


def _message(words: str, kind: Kind) -> Iterator[Message]:
    words = tidy(words)
    is_label = kind in SHORT_KINDS and words[:1].isupper()
    if is_prose(words) or is_label:
        yield Message(kind, words)


def _children(node: ast.AST, kind: Kind) -> Iterator[tuple[ast.AST, Kind]]:
    """What stands in a node and is no docstring, no key and no type; each with its kind."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Tuple) and kind == message.CHOICE:
        yield node.elts[-1], kind
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.Dict) and child in node.keys:
            continue
        if isinstance(child, ast.keyword):
            if child.arg not in UNSEEN_KEYWORDS:
                yield child.value, KEYWORDS.get(child.arg or "", kind)
        elif not _is_type(node, child):
            yield child, _kind_in(node, kind)


def _is_type(node: ast.AST, child: ast.AST) -> bool:
    """A type, which may stand in quotes."""
    types = (getattr(node, "annotation", None), getattr(node, "returns", None))
    return child in types or (isinstance(node, ast.Subscript) and child is node.slice)


def _kind_in(node: ast.AST, kind: Kind) -> Kind:
    if isinstance(node, ast.Raise):
        return message.REFUSAL
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        return message.CHOICE if "TextChoices" in bases else _kind_of_class(node, kind)
    if isinstance(node, ast.Call):
        return CALLS.get(_called(node), kind)
    if isinstance(node, ast.FunctionDef):
        return message.SENTENCE if kind == message.CHOICE else kind
    return kind


def _kind_of_class(node: ast.ClassDef, kind: Kind) -> Kind:
    """An error with a sentence of its own, or one that makes it from what it is told."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id == "sentence":
            return message.REFUSAL
        if isinstance(part, ast.Call) and part.args and _called(part) == "__init__":
            return message.REFUSAL if _text(part.args[0]) else kind
    return kind


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _is_unseen(node: ast.Call) -> bool:
    owner = ast.unparse(node.func).partition(".")[0]
    if owner in UNSEEN_OWNERS:
        return True
    return _called(node) in UNSEEN_CALLS and owner != "messages"


def _text(node: ast.AST) -> str | None:
    """The text of a literal, also of one put together; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or _placeholder(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        left, right = _text(node.left), _text(node.right)
        if isinstance(node.op, ast.Mod):
            return left
        if left is None and right is None:
            return None
        return (left or _placeholder(node.left)) + (right or _placeholder(node.right))
    return None


def _placeholder(node: ast.AST) -> str:
    """What is filled in, by the last of its names: `{order.case.client_name}` is {client_name}."""
    value = node.value if isinstance(node, ast.FormattedValue) else node
    if isinstance(value, ast.IfExp):
        texts = [_text(value.body), _text(value.orelse)]
        if None not in texts:
            return f"[{texts[0]} | {texts[1]}]"
    return f"{{{_name(value)}}}"


def _name(value: ast.AST) -> str:
    if isinstance(value, ast.Call):
        inner = value.args[0] if value.args else getattr(value.func, "value", value.func)
        return _name(inner) if isinstance(inner, ast.AST) else "value"
    if isinstance(value, ast.Attribute):
        return "name" if value.attr == "value" else value.attr
    if isinstance(value, ast.Subscript):
        return _name(value.value)
    return value.id if isinstance(value, ast.Name) else "value"
