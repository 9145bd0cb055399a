"""Gives a checkpoint rows for new words, and writes it as a folder like Google's."""

import os
import pathlib

from bert_tf.checkpoints.google import GLOBAL_STEP, write_tensors
from bert_tf.checkpoints.loading import is_slot
from bert_tf.checkpoints.tensor_names import TENSOR_KINDS
from bert_tf.errors import UserError
from bert_tf.files import whole_folder, write_text
from bert_tf.files.outputs import check_whole_folder, reserved

CHECKPOINT_NAME = "bert_model.ckpt"
CONFIG_NAME = "bert_config.json"
VOCAB_NAME = "vocab.txt"

_NEW_FOLDER = "give output_dir a new one"

_ROW_A_WORD = frozenset(kind.google for kind in TENSOR_KINDS if kind.sizes[0] == "vocab_size")
_WORD_EMBEDDINGS = "bert/embeddings/word_embeddings"


def extend_rows(reader, old_ids, old_size, new_size):
    """The weights of a checkpoint, with rows for new words in the embedding table and the MLM bias.

    A new row is the mean of the rows of the pieces that the word was cut into before. What only
    training needs, optimizer slots and `global_step`, is left out.

    Args:
        reader: A `CheckpointReader`.
        old_ids: From each new id to the ids of those pieces.
        old_size: Number of entries of the old vocabulary.
        new_size: Number of entries of the new one.

    Returns:
        Arrays by the tensors' names, and the number of tensors left out.

    Raises:
        UserError: If the checkpoint cannot be read, has no embedding table, or one of another size.
    """
    if _WORD_EMBEDDINGS not in reader.shapes:
        raise UserError(f"{reader.prefix}: variable {_WORD_EMBEDDINGS} is missing: give a checkpoint of BERT")
    for name in _ROW_A_WORD & reader.shapes.keys():
        if reader.shapes[name][0] != old_size:
            raise UserError(
                f"{reader.prefix}: variable {name} has {reader.shapes[name][0]} rows, but the "
                f"vocabulary {old_size} entries: give the vocab.txt and bert_config.json that "
                "belong to the checkpoint"
            )
    kept = [name for name in reader.shapes if name != GLOBAL_STEP and not is_slot(name)]
    tensors = {name: reader.read(name) for name in kept}
    for name in _ROW_A_WORD & tensors.keys():
        tensors[name] = _with_new_rows(tensors[name], old_ids, new_size)
    return tensors, len(reader.shapes) - len(kept)


def _with_new_rows(table, old_ids, new_size):
    import numpy as np

    extended = np.zeros((new_size, *table.shape[1:]), table.dtype)
    extended[: len(table)] = table
    for new_id, ids in old_ids.items():
        extended[new_id] = table[ids].mean(axis=0, dtype=np.float64)
    return extended


def check_new_folder(folder):
    """Makes sure that there is nothing in the way of a folder to be written, and that it can be.

    Raises:
        UserError: If it has something in it, is no folder, or cannot be made.
    """
    path = pathlib.Path(folder)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UserError(f"{folder}: not an empty folder: {_NEW_FOLDER}")
    check_whole_folder(folder, folder, _NEW_FOLDER)


def new_folder(folder):
    """A context that keeps other runs out which write the same folder, and shows that it can be written."""
    return reserved(folder, folder, _NEW_FOLDER)


def write_model_folder(folder, tensors, config, vocab_lines):
    """Writes `bert_model.ckpt`, `bert_config.json` and `vocab.txt`, all of them or nothing.

    Args:
        folder: The folder; must not exist or be empty.
        tensors: Arrays by the tensors' names.
        config: A `BertConfig`.
        vocab_lines: The lines of vocab.txt.

    Raises:
        UserError: If the folder has something in it, or cannot be written.
    """
    check_new_folder(folder)
    try:
        with whole_folder(folder) as partial:
            write_tensors(os.path.join(partial, CHECKPOINT_NAME), tensors)
            config.to_json_file(os.path.join(partial, CONFIG_NAME))
            write_text(os.path.join(partial, VOCAB_NAME), "".join(f"{line}\n" for line in vocab_lines))
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror}): give output_dir a folder with room "
            "that you may write to"
        ) from None
