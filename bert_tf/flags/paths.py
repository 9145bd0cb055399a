"""Flags that name files and folders: what is no path of this machine's files is refused as it is read."""

from absl import flags

from bert_tf.files.paths import check_path


class _PathParser(flags.ArgumentParser):
    """A path."""

    syntactic_help = "a path"

    def parse(self, argument):
        check_path(argument)
        return argument


class _PathsParser(flags.ListParser):
    """Paths with commas between."""

    def parse(self, argument):
        # Google's scripts find nothing by an empty pattern, as behind a last comma, and do not mind.
        paths = [path for path in super().parse(argument) if path]
        for path in paths:
            check_path(path)
        return paths


def define_path(name, default, help):
    """Declares a flag that is a path; a wrong one is one line when the flags are parsed."""
    flags.DEFINE(_PathParser(), name, default, help, serializer=flags.ArgumentSerializer())


def define_paths(name, default, help):
    """Declares a flag that is a list of paths or patterns."""
    flags.DEFINE(_PathsParser(), name, default, help, serializer=flags.ListSerializer(","))
