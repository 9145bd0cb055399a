"""Installs bert_tf: Google's BERT on today's TensorFlow and Keras 3."""

import pathlib

from setuptools import find_packages, setup

README = pathlib.Path(__file__).parent / "README.md"

setup(
    name="bert_tf",
    version="0.1.0",
    description="Google's BERT on today's TensorFlow and Keras 3: its checkpoints, flags and numbers.",
    long_description=README.read_text(encoding="utf-8") if README.exists() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=find_packages(include=["bert_tf", "bert_tf.*"]),
    python_requires=">=3.10,<3.14",
    install_requires=[
        # tensorflow-text pins TensorFlow's minor version; the two move together.
        "tensorflow>=2.20,<2.22",
        "tensorflow-text>=2.20,<2.22",
        "keras>=3.12,<3.16",
        "absl-py>=2.1",
        "google-crc32c>=1.5",
        "numpy>=1.26",
        "scikit-learn>=1.4",
        "scipy>=1.11",
        "seqeval>=1.2",
        "tqdm>=4.66",
    ],
    extras_require={
        "benchmarks": [
            "jax>=0.4.34",
            "keras-hub>=0.32",
            "onnx>=1.18",
            "onnxruntime>=1.23",
            "onnxscript>=0.5",
            "tokenizers>=0.22",
            "torch>=2.9",
            "transformers>=5",
        ],
        "onnx": ["onnx>=1.18", "onnxruntime>=1.23"],
        "plots": ["matplotlib>=3.8"],
        "tensorboard": ["tensorboard>=2.20"],
        "test": [
            "pytest>=8",
            "pytest-xdist>=3.5",
            "jax>=0.4.34",
            "matplotlib>=3.8",
            "onnx>=1.18",
            "onnxruntime>=1.23",
            "tensorboard>=2.20",
        ],
    },
)
