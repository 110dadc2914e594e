"""Django's own finds no words in Jinja2's templates: Jinja2 reads them, and hands them on as calls."""

from pathlib import Path

from django.core.management.commands import makemessages
from jinja2.ext import babel_extract

KEYWORDS = ("_", "gettext", "ngettext")


class BuildFile(makemessages.BuildFile):
    def preprocess(self) -> None:
        if not self.is_templatized or not self.path.endswith(".jinja"):
            super().preprocess()
            return
        Path(self.work_path).write_text(_calls(Path(self.path)), encoding="utf-8")


class Command(makemessages.Command):
    build_file_class = BuildFile


def _calls(template: Path) -> str:
    """Python with each text on the line on which the template has it."""
    lines = [""] * (template.read_text(encoding="utf-8").count("\n") + 1)
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    with template.open("rb") as source:
        for number, keyword, texts, _comments in babel_extract(source, KEYWORDS, (), options):
            said = [texts] if isinstance(texts, str) else [text for text in texts or () if text]
            arguments = ", ".join([*map(repr, said), *(["0"] if keyword == "ngettext" else [])])
            lines[number - 1] += f"{'gettext' if keyword == '_' else keyword}({arguments}); "
    return "\n".join(lines)
