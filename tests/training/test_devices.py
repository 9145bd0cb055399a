"""What the model runs on."""

import pytest
import tensorflow as tf

from bert_tf import UserError
from bert_tf.training.devices import check_tpu, graphs_as_traced


def test_tpus_are_refused_plainly():
    check_tpu(False)
    with pytest.raises(UserError, match="--use_tpu=true: this package trains on GPU or CPU"):
        check_tpu(True)


@pytest.mark.parametrize("before", [False, True])
def test_graphs_are_rewritten_again_after_training(before):
    def is_off():
        return tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"]

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": before})
    try:
        with pytest.raises(ValueError, match="broken"):
            with graphs_as_traced():
                assert is_off() or tf.config.list_physical_devices("GPU")
                raise ValueError("broken")
        assert is_off() == before
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
