"""What is said where the packages for ONNX are missing. Running models is tested in test_onnx_model.py."""

import sys

import pytest

from bert_tf import UserError
from bert_tf.export.onnx_session import check_onnx


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_missing_package(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        UserError, match=r"--quantize=int8 needs the packages onnx and onnxruntime: pip .*\[onnx\]"
    ):
        check_onnx("--quantize=int8")
