"""Google's code of 2018 at work: a clone of google-research/bert, as a graph of TensorFlow 1.

Today's TensorFlow still runs such graphs, but has no longer two of the functions that make this one: they
stand here. The graph is run in a session, without the Estimator of run_classifier.py and its checkpoints.
"""

import sys
import types

import tensorflow.compat.v1 as tf
from rows import Rows
from worker import WARM_UP, Stopwatch, answer

_INPUTS = ("input_ids", "input_mask", "segment_ids")


def training(config, data, batch_size, steps, folder, pad_to=None, warm_up=WARM_UP):
    """Fine-tuning a classifier.

    Args:
        folder: The clone. The other arguments are those of all workers.
    """
    _import_from(folder)
    batches = Rows.load(data).batches(batch_size, pad_to)
    places = {name: tf.placeholder(tf.int32, [batch_size, pad_to]) for name in _INPUTS}
    places["labels"] = tf.placeholder(tf.int32, [batch_size])
    total = steps + warm_up if steps > 1 else steps
    watch = Stopwatch(warm_up)
    train = _training_step(config, places)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, total + 1):
            batch = batches[(step - 1) % len(batches)]
            session.run(train, {places[name]: batch[name] for name in places})
            watch.mark(step)
    return watch.figures(batch_size)


def _import_from(folder):
    """Lets the clone's modules be imported, and import TensorFlow 1 as `tensorflow`."""
    tf.disable_v2_behavior()
    tf.layers = types.SimpleNamespace(dense=_dense)
    tf.contrib = types.SimpleNamespace(layers=types.SimpleNamespace(layer_norm=_layer_norm))
    sys.modules["tensorflow"] = tf
    sys.path.insert(0, folder)


def _training_step(config, places):
    import modeling
    import optimization

    import run_classifier

    inputs = (places[name] for name in (*_INPUTS, "labels"))
    loss, *_ = run_classifier.create_model(modeling.BertConfig.from_dict(config), True, *inputs, 2, False)
    return optimization.create_optimizer(loss, 5e-5, 1000, 100, use_tpu=False)


def _dense(inputs, units, activation=None, name=None, kernel_initializer=None):
    with tf.variable_scope(name, "dense"):
        kernel = tf.get_variable("kernel", [inputs.shape[-1], units], initializer=kernel_initializer)
        bias = tf.get_variable("bias", [units], initializer=tf.zeros_initializer())
        outputs = tf.nn.bias_add(tf.matmul(inputs, kernel), bias)
        return activation(outputs) if activation else outputs


def _layer_norm(inputs, begin_norm_axis, begin_params_axis, scope):
    with tf.variable_scope(scope, "LayerNorm"):
        beta = tf.get_variable("beta", inputs.shape[-1:], initializer=tf.zeros_initializer())
        gamma = tf.get_variable("gamma", inputs.shape[-1:], initializer=tf.ones_initializer())
        mean, variance = tf.nn.moments(inputs, [begin_norm_axis], keepdims=True)
        return tf.nn.batch_normalization(inputs, mean, variance, beta, gamma, 1e-12)


if __name__ == "__main__":
    answer(training)
