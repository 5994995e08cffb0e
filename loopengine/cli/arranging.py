"""Where the verb is among the arguments: the options that stand before it are handed to it.

Knows which options take a value, of the shared ones at once and of the verbs' own when they are met. Does not
know what any of them means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import click

from loopengine.errors import UnknownName, UsageError

HELP_FLAGS = ("-h", "--help")
# People who do not know flags ask for it as if it were a verb.
HELP_WORD = "help"
# What is asked of the program as a whole, whichever verb follows.
VERSION_FLAG = "--version"


def arranged(program: click.Group, args: Sequence[str]) -> list[str]:
    """*args* with the verb first, be it of one word or two, then the options that stood before its last word.

    Raises UnknownName for a word that is no verb and an option that no verb has, UsageError if there are
    options and no verb.
    """
    rest = list(args)
    words: list[str] = []
    options: list[list[str]] = []
    at: click.Command = program
    while rest and isinstance(at, click.Group):
        word = rest.pop(0)
        if word == "--":
            continue
        if word == HELP_WORD and not words:
            word = HELP_FLAGS[-1]
        if word.startswith("-") and word != "-":
            takes = _takes_value(program, word, rest)
            options.append([word, *rest[:takes]])
            del rest[:takes]
        else:
            at = _next(at, words, word)
            words.append(word)
    flags = [option[0] for option in options]
    if VERSION_FLAG in flags:
        return [VERSION_FLAG]
    if isinstance(at, click.Group) and options and not at.invoke_without_command:
        if not set(flags) & set(HELP_FLAGS):
            path = " ".join(["loopengine", *words])
            raise UsageError("no verb is among the arguments", f"`{path} --help` lists them")
        return [*words, HELP_FLAGS[-1]]
    return [*words, *chain.from_iterable(options), *rest]


def verbs(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb of *group* with its *words*, loaded one by one."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from verbs(command, (*words, name))
        else:
            yield (*words, name), command


def flags_of(command: click.Command) -> dict[str, click.Option]:
    """The options of *command*, by each of their flags; without those for help.

    Click adds these when it calls the command, and would keep to flags that it was asked for before.
    """
    options = [each for each in command.params if isinstance(each, click.Option)]
    return {flag: option for option in options for flag in (*option.opts, *option.secondary_opts)}


def not_taken(program: click.Group, error: click.NoSuchOption) -> UsageError:
    """What to say of an option that a verb does not take: another verb's, or a slip of the pen."""
    assert error.ctx is not None
    path, flag = error.ctx.command_path, error.option_name
    if any(flag in flags_of(command) for _, command in verbs(program)):
        verb = path.removeprefix("loopengine ")
        return UsageError(f"`{verb}` does not take {flag}", f"`{path} --help` says what it takes")
    return UnknownName("option", flag, [*flags_of(error.ctx.command), *HELP_FLAGS])


def _takes_value(program: click.Group, word: str, rest: Sequence[str]) -> bool:
    """Whether the option *word* takes the first of the *rest* as its value; raises UnknownName.

    Where it does so for some verbs and not for others, what follows is a value unless it is a verb for which
    it is none.
    """
    flag, equals, _ = word.partition("=")
    if flag in HELP_FLAGS or equals:
        return False
    every = set(HELP_FLAGS)
    takes: dict[str, bool] = {}
    for words, command in chain([((), program)], verbs(program)):
        flags = flags_of(command)
        if flag in flags:
            takes[words[0] if words else ""] = not flags[flag].is_flag and not flags[flag].count
        every.update(flags)
    if not takes:
        raise UnknownName("option", flag, every)
    if len({*takes.values()}) == 1:
        return next(iter(takes.values()))
    return takes.get(rest[0], True) if rest else False


def _next(group: click.Group, words: list[str], word: str) -> click.Command:
    """The verb, or the beginning of a verb of two words, that *word* is after *words*."""
    context = click.Context(group)
    command = group.get_command(context, word)
    if command is None:
        begun = f" of `{' '.join(words)}`" if words else ""
        raise UnknownName(f"verb{begun}", word, group.list_commands(context))
    return command
