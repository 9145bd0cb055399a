"""BERT's optimizer with TensorFlow's own kernel for the update."""

import tensorflow as tf

from bert_tf.optimization.adam_weight_decay import AdamWeightDecay


class FusedAdamWeightDecay(AdamWeightDecay):
    """`AdamWeightDecay`, each weight and its moments updated in one pass over memory instead of ten.

    The kernel is that of Adam without the bias correction; the decay, w ← w · (1 − rate ·
    weight_decay_rate), comes before it. Rounding apart the new weights are the same.
    """

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        rate = tf.cast(learning_rate, tf.float32) * self._shares[index]
        if self._decayed[index]:
            variable.assign(variable * (1.0 - rate * self.weight_decay_rate))
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._m[index].value.handle,
            v=self._v[index].value.handle,
            # The powers of β that the bias correction would need; none is made where they are 0.
            beta1_power=0.0,
            beta2_power=0.0,
            lr=rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )
