"""SavedModels in this process; tests/test_run_classifier.py loads one where the project is not installed."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_text  # noqa: F401 (registers the ops that the loaded tokenizer needs)

from bert_tf import BertConfig, InGraphTokenizer, UserError
from bert_tf.export.saved_model import TaskModule, export_task
from bert_tf.tasks.classification import Classification

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sat", "ran", "##s", "."]
CONFIG = BertConfig(
    vocab_size=len(WORDS),
    hidden_size=8,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=10,
    type_vocab_size=2,
    initializer_range=0.5,
)


class Sameness(Classification):
    labels = ["different", "same"]
    splits = {}


TEXT_A = ["The cat sat.", "the dogs ran", "the cat"]
TEXT_B = ["the dog ran .", "", "the cat sat the cat sat the cat"]


@pytest.fixture(scope="module", params=[None, "mixed_bfloat16"])
def module(request, tmp_path_factory):
    keras.utils.set_random_seed(0)
    vocab_file = tmp_path_factory.mktemp("vocab") / "vocab.txt"
    vocab_file.write_text("\n".join(WORDS) + "\n")
    tokenizer = InGraphTokenizer(str(vocab_file))
    task = Sameness()
    return TaskModule(task.model(CONFIG, request.param), task, tokenizer, 9, CONFIG.max_position_embeddings)


@pytest.fixture(scope="module")
def loaded(module, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "model"
    export_task(module, folder)
    return tf.saved_model.load(folder)


def test_text_and_ids_agree(loaded):
    # "the cat sat ." and "the dog ran ." take 4 + 4 pieces; 9 - 3 leave room for 3 each.
    ids = np.array(
        [[2, 5, 6, 8, 3, 5, 7, 9, 3], [2, 5, 7, 10, 9, 3, 0, 0, 0], [2, 5, 6, 3, 5, 6, 8, 5, 3]], np.int32
    )
    segments = np.array([[0, 0, 0, 0, 0, 1, 1, 1, 1], [0] * 9, [0, 0, 0, 0, 1, 1, 1, 1, 1]], np.int32)
    by_ids = loaded.signatures["serving_default"](
        input_ids=tf.constant(ids), input_mask=tf.cast(ids > 0, tf.int32), segment_ids=tf.constant(segments)
    )
    by_text = loaded.signatures["text"](text_a=tf.constant(TEXT_A), text_b=tf.constant(TEXT_B))
    np.testing.assert_allclose(by_text["probabilities"], by_ids["probabilities"], atol=1e-6)
    best = np.argmax(by_ids["probabilities"], axis=-1)
    assert [label.decode() for label in by_text["label"].numpy()] == [
        ["different", "same"][index] for index in best
    ]


def test_second_text_may_be_left_out(loaded):
    alone = loaded.text(tf.constant(TEXT_A))
    with_empty = loaded.signatures["text"](text_a=tf.constant(TEXT_A), text_b=tf.constant(["", "", ""]))
    np.testing.assert_array_equal(alone["probabilities"], with_empty["probabilities"])


def test_serving_knows_the_default(module, tmp_path):
    from tensorflow.core.protobuf import saved_model_pb2

    export_task(module, tmp_path / "model")
    proto = saved_model_pb2.SavedModel()
    proto.ParseFromString((tmp_path / "model" / "saved_model.pb").read_bytes())
    assert proto.meta_graphs[0].signature_def["text"].defaults["text_b"].string_val == [b""]


def test_kernels_are_saved_in_the_precision_they_are_computed_with(request, loaded):
    halves = [weight for weight in loaded._weights if weight.dtype == tf.bfloat16]
    # Six of the layer and the pooler's.
    assert len(halves) == (7 if "mixed_bfloat16" in request.node.name else 0)


def test_too_long_is_a_clear_error(loaded):
    ids = tf.ones([1, 11], tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="longer than the 10 positions of the model"):
        loaded.ids(ids, ids, tf.zeros_like(ids))


def test_replaces_a_saved_model_whole(module, tmp_path):
    folder = tmp_path / "model"
    export_task(module, folder, {"model.onnx": b"of before"})
    export_task(module, folder)
    assert not (folder / "model.onnx").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_replaces_nothing_that_it_did_not_write(module, tmp_path):
    folder = tmp_path / "model"
    export_task(module, folder)
    (folder / "variables" / "thesis.txt").write_text("")
    with pytest.raises(UserError, match="model: cannot be written .It holds other files.: choose another"):
        export_task(module, folder)
    assert (folder / "variables" / "thesis.txt").exists() and tf.saved_model.contains_saved_model(str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_link_stays_a_link(module, tmp_path):
    (tmp_path / "link").symlink_to("model")
    for _ in range(2):
        export_task(module, tmp_path / "link")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "model"]
        assert (tmp_path / "link").is_symlink() and (tmp_path / "model" / "saved_model.pb").exists()


def test_unwritable(module, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="--export_dir=.*: cannot be written .*: choose another folder"):
        export_task(module, tmp_path / "file" / "model")
