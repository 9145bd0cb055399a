"""The values of a JSON file that know where they stand, so that a wrong one can be named."""

import collections
import dataclasses

from bert_tf.errors import UserError

_KINDS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}

_HINTS = collections.defaultdict(
    str, is_impossible=" (SQuAD 2.0 has it; without --version_2_with_negative it is not needed)"
)


@dataclasses.dataclass(frozen=True)
class Node:
    """A value of the JSON file, and where it stands."""

    value: object
    place: str

    def get(self, name, *kinds):
        """The entry of this name, which must be of one of these types.

        Raises:
            UserError: If there is none, or it is of another type; the message says where.
        """
        if not isinstance(self.value, dict):
            raise UserError(f"{self.place}: not an object with {name!r}: give a file in the layout of SQuAD")
        if name not in self.value:
            raise UserError(f"{self.place}: {name!r} is missing{_HINTS[name]}: add it")
        value = self.value[name]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UserError(f"{self.place}: {name!r} is not {_KINDS[kinds[0]]}: correct it")
        return value

    def nodes(self, name):
        """The elements of the list of this name; errors as of `get`."""
        separator = "." if "[" in self.place.rpartition(": ")[2] else ": "
        return [
            Node(value, f"{self.place}{separator}{name}[{number}]")
            for number, value in enumerate(self.get(name, list))
        ]
