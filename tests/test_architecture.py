"""Holds the code to its layout: imports go strictly downwards, and few floors know TensorFlow or absl."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent

# A package or module of bert_tf, and its floor. Nothing may import from its own floor but its own package.
FLOORS = {
    "errors": -2,
    "files": -1,
    "json_text": -1,
    "progress": -1,
    "config_keys": -1,
    "config": 0,
    "tokenization": 1,
    "layers": 1,
    "metrics": 1,
    "optimization": 1,
    "checkpoints": 1,
    "models": 2,
    "data": 2,
    "tasks": 3,
    "training": 4,
    "export": 4,
    "visualization": 4,
    "workflow": 5,
    "flags": 6,
}
SCRIPTS_FLOOR = 7
KERAS_ONLY = {"layers", "models", "optimization"}
FLAG_READERS = {"flags"}

MODULES = sorted((ROOT / "bert_tf").rglob("*.py"))
SCRIPTS = sorted(set(ROOT.glob("*.py")) - {ROOT / "setup.py"})


def part_of(path):
    """The entry of `FLOORS` that a file belongs to; None for scripts and the package's own `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "bert_tf" and parts[1] != "__init__" else None


def imports(path):
    """Every module that a file imports, at its head or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "bert_tf")


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES + SCRIPTS, ids=name_of)
def test_imports_go_downwards(path):
    part = part_of(path)
    floor = FLOORS[part] if part else SCRIPTS_FLOOR
    for module in imports(path):
        if module.startswith("bert_tf."):
            imported = module.split(".")[1]
            if imported in FLOORS:
                assert imported == part or FLOORS[imported] < floor, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) in KERAS_ONLY], ids=name_of)
def test_model_code_runs_on_any_keras_backend(path):
    foreign = [
        m for m in imports(path) if m.split(".")[0] in ("tensorflow", "tensorflow_text", "jax", "torch")
    ]
    assert not foreign


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) not in FLAG_READERS], ids=name_of)
def test_the_library_knows_no_command_line_flags(path):
    assert not [module for module in imports(path) if module.split(".")[0] == "absl"]


def test_every_part_has_a_floor():
    assert {part_of(path) for path in MODULES} - {None} == set(FLOORS)
