"""Wrong command lines and damaged files, drawn at random."""

import dataclasses
import json

# Values that no number's flag can have, whichever it is.
_NO_NUMBER = ("abc", "", "1e", "--", "0x", "1,5", "ten", "½", "nan", "inf", "-inf", "1e400")
_NUMBERS = (
    "-1",
    "0",
    "1e-30",
    "1e300",
    str(10**12),
    str(2**31),
    str(2**32),
    str(2**63),
    "-0.0",
    "0.5",
    "1e9",
)
_PATHS = (
    "no/such/file",
    "/dev/null",
    "/dev/full",
    ".",
    "/proc/self",
    "model",
    "model/vocab.txt",
    "text/one.txt",
    "gs://bucket/file",
    "s3://bucket/x",
    "a[1]",
    "x" * 300,
    "out/\x7f",
    "",
    "model/bert_model.ckpt",
    "mrpc/train.tsv",
)
_WORDS = ("abc", "", "true,false", "None", "ü", "a b", "*", "0", "[PAD]", "x" * 5000)
_NO_FLAGS = ("--no_such_flag=1", "--do_trian=true", "train", "-", "---", "--=", "--flagfile=no/such/file")


@dataclasses.dataclass(frozen=True)
class Wrong:
    """A wrong command line.

    Args:
        flags: The flags, after all that were right.
        must_fail: Whether it cannot be meant.
    """

    flags: tuple[str, ...]
    must_fail: bool


def wrong_flags(rng, command):
    """A mistake in a command line, or two: a `Wrong`."""
    mistakes = [_mistake(rng, command) for _ in range(rng.choice((1, 1, 1, 2)))]
    flags = tuple(flag for mistake in mistakes for flag in mistake.flags)
    return Wrong(flags, any(mistake.must_fail for mistake in mistakes) and _is_last(mistakes))


def _is_last(mistakes):
    """Whether no later flag takes back what an earlier one said."""
    names = [flag.partition("=")[0] for mistake in mistakes for flag in mistake.flags]
    return len(set(names)) == len(names)


def _mistake(rng, command):
    name = rng.choice(sorted(command.flags))
    value = command.flags[name]
    kind = rng.random()
    if kind < 0.1:
        return Wrong((rng.choice(_NO_FLAGS),), True)
    if kind < 0.15:
        return Wrong((f"--{name}x={value}",), True)
    if isinstance(value, (int, float)):
        if rng.random() < 0.4:
            return Wrong((f"--{name}={rng.choice(_NO_NUMBER)}",), True)
        return Wrong((f"--{name}={rng.choice(_NUMBERS)}",), False)
    if value in ("true", "false"):
        word = rng.choice((*_WORDS, *_NUMBERS, "nan", "TRUE", "yes"))
        return Wrong((f"--{name}={word}",), word not in ("0", "1", "TRUE", "yes"))
    if rng.random() < 0.25 and command.writes:
        # An output that is an input, or lies about it.
        return Wrong((f"--{name}={rng.choice(command.reads)}",), False)
    return Wrong((f"--{name}={rng.choice((*_PATHS, *_WORDS))}",), False)


def damage(rng, path):
    """Damages a file, and says how.

    Returns:
        What was done, and whether no reader may take the file for whole.
    """
    content = path.read_bytes()
    kinds = [_cut_off, _flip, _empty, _gone, _folder, _zeros, _noise, _inserted, _doubled, _swapped, _utf_16]
    if path.suffix == ".json" or path.name == "run_settings.json":
        kinds += [_json_value] * 4
    make = rng.choice(kinds)
    what, new = make(rng, content)
    path.unlink()
    if new is None:
        path.mkdir() if what == "a folder" else None
        return what, True
    path.write_bytes(new)
    return what, new != content and what in _PLAIN and len(content) > 0 and _has_checksums(path)


_PLAIN = ("cut off", "flipped", "empty", "zeros", "noise")


def _has_checksums(path):
    return path.suffix == ".tfrecord"


def _cut_off(rng, content):
    return "cut off", content[: rng.randrange(len(content) + 1)]


def _flip(rng, content):
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return "flipped", bytes(changed)


def _empty(rng, content):
    return "empty", b""


def _gone(rng, content):
    return "gone", None


def _folder(rng, content):
    return "a folder", None


def _zeros(rng, content):
    start = rng.randrange(len(content) + 1)
    length = min(len(content) - start, rng.choice((1, 16, 512)))
    return "zeros", content[:start] + bytes(length) + content[start + length :]


def _noise(rng, content):
    return "noise", rng.randbytes(rng.choice((1, 10, 1000)))


def _inserted(rng, content):
    start = rng.randrange(len(content) + 1)
    odd = (
        b"\t",
        b"\n",
        b"\r",
        b"\n\n",
        b"\x00",
        b"\xff",
        b'"',
        b"\xef\xbb\xbf",
        b"\\ud83d",
        b",",
        b" ",
        b"nan",
    )
    return "inserted", content[:start] + rng.choice(odd) + content[start:]


def _lines(content):
    return content.splitlines(keepends=True) or [b""]


def _doubled(rng, content):
    lines = _lines(content)
    index = rng.randrange(len(lines))
    return "doubled", b"".join(lines[: index + 1] + lines[index:])


def _swapped(rng, content):
    lines = _lines(content)
    rng.shuffle(lines)
    return "swapped", b"".join(lines)


def _utf_16(rng, content):
    return "utf-16", content.decode("utf-8", errors="replace").encode("utf-16")


def _json_value(rng, content):
    """Another value somewhere, a name left out, or something else altogether."""
    try:
        document = json.loads(content)
    except ValueError:
        return "inserted", content + b"}"
    odd = rng.choice((None, -1, 0, 1e300, 10**30, "abc", "", [], {}, [[]], True, float("nan"), "9" * 50))
    node = document
    while rng.random() < 0.8:
        children = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
        nested = [child for _, child in children if isinstance(child, (dict, list)) and child]
        if not nested:
            break
        node = rng.choice(nested)
    if not node or rng.random() < 0.1:
        document = odd
    else:
        key = rng.choice(sorted(node) if isinstance(node, dict) else range(len(node)))
        if rng.random() < 0.3:
            del node[key]
        else:
            node[key] = odd
    return "JSON", json.dumps(document).encode()
