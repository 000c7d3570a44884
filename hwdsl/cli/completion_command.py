"""`hwc completion`: the completion script of a shell."""

from __future__ import annotations

import click


@click.command(name="completion", epilog="Example: hwc completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the script that completes commands, options and file names in SHELL.

    \b
    bash  hwc completion bash >> ~/.bashrc
    zsh   hwc completion zsh >> ~/.zshrc
    fish  hwc completion fish > ~/.config/fish/completions/hwc.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from hwdsl.cli.app import group
    kind = get_completion_class(shell)
    assert kind is not None
    # The script as such: bash's own `source` first runs bash to ask its version, and complains when there is none.
    click.echo(ShellComplete.source(kind(group, {}, "hwc", "_HWC_COMPLETE")))
    return 0
