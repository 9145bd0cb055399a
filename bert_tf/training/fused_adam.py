"""BERT's optimizer with each large weight updated in one pass over memory."""

import tensorflow as tf

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay
from bert_tf.training.devices import formula_compiler

# A weight of fewer numbers is updated before its formula would be compiled.
_LEAST_SIZE = 2**18


class FusedAdamWeightDecay(AdamWeightDecay):
    """`AdamWeightDecay` whose update of a large weight, clipping included, is compiled as a whole.

    Operation by operation an update passes over a weight's memory many times, and that is what it takes
    its time for. Small weights are updated so, and all of them where there is no compiler for formulas.
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

    def update_step(self, gradient, variable, learning_rate):
        compiler = formula_compiler()
        if compiler is None or variable.shape.num_elements() < _LEAST_SIZE:
            super().update_step(gradient * self._scale, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        compiler(_update)(
            variable,
            self._m[index].value,
            self._v[index].value,
            gradient,
            self._scale,
            tf.cast(learning_rate, tf.float32) * self._shares[index],
            self.weight_decay_rate if self._decayed[index] else 0.0,
            self.beta_1,
            self.beta_2,
            self.epsilon,
        )


def _update(variable, m, v, gradient, scale, rate, weight_decay_rate, beta_1, beta_2, epsilon):
    """The formula of `AdamWeightDecay`, for a gradient that is yet to be scaled."""
    gradient = gradient * scale
    m.assign(beta_1 * m + (1 - beta_1) * gradient)
    v.assign(beta_2 * v + (1 - beta_2) * tf.square(gradient))
    variable.assign_sub(rate * (m / (tf.sqrt(v) + epsilon) + weight_decay_rate * variable))
