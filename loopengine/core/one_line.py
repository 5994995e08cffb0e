"""What people have written, on one line: for captions, letters, and files that are lines or XML."""


def one_line(text: str) -> str:
    """*text* without anything that would end a line, act on a terminal or a mail program, or that XML has no
    way to write.
    """
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
