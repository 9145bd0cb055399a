"""The README's example of another data set, run as it is printed there."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "rain", "sun", "showers", "sky", "a", "of", "and", "."]


def blocks(heading, language):
    """The code blocks of a language below a heading of the README."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(f"\n{heading}\n")[1]
    section = re.split(r"\n#{2,3} ", section)[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def released_checkpoint(folder, golden_dir):
    """A folder like that of a released checkpoint."""
    folder.mkdir()
    for file in (*golden_dir.glob("bert_model.ckpt.*"), golden_dir / "bert_config.json"):
        shutil.copy(file, folder)
    unused = [f"[unused{number}]" for number in range(523 - len(WORDS))]
    (folder / "vocab.txt").write_text("\n".join(WORDS + unused) + "\n")
    return folder


def test_another_data_set(tmp_path, golden_dir):
    make_files, run = blocks("### With a class of its own", "sh")
    (program,) = blocks("### With a class of its own", "python")
    (tmp_path / "weather.py").write_text(program, encoding="utf-8")
    (tmp_path / "run_classifier.py").symlink_to(ROOT / "run_classifier.py")
    bin_folder = pathlib.Path(sys.executable).parent
    result = subprocess.run(
        ["bash", "-e", "-c", make_files + run],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "BERT_BASE_DIR": str(released_checkpoint(tmp_path / "tiny", golden_dir)),
        },
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    rows = (tmp_path / "weather_output" / "predictions.tsv").read_text().splitlines()
    assert [row.split("\t")[0] for row in rows] == ["id", "monday", "tuesday"]
    assert {row.split("\t")[1] for row in rows[1:]} <= {"dry", "wet"}
    figures = (tmp_path / "weather_output" / "eval_results.txt").read_text()
    assert "eval_accuracy = " in figures and "eval_f1 = " in figures and "global_step = 6" in figures
