"""BERT's optimizer in few passes over memory and few operations."""

import collections
import math

import tensorflow as tf

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.training.devices import formula_compiler

# Weights of fewer numbers are updated together.
_LEAST_SIZE = 2**18


class FusedAdamWeightDecay(AdamWeightDecay):
    """`AdamWeightDecay` that updates each large weight in one pass, and the small ones together.

    Operation by operation an update passes over a weight's memory many times: that of a large weight,
    clipping included, is compiled as a whole where there is a compiler for formulas. With small ones,
    biases and normalizations, two thirds of BERT's weights, the operations themselves take the time, to
    trace as to run: they are laid end to end and updated as one weight.
    """

    def _clip_gradients(self, grads):
        """Leaves the gradients as they are, and notes what they are to be multiplied with."""
        self._scale = 1.0
        if self.global_clipnorm:
            # TensorFlow's kernel for half the sum of squares does not write the squares down.
            norm = tf.sqrt(2 * tf.add_n([tf.nn.l2_loss(grad) for grad in grads]))
            # A norm that is not finite makes all weights NaN, which the trainer reports.
            self._scale = self.global_clipnorm / tf.maximum(norm, self.global_clipnorm) + (norm - norm)
        return grads

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        compiler = formula_compiler() or (lambda formula: formula)
        small = collections.defaultdict(list)
        for gradient, variable in zip(grads, trainable_variables):
            index = self._get_variable_index(variable)
            state = (variable.value, self._m[index].value, self._v[index].value)
            kind = (self._shares[index], self._decayed[index])
            if math.prod(variable.shape) < _LEAST_SIZE:
                small[kind].append((state, gradient))
            else:
                compiler(_update)(state, gradient, self._numbers(learning_rate, *kind))
        for kind, weights in small.items():
            _update_together(weights, self._numbers(learning_rate, *kind))

    def _numbers(self, learning_rate, share, is_decayed):
        """What `_updated` takes beside tensors, for weights of one kind."""
        rate = tf.cast(learning_rate, tf.float32) * share
        decay = self.weight_decay_rate if is_decayed else 0.0
        return self._scale, rate, decay, self.beta_1, self.beta_2, self.epsilon


def _update(state, gradient, numbers):
    for variable, value in zip(state, _updated(state, gradient, numbers)):
        variable.assign(value)


def _update_together(weights, numbers):
    """Updates weights of one kind, pairs of their state and gradient, laid end to end."""
    states, gradients = zip(*weights)
    columns = tuple(zip(*states))  # The weights, their m and their v.
    sizes = [math.prod(variable.shape) for variable in columns[0]]
    flat = [_end_to_end(column, sizes) for column in (*columns, gradients)]
    for column, value in zip(columns, _updated(flat[:-1], flat[-1], numbers)):
        for variable, part in zip(column, tf.split(value, sizes)):
            variable.assign(_reshaped(part, variable.shape))


def _end_to_end(tensors, sizes):
    return tf.concat([_reshaped(tensor, [size]) for tensor, size in zip(tensors, sizes)], axis=0)


def _reshaped(tensor, shape):
    """The tensor as it is where it has the shape, as nearly all small weights do, which are vectors."""
    return tf.convert_to_tensor(tensor) if tensor.shape == shape else tf.reshape(tensor, shape)


def _updated(state, gradient, numbers):
    """A weight's next state (w, m, v) by the formula of `AdamWeightDecay`, its gradient yet to be scaled."""
    w, m, v = state
    scale, rate, weight_decay_rate, beta_1, beta_2, epsilon = numbers
    gradient = gradient * scale
    m = beta_1 * m + (1 - beta_1) * gradient
    v = beta_2 * v + (1 - beta_2) * tf.square(gradient)
    return w - rate * (m / (tf.sqrt(v) + epsilon) + weight_decay_rate * w), m, v
