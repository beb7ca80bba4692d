"""Conditions that the page itself can follow: a question appears under the hand that called for it, before the save."""

from collections.abc import Collection, Mapping
from typing import Any

from senacs.questionnaire.engine import tree
from senacs.questionnaire.engine.schema import Field

POSITIVE = ">0"


def shown_when(field: Field, here: Collection[str], context: Mapping[str, Any]) -> tuple[str, str]:
    """(code, what it must say): raw values apart by a space, or `>0`; two blanks when only the server can tell.

    `here`: the codes of the section; `context`: what the register says of the structure, which no answer changes: what
    holds of it is left out of the condition. What is joined otherwise, computed, or read elsewhere waits for the
    answer of the save, which tells about every condition, these included.
    """
    node = field.condition.tree if field.condition is not None else None
    if isinstance(node, tree.All):
        left = [item for item in node.items if not _holds(item, context)]
        node = left[0] if len(left) == 1 else None
    match node:
        case tree.Compare(operator="=", left=tree.Ref(name=name, previous=False), right=right) if name in here:
            return name, _raw(right)
        case tree.Compare(operator=">", left=tree.Ref(name=name, previous=False), right=tree.Number(value=0)):
            return (name, POSITIVE) if name in here else ("", "")
        case tree.OneOf(operand=tree.Ref(name=name, previous=False), choices=choices) if name in here:
            raws = [_raw(choice) for choice in choices]
            return (name, " ".join(raws)) if all(raws) else ("", "")
    return "", ""


def _holds(node: tree.Node, context: Mapping[str, Any]) -> bool:
    """Whether it is a plain truth about the structure itself: « structure_type = 'CS' » for a centre social."""
    match node:
        case tree.Compare(operator="=", left=tree.Ref(name=name, previous=False), right=tree.Text(value=value)):
            return context.get(name) == value
    return False


def _raw(node: tree.Node) -> str:
    """A constant as its control writes it; blank for what has no control of its own."""
    if isinstance(node, tree.Boolean):
        return "oui" if node.value else "non"
    return node.value if isinstance(node, tree.Text) and " " not in node.value else ""
