"""Takes a checkpoint's weights into a model, and reports every difference."""

import dataclasses
import math

from bert_tf.checkpoints.finite import check_finite
from bert_tf.checkpoints.fitting import check_present, check_shapes
from bert_tf.checkpoints.google import GLOBAL_STEP, CheckpointReader
from bert_tf.checkpoints.scopes import GOOGLES_SCOPE
from bert_tf.checkpoints.tensor_names import google_name, kind_of_path, num_layers
from bert_tf.errors import UserError


@dataclasses.dataclass(frozen=True)
class LoadReport:
    """What became of each variable; `str()` gives it as a table.

    Attributes:
        prefix: The checkpoint.
        loaded: Shapes of the variables that were read, by name.
        new: Shapes of the model's variables that the file does not have: heads, and the pooler where
            the model uses it.
        left: Shapes of the tensors that the model has no place for.
        global_step: Training steps that the checkpoint says were done; 0 if it does not.
        scope: What the file has in the place of the scope `bert/`.
    """

    prefix: str
    loaded: dict
    new: dict
    left: dict
    global_step: int = 0
    scope: str = GOOGLES_SCOPE

    def __str__(self):
        rows = (
            ("loaded", self.loaded, ""),
            ("new", self.new, _names(self.new)),
            ("left", self.left, _names(self.left)),
        )
        lines = [f"Checkpoint {self.prefix}{self._remarks()}", f"  {'':8}{'variables':>10}{'parameters':>14}"]
        for title, shapes, names in rows:
            size = sum(math.prod(shape) for shape in shapes.values())
            lines.append(f"  {title:8}{len(shapes):>10,}{size:>14,}  {names}".rstrip())
        return "\n".join(lines)

    def _remarks(self):
        remarks = []
        if self.scope != GOOGLES_SCOPE:
            remarks.append(f"where bert/ is called {self.scope or 'nothing'}")
        loaded, in_all = num_layers(self.loaded), num_layers({**self.loaded, **self.left})
        if loaded < in_all:
            remarks.append(f"the lowest {loaded} of its {in_all} layers")
        return "".join(f", {remark}" for remark in remarks)


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

    The encoder must be there whole, but for the pooler. That or a head may be missing, and
    then keeps its initial weights; optimizer slots, `global_step` and heads that the model
    does not have are left in the file. The encoder may stand in another scope than `bert/`,
    if it is the only one.

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
    # What is not trained is a pooler that no output depends on: then it does not matter that it is new.
    new = {google_name(v.path): tuple(v.shape) for v in model.weights if v.trainable}
    present = {name: variable for name, variable in wanted.items() if name in reader.shapes}
    check_present(reader, _shapes(wanted))
    check_shapes(reader, _shapes(present))
    values = {name: reader.read(name) for name in present}
    check_finite(reader.prefix, values)
    for name, variable in present.items():
        variable.assign(values[name])
        new.pop(name, None)
    left = {name: shape for name, shape in reader.shapes.items() if name not in present}
    step = int(reader.read(GLOBAL_STEP)) if GLOBAL_STEP in reader.shapes else 0
    return LoadReport(reader.prefix, _shapes(present), new, left, step, reader.scope)


def _shapes(variables):
    return {name: tuple(variable.shape) for name, variable in variables.items()}


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
    check_shapes(reader, _shapes(wanted))
    values = {name: reader.read(name) for name in wanted}
    check_finite(reader.prefix, values)
    for name, variable in wanted.items():
        variable.assign(values[name])
    return int(reader.read(GLOBAL_STEP))
