"""Takes a checkpoint's weights into a model, and reports every difference."""

import dataclasses
import math

from bert_tf.checkpoints.finite import check_finite
from bert_tf.checkpoints.google import GLOBAL_STEP, CheckpointReader
from bert_tf.checkpoints.tensor_names import google_name, kind_of_path
from bert_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class LoadReport:
    """What became of each variable; `str()` gives it as a table.

    Attributes:
        prefix: The checkpoint.
        loaded: Shapes of the variables that were read, by name.
        new: Shapes of the model's variables that the file does not have: heads.
        left: Shapes of the tensors that the model has no place for.
        global_step: Training steps that the checkpoint says were done; 0 if it does not.
    """

    prefix: str
    loaded: dict
    new: dict
    left: dict
    global_step: int = 0

    def __str__(self):
        rows = (
            ("loaded", self.loaded, ""),
            ("new", self.new, _names(self.new)),
            ("left", self.left, _names(self.left)),
        )
        lines = [f"Checkpoint {self.prefix}", f"  {'':8}{'variables':>10}{'parameters':>14}"]
        for title, shapes, names in rows:
            size = sum(math.prod(shape) for shape in shapes.values())
            lines.append(f"  {title:8}{len(shapes):>10,}{size:>14,}  {names}".rstrip())
        return "\n".join(lines)


def _names(shapes):
    """The names, with an optimizer's slots counted rather than listed."""
    slots = [name for name in shapes if is_slot(name)]
    names = [f"{name} {list(shape)}" for name, shape in shapes.items() if not is_slot(name)]
    return ", ".join(names + ([f"{len(slots)} optimizer slots"] if slots else []))


def is_slot(name):
    """Whether a tensor is an optimizer's slot of a variable."""
    return name.endswith(("/adam_m", "/adam_v"))


def load_checkpoint(model, path, new_head=False):
    """Initializes a model from a checkpoint of Google's format.

    The encoder must be there whole. A head may be missing, and then keeps its
    initial weights; optimizer slots, `global_step` and heads that the model does
    not have are left in the file.

    Args:
        model: A Keras model of this package.
        path: The checkpoint's prefix, one of its files, or its folder.
        new_head: Whether a head that the checkpoint has is left there too, to
            start with a new one.

    Returns:
        A `LoadReport`.

    Raises:
        UserError: If the checkpoint cannot be read, or a variable is missing from
            it, has another shape or is not finite. The model is then as it was.
    """
    reader = CheckpointReader(path)
    wanted = {google_name(variable.path): variable for variable in model.weights}
    if new_head:
        wanted = {name: v for name, v in wanted.items() if not kind_of_path(v.path).head}
    new = {google_name(v.path): tuple(v.shape) for v in model.weights}
    present = {name: variable for name, variable in wanted.items() if name in reader.shapes}
    _check_present(reader, wanted)
    _check_shapes(reader, present)
    values = {name: reader.read(name) for name in present}
    check_finite(reader.prefix, values)
    for name, variable in present.items():
        variable.assign(values[name])
        del new[name]
    left = {name: shape for name, shape in reader.shapes.items() if name not in present}
    step = int(reader.read(GLOBAL_STEP)) if GLOBAL_STEP in reader.shapes else 0
    return LoadReport(reader.prefix, {name: tuple(v.shape) for name, v in present.items()}, new, left, step)


def restore_training(model, optimizer, path, others=None):
    """Takes up training where a checkpoint left it: every weight, every slot, the step.

    Args:
        model: The model being trained.
        optimizer: Its optimizer, built.
        path: The checkpoint.
        others: Variables by name that are restored too, if the checkpoint has them.

    Returns:
        The number of steps done, an int.

    Raises:
        UserError: If the checkpoint cannot be read, lacks anything or is not finite.
    """
    reader = CheckpointReader(path)
    wanted = {google_name(variable.path): variable for variable in model.weights}
    for weight_path, slot, variable in optimizer.slots():
        wanted[f"{google_name(weight_path)}/{slot}"] = variable
    for name in (*wanted, GLOBAL_STEP):
        if name not in reader.shapes:
            raise UserError(
                f"{reader.prefix}: {name} is missing, so training cannot go on from it: start from its "
                "weights instead, with --init_checkpoint and another --output_dir"
            )
    wanted |= {name: variable for name, variable in (others or {}).items() if name in reader.shapes}
    _check_shapes(reader, wanted)
    values = {name: reader.read(name) for name in wanted}
    check_finite(reader.prefix, values)
    for name, variable in wanted.items():
        variable.assign(values[name])
    return int(reader.read(GLOBAL_STEP))


def _check_present(reader, wanted):
    missing = [
        name for name, v in wanted.items() if name not in reader.shapes and not kind_of_path(v.path).head
    ]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise UserError(
            f"{reader.prefix}: variable {missing[0]} {list(wanted[missing[0]].shape)}{more} is missing: "
            "give the checkpoint that belongs to this bert_config.json"
        )


def _check_shapes(reader, present):
    for name, variable in present.items():
        expected, found = list(variable.shape), list(reader.shapes[name])
        if expected != found:
            raise UserError(
                f"{reader.prefix}: variable {name} is {found} in the checkpoint but {expected} in the "
                f"model{_explanation(variable.path, expected, found)}"
            )


def _explanation(path, expected, found):
    """Which setting the sizes come from, and what to do about it."""
    path = path.removesuffix("_adam_m").removesuffix("_adam_v")
    try:
        kind = kind_of_path(path)
    except KeyError:
        return ""
    if "labels" in kind.sizes:
        return ": it was fine-tuned for other labels; give --new_head=true to start with a new output layer"
    sizes = zip(kind.sizes, expected, found)
    differing = [f"{name} {ours}, not {theirs}" for name, ours, theirs in sizes if ours != theirs]
    return f" ({', '.join(differing)}): give the bert_config.json and vocab.txt that belong to the checkpoint"
