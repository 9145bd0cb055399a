"""Fixtures that every test may use."""

import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

TESTS = pathlib.Path(__file__).parent


@pytest.fixture(scope="session")
def bert_tf_data():
    """The folder of real data that BERT_TF_DATA names; skips where there is none."""
    folder = os.environ.get("BERT_TF_DATA")
    if not folder:
        pytest.skip("real data: set BERT_TF_DATA to the folder that holds glue/, vocabs/, …")
    return pathlib.Path(folder).resolve()


@pytest.fixture(scope="session")
def golden_dir():
    """Google's tiny checkpoint and what the 2018 code computed from it."""
    return TESTS / "golden" / "tiny"
